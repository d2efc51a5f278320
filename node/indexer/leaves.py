"""Missing leaves copied from peers: bounded, streamed, and kept only if they hash to the batch's root."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from sqlalchemy import Engine

from anchoring.batch import MAX_BATCH_SIZE
from node.chain.endpoints import endpoint_name
from node.db.batches import AnchoredBatch, unavailable_batches
from node.db.leaves import store_leaves, tile_levels
from node.db.session import reading, writing
from node.errors import LeavesDisagree
from node.failpoints import reach
from node.indexer.peers import NotServed, Pauses, PeerReader, Peers

MAX_BYTES = 32 * MAX_BATCH_SIZE
_LOG = logging.getLogger("node.indexer.leaves")
_TRIED_AT_ONCE = 64

Identity = tuple[str, bytes, int]
_TOLD = (NotServed, LeavesDisagree)  # sentences of ours; others may repeat the URL, which names the batch


@dataclass(slots=True)
class LeafCopier:
    """Copies the leaves of anchored batches that this node does not hold."""

    engine: Engine
    peers: Sequence[str]
    reader: PeerReader = field(default_factory=PeerReader)
    _pauses: Pauses[Identity] = field(default_factory=Pauses)
    _known: Peers = field(init=False)

    def __post_init__(self) -> None:
        """Nobody has kept us waiting yet."""
        self._known = Peers(self.peers)

    def step(self, now: datetime) -> int:
        """How many batches became available; a missing one is asked of every peer, then ever less often."""
        copied, start = 0, 0
        while self.peers:
            with reading(self.engine) as connection:
                missing = unavailable_batches(connection, start=start, limit=_TRIED_AT_ONCE)
            if not missing:
                break
            due = [batch for batch in missing if self._pauses.is_due(_identity(batch), now)]
            copied += sum(self._copy(batch, now) for batch in due)
            start = missing[-1].entry_index + 1
        return copied

    def close(self) -> None:
        """Let the connections go."""
        self.reader.close()

    def _copy(self, batch: AnchoredBatch, now: datetime) -> bool:
        for peer in self._known.to_ask(now):
            try:
                leaves = self._fetch(peer, batch)
                self._known.note(peer, None, now)
                levels = tile_levels(leaves)
                reach("leaves-copied")
                with writing(self.engine) as connection:
                    blob = store_leaves(
                        connection, root=batch.root, size=batch.size, leaves=leaves, levels=levels
                    )
            except (NotServed, LeavesDisagree, httpx.HTTPError, httpx.InvalidURL) as error:
                self._known.note(peer, error, now)
                reason = str(error) if isinstance(error, _TOLD) else type(error).__name__
                _LOG.info("leaves of a batch not taken from %s: %s", endpoint_name(peer), reason)
                continue
            _LOG.info("leaves of a batch copied from %s: %s", endpoint_name(peer), blob.state)
            self._pauses.forget(_identity(batch))
            return True
        self._pauses.note_failure(_identity(batch), now)
        return False

    def _fetch(self, peer: str, batch: AnchoredBatch) -> bytes:
        url = f"{peer}/v1/batches/{batch.did}/{batch.root.hex()}/{batch.size}/leaves"
        return self.reader.read(url, max_bytes=MAX_BYTES, expected=32 * batch.size)


def _identity(batch: AnchoredBatch) -> Identity:
    return batch.did, batch.root, batch.size
