"""The command itself, to which the modules of this folder add theirs."""

import typer

app = typer.Typer(
    help="Imports a CSV of customers into Mixpanel as profiles.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, the token among them
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
