"""List credentials that the ledger names, copied from peers by their digest: bounded, streamed, re-hashed.

Whether it is a list, and whose, is judged when a credential's status is: what a digest names is kept as it
is, so that a wrong list is told from one that is withheld.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import httpx
from sqlalchemy import Engine

from node.chain.endpoints import endpoint_name
from node.db.cursor import read_cursor
from node.db.payloads import keep_payload
from node.db.published_lists import digests_not_at_hand
from node.db.session import reading, writing
from node.indexer.peers import NotServed, Pauses, PeerReader, Peers

MAX_BYTES = 2 * 1024 * 1024
MEDIA_TYPE = "application/vc+jwt"
_LOG = logging.getLogger("node.indexer.contents")
_TRIED_AT_ONCE = 64
"""Lists in one step, so that one who publishes ever more does not keep the newest waiting."""
_TRIED_OF_ONE = 16
"""Of them, lists of one publisher: who serves none of its own takes no more than that from others."""
_LOOKED_AT_ONCE = 16_384
"""Publications in one step; the next goes on where it ended."""


@dataclass(slots=True)
class ContentCopier:
    """Copies the list credentials of publications that this node does not hold, the newest first."""

    engine: Engine
    peers: Sequence[str]
    reader: PeerReader = field(default_factory=PeerReader)
    _pauses: Pauses[bytes] = field(default_factory=Pauses)
    _known: Peers = field(init=False)
    _whole_at: bytes | None = None  # the log's root up to which nothing was missing
    _before: int | None = None  # the entry below which the next step looks

    def __post_init__(self) -> None:
        """Nobody has kept us waiting yet."""
        self._known = Peers(self.peers)

    def step(self, now: datetime) -> int:
        """How many came to be at hand; a missing one is asked of every peer, then ever less often."""
        with reading(self.engine) as connection:
            cursor = read_cursor(connection)
        if cursor is None or not self.peers or self._whole_at == cursor.root:
            return 0
        with reading(self.engine) as connection:
            missing = digests_not_at_hand(connection, before=self._before, limit=_LOOKED_AT_ONCE)
        if not missing and self._before is None:
            self._whole_at = cursor.root
        self._before = missing[-1][0] if len(missing) == _LOOKED_AT_ONCE else None
        return sum(self._copy(digest, now) for digest in self._turns(missing, now))

    def close(self) -> None:
        """Let the connections go."""
        self.reader.close()

    def _turns(self, missing: Sequence[tuple[int, str, bytes]], now: datetime) -> list[bytes]:
        """What is tried now: each publisher's newest first, then each one's next."""
        turns: dict[bytes, int] = {}
        taken: Counter[str] = Counter()
        for _, did, digest in missing:
            if taken[did] < _TRIED_OF_ONE and digest not in turns and self._pauses.is_due(digest, now):
                turns[digest] = taken[did]
                taken[did] += 1
        return sorted(turns, key=turns.__getitem__)[:_TRIED_AT_ONCE]

    def _copy(self, digest: bytes, now: datetime) -> bool:
        for peer in self._known.to_ask(now):
            try:
                content = self._fetch(peer, digest)
                self._known.note(peer, None, now)
            except (NotServed, httpx.HTTPError, httpx.InvalidURL) as error:
                self._known.note(peer, error, now)
                reason = str(error) if isinstance(error, NotServed) else type(error).__name__
                _LOG.info("a status list not taken from %s: %s", endpoint_name(peer), reason)
                continue
            with writing(self.engine) as connection:
                keep_payload(connection, content, media_type=MEDIA_TYPE)
            _LOG.info("a status list copied from %s", endpoint_name(peer))
            self._pauses.forget(digest)
            return True
        self._pauses.note_failure(digest, now)
        return False

    def _fetch(self, peer: str, digest: bytes) -> bytes:
        content = self.reader.read(f"{peer}/v1/payloads/{digest.hex()}", max_bytes=MAX_BYTES)
        if sha256(content).digest() != digest:
            raise NotServed("content with another digest")
        return content
