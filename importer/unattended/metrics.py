"""What became of a run, for Prometheus: a file as node_exporter's textfile collector reads it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, write_to_textfile
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from importer.books.report import Report
from importer.errors import ExitCode

_SUCCESS = "importer_last_success_timestamp_seconds"


def write_metrics(path: Path, report: Report, mapping: str) -> None:
    """Write the file, whole or not at all, readable by everybody. Raises OSError.

    The time of the last success is taken over from the file as it was, where this run is none.
    """
    before = ""
    with suppress(FileNotFoundError):
        before = path.read_text(encoding="utf-8", errors="replace")
    registry = CollectorRegistry()
    registry.register(_Run(report, mapping, last_success(before)))
    write_to_textfile(str(path), registry)
    path.chmod(0o644)


def last_success(text: str) -> float | None:
    """Return the time of the last success that such a file tells."""
    with suppress(ValueError):
        for family in text_string_to_metric_families(text):
            if family.name == _SUCCESS and family.samples:
                return family.samples[0].value
    return None


class _Run(Collector):
    """The metrics of a run, all of them labelled with its mapping file.

    Name and source of the run are labels of `importer_run_info` alone: they change with each run,
    and every change of a label is a new series.
    """

    def __init__(self, report: Report, mapping: str, succeeded: float | None) -> None:
        self._report, self._mapping = report, _known(mapping)
        self._succeeded = succeeded

    def collect(self) -> Iterator[Metric]:
        report, finished = self._report, self._report.finished.timestamp()
        info = GaugeMetricFamily(
            "importer_run_info", "The last run.", labels=["config", "source", "run", "status"]
        )
        source = _known(str(report.source["name"]))
        info.add_metric([self._mapping, source, report.run, report.status], 1)
        yield info
        yield self._gauge(
            "importer_last_run_timestamp_seconds", "When the last run ended.", finished
        )
        succeeded = finished if report.exit_code == ExitCode.OK else self._succeeded
        if succeeded is not None:
            yield self._gauge(_SUCCESS, "When a run last ended with exit code 0.", succeeded)
        yield self._gauge("importer_run_duration_seconds", "How long the run took.", report.seconds)
        yield self._gauge(
            "importer_run_exit_code", "The exit code of the run.", int(report.exit_code)
        )
        rows = GaugeMetricFamily(
            "importer_rows",
            "The rows of the run, by what became of them; read is all of them.",
            labels=["config", "state"],
        )
        for state, count in report.rows.items():
            rows.add_metric([self._mapping, state], count)
        yield rows
        requests = CounterMetricFamily(
            "importer_requests",
            "The requests of the run, by their answers.",
            labels=["config", "status"],
        )
        for status, count in report.totals.requests["by_status"].items():
            requests.add_metric([self._mapping, status], count)
        yield requests

    def _gauge(self, name: str, about: str, value: float) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(name, about, labels=["config"])
        gauge.add_metric([self._mapping], value)
        return gauge


def _known(text: str) -> str:
    """Return a text that UTF-8 has: a name of a file need not be one."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
