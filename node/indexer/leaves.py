"""Missing leaves copied from peers: bounded, streamed, and kept only if they hash to the batch's root."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from sqlalchemy import Engine

from anchoring.batch import MAX_BATCH_SIZE
from node.chain.endpoints import endpoint_name
from node.db.batches import AnchoredBatch, unavailable_batches
from node.db.leaves import store_leaves, tile_levels
from node.db.session import reading, writing
from node.errors import LeavesDisagree

MAX_BYTES = 32 * MAX_BATCH_SIZE
_LOG = logging.getLogger("node.indexer.leaves")
_TIMEOUT = 10.0  # seconds of silence
_DEADLINE = 120.0  # seconds for one batch from one peer
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)
_TRIED_AT_ONCE = 64

Identity = tuple[str, bytes, int]


class _NotServed(Exception):
    """A peer has no such leaves, or serves what cannot be any."""


_TOLD = (_NotServed, LeavesDisagree)  # sentences of ours; others may repeat the URL, which names the batch


@dataclass(slots=True)
class LeafCopier:
    """Copies the leaves of anchored batches that this node does not hold."""

    engine: Engine
    peers: Sequence[str]
    transport: httpx.BaseTransport | None = None
    _http: httpx.Client | None = None
    _pauses: dict[Identity, tuple[datetime, timedelta]] = field(default_factory=dict)

    def step(self, now: datetime) -> int:
        """How many batches became available; a missing one is asked of every peer, then ever less often."""
        copied, start = 0, 0
        while self.peers:
            with reading(self.engine) as connection:
                missing = unavailable_batches(connection, start=start, limit=_TRIED_AT_ONCE)
            if not missing:
                break
            copied += sum(self._copy(batch, now) for batch in missing if self._due(batch, now))
            start = missing[-1].entry_index + 1
        return copied

    def close(self) -> None:
        """Let the connections go."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _due(self, batch: AnchoredBatch, now: datetime) -> bool:
        waits_until, _ = self._pauses.get(_identity(batch), (now, _FIRST_PAUSE))
        return waits_until <= now

    def _copy(self, batch: AnchoredBatch, now: datetime) -> bool:
        for peer in self.peers:
            try:
                leaves = self._fetch(peer, batch)
                levels = tile_levels(leaves)
                with writing(self.engine) as connection:
                    blob = store_leaves(
                        connection, root=batch.root, size=batch.size, leaves=leaves, levels=levels
                    )
            except (_NotServed, LeavesDisagree, httpx.HTTPError, httpx.InvalidURL) as error:
                reason = str(error) if isinstance(error, _TOLD) else type(error).__name__
                _LOG.info("leaves of a batch not taken from %s: %s", endpoint_name(peer), reason)
                continue
            _LOG.info("leaves of a batch copied from %s: %s", endpoint_name(peer), blob.state)
            self._pauses.pop(_identity(batch), None)
            return True
        _, pause = self._pauses.get(_identity(batch), (now, _FIRST_PAUSE))
        self._pauses[_identity(batch)] = now + pause, min(pause * 2, _LONGEST_PAUSE)
        return False

    def _fetch(self, peer: str, batch: AnchoredBatch) -> bytes:
        if self._http is None:
            self._http = httpx.Client(timeout=_TIMEOUT, transport=self.transport, trust_env=False)
        url = f"{peer}/v1/batches/{batch.did}/{batch.root.hex()}/{batch.size}/leaves"
        leaves, began = bytearray(), time.monotonic()
        # No compression: 32 random bytes do not shrink, and a bound must hold before anything is unpacked.
        with self._http.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
            if response.status_code != httpx.codes.OK:
                raise _NotServed(f"status {response.status_code}")
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise _NotServed("a content encoding that was not asked for")
            for part in response.iter_raw():
                leaves += part
                if len(leaves) > MAX_BYTES:
                    raise _NotServed(f"more than {MAX_BYTES} bytes")
                if time.monotonic() - began > _DEADLINE:
                    raise _NotServed("too slow")
        return bytes(leaves)


def _identity(batch: AnchoredBatch) -> Identity:
    return batch.did, batch.root, batch.size
