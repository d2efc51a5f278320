from collections.abc import Iterator

import pytest

from node.foreign.didkit_client import DidkitProcess
from node.foreign.proofs import DidkitProofs
from tests.node.foreign.didkit_desk import DidkitDesk


@pytest.fixture(scope="session")
def desk() -> Iterator[DidkitDesk]:
    with DidkitDesk() as opened:
        yield opened


@pytest.fixture(scope="module")
def proofs() -> Iterator[DidkitProofs]:
    made = DidkitProofs(DidkitProcess(seconds=20), None)  # a busy machine must not decide
    yield made
    made.close()
