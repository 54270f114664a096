"""Arguments and options that several commands have."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class LogFormat(StrEnum):
    """How what is told on stderr is written: for people, or one JSON object a line."""

    TEXT = "text"
    JSON = "json"


SOURCE_HELP = "A CSV file, packed or not, a workbook, an address (https, s3 ...), or - for stdin."

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help=SOURCE_HELP)]
SourcesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE", help=f"{SOURCE_HELP} Several, and patterns, are one after the other."
    ),
]
RunDirArgument = Annotated[Path, typer.Argument(metavar="RUN_DIR", help="The folder of a run.")]
ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", metavar="CONFIG", help="The mapping file (YAML).")
]


def _rows(given: str) -> int:
    if not (given.isdecimal() and int(given)):
        raise typer.BadParameter(f"a number of rows, 10000 for example, not {given!r}")
    return int(given)


LimitOption = Annotated[
    int | None,
    typer.Option("--limit", parser=_rows, metavar="N", help="Read the first N rows only."),
]


def _in_state_directory(
    context: typer.Context, parameter: typer.CallbackParam, given: Path
) -> Path:
    """Move a report folder that nobody named to where systemd lets a service keep its state."""
    source = context.get_parameter_source(str(parameter.name))
    state = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    unnamed = source is not None and source.name == "DEFAULT"
    return Path(state) / given if state and unnamed else given


ReportDirOption = Annotated[
    Path,
    typer.Option(
        "--report-dir",
        metavar="DIR",
        callback=_in_state_directory,
        help="Where runs leave their folders.",
    ),
]
MetricsFileOption = Annotated[
    Path | None,
    typer.Option(
        "--metrics-file", metavar="FILE", help="Write what became of the run for Prometheus."
    ),
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
MaxFailuresOption = Annotated[
    str | None,
    typer.Option("--max-failures", metavar="N|N%", help="Stop once more rows than that failed."),
]
MaxDurationOption = Annotated[
    str | None,
    typer.Option("--max-duration", metavar="TIME", help="Stop after 90s, 15m or 2h."),
]
MaskOption = Annotated[
    bool, typer.Option("--mask", help="Show the form of values only in the failure report.")
]
FullOption = Annotated[
    bool, typer.Option("--full", help="With delta, send everything, changed or not.")
]
AcceptDriftOption = Annotated[
    bool,
    typer.Option("--accept-drift", help="Import a file that looks unlike the last one."),
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Delete profiles, or take another token, unasked.")
]
OtherTokenOption = Annotated[
    bool, typer.Option("--yes", help="Send by another token than the run did.")
]


def _refuse_token(given: str | None) -> None:
    if given is not None:
        words = "is read from MIXPANEL_TOKEN or project.token_file: others see a command's options"
        raise typer.BadParameter(words)


NoTokenOption = Annotated[
    str | None,
    typer.Option("--token", hidden=True, is_eager=True, callback=_refuse_token),
]
"""There is none, but many look for it."""
LogFormatOption = Annotated[
    LogFormat,
    typer.Option("--log-format", help="Words on stderr, or one JSON object a line."),
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", help="No progress, and no summary when all went well.")
]
