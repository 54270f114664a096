"""Step 2: what is set of a column, and what is said of the rows' identifiers."""

from playwright.sync_api import Page, Route, expect

from tests.ui.pages import OpenPage

from .steps import check, go_in, go_to, open_file, open_written, settle


def test_unticked_and_ticked_again(page: Page, desk: OpenPage) -> None:
    """A column that is ticked again is as it was, one by one and all at once."""
    (desk.folder / "one.csv").write_text("u1,7\nu2,8\n")
    (desk.folder / "m.yaml").write_text(
        "identifier: {column: 1}\ncolumns: {2: [{property: points, type: integer}, as_text]}\n"
    )
    go_in(page, desk)
    open_file(page, desk.folder / "one.csv", desk.folder / "m.yaml")
    go_to(page, "columns")
    card = page.locator("[data-position='2']")
    names = card.get_by_label("Property", exact=True)
    card.locator("input[type=checkbox]").uncheck()
    expect(names).to_have_count(0)
    card.locator("input[type=checkbox]").check()
    expect(names).to_have_count(2)
    page.click("text=Untick all")
    expect(names).to_have_count(0)
    page.click("text=Tick all")
    expect(card.get_by_label("Type").first).to_have_value("integer")
    expect(names.last).to_have_value("as_text")


def test_random_ids_are_told(page: Page, desk: OpenPage) -> None:
    """Rows that are named by chance make other profiles each time: that is said before."""
    (desk.folder / "one.csv").write_text("u1,7\n,8\n,9\n")
    (desk.folder / "m.yaml").write_text("identifier: {column: 1}\ncolumns: {2: points}\n")
    go_in(page, desk)
    open_file(page, desk.folder / "one.csv", desk.folder / "m.yaml")
    words = (
        "2 rows have no identifier of their own and get a random one: importing again makes "
        "2 more profiles."
    )
    expect(page.locator("#review")).to_contain_text(words)
    go_to(page, "columns")
    expect(page.locator("#kinds")).to_contain_text(words)
    go_to(page, "import")
    page.fill("#token", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    page.click("#import-start")
    expect(page.locator("#ask-words")).to_contain_text(words)
    page.click("#ask-no")


def test_kinds_add_up(page: Page, desk: OpenPage) -> None:
    """Rows of another shape are told beside those that something names."""
    mapping = "identifier: {column: 1}\ncolumns: {2: points}\n"
    open_written(page, desk, "u1,7\n,8\nshort\n,\n", mapping)
    go_to(page, "columns")
    kinds = page.locator("#kinds")
    expect(kinds).to_contain_text("Of all 4 rows, named:")
    expect(kinds).to_contain_text("1 by the column")
    expect(kinds).to_contain_text("1 by a random id")
    expect(kinds).to_contain_text("2 of another shape: these fail")


def test_identifier_is_told_where_it_is(page: Page, desk: OpenPage) -> None:
    """The column that names the profile says so, and only that one."""
    (desk.folder / "one.csv").write_text("u1,a1,7\nu2,a2,8\n")
    (desk.folder / "m.yaml").write_text("identifier: {column: 1}\ncolumns: {3: points}\n")
    go_in(page, desk)
    open_file(page, desk.folder / "one.csv", desk.folder / "m.yaml")
    go_to(page, "columns")
    words = page.locator(".column-body p.quiet")
    expect(words).to_have_text(["It names the profile.", "Not imported."])
    page.select_option("#identifier", "2")
    expect(words).to_have_text(["Not imported.", "It names the profile."])


SPELLED = """\
identifier: {column: 1}
columns:
  2: {property: day, type: date, format: ['%d.%m.%Y', '%Y-%m-%d']}
  3: {property: agreed, type: boolean, true_values: ['ja, gerne', ja]}
  4: {property: plan, values: {' x': y, a=b: c, '"': quote}}
"""


def test_lists_are_not_respelled(page: Page, desk: OpenPage) -> None:
    """What stands in a list or is replaced stays as it was when something is added to it, and a
    line that is none is told.
    """
    (desk.folder / "one.csv").write_text("u1,1.2.2025,ja,P\nu2,2025-02-01,nein,Q\n")
    (desk.folder / "m.yaml").write_text(SPELLED)
    go_in(page, desk)
    open_file(page, desk.folder / "one.csv", desk.folder / "m.yaml")
    go_to(page, "columns")
    for position, label, line in (
        (2, "Formats", "%m/%d/%Y"),
        (3, "Words for true", "jawohl"),
        (4, "Replace cells", "P = premium\nEnterprise: big"),
    ):
        card = page.locator(f"[data-position='{position}']")
        if position == 4:
            card.locator("summary").click()
        field = card.get_by_label(label)
        field.fill(f"{field.input_value()}\n{line}")
    expect(page.locator("[data-position='4'] .options [role=status]")).to_have_text(
        "Left out, for want of an equals sign: Enterprise: big"
    )
    check(page, "lists")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).to_have_text(
        SPELLED.replace("'%Y-%m-%d'", "'%Y-%m-%d', '%m/%d/%Y'")
        .replace(", ja]", ", ja, jawohl]")
        .replace("quote}", "quote, P: premium}")
    )


