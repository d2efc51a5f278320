"""What others serve, fetched within bounds of size and time; without cookies, without proxies.

A URL of a host that the operator listed is asked as it is. One that a stranger chose is asked by HTTPS at
public addresses alone, checked after its name was resolved and pinned for the connection, and again at each
redirect.
"""

import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from ssl import SSLContext
from typing import Any, Final

import httpx

from node.foreign.public_addresses import is_public

_AT_ONCE: Final = 8
_HTTPS_PORT: Final = 443
_FIRST_FREE_PORT: Final = 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
Resolve = Callable[[str, int], Sequence[str]]


class NotFetched(Exception):
    """The host served nothing that can be used, or not in time; the text stands behind a colon."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how much.

    Attributes:
        seconds: for everything: names, connections, redirects and the body.
        max_bytes: of the body.
        redirects: that are followed, of a stranger's URL only.
    """

    seconds: float
    max_bytes: int
    redirects: int = 0


class Fetcher:
    """Fetches; safe to share between threads."""

    def __init__(
        self, *, connect: Callable[[], httpx.Client] | None = None, resolve: Resolve | None = None
    ) -> None:
        """Nothing is asked yet.

        Args:
            connect: makes the client of one request.
            resolve: gives the addresses of a host and port; the system's if None.
        """
        self._connect = connect or self._client
        self._resolve = resolve or addresses_of
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def listed(self, url: str, *, bounds: Bounds, headers: Mapping[str, str]) -> bytes:
        """The body at a URL of a host that the operator listed; no redirect is followed.

        Raises:
            NotFetched: it cannot be had within the bounds; one clause says why.
        """
        return self._fetched(_Fetch(self._connect, None, url, bounds, headers))

    def strangers(
        self,
        url: str,
        *,
        bounds: Bounds,
        headers: Mapping[str, str],
        ended: Callable[[], None] = lambda: None,
    ) -> bytes:
        """The body at a URL that a stranger chose: HTTPS at a public address, at each redirect again.

        Args:
            url: what is asked.
            bounds: how long and how much.
            headers: of the request.
            ended: is called once, when the host is asked no more: perhaps long after patience was lost.

        Raises:
            NotFetched: it cannot be had so, or within the bounds; one clause says why.
        """
        return self._fetched(_Fetch(self._connect, self._resolve, url, bounds, headers), ended)

    def _fetched(self, fetch: "_Fetch", ended: Callable[[], None] = lambda: None) -> bytes:
        """What a thread fetches that is left behind when time is over: a host may send for ever."""
        if not self._places.acquire(blocking=False):
            ended()
            raise NotFetched("too many documents are being fetched at once")

        def release() -> None:
            self._places.release()
            ended()

        try:
            threading.Thread(target=fetch.run, args=(release,), daemon=True).start()
        except RuntimeError:  # the system gives no more threads
            release()
            raise NotFetched("too much is being done at once") from None
        return fetch.result()

    def _client(self) -> httpx.Client:
        return httpx.Client(verify=self._tls, follow_redirects=False, trust_env=False)

    @cached_property
    def _tls(self) -> SSLContext:
        """The authorities that are publicly trusted, or those that SSL_CERT_FILE names instead."""
        return httpx.create_ssl_context()


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses that the system's resolver gives.

    Raises:
        OSError: it gives none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class _Fetch:
    """One fetch, which ends by itself or by `result` losing patience."""

    def __init__(
        self,
        connect: Callable[[], httpx.Client],
        resolve: Resolve | None,
        url: str,
        bounds: Bounds,
        headers: Mapping[str, str],
    ) -> None:
        self._connect, self._resolve, self._url = connect, resolve, url
        self._bounds, self._headers = bounds, headers
        self._line: socket.socket | None = None  # the connection once more, to end it from another thread
        self._lock, self._given_up, self._done = threading.Lock(), False, threading.Event()
        self._told: bytes | Exception = NotFetched("it did not answer in time")

    def run(self, release: Callable[[], None]) -> None:
        """Fetch; whatever happens is kept for `result`."""
        try:
            self._told = self._followed()
        except Exception as error:  # noqa: BLE001 - told to who waits, in its own thread
            self._told = error
        finally:
            self._hold(None)
            release()
            self._done.set()

    def result(self) -> bytes:
        """The body.

        Raises:
            NotFetched: why there is none.
        """
        if not self._done.wait(self._bounds.seconds):
            self._give_up()
            raise NotFetched("it did not answer in time")
        if isinstance(self._told, httpx.HTTPError | httpx.InvalidURL | httpx.StreamError | OSError):
            raise NotFetched("it could not be reached") from self._told
        if isinstance(self._told, Exception):
            raise self._told
        return self._told

    def _followed(self) -> bytes:
        url = httpx.URL(self._url)
        for _ in range(self._bounds.redirects + 1):
            answer = self._asked(url)
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise NotFetched(f"it redirected more than {self._bounds.redirects} times")

    def _asked(self, url: httpx.URL) -> bytes | httpx.URL:
        """The body, or where it is said to be; a client of its own keeps no cookie for the next."""
        target, named = url, dict(self._headers)
        extensions: dict[str, Any] = {
            "timeout": dict.fromkeys(_PHASES, self._bounds.seconds),
            "trace": self._traced,
        }
        if self._resolve is not None:
            target = _pinned(url, self._resolve)
            named["Host"] = url.netloc.decode("ascii")
            extensions["sni_hostname"] = url.raw_host.decode("ascii")
        with self._connect() as client:
            request = client.build_request("GET", target, headers=named, extensions=extensions)
            return self._read(url, client.send(request, stream=True))

    def _read(self, url: httpx.URL, response: httpx.Response) -> bytes | httpx.URL:
        if self._resolve is not None and response.status_code in _REDIRECTS:
            return url.join(response.headers.get("Location", ""))
        if response.status_code != httpx.codes.OK:
            raise NotFetched(f"it answered {response.status_code}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise NotFetched("it sent a content encoding that was not asked for")
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > self._bounds.max_bytes:
                raise NotFetched(f"it sent more than {self._bounds.max_bytes} bytes")
            self._go_on()
        return bytes(body)

    def _give_up(self) -> None:
        """The fetch ends soon: what it waits for on its connection ends now.

        The host may send its headers an octet at a time, and each fetch keeps one of the few places. The
        connection is shut down and not closed: a thread that waits on a closed socket goes on waiting, and
        its number may be another file's by then. Only the thread that made it closes it.
        """
        with self._lock:
            self._given_up = True
            if self._line is not None:
                with suppress(OSError):  # the host ended it first
                    self._line.shutdown(socket.SHUT_RDWR)

    def _traced(self, event: str, info: Mapping[str, Any]) -> None:
        """Each step of a request: it goes on if somebody waits still."""
        if event == "connection.connect_tcp.complete":
            made: socket.socket | None = info["return_value"].get_extra_info("socket")
            self._hold(None if made is None else made.dup())
        self._go_on()

    def _hold(self, line: socket.socket | None) -> None:
        """The connection by a descriptor of our own: TLS takes the first one over before it shakes hands."""
        with self._lock:
            self._line, before = line, self._line
        if before is not None:
            before.close()

    def _go_on(self) -> None:
        """Return if somebody waits still."""
        with self._lock:
            if self._given_up:
                raise NotFetched("it did not answer in time")


_PHASES: Final = ("connect", "read", "write", "pool")


def _pinned(url: httpx.URL, resolve: Resolve) -> httpx.URL:
    """`url` at one of its host's addresses, all of which are public: what was checked is what is asked."""
    if url.scheme != "https" or url.userinfo or not url.host:
        raise NotFetched("only https is asked, without a user's name")
    port = url.port or _HTTPS_PORT
    if port != _HTTPS_PORT and port < _FIRST_FREE_PORT:
        raise NotFetched(f"port {port} is no port of a web server")
    try:
        addresses = resolve(url.raw_host.decode("ascii"), port)
    except (OSError, UnicodeError):
        raise NotFetched("its name leads nowhere") from None
    if not addresses or not all(map(is_public, addresses)):
        raise NotFetched("its address is not public")
    return url.copy_with(host=addresses[0])
