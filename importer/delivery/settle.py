"""What becomes of one batch: which part of it goes next, given what the server said of the last.

A flow without network: it yields the updates to send and is sent the verdict on them. Closed
before its end, it still accounts for every row that is left.
"""

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass

from importer.books.ledger import Entry
from importer.delivery.verdict import (
    Accepted,
    Busy,
    Denied,
    Hopeless,
    Lost,
    PartlyRefused,
    Refusal,
    Refused,
    TooLarge,
    Verdict,
)
from importer.updates.model import Updates

Settling = Generator[Updates, Verdict, None]


@dataclass(frozen=True, slots=True)
class _Part:
    """Updates still to settle, and what is known of them: an answer lost, or a refusal as part of
    something larger.
    """

    updates: Updates
    lost: str = ""
    refused: str = ""


def settle(entry: Entry, *, repeatable: bool, divides: bool) -> Settling:
    """Settle a batch, part by part, in file order.

    Updates that are not `repeatable` are in doubt, for good, once an answer to them is lost. They
    are so too when a batch of them is refused as a whole, unless it `divides`: nobody documents
    whether a part of such a batch was applied. So is a row of which only some updates were refused.
    """
    parts = [_Part(entry.rest)] if len(entry.rest) else []
    try:
        while parts:
            verdict = yield parts[-1].updates
            for part in _judge(entry, parts.pop(), verdict, repeatable=repeatable, divides=divides):
                if part.lost and not repeatable:
                    entry.doubt(part.updates, f"the answer was lost ({part.lost})")
                elif part.refused and not (repeatable or divides):
                    words = f"refused as a whole ({part.refused}); a part may have been applied"
                    entry.doubt(part.updates, words)
                else:
                    parts.append(part)
                    if part.lost:
                        entry.lose(part.updates)
    finally:
        for part in parts:
            _give_up(entry, part)


def advance(settling: Settling, verdict: Verdict) -> Updates | None:
    """Say what was answered to the last part; return the next, None where there is none."""
    try:
        return settling.send(verdict)
    except StopIteration:
        return None


def _judge(
    entry: Entry, part: _Part, verdict: Verdict, *, repeatable: bool, divides: bool
) -> list[_Part]:
    """Book what the verdict settles; return what is left to send, the first part last."""
    updates = part.updates
    match verdict:
        case Accepted():
            entry.accept(updates)
            return []
        case PartlyRefused(refusals, others_applied):
            places = updates.rows_of(refusals)
            refused, counts = dict(zip(places, refusals.values(), strict=True)), Counter(places)
            for index, refusal in sorted(refused.items()):
                if repeatable or counts[index] == updates.count_of(index):
                    entry.fail(updates, index, "refused", refusal)
                else:
                    words = f"a part of it was refused ({refusal.message}); another may be applied"
                    entry.doubt(updates.only([index]), words)
            others = [index for index in range(len(updates)) if index not in refused]
            if not others:
                return []
            if others_applied:
                entry.accept(updates.only(others))
                return []
            return [_Part(updates.only(others), lost=part.lost or "it told of other rows only")]
        case Refused(message) if updates.count > len(updates) == 1 and not (repeatable or divides):
            entry.doubt(updates, f"refused ({message}); a part of it may have been applied")
            return []
        case Refused(message) | TooLarge(message) if len(updates) == 1:
            code = "refused" if isinstance(verdict, Refused) else "too_large"
            entry.fail(updates, 0, code, Refusal(message))
            return []
        case Refused(message) | TooLarge(message):
            middle = len(updates) // 2
            halves = updates.cut(middle, len(updates)), updates.cut(0, middle)
            words = message if isinstance(verdict, Refused) else ""
            return [_Part(half, part.lost, words) for half in halves]
        case Lost(message):
            return [_Part(updates, message, part.refused)]
        case Busy() | Denied() | Hopeless():
            return [part]


def _give_up(entry: Entry, part: _Part) -> None:
    if part.lost:
        entry.doubt(part.updates, f"the answer was lost ({part.lost}) and the run stopped")
    elif part.refused:
        for index in range(len(part.updates)):
            entry.fail(part.updates, index, "refused", Refusal(part.refused))
    else:
        entry.not_attempted += len(part.updates)
