"""The judgement over what endpoints said, in the moments that a real network passes through too quickly."""

import pytest

from node.chain.client import LedgerClient
from node.chain.every_endpoint import Seen, Stand
from node.chain.headers import Header, LogState
from node.indexer.agreement import Disagreement, count_alike, hold_to_rewind

FOLLOWED = {number: b"old %d" % number for number in range(90, 101)}
LOG = LogState(3, b"root")


def header(number: int, name: bytes) -> Header:
    return Header(number, name, b"parent", 0)


def seen(head: Header) -> Seen:
    return Seen("http://other:1", LedgerClient(["http://other:1"]), chain_id=1, head=head)


def test_one_that_still_has_a_block_above_keeps_it_from_being_taken_back() -> None:
    with pytest.raises(Disagreement, match="took back all blocks above 95") as caught:
        hold_to_rewind([seen(header(98, b"old 98"))], FOLLOWED, to=95, said_by="http://source:1")
    assert caught.value.names == {"http://other:1", "http://source:1"}


def test_one_that_has_another_block_below_keeps_it_from_being_trusted() -> None:
    with pytest.raises(Disagreement):
        hold_to_rewind([seen(header(93, b"new 93"))], FOLLOWED, to=95, said_by="http://source:1")


@pytest.mark.parametrize("head", [(98, b"new 98"), (94, b"old 94"), (120, b"new 120"), (50, b"any")])
def test_one_that_took_the_same_back_or_says_nothing_of_it_does_not_hinder(head: tuple[int, bytes]) -> None:
    hold_to_rewind([seen(header(*head))], FOLLOWED, to=95, said_by="http://source:1")


def test_only_those_count_that_have_the_very_block() -> None:
    reached = header(100, b"new 100")
    stands = [
        Stand("a", reached, LOG),
        Stand("b", reached, None),
        Stand("c", None, None),
    ]
    assert count_alike(stands, reached, LOG, said_by="source") == 3
    assert count_alike([], reached, LOG, said_by="source") == 1


@pytest.mark.parametrize(
    "stand",
    [Stand("b", header(100, b"old 100"), LOG), Stand("b", header(100, b"new 100"), LogState(4, b"root"))],
)
def test_another_block_or_another_log_at_the_height_is_a_contradiction(stand: Stand) -> None:
    with pytest.raises(Disagreement, match="b"):
        count_alike([stand], header(100, b"new 100"), LOG, said_by="source")
