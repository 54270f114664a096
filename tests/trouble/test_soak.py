"""A short stay in the weather; `python -m tests.trouble.soak` is the long one."""

import pytest

from .soak import soak


@pytest.mark.usefixtures("one_authority")
@pytest.mark.parametrize("seed", [1, 2])
def test_changing_weather(seed: int) -> None:
    """Files imported while a server has every trouble in turn: through in the end, no row lost,
    none doubled, and books that say of each what became of it.
    """
    story = soak(hours=0.25, seed=seed)
    assert story.files
    assert story.rows["imported"]
