"""The command line: arguments to settings, one call, summary, exit code."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from importer.errors import ConfigError, ExitCode, ImporterError, Interrupted, SourceBroken
from importer.interruption import Interruption

if TYPE_CHECKING:
    from importer.config import Source
    from importer.previews import Preview
    from importer.report import Report

app = typer.Typer(
    help="Imports a CSV of customers into Mixpanel as profiles.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, the token among them
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A CSV file, or - for stdin.")
]
ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", metavar="CONFIG", help="The mapping file (YAML).")
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Read the first N rows only.")
]
ReportDirOption = Annotated[
    Path, typer.Option("--report-dir", metavar="DIR", help="Where runs leave their folders.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON, on one line, instead of words.")
]
HeaderOption = Annotated[bool, typer.Option("--header", help="The first record names the columns.")]
DelimiterOption = Annotated[
    str | None,
    typer.Option("--delimiter", metavar="CHAR", help="What separates cells, if not found."),
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="How the text is written.")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", help="No progress, and no summary when all went well.")
]


@app.command(epilog="Example: importer run customers.csv -c config.yaml --dry-run")
def run(
    source: SourceArgument,
    config: ConfigOption,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read, map and check every row; send nothing.")
    ] = False,
    limit: LimitOption = None,
    report_dir: ReportDirOption = Path("importer-runs"),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Import a CSV file as profiles.

    The project token is read from the environment variable MIXPANEL_TOKEN, or from the file
    that the mapping names as project.token_file.
    """
    _import(source, config, dry_run, limit, report_dir, as_json, quiet)


def _print_schema(wanted: bool) -> None:
    if wanted:
        from importer.config_schema import config_schema

        _print_json(config_schema(), indent=True)
        raise typer.Exit(ExitCode.OK)


@app.command(
    short_help="Check a mapping file, or rehearse an import with it.",
    epilog="Example: importer check -c config.yaml customers.csv",
)
def check(
    config: ConfigOption,
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="A CSV file, or - for stdin.")
    ] = None,
    limit: LimitOption = None,
    report_dir: ReportDirOption = Path("importer-runs"),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    _schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            is_eager=True,
            callback=_print_schema,
            help="Print the JSON Schema of mapping files, for editors, and nothing else.",
        ),
    ] = False,
) -> None:
    """Check a mapping file; with SOURCE, rehearse the whole import without sending."""
    if source is not None:
        _import(source, config, True, limit, report_dir, as_json, quiet)
        return
    from importer.config_file import load_config

    warnings: list[str] = []
    with _errors():
        settings = load_config(config, warnings.append)
    for warning in () if quiet else warnings:
        typer.echo(f"warning: {warning}", err=True)
    if as_json:
        _print_json({"config": str(config), "valid": True, "warnings": warnings})
    elif not quiet:
        count = sum(map(len, settings.columns.values()))
        typer.echo(f"{config}: valid, {count} properties from {len(settings.columns)} columns")


