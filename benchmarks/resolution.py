"""`GET /did-registry/v5/identifiers/{did}` beside a bare route of the same bytes, a 304, and far pages.

The asker is a process of its own, with 64 connections. What a 304 costs is the server's processor time, which
neighbours change least, over one connection: of many, some share a look at the record, now more, now fewer.
Pages are read past the memory of answers, which would make all of them alike.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Response
from sqlalchemy import Connection as Database

from benchmarks.databases import databases
from benchmarks.figures import Figure, quickest
from node.db.bulk import insert_rows
from node.db.listed import count_listed
from node.db.row_making import DIDS
from node.db.session import writing
from node.db.tables import LISTED
from node.services.did_documents import listed_dids
from node.services.node import Node
from node.services.view import viewing
from tests.credentials.world import country
from tests.node.api.world import served
from tests.node.projected import node_of

CONNECTIONS, REQUESTS, ROUNDS = 64, 3_000, 4
ALONE, TIMES = 500, 12
PAGE_SIZE, FAR_PAGE = 10, 10_000


@dataclass
class Asked:
    """What a path gave: its best rate, all latencies in seconds, the least processor time of a request."""

    rate: float = 0.0
    latencies: list[float] = field(default_factory=list)
    processor: float = float("inf")

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run() -> list[Figure]:
    figures = []
    with databases() as made, tempfile.TemporaryDirectory() as folder:
        for name, new in made.items():
            place = Path(folder) / name
            place.mkdir()
            figures += _served(name, place, new(place))
            figures += _pages(name, place / "pages", new(place))
    return figures


def _served(name: str, folder: Path, database: str) -> list[Figure]:
    bare, document, unchanged, result = _on(folder, database)
    return [
        Figure(f"{name}: DID documents per second", document.rate, "/s"),
        Figure(f"{name}: half of them within", document.percentile(0.5), "ms"),
        Figure(f"{name}: 99 of 100 of them within", document.percentile(0.99), "ms"),
        Figure(f"{name}: the same bytes from a bare route", bare.rate, "/s"),
        Figure(
            f"{name}: DID documents as a share of the bare route",
            100 * document.rate / bare.rate,
            "%",
            limit=40.0,
            floor=True,
        ),
        Figure(
            f"{name}: resolution results as a share of the bare route",
            100 * result.rate / bare.rate,
            "%",
            limit=40.0,
            floor=True,
        ),
        Figure(
            f"{name}: processor time of a 304 as a share of a 200's",
            100 * unchanged.processor / document.processor,
            "%",
            limit=100.0,
        ),
    ]


# --- a server and its asker ---------------------------------------------------------------------------------


def _on(folder: Path, database: str) -> list[Asked]:
    """The bare route, the document, the document again for who holds it, the resolution result."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, folder, database), daemon=True)
    process.start()
    try:
        port, asked = ours.recv()
        for path, header, status in asked:
            asyncio.run(_load(port, path, header, status, 200, CONNECTIONS))
        found = [Asked() for _ in asked]
        for _ in range(ROUNDS):
            for one, told in zip(asked, found, strict=True):
                _round(port, one, told)
        for _ in range(TIMES):
            for one, told in zip(asked, found, strict=True):
                _alone(ours, port, one, told)
    finally:
        ours.send("enough")
        process.join(30)
    return found


def _round(port: int, asked: tuple[str, str, int], told: Asked) -> None:
    seconds, latencies = asyncio.run(_load(port, *asked, REQUESTS, CONNECTIONS))
    told.rate = max(told.rate, REQUESTS / seconds)
    told.latencies += latencies


def _alone(server: Connection, port: int, asked: tuple[str, str, int], told: Asked) -> None:
    before = _processor_seconds(server)
    asyncio.run(_load(port, *asked, ALONE, 1))
    told.processor = min(told.processor, (_processor_seconds(server) - before) / ALONE)


def _processor_seconds(server: Connection) -> float:
    server.send("processor")
    seconds: float = server.recv()
    return seconds


def _serve(pipe: Connection, folder: Path, database: str) -> None:
    from node.app import application

    home = country()
    with node_of(home.world, folder, database_url=database) as node:
        path = f"/did-registry/v5/identifiers/{home.university.did}"
        app = application(node)
        with served(app) as url:
            answer = httpx.get(url + path, trust_env=False)
            assert answer.status_code == 200, answer.text
            _add_bare(app, answer.content, answer.headers["content-type"])
            held = f"If-None-Match: {answer.headers['etag']}\r\n"
            result = f"/1.0/identifiers/{home.university.did}"
            asked = [("/bare", "", 200), (path, "", 200), (path, held, 304), (result, "", 200)]
            pipe.send((int(url.rpartition(":")[2]), asked))
            while pipe.recv() != "enough":
                pipe.send(time.process_time())


def _add_bare(app: FastAPI, content: bytes, media_type: str) -> None:
    def bare() -> Response:
        return Response(content, media_type=media_type)

    app.add_api_route("/bare", bare)


async def _load(
    port: int, path: str, header: str, status: int, count: int, connections: int
) -> tuple[float, list[float]]:
    """Seconds until `count` answers have come over so many connections, and what each took."""
    numbers, latencies = iter(range(count)), list[float]()
    request = f"GET {path} HTTP/1.1\r\nHost: node\r\n{header}\r\n".encode()
    started = time.perf_counter()
    await asyncio.gather(*(_ask(port, request, status, numbers, latencies) for _ in range(connections)))
    return time.perf_counter() - started, latencies


async def _ask(
    port: int, request: bytes, status: int, numbers: Iterator[int], latencies: list[float]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in numbers:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
        latencies.append(time.perf_counter() - started)
        assert head.startswith(b"HTTP/1.1 %d " % status), head
    writer.close()
    await writer.wait_closed()


# --- far pages ----------------------------------------------------------------------------------------------


def _pages(name: str, folder: Path, database: str) -> list[Figure]:
    """A page of DIDs among the first, and as far on as page 10,000."""
    folder.mkdir()
    with node_of(country().world, folder, database_url=database) as node:
        with writing(node.engine) as connection:
            _fill(connection, PAGE_SIZE * FAR_PAGE)
        first, far = quickest(200, partial(_page, node, 1), partial(_page, node, FAR_PAGE))
    return [
        Figure(f"{name}: page 1 of {PAGE_SIZE * FAR_PAGE:,} DIDs", 1e6 * first, "us"),
        Figure(f"{name}: page {FAR_PAGE:,} beside page 1", far / first, "x", limit=1.5),
    ]


def _page(node: Node, number: int) -> None:
    with viewing(node, aging=False) as view:
        found = listed_dids(view, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    assert len(found.dids) == PAGE_SIZE


def _fill(connection: Database, size: int) -> None:
    """The collection has this many members; those that are added name entries that are not there."""
    rows: list[dict[str, Any]] = [
        {
            "entry_index": 1_000_000 + ordinal,
            "position": 0,
            "collection": DIDS,
            "ordinal": ordinal,
            "name": f"did:ebsi:z{ordinal:023}".encode(),
        }
        for ordinal in range(count_listed(connection, DIDS), size)
    ]
    insert_rows(connection, LISTED, rows)
