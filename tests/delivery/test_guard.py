"""When refusals are the server's and not the rows'."""

from importer.delivery.guard import Guard


def test_five_batches_refused_in_a_row() -> None:
    """Batches named as a whole stop a run with the fifth, each counted once."""
    guard = Guard()
    assert [guard.refused_by_name(batch, 200, 200) for batch in (1, 201, 401, 601)] == [False] * 4
    assert not guard.refused_by_name(601, 200, 200)
    assert guard.refused_by_name(801, 200, 200)


def test_anything_accepted_begins_anew() -> None:
    """In a row means in a row."""
    guard = Guard()
    for batch in range(4):
        guard.refused_by_name(batch, 200, 200)
    assert guard.suspects(3)
    guard.accepted()
    assert not guard.suspects(3)
    assert not any(guard.refused_by_name(batch, 200, 200) for batch in range(4, 8))
    assert guard.refused_by_name(8, 200, 200)


def test_rows_named_before_do_not_count_on() -> None:
    """What was named of a batch before something was accepted says nothing any more."""
    guard = Guard()
    for _ in range(2):
        assert not any(guard.refused_by_name(batch, 99, 200) for batch in range(9))
        guard.accepted()


def test_one_bad_row_in_each_batch_is_the_files_fault() -> None:
    """One row refused by itself out of a voided batch says nothing of the server; two do."""
    guard = Guard()
    assert not any(guard.refused_alone(batch, 200) for batch in range(50))
    assert [guard.refused_alone(batch, 200) for batch in range(5)] == [False] * 4 + [True]


def test_one_batch_does_not_make_a_row() -> None:
    """A cluster of bad rows in one batch never stops a run."""
    guard = Guard()
    assert not any(guard.refused_alone(1, 200) for _ in range(150))


def test_batches_of_one_row() -> None:
    """Where a batch is a row, five refused rows are five refused batches."""
    guard = Guard()
    assert [guard.refused_alone(batch, 1) for batch in range(5)] == [False] * 4 + [True]


def test_few_named_rows_do_not_condemn_a_batch() -> None:
    """A server that voids a batch for two named rows is not one that refuses everything."""
    guard = Guard()
    assert not any(guard.refused_by_name(batch, 2, 200) for batch in range(50))


def test_rows_named_one_by_one_add_up() -> None:
    """A server that names one row at a time is found out once half of the batches are named."""
    guard = Guard()
    answers = [guard.refused_by_name(batch, 1, 200) for _ in range(100) for batch in range(5)]
    assert answers == [False] * 499 + [True]
