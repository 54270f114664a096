"""Metrics: what Prometheus reads of a file is what the report says, through failures too."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from importer.books.report import Report
from importer.books.totals import Totals
from importer.unattended.metrics import last_success, write_metrics
from tests.conftest import Command
from tests.resuming.mixed import TOKEN
from tests.resuming.runs import Desk

MAPPING = "identifier: {column: 1}\ncolumns: {2: {property: orders, type: integer}}\n"

REPORT = Report(
    run="20261125T041129Z-a645df",
    status="complete",
    source={"name": 'a "b".csv', "bytes": 3, "columns": 1},
    totals=Totals(read=3, imported=3),
    started=datetime(2026, 11, 25, tzinfo=UTC),
    finished=datetime(2026, 11, 25, 0, 1, tzinfo=UTC),
    seconds=60.0,
    folder=Path("runs"),
)

Samples = dict[tuple[str, str], float]


def read(text: str) -> Samples:
    """What Prometheus' own parser finds: by name and the one label that tells samples apart."""
    return {
        (sample.name, sample.labels.get("state", sample.labels.get("status", ""))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_of_a_run(desk: Desk, command: Command) -> None:
    """The file has the books of the run, and is readable by everybody; nothing lies beside it."""
    desk.write("u1,1\nu2,many\nu3,3\n", MAPPING)
    (desk.folder / "metrics").mkdir()
    path = desk.folder / "metrics" / "importer.prom"
    done = command(
        "run", "customers.csv", "-c", "config.yaml", "--metrics-file", path,
        MIXPANEL_URL=desk.emulator.url, MIXPANEL_TOKEN=TOKEN,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]
    found = read(path.read_text("utf-8"))
    assert {state: int(n) for (name, state), n in found.items() if name == "importer_rows"} == {
        "read": 3, "imported": 2, "failed": 1, "in_doubt": 0, "not_attempted": 0
    }  # fmt: skip
    assert found["importer_requests_total", "200"] == 1
    assert found["importer_run_exit_code", ""] == 3
    assert found["importer_run_info", "partial"] == 1
    assert ("importer_last_success_timestamp_seconds", "") not in found


def test_last_success_is_kept(desk: Desk) -> None:
    """A failing run keeps the time of the last good one; the setting is relative to the mapping."""
    good = f"{MAPPING}metrics_file: importer.prom\n"
    desk.write("u1,1\n", good)
    first = desk.run()
    text = (desk.folder / "importer.prom").read_text("utf-8")
    success = ("importer_last_success_timestamp_seconds", "")
    assert read(text)[success] == first.finished.timestamp()
    desk.write("u1,many\n", good)
    second = desk.run()
    found = read((desk.folder / "importer.prom").read_text("utf-8"))
    assert found[success] == first.finished.timestamp()
    last = found["importer_last_run_timestamp_seconds", ""]
    assert last == second.finished.timestamp() > first.finished.timestamp()
    third = desk.retry(second.folder)
    labels = {
        sample.labels["config"]
        for family in text_string_to_metric_families(
            (desk.folder / "importer.prom").read_text("utf-8")
        )
        for sample in family.samples
    }
    assert third.afterwards == ()
    assert labels == {str(desk.mapping.resolve())}


def test_nothing_of_rehearsals(desk: Desk) -> None:
    """A rehearsal is no run, and leaves the metrics alone."""
    desk.write("u1,1\n", MAPPING)
    desk.run(dry_run=True, metrics_file=desk.folder / "importer.prom")
    assert not (desk.folder / "importer.prom").exists()


def test_no_place_to_write(desk: Desk) -> None:
    """Metrics that cannot be written are a warning, and nothing is left of the attempt."""
    desk.write("u1,1\n", MAPPING)
    report = desk.run(metrics_file=desk.folder / "no" / "importer.prom")
    assert (report.exit_code, len(report.afterwards)) == (0, 1)
    assert report.afterwards[0].startswith("metrics_file: ")
    (desk.folder / "importer.prom").mkdir()
    report = desk.run(metrics_file=desk.folder / "importer.prom")
    assert "Is a directory" in report.afterwards[0]
    assert list(desk.folder.glob("*importer.prom*")) == [desk.folder / "importer.prom"]


@given(st.text(st.sampled_from('a"\\\n{},= é\u2028\udcff')))
def test_any_name_of_a_mapping(name: str) -> None:
    """Whatever characters the path of a mapping has, the file can be parsed and tells the path."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "importer.prom")
        write_metrics(path, REPORT, name)
        text = path.read_text("utf-8")
    expected = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    found = {
        sample.labels["config"]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found == {expected}
    assert last_success(text) == REPORT.finished.timestamp()
