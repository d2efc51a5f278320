"""`GET /1.0/identifiers/{did}` beside a bare route of the same server that returns the same bytes."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Response

from benchmarks.databases import databases
from benchmarks.figures import Figure
from tests.credentials.world import country
from tests.node.api.world import served
from tests.node.projected import node_of

CONNECTIONS, REQUESTS, ROUNDS = 16, 3_000, 4


def run() -> list[Figure]:
    figures = []
    with databases() as made, tempfile.TemporaryDirectory() as folder:
        for name, new in made.items():
            place = Path(folder) / name
            place.mkdir()
            bare, resolved = _on(place, new(place))
            figures += [
                Figure(f"{name}: DIDs resolved per second", resolved, "/s"),
                Figure(f"{name}: the same bytes from a bare route", bare, "/s"),
                Figure(
                    f"{name}: resolution as a share of the bare route",
                    100 * resolved / bare,
                    "%",
                    limit=40.0,
                    floor=True,
                ),
            ]
    return figures


def _on(folder: Path, database: str) -> tuple[float, float]:
    """Requests per second of the bare route and of the resolver: the best of rounds that alternate."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, folder, database), daemon=True)
    process.start()
    try:
        port, path = ours.recv()
        paths = ("/bare", path)
        for warm in paths:
            asyncio.run(_load(port, warm, 200))
        seconds = [[asyncio.run(_load(port, one, REQUESTS)) for one in paths] for _ in range(ROUNDS)]
    finally:
        ours.send("enough")
        process.join(30)
    bare, resolved = (REQUESTS / min(pair[place] for pair in seconds) for place in range(2))
    return bare, resolved


def _serve(pipe: Connection, folder: Path, database: str) -> None:
    from node.app import application

    home = country()
    with node_of(home.world, folder, database_url=database) as node:
        path = f"/1.0/identifiers/{home.university.did}"
        app = application(node)
        with served(app) as url:
            answer = httpx.get(url + path, trust_env=False)
            assert answer.status_code == 200, answer.text
            _add_bare(app, answer.content, answer.headers["content-type"])
            pipe.send((int(url.rpartition(":")[2]), path))
            pipe.recv()


def _add_bare(app: FastAPI, content: bytes, media_type: str) -> None:
    def bare() -> Response:
        return Response(content, media_type=media_type)

    app.add_api_route("/bare", bare)


async def _load(port: int, path: str, count: int) -> float:
    """Seconds until `count` answers have come over all connections."""
    numbers = iter(range(count))
    started = time.perf_counter()
    await asyncio.gather(*(_ask(port, path, numbers) for _ in range(CONNECTIONS)))
    return time.perf_counter() - started


async def _ask(port: int, path: str, numbers: Any) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: node\r\n\r\n".encode()
    for _ in numbers:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        assert head.startswith(b"HTTP/1.1 200 "), head
    writer.close()
    await writer.wait_closed()
