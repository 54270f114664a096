"""What a drift is, in words, with masked samples of before and now side by side."""

from collections.abc import Iterator, Mapping, Sequence

from importer.drift.compare import Finding
from importer.drift.memory import Remembered
from importer.drift.portrait import Portrait
from importer.guess.guesses import percent
from importer.wording import plural

ADVICE = "mend the file or the mapping; --accept-drift imports it as it is"


def said(
    remembered: Remembered,
    now: Portrait,
    findings: Sequence[Finding],
    properties: Mapping[str, str],
    rows: int | None,
    width: int,
) -> Iterator[str]:
    """Say each finding in a line; `rows` are those to be expected where they are far too few."""
    if rows is not None:
        some = f"about {plural(rows, 'row')}" if rows else "no rows"
        yield f"the file has {some}, and had {remembered.rows:,}"
    if findings and width != remembered.width:
        yield f"the file has {width} columns, and had {remembered.width}"
    told = {finding.label for finding in findings if finding.kind == "moved"}
    for finding in findings:
        if finding.kind == "moved" or finding.label not in told:
            yield _line(finding, remembered.whole, now, properties)


def _line(finding: Finding, before: Portrait, now: Portrait, properties: Mapping[str, str]) -> str:
    if finding.kind == "strangers":
        return f"{percent(finding.now)} of its identifiers were in the last file"
    name = _name(finding.label, properties)
    old, new = before.columns[finding.label], now.columns[finding.label]
    beside = f"before: {_shown(old.samples)}; now: {_shown(new.samples)}"
    match finding.kind:
        case "gone":
            filled = (
                f"{percent(finding.now)} of its cells are filled, {percent(finding.before)} were"
            )
            return f"{name}: {filled}; {beside}"
        case "moved":
            source = _name(finding.source, properties)
            return f"{name}: says what {source} said; {beside}"
        case _:
            return f"{name}: has other forms; {beside}"


def _name(label: str, properties: Mapping[str, str]) -> str:
    fed = properties.get(label)
    return f"column {label} ({fed})" if fed else f"column {label}"


def _shown(samples: Sequence[str]) -> str:
    return ", ".join(samples) or "nothing"
