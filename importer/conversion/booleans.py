"""Booleans: words for true and words for false, and nothing else."""

from importer.conversion.cells import typed
from importer.conversion.model import NOTHING, Conversion, TypeOptions, Unfit, shown


def boolean(options: TypeOptions) -> Conversion:
    """The declared words, whatever the case of their letters."""
    words = {word.strip().casefold(): "true" for word in options.true_values}
    words |= {word.strip().casefold(): "false" for word in options.false_values}
    known = f"{'/'.join(options.true_values)} and {'/'.join(options.false_values)}"

    def read(cell: str) -> str:
        try:
            return words[cell.casefold()]
        except KeyError:
            raise Unfit(f"{shown(cell)} is neither true nor false; known are {known}") from None

    return typed(read, json_type="boolean", around=NOTHING)
