"""`ankyra-devnet front`: applications of another registry ask a node, and nothing in them changes."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from devnet.errors import NotAsked

if TYPE_CHECKING:
    from devnet.front import Front

SCHEMA = "ankyra-devnet/1"
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


def front(
    hosts: Annotated[list[str], typer.Argument(help="Host names to answer for, such as api-pilot.ebsi.eu.")],
    *,
    node: Annotated[str, typer.Option(help="The node that answers.")] = "http://127.0.0.1:8080",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port on 127.0.0.1; 0: any free one.")] = 3128,
    authority: Annotated[
        Path, typer.Option(help="File for the certificate that applications have to trust.")
    ] = Path("front.pem"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Answer for the host names that applications ask, as their HTTPS_PROXY, until interrupted.

    Each start makes a new authority, whose key is kept nowhere: start applications afterwards.

    Example:
        ankyra-devnet front api-pilot.ebsi.eu --node http://127.0.0.1:8080
    """
    from devnet.front import Front  # these take a while, which `status` need not spend
    from devnet.front_authority import vouch_for
    from node.clock import wall_clock

    asked = tuple(dict.fromkeys(hosts))
    for host in asked:
        if len(host) > 253 or not _HOST.fullmatch(host):  # noqa: PLR2004 - RFC 1035
            raise NotAsked(f"{host[:253]!r} is no host name in small letters")
    tls, certificate = vouch_for(asked, now=wall_clock())
    try:
        authority.write_bytes(certificate)
    except OSError as error:
        raise NotAsked(f"cannot write {authority}: {error.strerror}") from error
    serving = Front(asked, _address(node), tls)
    asyncio.run(_until_interrupted(serving, port, authority.resolve(), as_json=as_json))


def _address(node: str) -> tuple[str, int]:
    found = urlsplit(node)
    if found.scheme != "http" or not found.hostname or found.path.strip("/") or found.query:
        raise NotAsked("--node is the address of a node on this machine, such as http://127.0.0.1:8080")
    return found.hostname, found.port or 80


async def _until_interrupted(serving: Front, port: int, authority: Path, *, as_json: bool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    server = await serving.listen(port)
    proxy = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    if as_json:
        said = {"schema": SCHEMA, "proxy": proxy, "authority": str(authority), "hosts": list(serving.hosts)}
        print(json.dumps(said))
    else:
        print(f"export HTTPS_PROXY={proxy} NODE_EXTRA_CA_CERTS={authority}")
    sys.stdout.flush()
    async with server:
        await ended.wait()
