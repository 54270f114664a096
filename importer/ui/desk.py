"""What lies on the desk while the page is open: files, mappings, runs, and the token in memory."""

import asyncio
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.requests import Request

from importer.books.report import resume_command
from importer.books.run_folder import DOUBTFUL_RECORDS, FAILURES, IN_DOUBT, REJECTS
from importer.engage import Token
from importer.errors import ConfigError
from importer.guess.starter import starter
from importer.private_file import replace_private
from importer.resuming.recall import REPORT
from importer.settings.config import Config
from importer.settings.config_file import dump_config, parse_config
from importer.ui.bodies import COPIES
from importer.ui.documents import Document, raw_text, replace_file, unmarked
from importer.ui.edit import edited
from importer.ui.first_look import FirstLook
from importer.ui.jobs import Job
from importer.ui.sheet import Sheet, from_sheet, to_sheet

TOKEN = "MIXPANEL_TOKEN"
MOST_SOURCES = 8
"""Files whose first rows are kept in memory."""

FILES: Mapping[str, str] = {
    "report.html": "text/html; charset=utf-8",
    REPORT: "application/json",
    FAILURES: "text/csv; charset=utf-8",
    REJECTS: "application/octet-stream",
    IN_DOUBT: "text/csv; charset=utf-8",
    DOUBTFUL_RECORDS: "application/octet-stream",
}
"""What is served of a run's folder, and as what."""


@dataclass(slots=True, eq=False)
class OpenSource:
    """A file that was opened, its first rows, and the process that counts the rest."""

    id: str
    look: FirstLook
    name: str
    """Its path, or what was dropped on the page: where the copy lies is nobody's concern."""
    counts: Job | None = None


