"""The runs of a report folder as lines for people: one each, and below it what to do next."""

from collections.abc import Iterator

from importer.history import History, Run
from importer.wording import visible

_COUNTED = ("read", "imported", "failed", "in_doubt")

_HEADS = ("run", "status", "started", "took", "read", "imported", "failed", "in doubt", "source")

_RIGHT = frozenset({"took", "read", "imported", "failed", "in doubt"})

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def history_lines(history: History) -> Iterator[str]:
    """Yield a table, its columns as wide as what stands in them; times are those of this place."""
    if not history.runs:
        yield f"{history.report_dir}: no runs yet"
        return
    rows = [_cells(run) for run in history.runs]
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    yield _line(_HEADS, widths)
    for run, row in zip(history.runs, rows, strict=True):
        yield _line(row, widths)
        if run.next:
            yield f"  -> {visible(run.next)}"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    laid = (
        cell.rjust(width) if head in _RIGHT else cell.ljust(width)
        for head, cell, width in zip(_HEADS, cells, widths, strict=True)
    )
    return "  ".join(laid).rstrip()


def _cells(run: Run) -> tuple[str, ...]:
    return (
        run.run,
        "closed" if run.closed_by else run.status,
        run.started.astimezone().strftime("%Y-%m-%d %H:%M") if run.started else "-",
        _took(run.seconds) if run.seconds is not None else "-",
        *(f"{run.rows[name]:,}" if name in run.rows else "-" for name in _COUNTED),
        visible(_source(run)),
    )


def _source(run: Run) -> str:
    own = f"{run.source} (retry of {run.retries})" if run.retries else run.source
    return f"{own} (retried as {run.retried_by})" if run.retried_by else own


def _took(seconds: float) -> str:
    for unit, name in _UNITS:
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.1f} s"