@app.command(
    short_help="Show the columns of a CSV file.",
    epilog="Example: importer preview customers.csv --delimiter ';'",
)
def preview(
    source: SourceArgument,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", metavar="CONFIG", help="Read the file as this mapping says."
        ),
    ] = None,
    header: HeaderOption = False,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the columns of a CSV file: what they hold, and which properties they could feed."""
    from importer.config_file import load_config

    with _errors():
        base = load_config(config).source if config else None
        result = _look(source, base, header, delimiter, encoding)
    if as_json:
        _print_json(result.as_json())
        return
    from importer.console import show_preview

    show_preview(result)


@app.command(
    short_help="Write a starter mapping for a CSV file.",
    epilog="Example: importer init customers.csv -o config.yaml",
)
def init(
    source: SourceArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="CONFIG", help="The mapping file to write.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")] = False,
    header: HeaderOption = False,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
) -> None:
    """Write a mapping with what a preview suggests, commented, ready for `importer check`."""
    from importer.config_file import refuse_to_overwrite, write_config
    from importer.guess.starter import starter

    with _errors():
        refuse_to_overwrite(output, force=force)
        result = _look(source, None, header, delimiter, encoding)
        write_config(output, starter(result), force=force)
    for warning in result.warnings:
        typer.echo(f"importer: {warning}", err=True)
    command = shlex.join(["importer", "check", "-c", str(output), source])
    typer.echo(f"{output}: written; read it, then: {command}")


@app.command(
    short_help="Import the sample file into a local emulator.",
    epilog="Example: importer demo",
)
def demo(report_dir: ReportDirOption = Path("importer-runs")) -> None:
    """Import the sample file into an emulator on this machine, and show a profile."""
    with _emulator_installed():
        from importer.demo import demonstrate
    from importer import console

    observer = console.observer(quiet=False)
    with _errors():
        shown = demonstrate(report_dir, observer)
        observer.close()
    typer.echo(console.summary(shown.report, str(shown.config)))
    typer.echo(f"\nThe profile of {shown.identifier}, as the emulator holds it:")
    _print_json(shown.profile, indent=True)
    raise typer.Exit(shown.report.exit_code)


@app.command(epilog="Example: importer emulator --port 8765 --store profiles.db")
def emulator(
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PORT", help="0 takes a free one.")] = 8765,
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

    try:
        serve(host, port, store, on_start=announce)
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.OK) from None
    except (OSError, StoreError) as error:
        _fail(ConfigError(f"{host}:{port}: {error}; choose another --port or --store"))


def _import(
    source: str,
    config: Path,
    dry_run: bool,
    limit: int | None,
    report_dir: Path,
    as_json: bool,
    quiet: bool,
) -> None:
    from importer import console
    from importer.pipeline import import_profiles

    observer = console.observer(quiet=quiet)
    with _errors(), _signals() as interruption:
        try:
            report = import_profiles(
                source,
                config,
                dry_run=dry_run,
                limit=limit,
                report_dir=report_dir,
                observer=observer,
                interruption=interruption,
            )
        finally:
            observer.close()
    _finish(report, config, as_json=as_json, quiet=quiet)


def _look(
    source: str, base: "Source | None", header: bool, delimiter: str | None, encoding: str | None
) -> "Preview":
    from importer.config_file import source_settings
    from importer.previews import preview as look

    given = {"header": header or None, "delimiter": delimiter, "encoding": encoding}
    return look(source, source_settings(base, given))


def _finish(report: "Report", config: Path, *, as_json: bool, quiet: bool) -> None:
    from importer.console import summary

    if report.stop is not None:
        typer.echo(f"importer: stopped: {report.stop}", err=True)
    if as_json:
        _print_json(report.as_json())
    elif not (quiet and report.exit_code == ExitCode.OK):
        typer.echo(summary(report, str(config)))
    raise typer.Exit(report.exit_code)


def _print_json(content: object, *, indent: bool = False) -> None:
    import json

    typer.echo(json.dumps(content, ensure_ascii=False, indent=2 if indent else None))


@contextmanager
def _errors() -> Iterator[None]:
    """Turn an error into its line on stderr and its exit code."""
    try:
        yield
    except ImporterError as error:
        _fail(error)


def _fail(error: ImporterError) -> None:
    for line in str(error).splitlines():
        typer.echo(f"importer: {line}", err=True)
    # Raised, not reported: nothing was sent.
    code = ExitCode.WRONG_INPUT if isinstance(error, SourceBroken) else error.exit_code
    raise typer.Exit(code)


@contextmanager
def _emulator_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        _fail(
            ConfigError(
                f"the emulator needs the package {error.name}; "
                "pip install 'mixpanel-profile-importer[emulator]'"
            )
        )


@contextmanager
def _signals() -> Iterator[Interruption]:
    """Let SIGINT and SIGTERM end a run in order; the second one ends the program.

    One that comes before the run has begun, in a pipe that stays silent say, ends it at once.
    """
    interruption = Interruption()

    def on_signal(number: int, _frame: object) -> None:
        if interruption.signal_number is not None:
            os._exit(128 + number)
        if not interruption.heard:
            raise Interrupted(number)
        print("\nimporter: stopping; requests in flight may finish", file=sys.stderr)
        interruption.request(number)

    previous = {
        number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield interruption
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
