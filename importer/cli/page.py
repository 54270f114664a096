"""`importer ui`: the local web page."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from importer.cli.app import app
from importer.cli.endings import fail
from importer.cli.options import ReportDirOption
from importer.errors import ConfigError, ExitCode
from importer.tell import tell


@app.command(
    short_help="Map, rehearse and import on a local web page.",
    epilog="Example: importer ui customers.csv",
)
def ui(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="A CSV file to begin with.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="CONFIG", help="A mapping file to begin with."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes a free one.")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address only.")
    ] = False,
    report_dir: ReportDirOption = Path("importer-runs"),
) -> None:
    """Map, rehearse and import on a web page that this machine alone can open.

    Nothing leaves the machine but the import itself. Ctrl-C ends the page; an import that is
    under way is stopped in order, and can go on later.
    """
    try:
        from importer.ui.server import serve_page
    except ModuleNotFoundError as error:
        fail(
            ConfigError(
                f"the page needs the package {error.name}; "
                "pip install 'mixpanel-profile-importer[ui]'"
            )
        )
    for path in (source, config):
        if path is not None and not Path(path).is_file():
            fail(ConfigError(f"{path}: is no file; name one that exists, or none"))
    try:
        serve_page(
            str(Path(source).absolute()) if source else "",
            str(config.absolute()) if config else "",
            port=port,
            report_dir=report_dir,
            browser=not no_browser,
            announce=lambda url: typer.echo(f"The page: {url} (end it with Ctrl-C)"),
            farewell=lambda command: tell(sys.stdout, f"To go on: {command}"),
        )
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.OK) from None
    except (OSError, OverflowError) as error:
        fail(ConfigError(f"port {port}: {error}; choose another --port"))
