"""`importer runs`, `importer explain` and `importer diff`: what looks back, and sends nothing."""

from pathlib import Path
from typing import Annotated

import typer

from importer.cli.app import app
from importer.cli.endings import errors, print_json
from importer.cli.options import (
    JsonOption,
    LimitOption,
    ReportDirOption,
    RunDirArgument,
    SourceArgument,
)

ValuesMaskOption = Annotated[bool, typer.Option("--mask", help="Show the form of values only.")]


@app.command(
    short_help="List the runs in the report folder.",
    epilog="Example: importer runs --report-dir importer-runs",
)
def runs(report_dir: ReportDirOption = Path("importer-runs"), as_json: JsonOption = False) -> None:
    """List the runs in the report folder, the newest first, each with what is to be done next."""
    from importer.lookback.history import read_history
    from importer.lookback.history_table import history_lines

    with errors():
        history = read_history(report_dir)
    if as_json:
        print_json(history.as_json())
    else:
        typer.echo("\n".join(history_lines(history)))


@app.command(
    short_help="Explain one row of a run, from bytes to answer.",
    epilog="Example: importer explain importer-runs/20261125T041129Z-a645df --row 17",
)
def explain(
    run_dir: RunDirArgument,
    row: Annotated[
        int, typer.Option("--row", min=1, metavar="N", help="The row, as failures.csv counts it.")
    ],
    mask: ValuesMaskOption = False,
    as_json: JsonOption = False,
) -> None:
    """Explain one row of a run: its bytes, its cells, what became of each, the update, the answer.

    Where the source has changed since, the row is looked for in the run's rejects.csv.
    """
    from importer.lookback.explain import explain as look_up
    from importer.lookback.explain_words import explained_lines

    with errors():
        explained = look_up(run_dir, row, mask=mask)
    if as_json:
        print_json(explained.as_json())
    else:
        typer.echo("\n".join(explained_lines(explained)))


@app.command(
    short_help="Show what a changed mapping would change.",
    epilog="Example: importer diff config.yaml config.new.yaml customers.csv",
)
def diff(
    config_a: Annotated[Path, typer.Argument(metavar="CONFIG_A", help="The mapping as it was.")],
    config_b: Annotated[Path, typer.Argument(metavar="CONFIG_B", help="The mapping to be.")],
    source: SourceArgument,
    limit: LimitOption = None,
    mask: ValuesMaskOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what a changed mapping would change of a file's updates; nothing is sent.

    It ends with code 0 whether there are differences or not: they are no fault.
    """
    from importer.lookback.compare import compare
    from importer.lookback.comparison_words import comparison_lines

    with errors():
        comparison = compare(config_a, config_b, source, limit=limit, mask=mask)
    if as_json:
        print_json(comparison.as_json())
    else:
        typer.echo("\n".join(comparison_lines(comparison)))
