"""`python -m importer`, and the entry point of the `importer` command."""

import gc
import logging
import os

# What is imported stays: to look through it for cycles, again and again as it grows, is a tenth of
# a short command.
gc.set_threshold(50_000)
# numpy's threads for linear algebra, of which there is none here, wait for work by spinning.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from importer.cli import app  # noqa: E402 # see above


def main() -> None:
    # What libraries log of their own accord would stand between the lines for the user.
    logging.getLogger().addHandler(logging.NullHandler())
    app(prog_name="importer")


if __name__ == "__main__":
    main()
