"""One desk for all tests of a module that only read."""

from collections.abc import Iterator

import pytest

from tests.node.web.verifying_desk import Desk, desk_over, documents


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A node that holds a country, in which a document of each kind was issued."""
    with desk_over(documents(), tmp_path_factory.mktemp("desk")) as made:
        yield made
