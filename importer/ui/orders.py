"""The commands that the page gives: what is run for a rehearsal, an import, a count."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from importer.books.run_folder import FAILURES
from importer.errors import ConfigError
from importer.resuming.recall import MAPPING, recall, recall_begun
from importer.settings.config_file import digest_of, load_config
from importer.ui.bodies import Refused
from importer.ui.desk import Desk, OpenSource
from importer.ui.jobs import FOR_A_PROGRAM, Job, Subject


def check_arguments(source: Path, config: Path, report_dir: Path) -> list[str]:
    return ["check", "-c", str(config), str(source), *_reports(report_dir)]


def run_arguments(source: Path, config: Path, report_dir: Path, *, deletes: bool) -> list[str]:
    consent = ["--yes"] if deletes else []
    return ["run", str(source), "-c", str(config), *consent, *_reports(report_dir)]


def _reports(report_dir: Path) -> list[str]:
    usual = report_dir == Path("importer-runs")
    return [] if usual else ["--report-dir", str(report_dir)]


async def begin_job(desk: Desk, order: dict[str, Any]) -> Job:
    """Start what the page orders: a rehearsal, an import, or the rest of a run."""
    kind = order.get("kind")
    if kind not in ("rehearsal", "import", "resume"):
        raise Refused(400, "A rehearsal, or an import?")
    subject = await run_in_threadpool(subject_of, desk, order)  # a long ledger takes a while
    if any(not job.ended for job in desk.jobs.values()):
        raise ConfigError("a rehearsal or an import is going on; wait for its end, or stop it")
    if kind == "resume":
        consent = ["--yes"] if order.get("other_token") is True else []
        arguments = ["run", "--resume", str(_run(desk, order)), *consent]
    else:
        arguments = _arguments(desk, order, sends=kind == "import")
    sends = kind != "rehearsal"
    token = desk.token if sends else None
    job = Job(kind, [*arguments, *FOR_A_PROGRAM], token, subject)
    job.on_end = desk.note_run
    desk.jobs[job.id] = job
    try:
        await job.start(desk.environment(with_token=sends))
    except OSError:
        del desk.jobs[job.id]
        raise
    return job


def subject_of(desk: Desk, order: dict[str, Any]) -> Subject:
    """Tell what an order is about; a run that goes on has a mapping of its own."""
    if order.get("kind") == "resume":
        folder = _run(desk, order)
        begun = recall_begun(folder) or recall(folder).begun
        return Subject(begun.source, digest_of(load_config(folder / MAPPING)))
    path, mapping = _paths(desk, order)
    return Subject(str(path), digest_of(load_config(mapping)))


def _paths(desk: Desk, order: dict[str, Any]) -> tuple[Path, Path]:
    """Return the file and the mapping of an order."""
    source, document = desk.source(order.get("source")), desk.document(order.get("document"))
    if document.path is None:
        raise ConfigError("the mapping is not saved yet; save it in step 3")
    return source.look.path, document.path


def _run(desk: Desk, order: dict[str, Any]) -> Path:
    run = order.get("run")
    if not isinstance(run, str) or run not in desk.runs:
        raise ConfigError("that run is not known here; go on with it on the command line")
    return desk.runs[run]


def _arguments(desk: Desk, order: dict[str, Any], *, sends: bool) -> list[str]:
    path, mapping = _paths(desk, order)
    if not sends:
        return check_arguments(path, mapping, desk.report_dir)
    deletes = load_config(mapping).deletes
    if deletes and order.get("consent") != "delete":
        raise ConfigError("this deletes profiles for good; type delete to go on")
    accepts = ["--accept-drift"] if order.get("accept_drift") is True else []
    return [*run_arguments(path, mapping, desk.report_dir, deletes=deletes), *accepts]


async def count_rows(desk: Desk, source: OpenSource) -> None:
    """Have the whole file counted in a process of its own, where the first rows are not all."""
    for other in desk.sources:
        if other.counts is not None:
            other.counts.kill()
    if source.look.whole:
        return
    config = desk.settings_file(source)
    arguments = ["preview", str(source.look.path), "-c", str(config), "--json"]
    source.counts = Job("counts", arguments, None)
    await source.counts.start(desk.environment(with_token=False))


async def group_failures_of(run_dir: Path) -> list[dict[str, Any]]:
    """Group the failed rows of a run, in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "importer.ui.failures", str(run_dir / FAILURES),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await child.communicate()
    if child.returncode:
        raise ConfigError(f"{run_dir / FAILURES}: cannot be read")
    groups: list[dict[str, Any]] = json.loads(output)
    return groups
