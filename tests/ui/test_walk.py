"""The way through the page without a browser: open, map, save, rehearse, import, stop, go on."""

import asyncio
import gzip
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from importer.emulator import Emulator
from importer.ui.bodies import Refused, receive_file
from importer.ui.desk import Desk
from importer.ui.failures import group_failures
from importer.ui.first_look import look
from importer.ui.orders import begin_job
from tests.conftest import ROOT, Command

from .pages import ROWS, TOKEN, OpenPage, drafted, saved


def test_same_requests(page: OpenPage, server: Emulator, command: Command) -> None:
    """A mapping made on the page, and the same one made by hand, give identical requests."""
    source = ROOT / "sample_data/customers.csv"
    columns = {"2": [{"property": "$first_name"}], "4": [{"property": "$email", "type": "email"}],
               "11": [{"property": "credits", "type": "integer"}],
               "12": [{"property": "tags", "type": "list", "operation": "union"}]}  # fmt: skip
    given, sheet = drafted(
        page, source, columns=columns, constants=[{"name": "import_source", "value": "crm"}]
    )
    sheet["identifier"] = {"column": 1, "fallback": ["email"]}
    order = saved(page, given, sheet, "made.yaml")
    server.forget()
    job = page.post("/api/jobs", {"kind": "import", **order})
    assert page.end_of(job)["report"]["rows"]["failed"] == 7
    on_page = server.profiles(), server.stats()
    server.forget()
    hand = page.folder / "by-hand.yaml"
    hand.write_text(
        "identifier: {column: 1, fallback: [email]}\n"
        "columns:\n  2: $first_name\n  4: {property: $email, type: email}\n"
        "  11: {property: credits, type: integer}\n"
        "  12: {property: tags, type: list, operation: union}\n"
        "properties: {import_source: crm}\n"
    )
    done = command("run", source, "-c", hand, MIXPANEL_URL=server.url, MIXPANEL_TOKEN=TOKEN)
    assert done.returncode == 3
    by_hand = server.profiles(), server.stats()
    for stats in (on_page[1], by_hand[1]):
        del stats["max_in_flight"]
        stats["batch_sizes"] = sorted(stats["batch_sizes"])
    assert on_page == by_hand


def test_shown_command_is_what_runs(page: OpenPage, people: Path) -> None:
    """The rehearsal is the command that the page shows; its result is that command's report."""
    given, sheet = drafted(page, people)
    sheet["columns"]["4"] = [{"property": "credits", "type": "integer"}]
    order = saved(page, given, sheet, "people.yaml")
    path = str(page.folder / "people.yaml")
    review = page.post("/api/mappings/review", {**order, "sheet": sheet, "path": path})
    assert (review["faults"], review["changed"]) == ([], False)
    job = page.post("/api/jobs", {"kind": "rehearsal", **order})
    ended = page.end_of(job)
    assert ended["command"] == review["commands"][0] == f"importer check -c {path} {people}"
    assert ended["exit_code"] == 3
    report = ended["report"]
    assert report["rows"] == {
        "read": 4, "imported": 3, "failed": 1, "in_doubt": 0, "not_attempted": 0,
    }  # fmt: skip
    (group,) = page.client.get(f"/runs/{report['run']}/failures").json()["groups"]
    assert (group["column"], group["property"], group["count"]) == ("4", "credits", 1)
    assert [row["row"] for row in group["rows"]] == ["2"]
    files = page.client.get(f"/runs/{report['run']}/report.json").json()
    assert files["run"] == report["run"]
    rejects = page.client.get(f"/runs/{report['run']}/rejects.csv")
    assert rejects.content == b"u2,Ben,,x\n"
    assert "attachment" in rejects.headers["content-disposition"]
    assert page.client.get(f"/runs/{report['run']}/ledger.jsonl").status_code == 404


