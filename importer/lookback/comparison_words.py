"""What a changed mapping would change, in words: counts, then a few rows, old and new."""

from collections.abc import Iterator, Mapping

from importer.lookback.comparison import Change, Comparison
from importer.wording import plural, shortened, visible

LONGEST = 100
"""Characters of a value that an example shows; the JSON has all of them."""


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    settings = ", ".join(comparison.settings)
    yield f"settings that differ: {settings}" if settings else "the settings are the same"
    yield f"{plural(comparison.rows, 'row')} read"
    yield f"  changed              {comparison.changed:,}"
    yield f"  fail only with new   {_failing(comparison.fail_only)}"
    yield f"  fail only with old   {_failing(comparison.pass_only)}"
    yield f"  fail with both       {comparison.fail_both:,}"
    if comparison.envelope:
        yield "every update differs apart from its properties: see the settings"
    if comparison.identifiers.rows:
        yield f"identifier: {plural(comparison.identifiers.rows, 'row')} of another profile"
        yield from _examples(comparison.identifiers)
    for name, change in comparison.properties.items():
        kept = change.rows - change.added - change.removed
        counts = (("new", change.added), ("gone", change.removed), ("another value", kept))
        words = ", ".join(f"{count:,} {what}" for what, count in counts if count)
        yield f"{visible(name)}: {words}"
        yield from _examples(change)
    for which, failure in comparison.failures:
        where = f", column {failure.column}" if failure.column else ""
        words = shortened(failure.reason, 2 * LONGEST)
        yield f"fails with {which}: row {failure.row:,} (line {failure.line:,}{where}): {words}"
    if comparison.same:
        yield "Both mappings send the same."


def _failing(codes: Mapping[str, int]) -> str:
    named = ", ".join(f"{code} {count:,}" for code, count in sorted(codes.items()))
    return f"{sum(codes.values()):,}{f'  ({named})' if named else ''}"


def _examples(change: Change) -> Iterator[str]:
    for example in change.examples:
        old, new = (
            shortened(text, LONGEST) if text is not None else "nothing"
            for text in (example.old, example.new)
        )
        yield f"  row {example.row:,} ({shortened(example.identifier, 40)}): {old} -> {new}"
