"""`python -m importer`, and the entry point of the `importer` command."""

import logging

from importer.cli import app


def main() -> None:
    # What libraries log of their own accord would stand between the lines for the user.
    logging.getLogger().addHandler(logging.NullHandler())
    app(prog_name="importer")


if __name__ == "__main__":
    main()