def test_stop_and_go_on(page: OpenPage, server: Emulator) -> None:
    """An import that is stopped can go on, and every row arrives once."""
    path = page.folder / "many.csv"
    path.write_text("".join(f"v{n},1\n" for n in range(20_000)))
    adding = {"2": [{"property": "orders", "type": "integer", "operation": "add"}]}
    given, sheet = drafted(page, path, columns=adding)
    sheet["identifier"] = {"column": 1, "fallback": []}
    order = saved(page, given, sheet, "many.yaml")
    server.forget()
    server.faults({"kind": "delay", "delay_ms": [150, 150]})
    job = page.post("/api/jobs", {"kind": "import", **order})
    refused = page.client.post("/api/jobs", json={"kind": "import", **order})
    assert (refused.status_code, "is going on" in refused.json()["message"]) == (422, True)
    last: dict[str, Any] = {}
    for last in page.states(job["id"]):
        if last["progress"].get("imported") and not last["stopping"]:
            page.post(f"/api/jobs/{job['id']}/stop", {})
    assert (last["exit_code"], last["report"]["status"]) == (130, "interrupted")
    folder = page.folder / "importer-runs" / last["report"]["run"]
    assert last["go_on"] == f"importer run --resume {folder}"
    server.faults()
    again = page.post("/api/jobs", {"kind": "resume", "run": last["report"]["run"]})
    ended = page.end_of(again)
    assert ended["command"].startswith("importer run --resume ")
    assert (ended["report"]["status"], ended["go_on"]) == ("complete", "")
    assert {kept["orders"] for kept in server.profiles().values()} == {1}
    assert TOKEN not in json.dumps([last, ended])


def test_deleting_needs_the_word(page: OpenPage, people: Path, server: Emulator) -> None:
    """A mapping that deletes profiles is carried out for somebody who typed `delete` alone."""
    path = page.folder / "deletes.yaml"
    path.write_text("operation: delete\nidentifier: {column: 1, fallback: []}\n")
    source = page.open(people)["id"]
    loaded = page.post("/api/mappings/load", {"source": source, "path": str(path)})
    order = {"kind": "import", "source": source, "document": loaded["document"]}
    answer = page.client.post("/api/jobs", json=order)
    assert (answer.status_code, "type delete" in answer.json()["message"]) == (422, True)
    ended = page.end_of(page.post("/api/jobs", {**order, "consent": "delete"}))
    assert ended["report"]["operation"] == "delete"


def test_saving_over_another_file(page: OpenPage, people: Path) -> None:
    """Another file is replaced when that is wanted, and keeps its rights."""
    given, sheet = drafted(page, people)
    path = page.folder / "others.yaml"
    path.write_text("columns: {1: theirs}\n")
    path.chmod(0o640)
    order = {**given, "sheet": sheet, "path": str(path)}
    refused = page.client.post("/api/mappings/save", json=order)
    assert (refused.status_code, refused.json()["exists"]) == (409, True)
    assert path.read_text() == "columns: {1: theirs}\n"
    page.post("/api/mappings/save", {**order, "replace": True})
    assert "How " in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_conversions_are_the_importers(page: OpenPage, people: Path) -> None:
    """Sample cells are converted as the import would, the failing ones with its words."""
    source = page.open(people)["id"]
    entry = {"property": "credits", "type": "integer"}
    shown = page.post(
        f"/api/sources/{source}/convert", {"position": 4, "entry": entry, "around": {}}
    )
    assert (shown["rows"], shown["failed"], shown["faults"]) == (4, 1, [])
    assert shown["samples"] == [
        {"cell": "7", "json": "7"},
        {"cell": "9", "json": "9"},
        {"cell": "x", "failed": '"x" is no integer'},
        {"cell": "", "empty": "skip"},
    ]
    wrong = {"property": "credits", "type": "list", "operation": "add"}
    shown = page.post(
        f"/api/sources/{source}/convert", {"position": 4, "entry": wrong, "around": {}}
    )
    assert shown["faults"] == ["operation add wants number, and the column's type gives array"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "name the property"), ("$distinct_id", "property '$distinct_id' is the ")],
)
def test_properties_that_cannot_be(page: OpenPage, people: Path, name: str, words: str) -> None:
    """What no property can be called is said where it is called that."""
    source = page.open(people)["id"]
    order = {"position": 4, "entry": {"property": name}, "around": {}}
    (fault,) = page.post(f"/api/sources/{source}/convert", order)["faults"]
    assert fault.startswith(words)


