"""A local server that behaves like Mixpanel's profile ingestion API (/engage and /groups).

Start it in a test or a demonstration with ``running()``, from a command line with ``serve()``;
``describe()`` says of each behaviour whether the API documents it or the emulator assumes it.
It is an independent reading of the API's documentation: it shares no code with the importer, so
that a misreading on one side cannot agree with itself on the other.
"""

from importer.emulator.behaviour import RULES, Rule, describe
from importer.emulator.faults import FaultError
from importer.emulator.profiles import StoreError
from importer.emulator.server import Emulator, running, serve

__all__ = [
    "RULES",
    "Emulator",
    "FaultError",
    "Rule",
    "StoreError",
    "describe",
    "running",
    "serve",
]
