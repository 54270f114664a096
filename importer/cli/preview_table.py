"""The columns of a file as a table on stdout, then what is doubtful about them."""

import sys
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from importer.guess import Level
from importer.guess.guesses import percent
from importer.guess.previews import ColumnPreview, Preview
from importer.guess.starter import doubts
from importer.wording import plural, shortened, visible

_SAMPLE_WIDTH = 28
_WIDEST = {"name": 13, "looks like": 13, "property": 14}


def show_preview(preview: Preview) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    misfits = f", {preview.misfits:,} blank or of other shape" if preview.misfits else ""
    console.print(
        f"{preview.source}: {plural(preview.rows, 'row')}{misfits}, "
        f"{plural(len(preview.columns), 'column')}"
    )
    for warning in preview.warnings:
        console.print(visible(warning))
    console.print(_columns_table(preview, console.width))
    for line in _remarks(preview):
        console.print(line)


def _columns_table(preview: Preview, width: int) -> Table:
    """Lay the columns out; the samples get the room that the others leave."""
    named = any(column.name for column in preview.columns)
    heads = ["#", *(["name"] if named else []), "filled", "distinct", "looks like", "property"]
    rows = [_cells(column, preview, named=named) for column in preview.columns]
    taken = [
        min(max(cell_len(line[place]) for line in (heads, *rows)), _WIDEST.get(head, width))
        for place, head in enumerate(heads)
    ]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head, room in zip(heads, taken, strict=True):
        table.add_column(
            head,
            justify="right" if head in ("#", "filled", "distinct") else "left",
            no_wrap=head != "looks like",
            overflow="ellipsis",
            width=room,
        )
    left = max(width - sum(taken) - 2 * len(taken), _SAMPLE_WIDTH // 2)
    table.add_column("samples", no_wrap=True, overflow="ellipsis", width=left)
    for column, row in zip(preview.columns, rows, strict=True):
        samples = _fitting(column.samples, left)
        table.add_row(*row, samples)
    return table


def _cells(column: ColumnPreview, preview: Preview, *, named: bool) -> list[str]:
    return [
        str(column.position),
        *([shortened(column.name, _WIDEST["name"])] if named else []),
        percent(column.filled / preview.rows) if preview.rows else "-",
        f"{'' if column.exact else '~'}{column.distinct:,}",
        str(column.guess),
        shortened(_target(column, preview), _WIDEST["property"]),
    ]


def _fitting(samples: Sequence[str], width: int) -> str:
    """Join as many samples as the width has room for, the first one cut if it has to be."""
    line = ""
    for sample in samples:
        shown = shortened(sample, min(width, _SAMPLE_WIDTH))
        if line and cell_len(line) + 2 + cell_len(shown) > width:
            break
        line = f"{line}  {shown}" if line else shown
    return line


def _target(column: ColumnPreview, preview: Preview) -> str:
    """Name what a column could feed, with a question mark where that is a mere idea."""
    if column.position == preview.identifier.column:
        return "(identifier)"
    if column.property is None:
        return ""
    unsure = Level.PERHAPS in (column.property.level, column.guess.level)
    return f"{column.property.property}{'?' if unsure else ''}"


def _remarks(preview: Preview) -> Iterator[str]:
    """Say what the table has no room for: how the identifier was chosen, doubts."""
    chosen = preview.identifier
    where = f"column {chosen.column}: " if chosen.column else ""
    among = ", ".join(map(str, chosen.candidates[:10]))
    many = "s" if len(chosen.candidates) > 1 else ""
    choice = f" (column{many} {among})" if among and not chosen.column else ""
    yield f"identifier: {where}{chosen.reason}{choice}"
    for column in preview.columns:
        if found := doubts(column):
            yield f"column {column.position}: {'; '.join(map(visible, found))}"