def test_advice_is_of_the_page(page: OpenPage) -> None:
    """What to do is said in the words of the page, not in options of a command line."""
    path = page.folder / "advised.csv"
    path.write_text("1,a@example.com\n2,b@example.com\n")
    (words,) = page.open(path, header=True)["found"]
    assert words.endswith("if the file has none, choose that the first record is a row")
    path.write_text("a;b;c\nd;e;f\n")
    (words,) = page.open(path, delimiter=",", header=False)["found"]
    assert words.endswith("if they are, choose that delimiter")
    order = {"source": page.open(path)["id"], "path": str(path.with_name("none.yaml"))}
    answer = page.client.post("/api/mappings/load", json=order)
    assert answer.json()["message"].endswith("type the path of a mapping file")


def test_identifiers_by_kind(page: OpenPage, people: Path) -> None:
    """Rows are counted by what names them, as the import names them."""
    source = page.open(people)["id"]
    url = f"/api/sources/{source}/identifiers"
    emails = {"3": [{"property": "$email"}]}
    order = {"column": 1, "emails": emails, "fallback": ["email"], "people": True}
    counted = {"column": 3, "email": 1, "random": 0, "none": 0, "repeated": 1}
    assert page.post(url, order) == {"rows": 4, "whole": True, **counted}
    counted = {"column": 0, "email": 0, "random": 4, "none": 0, "repeated": 0}
    order = {"column": None, "emails": emails, "fallback": ["random"], "people": False}
    assert page.post(url, order) == {"rows": 4, "whole": True, **counted}


def test_identifiers_by_any_email(page: OpenPage) -> None:
    """What gives the address counts: a value map, a default, an operation, a join of the file."""
    path, mapping = page.folder / "mails.csv", page.folder / "mails.yaml"
    path.write_text("jo,x.org,-\nal,x.org,\n")
    mapping.write_text("columns: {3: n}\nproperties: {$email: {join: [1, 2], with: '@'}}\n")
    source = page.open(path)["id"]
    url = f"/api/sources/{source}/identifiers"
    order: dict[str, Any] = {"column": None, "fallback": ["email", "random"], "people": True}

    def by_email(**more: Any) -> tuple[int, int]:
        counted = page.post(url, {**order, **more})
        return counted["email"], counted["random"]

    entry = {"property": "$email", "values": {"-": "a@x.org"}}
    assert by_email(emails={"3": [entry]}) == (1, 1)
    assert by_email(emails={"3": [{**entry, "default": "b@x.org"}]}) == (2, 0)
    assert by_email(emails={"3": [{**entry, "operation": "union"}]}) == (0, 2)
    assert by_email(emails={"2": [entry], "3": [entry]}) == (0, 2)  # a fault, told elsewhere
    loaded = page.post("/api/mappings/load", {"source": source, "path": str(mapping)})
    assert by_email(document=loaded["document"]) == (2, 0)


@pytest.mark.parametrize("pasted", ["{}", " '{}' ", '"{}"', "file://{}", "FILE://localhost{}"])
def test_pasted_path(page: OpenPage, pasted: str) -> None:
    """A path is taken as file managers copy it."""
    path = page.folder / "our people.csv"
    path.write_text(ROWS)
    given = str(path).replace(" ", "%20") if ":" in pasted else str(path)
    assert page.post("/api/sources", {"path": pasted.format(given)})["path"] == str(path)


