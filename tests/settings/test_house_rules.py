"""The rules of the house: what a mapping may not name, and what it should think about."""

from pathlib import Path

import pytest

from importer import Config, ConfigError, import_profiles, load_config
from importer.settings.finding import Finding
from importer.settings.house_rules import MEANT, REFUSED, findings
from tests.conftest import ROOT, Command


def said(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    warnings: list[str] = []
    load_config(path, warnings.append)
    return [warning.removeprefix(f"{path}:") for warning in warnings]


def test_refused_names_with_their_lines(tmp_path: Path) -> None:
    """What the API drops or hides is an error, listed with all others, each with its line."""
    path = tmp_path / "config.yaml"
    path.write_text(
        "columns:\n  1: $bucket\n  2: [plan, {property: $last_seen}]\n  3: {property: $token}\n"
        "properties:\n  $distinct_id: x\ndelivery: {batch: 1}\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).replace(f"{path}:", "").splitlines() == [
        "2: columns.1: property '$bucket' hides the profile; choose another name",
        "3: columns.2.1.property: property '$last_seen' is kept by Mixpanel (Updated at); "
        "choose a name without the dollar sign",
        "4: columns.3.property: property '$token' is the project's token, not a property; "
        "leave it out",
        "6: properties.$distinct_id: property '$distinct_id' is the identifier, not a property; "
        "name its column as identifier.column",
        "7: delivery.batch: unknown key; did you mean 'batch_size'?",
    ]


@pytest.mark.parametrize(("path", "warned"), [("a.prom", False), ("a.txt", True), (7, False)])
def test_metrics_that_nobody_reads(path: object, warned: bool) -> None:
    """The textfile collector passes over files of other names."""
    found = findings({"columns": {1: "a"}, "metrics_file": path})
    assert [(each.level, each.keys) for each in found] == [("warning", ("metrics_file",))] * warned


def test_fallbacks_in_vain(tmp_path: Path) -> None:
    """Behind a random id nothing else would be asked, so that the order is always the other one."""
    path = tmp_path / "c.yaml"
    assert said(path, "columns: {1: a}\nidentifier: {fallback: [random, email]}\n") == [
        "2: identifier.fallback: random names every row, so email comes first all the same; "
        "write [email, random]"
    ]
    assert said(path, "columns: {1: a}\nidentifier: {fallback: [email, random]}\n") == []


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_python(name: str, tmp_path: Path) -> None:
    """A configuration built in Python is held against the same rules before a file is opened."""
    config = Config.model_validate({"columns": {1: name}})
    with pytest.raises(ConfigError, match=r"columns\.1\.0\.property: property "):
        import_profiles(tmp_path / "nope.csv", config, dry_run=True)


def test_drafts_keep_the_rules(tmp_path: Path, command: Command) -> None:
    """`init` writes no name that `check` refuses, whatever the header says."""
    names = [*REFUSED, "plan"]
    rows = "".join(",".join(f"{n}x{row}" for n in range(len(names))) + "\n" for row in range(5))
    (tmp_path / "a.csv").write_text(",".join(names) + "\n" + rows, encoding="utf-8")
    command("init", "a.csv", "--header", "-o", "c.yaml")
    assert command("check", "-c", "c.yaml").returncode == 0


def test_unsetting_is_allowed() -> None:
    """A property that should never have been set can be removed."""
    column = {"property": "$bucket", "operation": "unset"}
    assert findings({"columns": {1: column}}) == []


def test_more_than_a_profile_holds() -> None:
    """2,000 properties are fine, one more is an error."""
    columns = {n: f"p{n}" for n in range(1, 2_001)}
    assert findings({"columns": columns}) == []
    assert findings({"columns": columns, "properties": {"one": "more"}}) == [
        Finding("error", ("columns",), "2,001 properties; a profile holds 2,000 at most")
    ]


@pytest.mark.parametrize(
    ("property_", "words"),
    [
        ("$frist_name", "is none of Mixpanel's; did you mean '$first_name'?"),
        ("$shoe_size", "is none of Mixpanel's; names of your own have no dollar sign: 'shoe_size'"),
        ("email", "is one of your own; did you mean '$email', Mixpanel's?"),
        ("E-Mail", "is one of your own; did you mean '$email', Mixpanel's?"),
        ("First Name", "is one of your own; did you mean '$first_name', Mixpanel's?"),
    ],
)
def test_names_that_look_mistaken(tmp_path: Path, property_: str, words: str) -> None:
    """A name that is nearly one of Mixpanel's own is a warning that says which."""
    assert said(tmp_path / "c.yaml", f"columns:\n  2: {property_}\n") == [
        f"2: columns.2: property {property_!r} {words}"
    ]


def test_a_plain_name_beside_the_reserved_one(tmp_path: Path) -> None:
    """Who maps `$email` too knows what `email` is; company names are nobody's business."""
    assert said(tmp_path / "c.yaml", "columns: {1: [email, $email], 2: company, 3: $os}") == []
    assert [finding for name in MEANT for finding in findings({"columns": {1: name}})] == []


def test_what_is_cut(tmp_path: Path) -> None:
    """Names and constants beyond 255 characters are cut by the API: a warning."""
    text = f"columns: {{1: {'n' * 256}}}\nproperties: {{motto: {'m' * 256}, $phone: '0301'}}\n"
    assert said(tmp_path / "c.yaml", text) == [
        "1: columns.1: a property's name of 256 characters; Mixpanel cuts it to 255",
        "2: properties.motto: a text of 256 characters; Mixpanel cuts it to 255",
        "2: properties.$phone: a phone number needs a leading + and its country code",
    ]


@pytest.mark.parametrize("path", [ROOT / "config.example.yaml", *ROOT.glob("sample_data/*.yaml")])
def test_own_mappings_are_in_order(path: Path) -> None:
    """No mapping that comes with the program breaks a rule."""
    warnings: list[str] = []
    load_config(path, warnings.append)
    assert warnings == []


def test_warnings_of_a_check(tmp_path: Path, command: Command) -> None:
    """Warnings go to stderr and into the JSON, and change no exit code."""
    (tmp_path / "c.yaml").write_text("columns: {1: email}\n")
    words = "c.yaml:1: columns.1: property 'email' is one of your own; "
    words += "did you mean '$email', Mixpanel's?"
    alone, quiet = command("check", "-c", "c.yaml"), command("check", "-c", "c.yaml", "--quiet")
    assert (alone.returncode, alone.stderr) == (0, f"warning: {words}\n")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", alone.stderr)
    (tmp_path / "a.csv").write_text("a@b.example\n")
    whole = command("check", "-c", "c.yaml", "a.csv")
    assert (whole.returncode, whole.stderr) == (0, f"warning: {words}\n")
