"""The command line: arguments to settings, one call, summary, exit code."""

# Importing a module adds its commands; help lists them in this order.
from importer.cli import imports, retries, history, looks, page, local  # isort: skip
from importer.cli.app import app

__all__ = ["app", "history", "imports", "local", "looks", "page", "retries"]