def test_header_alone(page: OpenPage) -> None:
    """A file without a row converts to nothing, and nobody is named in it."""
    path = page.folder / "header.csv"
    path.write_text("id,points\n")
    source = page.open(path, header=True)["id"]
    order = {"position": 2, "entry": {"property": "points", "type": "integer"}, "around": {}}
    shown = page.post(f"/api/sources/{source}/convert", order)
    assert shown == {"faults": [], "rows": 0, "failed": 0, "samples": []}
    named: dict[str, object] = {"column": 1, "email": None, "fallback": [], "people": True}
    counted = page.post(f"/api/sources/{source}/identifiers", named)
    assert counted == {
        "rows": 0, "whole": True, "column": 0, "email": 0, "random": 0, "none": 0, "repeated": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "settings", "found"),
    [
        (b"id;name\nu1;Ann\nu2;Ben\n", {"header": True, "delimiter": ";"}, 2),
        ("u1,Müller\nu2,Özil\n".encode("cp1252") * 20, {"encoding": "cp1252"}, 1),
        ("u1,Müller\n".encode("utf-16"), {"encoding": "utf-16"}, 1),
        (gzip.compress("u1,Müller\nu2,Özil\n".encode() * 20, mtime=0), {"encoding": "utf-8"}, 0),
        (b"\xef\xbb\xbfu1,Ann\n", {"encoding": "utf-8", "header": False}, 0),
    ],
)
def test_how_a_file_is_written(
    page: OpenPage, content: bytes, settings: dict[str, object], found: int
) -> None:
    """Header, delimiter and encoding are found out, and said."""
    path = page.folder / "written.csv"
    path.write_bytes(content)
    shown = page.open(path)
    assert settings.items() <= shown["preview"]["settings"].items()
    assert len(shown["found"]) == found
    given, sheet = (
        {"source": shown["id"]},
        page.post("/api/mappings/draft", {"source": shown["id"]}),
    )
    assert settings.items() <= sheet["sheet"]["source"].items()
    assert given


def dropped(page: OpenPage, content: bytes) -> Path:
    name = "../../etc/our people.csv"
    answer = page.client.put("/api/uploads", params={"name": name}, content=content)
    return Path(answer.json()["path"])


