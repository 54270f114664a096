"""Streams of plain text bytes: opened wherever they are, and unpacked."""

from importer.streams.kinds import unwrapped
from importer.streams.places import (
    FRAME,
    GONE,
    STDIN,
    Place,
    find_places,
    is_gone,
    is_local,
    is_missing,
    is_rereadable,
    leads_nowhere,
    name_of,
    open_place,
    shown,
    to_give_again,
)
from importer.streams.stream import BLOCK_BYTES, Stream, in_blocks

__all__ = [
    "BLOCK_BYTES",
    "FRAME",
    "GONE",
    "STDIN",
    "Place",
    "Stream",
    "find_places",
    "in_blocks",
    "is_gone",
    "is_local",
    "is_missing",
    "is_rereadable",
    "leads_nowhere",
    "name_of",
    "open_place",
    "shown",
    "to_give_again",
    "unwrapped",
]
