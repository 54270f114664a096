"""`importer preview` and `importer init`: what looks at a file before there is a mapping."""

import shlex
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from importer.cli.app import app
from importer.cli.endings import errors, print_json
from importer.cli.options import (
    DelimiterOption,
    EncodingOption,
    HeaderOption,
    JsonOption,
    SourceArgument,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from importer.guess.previews import Preview
    from importer.progress import Observer
    from importer.settings.sections import Source


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
    from importer.settings.config_file import load_config

    with errors():
        base = load_config(config).source if config else None
        result = _look(source, base, header, delimiter, encoding)
    if as_json:
        print_json(result.as_json())
        return
    from importer.cli.preview_table import show_preview

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
    from importer.guess.starter import starter
    from importer.settings.config_file import refuse_to_overwrite, write_config

    with errors():
        refuse_to_overwrite(output, force=force)
        result = _look(source, None, header, delimiter, encoding)
        write_config(output, starter(result), force=force)
    for warning in result.warnings:
        typer.echo(f"importer: {warning}", err=True)
    command = shlex.join(["importer", "check", "-c", str(output), source])
    typer.echo(f"{output}: written; read it, then: {command}")


def _look(
    source: str, base: "Source | None", header: bool, delimiter: str | None, encoding: str | None
) -> "Preview":
    from importer.guess.previews import preview as look
    from importer.settings.config_file import source_settings

    given = {"header": header or None, "delimiter": delimiter, "encoding": encoding}
    with _watched() as observer:
        return look(source, source_settings(base, given), observer=observer)


@contextmanager
def _watched() -> "Iterator[Observer | None]":
    if not sys.stderr.isatty():
        yield None
        return
    from importer.cli.console import Bar

    with closing(Bar(sys.stderr)) as bar:
        yield bar
