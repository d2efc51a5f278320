"""Content read from peers: bounded, streamed, in time; and how long to leave alone what no peer had."""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import httpx

_TIMEOUT = 10.0  # seconds of silence
_DEADLINE = 120.0  # seconds for one answer, at most
_GRACE, _SLOWEST = (
    10.0,
    262_144,
)  # seconds for a short answer; bytes in each second that a longer one has more
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)

K = TypeVar("K", bound=Hashable)


class NotServed(Exception):
    """A peer does not have it, or serves what it cannot be."""


class TooSlow(NotServed):
    """A peer lets others wait: it is left alone for a while."""


@dataclass(slots=True)
class PeerReader:
    """Reads from peers, one at a time; connections are kept between two readings."""

    transport: httpx.BaseTransport | None = None
    _http: httpx.Client | None = None

    def read(self, url: str, *, max_bytes: int, expected: int | None = None) -> bytes:
        """The whole body at `url`.

        Args:
            url: of a peer.
            max_bytes: of the longest body.
            expected: bytes that it should have, which say how long it may take; `max_bytes` if not given.

        Raises:
            NotServed: another status, too long or compressed.
            TooSlow: silence, or less than could be expected.
            httpx.HTTPError: no answer.
            httpx.InvalidURL: no URL.
        """
        try:
            patience = _GRACE + (max_bytes if expected is None else expected) / _SLOWEST
            return self._read(url, max_bytes, min(patience, _DEADLINE))
        except httpx.TimeoutException:
            raise TooSlow("silent") from None

    def _read(self, url: str, max_bytes: int, deadline: float) -> bytes:
        if self._http is None:
            self._http = httpx.Client(timeout=_TIMEOUT, transport=self.transport, trust_env=False)
        body, began = bytearray(), time.monotonic()
        # No compression: hashes do not shrink, and a bound must hold before anything is unpacked.
        with self._http.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
            if response.status_code != httpx.codes.OK:
                raise NotServed(f"status {response.status_code}")
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise NotServed("a content encoding that was not asked for")
            for part in response.iter_raw():
                body += part
                if len(body) > max_bytes:
                    raise NotServed(f"more than {max_bytes} bytes")
                if time.monotonic() - began > deadline:
                    raise TooSlow("too slow")
        return bytes(body)

    def close(self) -> None:
        """Let the connections go."""
        if self._http is not None:
            self._http.close()
            self._http = None


@dataclass(slots=True)
class Pauses(Generic[K]):
    """When to ask again for what no peer had: after a second, then ever less often."""

    _waiting: dict[K, tuple[datetime, timedelta]] = field(default_factory=dict)

    def is_due(self, key: K, now: datetime) -> bool:
        """Whether its pause is over, or it never had one."""
        until, _ = self._waiting.get(key, (now, _FIRST_PAUSE))
        return until <= now

    def note_failure(self, key: K, now: datetime) -> None:
        """Nobody had it; the next pause is twice as long."""
        _, pause = self._waiting.get(key, (now, _FIRST_PAUSE))
        self._waiting[key] = now + pause, min(pause * 2, _LONGEST_PAUSE)

    def forget(self, key: K) -> None:
        """It was found."""
        self._waiting.pop(key, None)


@dataclass(slots=True)
class Peers:
    """The peers in the order in which they are asked: one that let us wait is left out for a while."""

    urls: Sequence[str]
    _pauses: Pauses[str] = field(default_factory=Pauses)

    def to_ask(self, now: datetime) -> list[str]:
        """Those that may be asked now."""
        return [url for url in self.urls if self._pauses.is_due(url, now)]

    def note(self, url: str, error: Exception | None, now: datetime) -> None:
        """It answered in time, or not: one that stalls must not hold up what the others have."""
        if isinstance(error, TooSlow):
            self._pauses.note_failure(url, now)
        else:
            self._pauses.forget(url)