def test_dropped_file(page: OpenPage) -> None:
    """A file that is dropped on the page is a private copy, kept while it is open: the next one
    may turn out to be no table. One that could not be opened goes.
    """
    path = dropped(page, ROWS.encode())
    assert (path.name, stat.S_IMODE(path.stat().st_mode)) == ("our people.csv", 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    opened = page.open(path)
    assert (opened["rows"], opened["name"]) == (4, "our people.csv")
    loaded = page.post("/api/mappings/draft", {"source": opened["id"]})
    saved = page.folder / "dropped.yaml"
    order = {"source": opened["id"], "document": loaded["document"], "sheet": loaded["sheet"]}
    page.post("/api/mappings/save", {**order, "path": str(saved)})
    assert saved.read_text("utf-8").startswith("# How our people.csv becomes")
    wrong = dropped(page, b"")
    answer = page.client.post("/api/sources", json={"path": str(wrong)})
    assert (answer.status_code, answer.json()["message"][:14]) == (422, "our people.csv")
    dropped(page, b"u1,a\n")
    assert (path.exists(), wrong.exists()) == (True, False)


def test_upload_is_counted(tmp_path: Path) -> None:
    """A body that does not say how long it is, or lies, is cut off, and nothing of it stays."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 600, "more_body": True}

    request = Request({"type": "http", "method": "PUT", "headers": []}, receive)
    with pytest.raises(Refused) as caught:
        asyncio.run(receive_file(request, "a.csv", tmp_path, most=1_000))
    assert caught.value.status == 413
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_loaded_again(page: OpenPage, people: Path) -> None:
    """A page that is loaded again finds the file and the mapping as they were."""
    given, sheet = drafted(page, people)
    sheet["columns"]["2"] = [{"property": "nickname"}]
    page.post("/api/mappings/review", {**given, "sheet": sheet, "path": ""})
    latest = page.client.get("/api/desk").json()["latest"]
    assert (latest["document"], latest["sheet"]) == (given["document"], sheet)
    assert latest["source"]["id"] == given["source"]


def test_names_to_choose_from(page: OpenPage, people: Path) -> None:
    """The field of a property offers Mixpanel's names first, then those of the mapping."""
    path = page.folder / "named.yaml"
    path.write_text("columns: {2: nickname, 4: $phone}\n")
    source = page.open(people)["id"]
    loaded = page.post("/api/mappings/load", {"source": source, "path": str(path)})
    names = page.client.get(f"/api/mappings/{loaded['document']}/properties").json()["properties"]
    assert names[0] == {"name": "$name", "label": "Name (Mixpanel's own)"}
    assert {"name": "nickname", "label": "in this mapping"} in names
    assert len({each["name"] for each in names}) == len(names)


def test_groups_of_failures() -> None:
    """Rows that fail for the same reason are one group, whatever their cells say."""
    header = "row,line,column,property,identifier,code,reason"
    lines = [f'{n},{n},4,credits,u{n},type,"""c{n}"" is not an integer"' for n in range(1, 31)]
    lines += ["31,31,,,,width,3 cells where the file has 4"]
    lines += ["32,32,,,,encoding,byte 0xe9 at byte 17 of the record is not utf-8"]
    groups = group_failures([header, *lines])
    assert [(each["reason"], each["count"], len(each["rows"])) for each in groups] == [
        ("… is not an integer", 30, 20),
        ("… cells where the file has …", 1, 1),
        ("byte 0xe9 at byte … of the record is not utf-8", 1, 1),
    ]


def test_what_cannot_be_started_is_not_waited_for(tmp_path: Path) -> None:
    """A process that the system does not start leaves the page as it was."""
    (tmp_path / "one.csv").write_text(ROWS)
    (tmp_path / "m.yaml").write_text("columns: {2: name}\n")

    async def order() -> None:
        desk = Desk(tmp_path, Path("importer-runs"), {"LONG": "x" * 200_000}, {})
        source = desk.keep_source(look(tmp_path / "one.csv", {})).id
        document = desk.load(tmp_path / "m.yaml").id
        for _ in range(2):
            with pytest.raises(OSError, match="too long"):
                await begin_job(desk, {"kind": "rehearsal", "source": source, "document": document})
        assert not desk.jobs

    asyncio.run(order())


def test_header_with_an_empty_name(page: OpenPage) -> None:
    """A column without a name does not shift those behind it."""
    path = page.folder / "index.csv"
    path.write_text(",uid,email,plan\n0,u1,a@example.com,pro\n")
    text = "source: {header: true}\nidentifier: {column: uid}\ncolumns: {email: $email, plan: p}\n"
    (page.folder / "index.yaml").write_text(text)
    source = page.open(path, header=True)["id"]
    given = {"source": source, "path": str(page.folder / "index.yaml")}
    sheet = page.post("/api/mappings/load", given)["sheet"]
    assert sheet["identifier"]["column"] == 2
    assert {at: entries[0]["property"] for at, entries in sheet["columns"].items()} == {
        "3": "$email",
        "4": "p",
    }


def test_constant_named_like_a_join(page: OpenPage) -> None:
    """What the page only keeps is not replaced by a constant of its name."""
    (page.folder / "two.csv").write_text("u1,Ada,Lovelace\n")
    mapping = page.folder / "join.yaml"
    mapping.write_text(
        "identifier: {column: 1}\ncolumns: {2: first}\nproperties: {name: {join: [2, 3]}}\n"
    )
    source = page.open(page.folder / "two.csv")["id"]
    loaded = page.post("/api/mappings/load", {"source": source, "path": str(mapping)})
    sheet = {**loaded["sheet"], "constants": [{"name": "name", "value": "x"}]}
    order = {"source": source, "document": loaded["document"], "sheet": sheet, "path": str(mapping)}
    answer = page.client.post("/api/mappings/review", json=order)
    assert "rename the constant" in answer.text