class Desk:
    """Everything the page knows; it ends with the server."""

    def __init__(
        self,
        folder: Path,
        report_dir: Path,
        environment: Mapping[str, str],
        given: Mapping[str, str],
    ) -> None:
        """`folder` is private and goes with the server; `report_dir` is where runs are left.

        `given` are the source and the mapping of the command line.
        """
        self.given = given
        self.folder = folder
        self.report_dir = report_dir
        self.jobs: dict[str, Job] = {}
        self.runs: dict[str, Path] = {}
        self.latest: dict[str, Any] | None = None
        self._environment = dict(environment)
        self._typed: Token | None = None
        self._sources: dict[str, OpenSource] = {}
        self._documents: dict[str, Document] = {}

    def keep_source(self, look: FirstLook) -> OpenSource:
        source = OpenSource(secrets.token_hex(8), look, self.as_named(str(look.path)))
        self._sources[source.id] = source
        for old in list(self._sources)[:-MOST_SOURCES]:
            del self._sources[old]
        return source

    @property
    def sources(self) -> list[OpenSource]:
        return list(self._sources.values())

    def source(self, given: object) -> OpenSource:
        if not isinstance(given, str) or given not in self._sources:
            raise ConfigError("the file is not open any more; open it again in step 1")
        return self._sources[given]

    def as_named(self, words: str) -> str:
        """Name what was dropped on the page as it was called, not as the copy of it lies."""
        copies = f"{re.escape(str(self.folder.resolve()))}[/\\\\]{COPIES}[^/\\\\]+[/\\\\]"
        return re.sub(copies, "", words)

    def draft(self, source: OpenSource) -> Document:
        """Begin a mapping with what the file suggests."""
        return self._keep(
            Document(
                secrets.token_hex(8), starter(replace(source.look.preview, source=source.name))
            )
        )

    def load(self, path: Path) -> Document:
        """Take up a mapping file. Raises ConfigError with all of its faults."""
        text = raw_text(path)
        parse_config(unmarked(text), path)
        return self._keep(Document(secrets.token_hex(8), text, path))

    def load_text(self, text: str, name: str) -> Document:
        """Take up a mapping whose file the browser read."""
        parse_config(unmarked(text), Path(name))
        return self._keep(Document(secrets.token_hex(8), text))

    def document(self, given: object) -> Document:
        if not isinstance(given, str) or given not in self._documents:
            raise ConfigError("the mapping is not open any more; load it again in step 3")
        return self._documents[given]

    def lay_out(self, document: Document, source: OpenSource) -> Sheet:
        return to_sheet(document.content, source.look.names)

    def write(self, document: Document, source: OpenSource, sheet: Sheet) -> str:
        """Return the text of the mapping with what the page changed."""
        text = edited(document.text, from_sheet(sheet, document.content, source.look.names))
        # A page that is loaded again goes on where it was.
        self.latest = {"source": source.id, "document": document.id, "sheet": sheet}
        return text

    def save(self, document: Document, text: str, path: Path, *, replace: bool) -> Document:
        """Write a mapping to the disk. Raises FileExistsError where another one would be lost."""
        parse_config(unmarked(text), path)
        on_disk = raw_text(path) if path.exists() else None
        own = document.path == path and on_disk == document.text
        if on_disk is not None and not (own or replace or on_disk == text):
            raise FileExistsError(path)
        if on_disk != text:
            replace_file(path, text)
        return self._keep(Document(secrets.token_hex(8), text, path))

    def settings_file(self, source: OpenSource) -> Path:
        """Write down how a file is read, for a command that counts its rows."""
        settings = source.look.preview.settings.model_dump()
        reading = Config.model_validate({"source": settings, "columns": {1: "anything"}})
        path = self.folder / f"{source.id}.yaml"
        replace_private(path, dump_config(reading))
        return path

    def type_token(self, text: str) -> None:
        """Hold a token in memory; an empty one forgets it. Raises ConfigError."""
        if not text.isprintable():
            raise ConfigError("a token is text on one line; copy it again")
        self._typed = Token(text) if text else None

    @property
    def token(self) -> Token | None:
        """Return the token that imports are sent with: the typed one, or the environment's."""
        text = self._environment.get(TOKEN, "").strip()
        return self._typed or (Token(text) if text else None)

    @property
    def token_from(self) -> str:
        """Tell where the token comes from: typed, environment, or "" where there is none."""
        if self._typed is not None:
            return "typed"
        return "environment" if self.token is not None else ""

    def environment(self, *, with_token: bool) -> dict[str, str]:
        """Return the environment of a command, with the token only where it sends."""
        inherited = {name: value for name, value in self._environment.items() if name != TOKEN}
        if with_token and self.token is not None:
            inherited[TOKEN] = self.token.reveal()
        return inherited

    @property
    def address(self) -> dict[str, str]:
        """Return what the environment says of where profiles go, which goes before a mapping."""
        names = {"url": "MIXPANEL_URL", "region": "MIXPANEL_REGION"}
        return {key: self._environment.get(name, "") for key, name in names.items()}

    def note_run(self, job: Job) -> None:
        """Remember the folder of a run that came to an end."""
        report = job.report or {}
        if isinstance(run := report.get("run"), str) and "files" in report:
            folder = Path(report["files"]["report"]).parent.absolute()
            if folder.name == run:
                self.runs[run] = folder

    def to_go_on(self, run: str) -> str:
        """Return the command that goes on with a run; "" where it came to its end."""
        ended = [job.report for job in self.jobs.values() if (job.report or {}).get("run") == run]
        stopped = ended and ended[-1] and ended[-1]["status"] in ("interrupted", "stopped")
        return resume_command(self.runs[run], (), framed=False) if stopped else ""

    def left(self) -> Iterator[str]:
        """Yield the command for each import that stopped on its way."""
        return filter(None, map(self.to_go_on, self.runs))

    def files_of(self, run: str) -> list[str]:
        folder = self.runs[run]
        return [name for name in FILES if (folder / name).is_file()]

    def clear_uploads(self, but: Path) -> None:
        """Delete the copies that were dropped on the page, that no run began with and that are not
        open: nobody knows yet whether the new one can be.
        """
        used = {but.parent, *(source.look.path.parent for source in self.sources)}
        used |= {Path(each).parent for job in self.jobs.values() for each in job.arguments}
        for folder in self.folder.glob(f"{COPIES}*"):
            if folder not in used:
                shutil.rmtree(folder, ignore_errors=True)

    async def close(self) -> None:
        """End every command in order."""
        for source in self.sources:
            if source.counts is not None:
                source.counts.kill()
        await asyncio.gather(*(job.end() for job in self.jobs.values()))

    def _keep(self, document: Document) -> Document:
        self._documents[document.id] = document
        for old in list(self._documents)[:-MOST_SOURCES]:
            del self._documents[old]
        return document


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that a request came to."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk
