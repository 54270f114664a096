"""The records of `sample_data/traps.csv`, one trap each, with the bytes spelled out."""

from __future__ import annotations

from collections.abc import Iterator

LONG = "0123456789abcdef" * 512  # 8 KiB

# Four cells a record: id, what is tried, the cell it is tried on, and `end`, which shows
# whether the cells after the trap still stand where they belong.
VALUES: tuple[tuple[str, bytes], ...] = (
    ("a byte order mark before the first id", b"plain"),
    ("the letters NA", b"NA"),
    ("the word null", b"null"),
    ("the word None", b"None"),
    ("the word nan", b"nan"),
    ("the word true", b"true"),
    ("leading zeros", b"007"),
    ("an exponent", b"1e5"),
    ("twenty digits", b"12345678901234567890"),
    ("twenty digits after a point", b"0.12345678901234567890"),
    ("a plus sign", b"+4915112345678"),
    ("a formula", b"=1+1"),
    ("a hash sign", b"#not a comment"),
    ("an apostrophe", b"O'Brien"),
    ("leading spaces", b"   three before"),
    ("trailing spaces", b"three after   "),
    ("only spaces", b"   "),
    ("a tab", b"left\tright"),
    ("an empty cell", b""),
    ("a quoted empty cell", b'""'),
    ("a quoted comma", b'"one, two"'),
    ("a quoted LF", b'"first line\nsecond line"'),
    ("a quoted CRLF", b'"first line\r\nsecond line"'),
    ("a quoted CR", b'"first line\rsecond line"'),
    ("doubled quotes", b'"say ""hello"""'),
    ("nothing but one doubled quote", b'""""'),
    ("a quote inside an unquoted cell", b'5" pipe'),
    ("a backslash before a comma in quotes", b'"back\\,slash"'),
    ("a backslash at the end of quotes", b'"C:\\"'),
    ("an accent and a sharp s", "Café Groß".encode()),
    ("an emoji", "👩‍🚀 on the moon 🌕".encode()),
    ("right to left", "مرحبا".encode()),
    ("a letter and a combining accent", "e\u0301".encode()),
    ("a no-break space and a line separator", "a\u00a0b\u2028c".encode()),
    ("a NUL byte", b"before\x00after"),
    ("control bytes", b"bell\x07 escape\x1b delete\x7f"),
    ("a very long cell", LONG.encode()),
)
ENDINGS = (b"\n", b"\r\n", b"\r")


def _value_records() -> Iterator[bytes]:
    for number, (what, cell) in enumerate(VALUES):
        identifier = f"t{number + 1:02d}".encode()
        ending = ENDINGS[number % len(ENDINGS)]
        yield b",".join((identifier, what.encode(), cell, b"end")) + ending


def traps() -> bytes:
    """The whole file: 43 records that are importable, and four that must fail."""
    return b"".join(
        (
            b"\xef\xbb\xbf",
            *_value_records(),
            # Blank lines are no records.
            b"\n\r\n",
            b"  padded  ,an id between spaces,trimmed,end\n",
            b'"quoted, id",a quoted id,kept,end\n',
            b",no id at all,a random one,end\n",
            b"   ,a blank id,a random one,end\n",
            b"n/a,a junk id,a random one,end\n",
            # These four are malformed and must fail, each alone.
            b"short,too few cells,end\n",
            b"long,too many cells,x,end,one more\r\n",
            b"latin1,a byte that is not UTF-8,caf\xe9,end\r",
            b'after,text after a closing quote,"abc"def,end\n',
            b"last,no line ending at the end of the file,plain,end",
        )
    )