def test_constants_are_kept_as_typed(page: Page, desk: OpenPage) -> None:
    """What is no number, or none that keeps its digits, and no yes or no, is sent as text."""
    (desk.folder / "one.csv").write_text("u1,7\nu2,8\n")
    go_in(page, desk)
    open_file(page, desk.folder / "one.csv")
    go_to(page, "columns")
    page.click("text=Add a constant")
    row = page.locator("#constants li")
    row.get_by_label("Property", exact=True).fill("c")
    cases = {
        ("12345678901234567890", "number"): "c: '12345678901234567890'",
        ("1,5", "number"): "c: '1,5'",
        ("15", "number"): "c: 15",
        ("ja", "boolean"): "c: ja",
        ("no", "boolean"): "c: false",
    }
    for (value, kind), line in cases.items():
        row.get_by_label("Value").fill(value)
        row.get_by_label("Sent as").select_option(kind)
        row.get_by_label("Sent as").press("Tab")
        said = "is sent as text" if value in ("12345678901234567890", "1,5", "ja") else ""
        expect(row.locator("[role=status]")).to_contain_text(said)
        go_to(page, "mapping")
        expect(page.locator("#yaml")).to_contain_text(line)
        settle(page)
        go_to(page, "columns")


def test_constant_renamed(page: Page, desk: OpenPage) -> None:
    """A constant that gets another name keeps its value; one of two lines stays in the file."""
    mapping = (
        "identifier: {column: 1}\ncolumns: {2: n}\n"
        'properties: {big: 1234567890123456, t: "a\\nb"}\n'
    )
    open_written(page, desk, "u1,7\n", mapping)
    go_to(page, "columns")
    page.locator("#constants").get_by_label("Property").fill("bigger")
    page.keyboard.press("Tab")
    go_to(page, "mapping")
    expect(page.locator("#yaml")).to_contain_text("bigger: 1234567890123456")
    expect(page.locator("#yaml")).to_contain_text('t: "a\\nb"')


def test_columns_that_a_transform_adds(page: Page, desk: OpenPage) -> None:
    """Nothing is said to be missing of the file where a function may add it."""
    (desk.folder / "adding.py").write_text("def clean(chunk):\n    return chunk\n")
    mapping = "identifier: {column: 1}\ncolumns: {2: n, 3: both}\ntransform: adding:clean\n"
    open_written(page, desk, "u1,7\n", mapping)
    go_to(page, "mapping")
    expect(page.locator("#review")).not_to_contain_text("which the file has not")


def test_answers_in_another_order(page: Page, desk: OpenPage) -> None:
    """What is shown below a type is what the last one that was chosen makes of the cells."""
    open_written(page, desk, "u1,x\n", "identifier: {column: 1}\ncolumns: {2: n}\n")
    go_to(page, "columns")
    card = page.locator("[data-position='2']")
    held = hold(page, "**/convert", '"integer"')
    with page.expect_request("**/convert"):
        card.get_by_label("Type").select_option("integer")
    with page.expect_response("**/convert"):
        card.get_by_label("Type").select_option("string")
    expect(card).to_contain_text("All of 1 rows convert")
    with page.expect_response("**/convert"):
        let_go(page, held)
    settle(page)
    expect(card).to_contain_text("All of 1 rows convert")


def test_counts_in_another_order(page: Page, desk: OpenPage) -> None:
    """Rows are counted by the identifier that was chosen last."""
    open_written(page, desk, "u1,\nu2,\nu3,a\n", "identifier: {column: 1}\ncolumns: {2: n}\n")
    go_to(page, "columns")
    kinds = page.locator("#kinds")
    expect(kinds).to_contain_text("3 by the column")
    held = hold(page, "**/identifiers", '"column":2')
    with page.expect_request("**/identifiers"):
        page.select_option("#identifier", "2")
    with page.expect_response("**/identifiers"):
        page.select_option("#identifier", "1")
    expect(kinds).to_contain_text("3 by the column")
    with page.expect_response("**/identifiers"):
        let_go(page, held)
    settle(page)
    expect(kinds).to_contain_text("3 by the column")


def let_go(page: Page, held: list[Route]) -> None:
    """Let the request go on that is held, or is just about to be."""
    for _ in range(1_000):
        if held:
            break
        page.wait_for_timeout(5)  # what holds it is called a moment after the request is seen
    held[0].continue_()


def hold(page: Page, address: str, which: str) -> list[Route]:
    """Keep the requests that hold a text, until they are told to continue."""
    held: list[Route] = []

    def handle(route: Route) -> None:
        if which in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route(address, handle)
    return held
