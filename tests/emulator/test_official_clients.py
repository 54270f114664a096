"""Mixpanel's own clients import people into the emulator, over real HTTP."""

import datetime
from pathlib import Path
from typing import Any

import mixpanel
import mixpanel_utils
import pytest

from importer.emulator import Emulator

PEOPLE: dict[str, dict[str, Any]] = {
    f"user-{n}/é": {"$name": f"Zoë {n}", "credits": n, "tags": ["a", "b & c"], "plus": "+1 = 2%"}
    for n in range(120)
}


def consumer(kind: type[Any], emulator: Emulator) -> Any:
    return kind(
        people_url=f"{emulator.url}/engage",
        groups_url=f"{emulator.url}/groups",
        retry_limit=0,
    )


def test_mixpanel_python(emulator: Emulator) -> None:
    """mixpanel-python's calls do to a profile what their documentation says."""
    sender = consumer(mixpanel.Consumer, emulator)
    people = mixpanel.Mixpanel("token", consumer=sender)
    quiet = {"$ignore_time": True}
    people.people_set("u", {"plan": "pro", "born": datetime.datetime(2001, 2, 3, 4, 5)}, quiet)
    people.people_set_once("u", {"plan": "free", "first": 1}, quiet)
    people.people_increment("u", {"credits": 5}, quiet)
    people.people_append("u", {"list": "a"}, quiet)
    people.people_union("u", {"list": ["a", "b"]}, quiet)
    people.people_remove("u", {"list": "a"}, quiet)
    people.people_unset("u", ["first"], quiet)
    people.people_set("gone", {"a": 1})
    people.people_delete("gone")
    people.group_set("company", "acme", {"size": 3}, quiet)
    assert emulator.profiles() == {
        "u": {"plan": "pro", "born": "2001-02-03T04:05:00", "credits": 5, "list": ["b"]}
    }
    assert emulator.group("company", "acme") == {"size": 3}
    sender._session.close()


def test_mixpanel_python_buffered(emulator: Emulator) -> None:
    """Its buffered consumer sends batches of fifty."""
    sender = consumer(mixpanel.BufferedConsumer, emulator)
    people = mixpanel.Mixpanel("token", consumer=sender)
    for identifier, properties in PEOPLE.items():
        people.people_set(identifier, properties, {"$ignore_time": True})
    sender.flush()
    assert emulator.profiles() == PEOPLE
    assert emulator.stats()["batch_sizes"] == {"20": 1, "50": 2}
    sender._consumer._session.close()


def test_mixpanel_python_sees_a_refusal(emulator: Emulator) -> None:
    """It understands the emulator's verbose refusal."""
    sender = consumer(mixpanel.Consumer, emulator)
    with pytest.raises(mixpanel.MixpanelException, match=r"\$distinct_id, missing or empty"):
        mixpanel.Mixpanel("token", consumer=sender).people_set("", {"a": 1})
    sender._session.close()


class LocalUtils(mixpanel_utils.MixpanelUtils):  # type: ignore[misc]  # it has no types
    """mixpanel-utils with its import host, which it takes from the residency alone, replaced."""

    def __init__(self, url: str) -> None:
        super().__init__("secret", token="token", service_account_username="name", project_id=1)
        self.import_api = url


def test_mixpanel_utils(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """mixpanel-utils imports people in base64 forms, and deletes them again."""
    # It leaves import_backup.txt in the current folder when it fails.
    monkeypatch.chdir(tmp_path)
    profiles = [{"$distinct_id": one, "$properties": has} for one, has in PEOPLE.items()]
    utils = LocalUtils(emulator.url)
    utils.import_people(profiles)
    assert emulator.profiles() == PEOPLE
    assert emulator.stats()["batch_sizes"] == {"120": 1}
    assert list(tmp_path.iterdir()) == []
    utils.people_delete(profiles=profiles, backup=False)
    assert emulator.profiles() == {}
