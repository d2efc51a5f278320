"""Long answers hold nothing while their readers are slow, and pages of long entries stay short."""

from collections.abc import Iterator
from typing import Any

import pytest

from node.db.leaves import drop_blob
from node.db.session import writing
from node.services.batch_leaves import open_leaves
from node.services.errors import HistoryReplaced, LeavesUnavailable
from node.services.history import HistoryQuery, history_stream
from node.services.node import Node
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, digests, record

pytestmark = pytest.mark.enable_socket
MANY = 40  # readers, more than any pool has connections


def begun(streams: list[Iterator[Any]]) -> list[Any]:
    return [next(stream) for stream in streams]


def leaves_of(node: Node, state: dict[str, Any]) -> Iterator[bytes]:
    return open_leaves(node, did=KAUNAS.did, root=bytes.fromhex(state["root"]), size=state["size"]).chunks


def test_slow_readers_of_the_history_keep_nobody_else_waiting(own: World) -> None:
    streams = [history_stream(own.node, HistoryQuery()) for _ in range(MANY)]
    assert {found.entry.index for found in begun(streams)} == {0}
    own.anchor(KAUNAS, digests("meanwhile"))
    assert own.ok("/v1/issuers")["items"]


def test_slow_readers_of_leaves_keep_nobody_else_waiting(own: World) -> None:
    state = own.anchor(KAUNAS, digests(*range(20_000)))
    streams = [leaves_of(own.node, state) for _ in range(MANY)]
    assert {len(piece) for piece in begun(streams)} == {524_288}
    own.anchor(KAUNAS, digests("meanwhile"))
    assert b"".join(streams[0])[-32:] == digests(*range(20_000))[-1]


def test_a_stream_of_leaves_that_are_dropped_breaks_off(own: World) -> None:
    state = own.anchor(KAUNAS, digests(*range(20_000)))
    stream = leaves_of(own.node, state)
    next(stream)
    with writing(own.node.engine) as connection:
        drop_blob(connection, root=bytes.fromhex(state["root"]), size=state["size"])
    with pytest.raises(LeavesUnavailable):
        next(stream)


def test_a_stream_is_of_one_state_of_the_log(own: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.services.history._STREAMED", 5)
    size = own.ok("/v1/log/digest")["size"]
    stream = history_stream(own.node, HistoryQuery())
    next(stream)
    own.anchor(KAUNAS, digests("later"))
    assert [found.entry.index for found in stream] == list(range(1, size))
    broken = history_stream(own.node, HistoryQuery())
    next(broken)
    own.ledger.ledger.reorg(1)
    own.follow()
    with pytest.raises(HistoryReplaced):
        list(broken)


def test_a_page_of_long_entries_is_cut_short_and_goes_on(own: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.services.history.PAGE_BYTES", 60_000)
    first = own.ok("/v1/log/digest")["size"]
    for number in range(3):
        record(own.ledger, KAUNAS, b"%d" % number * 31_000)
    own.follow()
    page = own.ok("/v1/history", params={"from": str(first)})
    seen = [item["index"] for item in page["items"]]
    assert seen == [first]
    while page["next"]:
        page = own.ok("/v1/history", params={"from": str(first), "cursor": page["next"]})
        seen += [item["index"] for item in page["items"]]
    assert seen == list(range(first, own.ok("/v1/log/digest")["size"]))
