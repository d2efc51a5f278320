"""Status lists that issuers keep on servers of their own, as these served them a moment ago."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from credentials.securing.reading import MAX_SIZE
from node.foreign.fetching import Bounds, Fetcher, NotFetched

BOUNDS: Final = Bounds(seconds=5.0, max_bytes=MAX_SIZE, redirects=3)
REMEMBERED_SECONDS: Final = 30.0
REFUSED_SECONDS: Final = 5.0
MOST_REMEMBERED: Final = 32
AT_ONCE_OF_ONE: Final = 2
"""Requests to one host, abandoned ones too until they end: one that is slow must not take all places."""
_HEADERS: Final = {"Accept": "text/plain, application/jwt, */*", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    told: bytes | str


class IssuersLists:
    """Fetches lists by the guarded fetcher; what was served, or was not, is remembered for some seconds."""

    def __init__(
        self, fetcher: Fetcher | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is asked yet.

        Args:
            fetcher: what fetches; one of its own if None.
            monotonic: seconds that only grow.
        """
        self._fetcher = fetcher or Fetcher()
        self._monotonic = monotonic
        self._kept: dict[tuple[str, str | None], _Kept] = {}
        self._asked: Counter[str] = Counter()
        self._guard = threading.Lock()

    def text(self, url: str, *, cache_control: str | None = None) -> bytes:
        """What is served at `url` now, or was less than half a minute ago; nobody has verified it.

        Args:
            url: that an issuer chose.
            cache_control: the value of that header, if the issuer asks for one.

        Raises:
            NotFetched: nothing that can be used, or not in time.
        """
        key, now = (url, cache_control), self._monotonic()
        with self._guard:
            kept = self._kept.get(key)
        if kept is None or kept.until <= now:
            kept = self._fetched(url, cache_control, now)
            with self._guard:
                self._kept.pop(key, None)
                while len(self._kept) >= MOST_REMEMBERED:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = kept
        if isinstance(kept.told, str):
            raise NotFetched(kept.told)
        return kept.told

    def _fetched(self, url: str, cache_control: str | None, now: float) -> _Kept:
        headers = _HEADERS | ({} if cache_control is None else {"Cache-Control": cache_control})
        try:
            host = urlsplit(url).netloc.lower()
        except ValueError:  # brackets around what is no address
            raise NotFetched("its name leads nowhere") from None
        with self._guard:
            if self._asked[host] >= AT_ONCE_OF_ONE:
                raise NotFetched("it is being asked for other lists already")
            self._asked[host] += 1
        try:
            text = self._fetcher.strangers(
                url, bounds=BOUNDS, headers=headers, ended=lambda: self._is_asked_no_more(host)
            )
            return _Kept(now + REMEMBERED_SECONDS, text)
        except NotFetched as error:
            return _Kept(now + REFUSED_SECONDS, str(error))

    def _is_asked_no_more(self, host: str) -> None:
        """By the thread that asked: a name may be looked up for long after nobody waits for it."""
        with self._guard:
            self._asked[host] -= 1
            if not self._asked[host]:
                del self._asked[host]
