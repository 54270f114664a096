"""Files on servers: read in blocks, gone on with after a cut, and never with their credentials."""

import gzip
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from importer.begin import import_profiles, resume_import
from importer.books.report import Report
from importer.errors import SourceError
from importer.progress import Progress
from tests.delivery.runs import Listener
from tests.resuming.runs import ADDING, Desk, once, stopping

from .servers import Server

ROWS = 3_000


def wide(rows: int) -> bytes:
    """Rows that take more than two blocks, for the mapping that adds."""
    return "".join(f"u{row},1,{'x' * 3_000}\n" for row in range(1, rows + 1)).encode()


def run(desk: Desk, *sources: str, **options: Any) -> Report:
    # Small batches: few rows are read ahead of those that are sent.
    desk.mapping.write_text(ADDING.replace("100", "20"), "utf-8")
    return import_profiles(sources, desk.mapping, **around(desk, report_dir=desk.runs, **options))


def around(desk: Desk, **options: Any) -> dict[str, Any]:
    environment = {"MIXPANEL_URL": desk.emulator.url, "MIXPANEL_TOKEN": "t"}
    return {"environment": environment, **options}


def meanwhile(*acts: Callable[[], object]) -> Listener:
    """Do something, once, when the first rows are settled."""
    coming = list(acts)

    def watch(_: Progress) -> None:
        while coming:
            coming.pop(0)()

    return Listener(on_update=watch)


def written(folder: Path) -> str:
    """Everything that a run left behind, as one text."""
    return "".join(path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())


def test_whole_files(desk: Desk, server: Server) -> None:
    """A file of several blocks, and one that is packed, arrive whole, rows numbered on."""
    rows = wide(ROWS + 1).splitlines(keepends=True)
    first = server.put("part-2.csv", b"".join(rows[:ROWS]))
    second = server.put("part-10.csv", gzip.compress(rows[ROWS]))
    report = run(desk, first, second)
    assert (report.exit_code, desk.orders) == (0, once(ROWS + 1))
    assert [(file["first_row"], file["rows"]) for file in report.source["files"]] == [
        (1, ROWS),
        (ROWS + 1, 1),
    ]


def test_cut_in_mid_stream(desk: Desk, server: Server) -> None:
    """A cut line ends the run with 4 and all settled that was read; a resumed run does the rest.

    Nothing is sent twice, and no file of the run holds the credentials.
    """
    address = server.put("customers.csv", wide(ROWS))
    stopped = run(desk, address, observer=meanwhile(server.line.cut))
    assert (stopped.exit_code, stopped.status) == (4, "stopped")
    # A cut line looks to some libraries, at some moments, like the end of the file.
    assert re.search(r"customers\.csv: (reading it broke off|ended) after", str(stopped.stop))
    assert stopped.totals.imported == len(desk.orders) > 0
    server.line.mend()
    given = [address] if "@" in address else []
    ended = resume_import(stopped.folder, given, **around(desk))
    assert (ended.exit_code, desk.orders) == (0, once(ROWS))
    assert desk.updates == ROWS
    assert "open-sesame" not in written(desk.runs) + str(stopped.stop) + stopped.resume_command


def test_cut_for_a_moment(desk: Desk, server: Server) -> None:
    """A line that is back at once stops nothing: the part that did not come is asked for again."""
    address = server.put("customers.csv", wide(ROWS))
    report = run(desk, address, observer=meanwhile(server.line.cut, server.line.mend))
    assert (report.exit_code, desk.orders) == (0, once(ROWS))


def test_replaced_meanwhile(desk: Desk, server: Server) -> None:
    """Nothing of another file is read behind a cut."""
    address = server.put("customers.csv", wide(ROWS))
    other = wide(ROWS + 1).replace(b",1,", b",2,")
    replace = partial(server.put, "customers.csv", other)
    observer = meanwhile(replace, server.line.cut, server.line.mend)
    report = run(desk, address, observer=observer)
    assert (report.exit_code, set(desk.orders.values())) == (4, {1})
    assert "was replaced while it was read" in str(report.stop)


def test_changed_meanwhile(desk: Desk, server: Server) -> None:
    """A run does not go on with another file than it began with."""
    address = server.put("customers.csv", wide(ROWS))
    stopped = run(desk, address, **stopping(lambda progress: progress.totals.read > 0))
    server.put("customers.csv", wide(ROWS).replace(b"u7,1", b"u7,2"))
    with pytest.raises(SourceError, match="is not the file that the run was begun with"):
        resume_import(stopped.folder, address, **around(desk))


def test_not_there(desk: Desk, server: Server) -> None:
    """What is not on the server is said before anything is sent."""
    with pytest.raises(SourceError, match=r"missing\.csv: cannot be opened: there is no"):
        run(desk, server.before + "missing.csv")


def test_redirected_into_the_clear(desk: Desk, server: Server) -> None:
    """No server of the web sends the import on to an address that is read along."""
    if not server.before.startswith("https"):
        pytest.skip("only the web redirects")
    with pytest.raises(SourceError, match=r"the server sends on to http://192\.0\.2\.1, in the"):
        run(desk, server.before + "down/x.csv")
