"""What became of a run, for Prometheus: a file as node_exporter's textfile collector reads it.

The format is the text format of Prometheus' documentation ("Exposition formats").
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from importer.errors import ExitCode
from importer.report import Report

_SUCCESS = "importer_last_success_timestamp_seconds"

_KEPT = re.compile(rf"^{_SUCCESS}(?:\{{.*\}})? (\S+)$", re.MULTILINE)

Sample = tuple[Mapping[str, str], float]


def write_metrics(path: Path, report: Report, mapping: str) -> None:
    """Write the file, whole or not at all, readable by everybody. Raises OSError.

    The time of the last success is taken over from the file as it was, where this run is none.
    """
    before = ""
    with suppress(FileNotFoundError):
        before = path.read_text(encoding="utf-8", errors="replace")
    # Not *.prom: the collector must not see it.
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(metrics_text(report, mapping, last_success(before)))
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def last_success(text: str) -> float | None:
    """Return the time of the last success that such a file tells."""
    found = _KEPT.search(text)
    try:
        return float(found[1]) if found is not None else None
    except ValueError:
        return None


def metrics_text(report: Report, mapping: str, succeeded: float | None) -> str:
    """Return the metrics of a run, all of them labelled with its mapping file.

    Name and source of the run are labels of `importer_run_info` alone: they change with each run,
    and every change of a label is a new series.
    """
    job, finished = {"config": mapping}, report.finished.timestamp()
    if report.exit_code == ExitCode.OK:
        succeeded = finished
    run = {"source": str(report.source["name"]), "run": report.run, "status": report.status}
    lines = [
        *_metric("importer_run_info", "The last run.", [({**job, **run}, 1)]),
        *_metric(
            "importer_last_run_timestamp_seconds", "When the last run ended.", [(job, finished)]
        ),
        *_metric(
            _SUCCESS,
            "When a run last ended with exit code 0.",
            [(job, succeeded)] if succeeded is not None else [],
        ),
        *_metric(
            "importer_run_duration_seconds", "How long the run took.", [(job, report.seconds)]
        ),
        *_metric(
            "importer_run_exit_code", "The exit code of the run.", [(job, int(report.exit_code))]
        ),
        *_metric(
            "importer_rows",
            "The rows of the run, by what became of them; read is all of them.",
            [({**job, "state": state}, count) for state, count in report.rows.items()],
        ),
        *_metric(
            "importer_requests_total",
            "The requests of the run, by their answers.",
            [
                ({**job, "status": status}, count)
                for status, count in report.totals.requests["by_status"].items()
            ],
            kind="counter",
        ),
    ]
    return "".join(f"{line}\n" for line in lines)


def _metric(name: str, about: str, samples: list[Sample], *, kind: str = "gauge") -> Iterator[str]:
    if not samples:
        return
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        given = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{given}}} {value!r}"


def _escaped(text: str) -> str:
    # A name of a file need not be UTF-8, but the format is.
    known = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return known.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
