"""A proxy on this desk that answers for the registry's host names, so that applications stay as they are.

An application with `HTTPS_PROXY` set asks it for `https://api-pilot.ebsi.eu/…`, by CONNECT and TLS or in the
absolute form (RFC 9110 section 9.3.6, RFC 9112 section 3.2.2); what it asks goes to a node. Nothing else is
reached through it.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from devnet.errors import NotAsked

_MAX_HEAD = 32_768
_SECONDS = 60.0
"""For a head, a handshake, or a piece of what is passed on."""
_PIECE = 65_536
_CONNECT = re.compile(r"CONNECT ([a-z0-9.-]{1,253}):443 HTTP/1\.[01]", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"([A-Z]{1,16}) https://([a-z0-9.-]{1,253})(?::443)?(/[!-~]*) HTTP/1\.[01]", re.IGNORECASE
)
_ORIGIN = re.compile(r"([A-Z]{1,16}) (/[!-~]*) HTTP/1\.[01]")
_LENGTH = re.compile(r"[0-9]{1,12}")
_DROPPED = frozenset(
    {
        "connection",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "upgrade",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
    }
)


class _Refused(Exception):
    """Nothing is passed on; the status line and a sentence say why."""


@dataclass(frozen=True, slots=True)
class Front:
    """Answers for `hosts` with what the node says.

    Attributes:
        hosts: names in small letters.
        node: host and port of the node.
        tls: certificate and key for `hosts`.
    """

    hosts: Collection[str]
    node: tuple[str, int]
    tls: ssl.SSLContext

    async def listen(self, port: int) -> asyncio.Server:
        """Answer on 127.0.0.1.

        Raises:
            NotAsked: the port is taken.
        """
        try:
            return await asyncio.start_server(self._serve, "127.0.0.1", port, limit=_MAX_HEAD)
        except OSError as error:
            raise NotAsked(f"cannot listen on 127.0.0.1:{port}: {error.strerror}") from error

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except _Refused as error:
            body = f"{error}\n".encode()
            head = f"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
            with suppress(OSError):
                writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
                await asyncio.wait_for(writer.drain(), _SECONDS)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass  # the application or the node has gone
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request for each connection: the node is asked to close, and so the application does."""
        line, headers = await _head(reader)
        if tunnel := _CONNECT.fullmatch(line):
            host = self._ours(tunnel[1])
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.wait_for(writer.start_tls(self.tls), _SECONDS)
            line, headers = await _head(reader)
            asked = _ORIGIN.fullmatch(line)
            if asked is None:
                raise _Refused("What came through the tunnel is no request.")
            await self._pass(f"{asked[1]} {asked[2]}", host, headers, reader, writer)
        elif absolute := _ABSOLUTE.fullmatch(line):
            host = self._ours(absolute[2])
            await self._pass(f"{absolute[1]} {absolute[3]}", host, headers, reader, writer)
        else:
            raise _Refused(f"This proxy answers for https at {', '.join(self.hosts)} alone.")

    def _ours(self, host: str) -> str:
        if host.lower() not in self.hosts:
            raise _Refused(f"This proxy answers for https at {', '.join(self.hosts)} alone, not for {host}.")
        return host.lower()

    async def _pass(
        self,
        asked: str,
        host: str,
        headers: list[tuple[str, str]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        if any(name.lower() == "transfer-encoding" for name, _ in headers) or len(lengths) > 1:
            raise _Refused("A body must come with its one Content-Length.")
        if lengths and not _LENGTH.fullmatch(lengths[0]):
            raise _Refused("The Content-Length is no number.")
        kept = [f"{name}: {value}" for name, value in headers if name.lower() not in _DROPPED]
        told = [
            f"Host: {host}",
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-Proto: https",
            "Connection: close",
        ]
        from_node, to_node = await asyncio.wait_for(asyncio.open_connection(*self.node), _SECONDS)
        try:
            to_node.write("\r\n".join([f"{asked} HTTP/1.1", *told, *kept, "", ""]).encode("latin-1"))
            await _copy(reader, to_node, int(lengths[0]) if lengths else 0)
            await _copy(from_node, writer, None)
        finally:
            to_node.close()


async def _head(reader: asyncio.StreamReader) -> tuple[str, list[tuple[str, str]]]:
    read = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _SECONDS)
    line, *others = read.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = []
    for other in others:
        name, colon, value = other.partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise _Refused("A header line is malformed.")
        headers.append((name, value.strip()))
    return line, headers


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, length: int | None) -> None:
    """Pass on `length` bytes, or all there are."""
    while length is None or length > 0:
        piece = await asyncio.wait_for(reader.read(min(_PIECE, length or _PIECE)), _SECONDS)
        if not piece:
            return
        length = None if length is None else length - len(piece)
        writer.write(piece)
        await asyncio.wait_for(writer.drain(), _SECONDS)
    await asyncio.wait_for(writer.drain(), _SECONDS)
