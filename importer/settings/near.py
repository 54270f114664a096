"""What is wrong with a word of a mapping file: how it is spelled there, what it may have meant."""

from datetime import date
from difflib import get_close_matches

# What pydantic says of these in the words of Python.
EXPECTED = {
    "dict_type": "should be settings, each as key: value",
    "model_type": "should be settings, each as key: value",
    "tuple_type": "should be a list",
    "string_type": "should be text",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number, without quotes",
    "float_type": "should be a number, without quotes",
    "invalid-json-value": "should be text, a number, true, false or a list; put it in quotes",
}


def spelled(value: object) -> str:
    """Write a value as a mapping file would have it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case _:
            return repr(value)


def misread(value: bool) -> str:
    """Say what was written where YAML 1.1 read a boolean."""
    words = "yes, on or true" if value else "no, off or false"
    return f"YAML reads {words} as {spelled(value)}; put the word in quotes"


def near(word: str, known: list[str]) -> str:
    """Suggest the nearest known word, as the end of a message; all of them where none is near."""
    close = close_to(word, known)
    return f"did you mean {close!r}?" if close else f"known are {', '.join(known)}"


def close_to(word: str, known: list[str]) -> str:
    """Return the nearest known word, nothing where none is near."""
    return next(iter(get_close_matches(word, known, n=1)), "")
