"""Whether other nodes follow the same log: their checkpoints, held against the log here once a minute.

Two nodes need not trust each other to find out: equal roots at one size mean equal entries up to it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from sqlalchemy import Engine

from anchoring.checkpoint import Checkpoint, parse_checkpoint
from anchoring.errors import AnchoringError
from node.chain.endpoints import endpoint_name
from node.db.peer_states import PeerState, note_peers, read_peers
from node.db.session import reading, writing
from node.indexer.peers import NotServed, PeerReader

EVERY = timedelta(seconds=60)
_MAX_BYTES = 512
_LOG = logging.getLogger("node.indexer.peer_agreement")


@dataclass(slots=True)
class PeerAgreement:
    """Asks each peer for its checkpoint, and for the one at the size here if it has come further.

    Attributes:
        engine: the database.
        peers: their base URLs.
        own: the checkpoint here at a size, or at the largest for None, or at that for a larger one; None
            while nothing is followed.
    """

    engine: Engine
    peers: Sequence[str]
    own: Callable[[int | None], Checkpoint | None]
    reader: PeerReader = field(default_factory=PeerReader)
    _due: datetime | None = None

    def step(self, now: datetime) -> int:
        """How many peers were asked: all of them, if a minute has passed."""
        if self._due is not None and now < self._due:
            return 0
        self._due = now + EVERY
        with reading(self.engine) as connection:
            before = read_peers(connection)
        if not self.peers and not before:
            return 0
        if self.own(None) is None:
            return 0
        states = [self._state(peer, now) for peer in self.peers]
        with writing(self.engine) as connection:
            note_peers(connection, states)
        return len(states)

    def close(self) -> None:
        """Let the connections go."""
        self.reader.close()

    def _state(self, peer: str, now: datetime) -> PeerState:
        name, size = endpoint_name(peer), None
        try:
            theirs = self._checkpoint(peer)
            size = theirs.size
            state = self._judged(peer, theirs)
        except (NotServed, AnchoringError):
            state = "unusable"
        except (httpx.HTTPError, httpx.InvalidURL):
            state = "unreachable"
        if state == "disagrees":
            _LOG.warning("%s has another log than this node", name)
        return PeerState(name, state, size, int(now.timestamp()))

    def _judged(self, peer: str, theirs: Checkpoint) -> str:
        ours = self.own(theirs.size)
        if ours is None or theirs.origin != ours.origin:
            return "another"
        if theirs.size > ours.size:
            theirs = self._checkpoint(peer, size=ours.size)
        if theirs.size != ours.size or theirs.root != ours.root:
            return "disagrees"
        latest = self.own(None)
        return "behind" if latest is not None and theirs.size < latest.size else "agrees"

    def _checkpoint(self, peer: str, *, size: int | None = None) -> Checkpoint:
        query = "" if size is None else f"?size={size}"
        return parse_checkpoint(self.reader.read(f"{peer}/v1/log/checkpoint{query}", max_bytes=_MAX_BYTES))
