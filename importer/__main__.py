"""`python -m importer`, and the entry point of the `importer` command."""

from importer.cli import app


def main() -> None:
    app(prog_name="importer")


if __name__ == "__main__":
    main()
