"""What a file's columns seem to be, from their content alone, and the mapping that follows.

`first_look` finds how the file is written, `gather` counts and samples its columns, `decide` asks
one test after the other (`forms`, `dates`, `numbers`, `places`, `people`), `suggest` names
properties and the identifier, `starter` writes all of it down as a mapping.
"""

from importer.guess.guesses import Guess, Level
from importer.guess.suggest import Identifier, Suggestion

__all__ = ["Guess", "Identifier", "Level", "Suggestion"]
