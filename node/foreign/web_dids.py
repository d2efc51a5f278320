"""did:web while verifying: documents of the hosts that the operator lists, fetched within bounds."""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

import httpx

from credentials.errors import Unavailable
from did.document import DidDocument
from did.errors import DidError, InvalidDid
from did.methods.web import MAX_DOCUMENT_BYTES, WebLocation, document_of_did_web, location_of_did_web
from did.syntax import Did
from node.foreign.fetching import Bounds, Fetcher, NotFetched

SECONDS: Final = 2.0
"""For one document, names and connections included."""
REMEMBERED_SECONDS: Final = 60.0
_REFUSED_SECONDS: Final = 5.0
_REMEMBERED: Final = 256
_HEADERS: Final = {"Accept": "application/did+json, */*", "Accept-Encoding": "identity"}
"""Nothing compressed: a bound must hold before anything is unpacked."""
_BOUNDS: Final = Bounds(seconds=SECONDS, max_bytes=MAX_DOCUMENT_BYTES)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True, slots=True)
class Served:
    """What a host served for a DID: the document, and the text that it was read from."""

    location: WebLocation
    text: str
    document: DidDocument


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    told: Served | str


class ListedWebDids:
    """Documents of did:web, by HTTPS from listed hosts alone; by HTTP where the host is this machine."""

    def __init__(
        self,
        hosts: Collection[str],
        *,
        connect: Callable[[], httpx.Client] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the hosts.

        Args:
            hosts: as a DID names them: `uni.example`, with `:port` if it has one.
            connect: makes the client of one fetch.
            monotonic: seconds that only grow.
        """
        self._hosts = frozenset(hosts)
        self._fetcher = Fetcher(connect=connect)
        self._monotonic = monotonic
        self._kept: dict[Did, _Kept] = {}
        self._guard = threading.Lock()

    def did_document(self, did: Did) -> DidDocument:
        """The document as its host serves it now, or served it less than a minute ago.

        Raises:
            Unavailable: the host is not listed, or served no document of this DID in time.
        """
        return self.served(did).document

    def served(self, did: Did) -> Served:
        """The document with its text.

        Raises:
            Unavailable: the host is not listed, or served no document of this DID in time.
        """
        location = self._listed(did)
        now = self._monotonic()
        with self._guard:
            kept = self._kept.get(did)
        if kept is None or kept.until <= now:
            told = self._fetched(did, location)
            lasts = REMEMBERED_SECONDS if isinstance(told, Served) else _REFUSED_SECONDS
            kept = _Kept(now + lasts, told)
            with self._guard:
                self._kept.pop(did, None)
                while len(self._kept) >= _REMEMBERED:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[did] = kept
        if isinstance(kept.told, str):
            raise Unavailable(kept.told)
        return kept.told

    def _listed(self, did: Did) -> WebLocation:
        try:
            location = location_of_did_web(did)
        except InvalidDid as error:
            raise Unavailable(f"{did[:100]} leads nowhere: {error.reason}.") from error
        if location.host not in self._hosts:
            raise Unavailable(
                f"The issuer's keys are served by {location.host}, which this node does not ask: "
                "its operator lists such hosts in did_web_hosts."
            )
        return location

    def _fetched(self, did: Did, location: WebLocation) -> Served | str:
        try:
            text = self._body(location)
            document = document_of_did_web(did, text)
            return Served(location, text.decode(), document)
        except NotFetched as error:
            return f"{location.host} served no document of {did[:100]}: {error}."
        except DidError as error:
            return f"{location.host} served something else than {did[:100]} needs: {error}."

    def _body(self, location: WebLocation) -> bytes:
        scheme = "http" if location.host.split(":")[0] in _LOOPBACK else "https"
        url = f"{scheme}://{location.host}{location.path}"
        return self._fetcher.listed(url, bounds=_BOUNDS, headers=_HEADERS)
