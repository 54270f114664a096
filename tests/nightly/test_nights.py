"""Many nights on which only changes are sent: the profiles are those of sending everything."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.resuming.recall import IMPORTED, recall

from .desk import NightDesk

MAPPINGS = (
    "identifier: {column: 1}\n"
    "columns: {2: name, 3: {property: age, type: integer, empty: unset}}\n"
    "delta: true\ndrift: 'off'\n"
    "delivery: {batch_size: 4, concurrency: 2}\n",
    "identifier: {column: 1}\n"
    "columns: {2: name, 3: {property: years, type: integer}, "
    "4: {property: tags, type: list, operation: union}}\n"
    "delta: {full_every: 30d}\ndrift: 'off'\n"
    "delivery: {batch_size: 4, concurrency: 2}\n",
)
"""Two that read the same export; the second one has a second operation."""

BROKEN = "old"
"""An age that is none."""

REFUSED = "u3"
"""Whom the server may refuse for a night."""

Row = tuple[str, str, str, str]
Profiles = dict[str, dict[str, Any]]

ROWS = st.tuples(
    st.sampled_from(["u1", "u2", REFUSED, "u4", "u5", "u6", "u7"]),
    st.sampled_from(["", "Ada", "Bob"]),
    st.sampled_from(["", "7", "8", "9", BROKEN]),
    st.sampled_from(["", "a", "b;c"]),
)


@dataclass(frozen=True)
class Night:
    """What is exported, and what happens."""

    rows: list[Row]
    event: str
    mapping: int
    refuses: bool
    after: int


EVENTS = ("", "", "full", "rehearsal", "crash", "resumed", "late", "retried")

NIGHTS = st.lists(
    st.builds(
        Night,
        rows=st.lists(ROWS, min_size=1, max_size=12),
        event=st.sampled_from(EVENTS),
        mapping=st.sampled_from([0, 0, 0, 1]),
        refuses=st.sampled_from([False, False, True]),
        after=st.integers(1, 10),
    ),
    min_size=2,
    max_size=7,
)


@dataclass
class Model:
    """What the profiles are if every row is sent, and who was last sent what, for certain."""

    profiles: Profiles = field(default_factory=dict)
    certain: dict[str, tuple[int, Row]] = field(default_factory=dict)

    def send(self, rows: list[Row], night: Night, *, skipping: bool = True) -> int:
        """Take rows in; return how many of them say something new, or may."""
        changed: set[str] = set()
        sent = 0
        # A run by another mapping forgets what it knew, though all of its rows fail.
        self.certain = {who: last for who, last in self.certain.items() if last[0] == night.mapping}
        for row in rows:
            name, _, age, _ = row
            known = self.certain.get(name) == (night.mapping, row)
            if age == BROKEN:
                changed.add(name)  # what comes behind it is sent, to be safe
                if not skipping:  # when everything is to be sent, nothing is known but what was
                    self.certain.pop(name, None)
                continue
            if skipping and known and name not in changed:
                continue
            changed.add(name)
            sent += 1
            if night.refuses and name == REFUSED:
                self.certain.pop(name, None)
            else:
                self.apply(row, night.mapping)
                self.certain[name] = (night.mapping, row)
        for vanished in self.certain.keys() - {name for name, *_ in rows}:
            del self.certain[vanished]  # whoever comes back is sent
        return sent

    def forget_all_but(self, rows: list[Row]) -> None:
        """Who vanishes from a file that was read to its end is sent when back."""
        names = {row[0] for row in rows}
        self.certain = {name: sent for name, sent in self.certain.items() if name in names}

    def apply(self, row: Row, mapping: int) -> None:
        name, first, age, tags = row
        profile = self.profiles.setdefault(name, {})
        if first:
            profile["name"] = first
        if mapping == 0:
            profile.pop("age", None)
        if age:
            profile["years" if mapping else "age"] = int(age)
        if mapping and tags:
            held = profile.setdefault("tags", [])
            held += [tag for tag in tags.split(";") if tag not in held]


def text_of(rows: list[Row]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


@given(NIGHTS)
@settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
)
def test_profiles_after_each_night(desk: NightDesk, nights: list[Night]) -> None:
    """Whatever nights there were (broken and refused rows, crashes, resumed runs, mended rejects,
    another mapping), each morning the profiles are what sending everything would have made them,
    and nothing was sent that certainly said nothing new.
    """
    desk.emulator.forget()
    model = Model()
    with tempfile.TemporaryDirectory(dir=desk.folder) as folder:
        for night in nights:
            spend(NightDesk(Path(folder), desk.emulator), night, model)


def spend(desk: NightDesk, night: Night, model: Model) -> None:
    desk.mapping.write_text(MAPPINGS[night.mapping], "utf-8")
    desk.write(text_of(night.rows))
    refusal = [{"kind": "refuse", "ids": [REFUSED]}] if night.refuses else []
    desk.emulator.faults(*refusal)
    rows = night.rows
    match night.event:
        case "rehearsal":
            before = desk.updates
            report = desk.run(dry_run=True)
            assert desk.updates == before
            imported = report.totals.imported - report.totals.unchanged
            assert imported <= Model(certain=dict(model.certain)).send(
                rows, Night(rows, "", night.mapping, False, 1)
            )
            return
        case "crash" | "resumed" | "late":
            run_dir = desk.crash(night.after)
            if night.event == "crash":
                observe(desk, rows, model)
                if recall(run_dir).finished:  # it came to its end before it could crash
                    model.forget_all_but(rows)
                return
            if night.event == "late":
                observe(desk, rows, model)
                ended = recall(run_dir)
                turned = Night([*rows[::-1]], "", night.mapping, night.refuses, 1)
                spend(desk, turned, model)
                desk.write(text_of(rows))
                if ended.finished:
                    return
                finish_late(desk, run_dir, night, model)
                return
            if not recall(run_dir).finished:
                desk.resume(run_dir)
            model.send(rows, night)
            model.forget_all_but(rows)
        case event:
            report = desk.run(full=event == "full")
            most = model.send(rows, night, skipping=event != "full")
            sent = report.totals.read - report.totals.unchanged - broken(rows)
            assert sent <= most, (sent, most)
            model.forget_all_but(rows)
            if event == "retried" and report.totals.failed:
                mend(desk, report.folder, night, model)
    assert filled(desk.emulator.profiles()) == filled(model.profiles)


def filled(profiles: Profiles) -> Profiles:
    """Leave out those without properties: there is nothing to tell them from none."""
    return {name: properties for name, properties in profiles.items() if properties}


def broken(rows: list[Row]) -> int:
    return sum(row[2] == BROKEN for row in rows)


def mend(desk: NightDesk, run_dir: Path, night: Night, model: Model) -> None:
    """Mend the failed rows, and send them whatever came after them."""
    rejects = run_dir / "rejects.csv"
    rejects.write_text(rejects.read_text("utf-8").replace(f",{BROKEN},", ",6,"), "utf-8")
    lines = rejects.read_text("utf-8").splitlines()
    mended: list[Row] = [(a, b, c, d) for a, b, c, d in (line.split(",") for line in lines)]
    desk.retry(run_dir, overwrite=True)
    model.send(mended, night, skipping=False)


def observe(desk: NightDesk, rows: list[Row], model: Model) -> None:
    """Take over what a crash left: any part of its rows may have arrived."""
    model.profiles = desk.emulator.profiles()
    for row in rows:
        model.certain.pop(row[0], None)


def finish_late(desk: NightDesk, run_dir: Path, night: Night, model: Model) -> None:
    """Go on with a run after another one has been."""
    done = recall(run_dir)
    left = [
        row
        for number, row in enumerate(night.rows, 1)
        if number >= len(done.states) or done.states[number] != IMPORTED
    ]
    desk.resume(run_dir)
    model.send(left, night)
    for row in night.rows:
        model.certain.pop(row[0], None)


def test_store_tells_nothing(desk: NightDesk) -> None:
    """Neither identifiers nor values nor the token can be read in what is remembered."""
    desk.mapping.write_text(MAPPINGS[0], "utf-8")
    desk.run("".join(f"customer-{n},Ada Lovelace,7,\n" for n in range(50)))
    (store,) = desk.state.glob("*.delta.db")
    content = store.read_bytes()
    assert store.stat().st_mode & 0o077 == 0
    for word in (b"customer-1", b"Ada", b"Lovelace"):
        assert word not in content
