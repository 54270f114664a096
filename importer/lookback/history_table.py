"""The runs of a report folder as lines for people: one each, and below it what to do next."""

from collections.abc import Iterator, Sequence

from importer.lookback.history import History, Run
from importer.wording import visible

_COUNTED = ("read", "imported", "unchanged", "failed", "in_doubt")
"""What rows are counted by; `unchanged` only where a run has sent nothing but changes."""

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def history_lines(history: History) -> Iterator[str]:
    """Yield a table, its columns as wide as what stands in them; times are those of this place."""
    if not history.runs:
        yield f"{history.report_dir}: no runs yet"
        return
    compares = any("unchanged" in run.rows for run in history.runs)
    counted = [name for name in _COUNTED if compares or name != "unchanged"]
    numbers = ["took", *(name.replace("_", " ") for name in counted)]
    heads = ("run", "status", "started", *numbers, "source")
    rows = [_cells(run, counted) for run in history.runs]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]

    def line(cells: tuple[str, ...]) -> str:
        laid = (
            cell.rjust(width) if head in numbers else cell.ljust(width)
            for head, cell, width in zip(heads, cells, widths, strict=True)
        )
        return "  ".join(laid).rstrip()

    yield line(heads)
    for run, row in zip(history.runs, rows, strict=True):
        yield line(row)
        if run.next:
            yield f"  -> {visible(run.next)}"


def _cells(run: Run, counted: Sequence[str]) -> tuple[str, ...]:
    return (
        run.run,
        _status(run),
        run.started.astimezone().strftime("%Y-%m-%d %H:%M") if run.started else "-",
        _took(run.seconds) if run.seconds is not None else "-",
        *(f"{run.rows[name]:,}" if name in run.rows else "-" for name in counted),
        visible(_source(run)),
    )


def _status(run: Run) -> str:
    if run.closed_by:
        return "closed"
    stopped = run.rehearsed and run.status != "dry-run"
    return f"dry run {run.status}" if stopped else run.status


def _source(run: Run) -> str:
    own = f"{run.source} (retry of {run.retries})" if run.retries else run.source
    return f"{own} (retried as {run.retried_by})" if run.retried_by else own


def _took(seconds: float) -> str:
    for unit, name in _UNITS:
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.1f} s"
