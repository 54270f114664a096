"""What a run sets out to do: an import from the start, or one that goes on where it was left."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from importer.books.report import resume_command
from importer.books.run_folder import RunFolder, make_report_dir, new_folder, report_errors
from importer.engage import Engage
from importer.errors import ConfigError, SourceChanged
from importer.frames.source import Frame
from importer.private_file import remove_drafts, replace_private, sync_folder
from importer.reading.layout import Layout, framed
from importer.reading.several import check_agreement
from importer.reading.source import Source, open_source
from importer.resuming.closing import take_up
from importer.resuming.fingerprint import Fingerprint
from importer.resuming.identities import Drawn, Identities, Kept, Retries
from importer.resuming.journal import LEDGER, Begun, Journal
from importer.resuming.lock import hold, locked_folder, refuse_overlap
from importer.resuming.recall import MAPPING, Recalled, Refused, recall
from importer.settings.config import Config
from importer.settings.config_file import dump_config, settle_config
from importer.streams import (
    FRAME,
    Place,
    find_places,
    is_rereadable,
    name_of,
    shown,
    to_give_again,
)
from importer.updates.mapping import Mapping

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Sources, a mapping and what is known of both from before.

    `folder` is what paths in the mapping are relative to; `run_dir` the folder of a run that goes
    on, and `recalled` its ledger. `divides` lets a batch that must not be repeated be sent again
    in halves once it is refused; with `mask` the tables show the form of values only. `mapping` is
    the file that the mapping was read from, `named` how it was named, `frame` the source, where
    that is none with a name; with `full` everything is sent, changed or not, and with
    `accepts_drift` a source that looks unlike the last one.
    """

    sources: tuple[Place, ...]
    config: Config
    folder: Path
    report_dir: Path
    seed: uuid.UUID
    limit: int | None = None
    dry_run: bool = False
    started: datetime | None = None
    run_dir: Path | None = None
    recalled: Recalled | None = None
    retries: Retries | None = None
    divides: bool = False
    mask: bool = False
    mapping: Path | None = None
    frame: Frame | None = None
    full: bool = False
    accepts_drift: bool = False
    held_back: ReadOnly[int, Refused] = field(default_factory=dict)
    named: str = "config.yaml"

    @property
    def columns(self) -> int | None:
        """Return the width of the source, where it is known before it is read."""
        if self.frame is not None:
            return self.frame.columns
        return self.retries.columns if self.retries is not None else None

    @property
    def given_again(self) -> tuple[str, ...]:
        """Return the sources, where a run cannot go on with what it keeps of them."""
        return to_give_again(tuple(map(shown, self.sources)))

    def to_go_on(self, folder: Path) -> str:
        """Return the command that goes on with the run once it has begun; "" for a rehearsal."""
        if self.dry_run:
            return ""
        return resume_command(folder, self.given_again, framed=self.frame is not None)

    @property
    def identities(self) -> Identities:
        """Return where random ids come from: the same row has the same, in a retry too."""
        drawn = Drawn(self.seed)
        return drawn if self.retries is None else Kept(drawn, self.retries)

    def open(self) -> tuple[Source, Fingerprint]:
        """Open the sources; of a run that goes on, only if they are what they were.

        Raises SourceError, and SourceChanged before anything is sent where that can be told.
        """
        points = self.recalled.points if self.recalled is not None else {}
        if self.frame is not None:
            return self.frame.open(self.config.source), Fingerprint(points)
        if FRAME in self.sources:
            raise ConfigError(
                f"{self.run_dir}: was begun with a data frame; go on with it in Python: "
                f"import_frame(frame, config, resume={str(self.run_dir)!r})"
            )
        if len(self.sources) > 1:
            check_agreement(self.sources, self.config.source)
        if self.recalled is not None and all(map(is_rereadable, self.sources)):
            self._verify(self.recalled)
        return open_source(self.sources, self.config.source), Fingerprint(points)

    def _verify(self, recalled: Recalled) -> None:
        before, fingerprint = recalled.begun.bytes, Fingerprint(recalled.points)
        with closing(open_source(self.sources, self.config.source)) as opened:
            known = None not in (before, opened.size)
            if known and opened.size != before and not recalled.broken:
                raise SourceChanged(
                    f"{opened.name}: is not the file that the run was begun with: it has "
                    f"{opened.size:,} bytes, and had {before:,}; put the old one back, "
                    "or begin a new run"
                )
            for _ in fingerprint.over(framed(opened, self.config.source), opened.name):
                if not fingerprint.awaits:
                    break

    def open_folder(
        self, opened: Source, layout: Layout, destination: Engage, mapping: Mapping
    ) -> RunFolder:
        """Open the folder of the run, its ledger too unless it is a rehearsal.

        Raises ReportError, and AlreadyRunning where the source is being imported.
        """
        with closed_on_failure(opened):
            path, journal = self._open_ledger(opened, layout, destination)
        recalled = recall(path) if self.held_back else self.recalled
        return RunFolder(
            path,
            journal,
            recalled,
            positions={column.property: column.position for column in mapping.columns},
            preamble=layout.preamble,
            codec=opened.encoding.codec,
            mask=self.mask,
            files=opened.files,
        )

    def _open_ledger(
        self, opened: Source, layout: Layout, destination: Engage
    ) -> tuple[Path, Journal | None]:
        if self.run_dir is not None:
            return self.run_dir, self._go_on(self.run_dir, destination)
        if self.dry_run:
            make_report_dir(self.report_dir)
            return new_folder(self.report_dir), None
        return self._begin(opened, layout, destination)

    def _begin(self, opened: Source, layout: Layout, destination: Engage) -> tuple[Path, Journal]:
        make_report_dir(self.report_dir)
        names = tuple(map(name_of, self.sources))
        whose = self.retries
        retries = (str(whose.run_dir.resolve()), whose.which) if whose is not None else None
        with report_errors(self.report_dir), locked_folder(self.report_dir):
            refuse_overlap(self.report_dir, names)
            path = new_folder(self.report_dir)
            if whose is not None:
                sync_folder(self.report_dir)  # or a power cut leaves a run that nobody finds
                take_up(whose.run_dir, whose.which, path)
            replace_private(path / MAPPING, dump_config(self.config))
            journal = Journal(path / LEDGER)
            with closed_on_failure(journal):
                hold(journal, path)
                journal.begin(
                    Begun(
                        run=path.name,
                        started=(self.started or datetime.now(UTC)).isoformat(
                            timespec="milliseconds"
                        ),
                        source=names[0],
                        more=names[1:] or None,
                        named=tuple(map(shown, self.sources)),
                        bytes=opened.size,
                        columns=layout.width,
                        seed=str(self.seed),
                        limit=self.limit,
                        url=destination.url,
                        folder=str(self.folder.resolve()),
                        retries=retries,
                        divides=self.divides,
                        mask=self.mask,
                        mapping=str(self.mapping) if self.mapping is not None else None,
                        token=destination.token.mark(str(self.seed)),
                        full=self.full,
                    ),
                    self.held_back,
                )
        return path, journal

    def _go_on(self, run_dir: Path, destination: Engage) -> Journal:
        assert self.recalled is not None
        with report_errors(run_dir), locked_folder(run_dir.parent):
            journal = Journal(run_dir / LEDGER)
            with closed_on_failure(journal):
                hold(journal, run_dir)
                remove_drafts(run_dir)
                refuse_overlap(run_dir.parent, self.recalled.begun.sources, run_dir)
                journal.go_on(self.recalled, destination.token.mark(self.recalled.begun.seed))
        return journal

    def check_destination(self, destination: Engage, *, other_token: bool) -> None:
        """Raise ConfigError where a run would go on, or rows be sent again, at another address, or
        by another token than the rows that have arrived, unless that is wanted.
        """
        retried = self.retries.before if self.retries is not None else None
        before = self.recalled or retried
        if before is None:
            return
        if before.begun.url != destination.url:
            raise ConfigError(
                f"the run was begun at {before.begun.url}, and would go on at {destination.url}; "
                "set MIXPANEL_URL or MIXPANEL_REGION as they were, or begin a new run if that "
                "address was wrong and nothing arrived"
            )
        if before.splits(destination.token) and not other_token:
            raise ConfigError(
                "rows of the run have arrived by another token, and with this one the others may "
                "go to another project; set the token as it was, or go on with this one by --yes"
            )


@contextmanager
def closed_on_failure(opened: Source | Journal) -> Iterator[None]:
    """Close what was opened for a run that cannot begin after all."""
    try:
        yield
    except BaseException:
        opened.close()
        raise


def new_task(
    source: Place | Sequence[Place],
    config: Config | str | Path,
    report_dir: Path,
    limit: int | None,
    warn: Warn,
    *,
    dry_run: bool,
    full: bool = False,
    accepts_drift: bool = False,
) -> Task:
    settings, folder = settle_config(config, warn)
    task = Task(
        find_places(source),
        settings,
        folder,
        report_dir,
        uuid.uuid4(),
        limit,
        dry_run=dry_run,
        full=full,
        accepts_drift=accepts_drift,
    )
    if isinstance(config, Config):
        return task
    return replace(task, mapping=mapping_path(config), named=str(config))


def mapping_path(config: Config | str | Path) -> Path | None:
    """Return the absolute path of a mapping file; None where there is none."""
    return None if isinstance(config, Config) else Path(config).resolve()
