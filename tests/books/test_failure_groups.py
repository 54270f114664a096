"""Failed rows by column and code: they add up to the books, and show no value."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from importer.books.failure import Failure
from importer.books.failure_groups import EXAMPLES, MOST, FailureGroups
from tests.reading.through import updates_of

POSITIONS = {"$email": 3, "plan": 4}

FAILURES = st.builds(
    Failure,
    row=st.integers(1, 99),
    line=st.just(1),
    code=st.sampled_from(["type", "refused", "width"]),
    reason=st.just("x"),
    record=st.just(b"r"),
    column=st.sampled_from([None, 3, 4]),
    property=st.sampled_from(["", "$email", "plan", "whatever a server says"]),
)


@given(st.lists(FAILURES), st.integers(0, 5))
def test_sums(failures: list[Failure], unseen: int) -> None:
    """The groups have every row of the books once, those too that were not told of."""
    groups = FailureGroups(POSITIONS)
    for failure in failures:
        groups.add(failure)
    books = Counter(failure.code for failure in failures) + Counter({"width": unseen})
    found = groups.result(books)
    assert sum((Counter({group.code: group.rows}) for group in found), Counter()) == books
    assert [group.rows for group in found] == sorted((g.rows for g in found), reverse=True)
    assert {group.property for group in found} <= {"", *POSITIONS}
    assert all(len(group.examples) <= EXAMPLES for group in found)
    assert all(example.record == b"" for group in found for example in group.examples)


def test_bounded() -> None:
    """Of more groups than there is room for, the later ones are counted by their code."""
    names = {f"p{number}": number for number in range(1, MOST + 51)}
    groups = FailureGroups(names)
    for name in names:
        groups.add(Failure(1, 1, "type", "x", b"", property=name))
    found = groups.result({"type": len(names)})
    assert (len(found), found[0].rows, found[0].column) == (MOST + 1, 50, None)


def test_two_cells_are_masked_apart() -> None:
    """What is said of two cells of a row shows no more of each than of one alone."""
    text = "u1,Secret Person,x1\n"
    settings = {
        "identifier": {"column": 1},
        "columns": {
            2: {"property": "bday", "type": "date"},
            3: {"property": "n", "type": "integer"},
        },
    }
    (updates,) = updates_of(text.encode(), settings)
    (failure,) = updates.failures
    assert failure.reason.endswith('; n: "x1" is no integer')
    masked = failure.masked_reason()
    assert masked.startswith('"Sec•••••n" is no date')
    assert masked.endswith('; n: "••" is no integer')


def test_words_of_a_server() -> None:
    """An identifier that a server echoes without quotes is masked, and so is what it quotes."""
    groups = FailureGroups(POSITIONS)
    reason = "no profile for customer-31337: 'Ada Lovelace' of ada@example.com"
    groups.add(Failure(1, 1, "refused", reason, b"", identifier="customer-31337"))
    (example,) = groups.result({"refused": 1})[0].examples
    assert example.identifier == "cus•••••7"
    assert example.reason == "no profile for cus•••••7: 'Ada•••••e' of ada•••••om"


def test_words_of_a_server_that_do_not_quote() -> None:
    """What a server echoes of a record is masked, quoted or not."""
    words = "value SecretPlan of custident-alpha is not allowed"
    failure = Failure(1, 1, "refused", words, b"custident-alpha,SecretPlan", identifier="x")
    assert failure.masked_reason() == "value Se•••••n of cu•••••t-••••• is not allowed"
