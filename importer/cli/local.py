"""`importer demo` and `importer emulator`: what needs no account."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from importer.cli.app import app
from importer.cli.endings import errors, fail, print_json
from importer.cli.options import ReportDirOption
from importer.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from importer.emulator import Emulator


OpenOption = Annotated[
    bool,
    typer.Option("--open", help="Show the emulator's page in a browser, until Ctrl-C."),
]


@app.command(
    short_help="Import the sample file into a local emulator.",
    epilog="Example: importer demo --open",
)
def demo(
    report_dir: ReportDirOption = Path("importer-runs"), show_page: OpenOption = False
) -> None:
    """Import the sample file into an emulator on this machine, and show a profile."""
    with _emulator_installed():
        from importer.cli.demo import demonstrate
        from importer.emulator import running
    from importer.cli import console

    observer = console.observer(quiet=False)
    with errors(), running() as emulator:
        shown = demonstrate(emulator, report_dir, observer)
        observer.close()
        typer.echo(console.summary(shown.report, str(shown.config)))
        typer.echo(f"\nThe profile of {shown.identifier}, as the emulator holds it:")
        print_json(shown.profile, indent=True)
        if show_page:
            _show_page(emulator)
    raise typer.Exit(shown.report.exit_code)


def _show_page(emulator: "Emulator") -> None:
    """Open the emulator's page and leave it there until Ctrl-C."""
    import webbrowser

    typer.echo(f"\nAll of them, to look at: {emulator.url}/ (end it with Ctrl-C)")
    # Whoever has no browser, or a broken one, has the address.
    with suppress(KeyboardInterrupt):
        with suppress(webbrowser.Error, OSError):
            webbrowser.open(f"{emulator.url}/")
        emulator.wait()


@app.command(epilog="Example: importer emulator --port 8765 --store profiles.db")
def emulator(
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", metavar="PORT", min=0, max=65535, help="0 takes a free one."),
    ] = 8765,
    store: Annotated[
        Path | None,
        typer.Option("--store", metavar="FILE", help="Keep profiles in this SQLite file."),
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="Print what is documented by the API, what assumed.")
    ] = False,
) -> None:
    """Run a local server that behaves like the profile API."""
    with _emulator_installed():
        from importer.emulator import Emulator, StoreError, describe, serve
    if rules:
        typer.echo(describe())
        return

    def announce(running: Emulator) -> None:
        typer.echo(f"The profile API, emulated: {running.url} (end it with Ctrl-C)")
        typer.echo(f"Look at what arrives: {running.url}/")

    try:
        serve(host, port, store, on_start=announce)
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.OK) from None
    except (OSError, StoreError) as error:
        # asyncio adds what it was about, and a number.
        words = (
            (error.strerror or str(error)).partition(" (")[0]
            if isinstance(error, OSError)
            else error
        )
        fail(ConfigError(f"{host}:{port}: {words}; choose another --port or --store"))


@contextmanager
def _emulator_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        fail(
            ConfigError(
                f"the emulator needs the package {error.name}; "
                "pip install 'mixpanel-profile-importer[emulator]'"
            )
        )
