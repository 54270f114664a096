"""A running emulator and a client that speaks to it over HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from importer.emulator import Emulator, running


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running() as started:
        yield started


@pytest.fixture
def http(emulator: Emulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=emulator.url, trust_env=False, timeout=30) as client:
        yield client
