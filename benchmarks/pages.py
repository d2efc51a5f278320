"""Each page's first byte over a million entries, just after a start and later, on SQLite and PostgreSQL.

Each page is asked of a process that was started for it, and is the first thing that it is asked; then it is
asked again. Of a few starts the best counts, for neighbours only ever make it slower. What the system has in
its cache of the disk it has.
"""

from __future__ import annotations

import multiprocessing
import socket
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self
from urllib.parse import quote

from anchoring.digest import secured_digest
from benchmarks.databases import databases
from benchmarks.figures import Figure
from benchmarks.million import ENTRIES, Alliance, alliance, fill
from node.config import Settings
from tests.node.api.world import settings_for
from tests.node.projected import DEPLOYMENT, node_of

STARTS, GOES = 3, 5


def run() -> list[Figure]:
    figures = []
    made = alliance()
    with databases() as kinds, tempfile.TemporaryDirectory() as folder:
        for name, new in kinds.items():
            place = Path(folder) / name
            place.mkdir()
            settings = settings_for("http://127.0.0.1:9", DEPLOYMENT, place, database_url=new(place))
            started = time.perf_counter()
            with node_of(made.world, place, database_url=settings.database_url) as node:
                fill(node.engine, made)
            figures.append(Figure(f"{name}: {ENTRIES:,} entries written", time.perf_counter() - started, "s"))
            figures += _on(name, settings, paths(made))
    return figures


def paths(made: Alliance) -> dict[str, str]:
    """What is asked for, by what it is called."""
    large, other = made.issuers[0].did, made.issuers[-1].did
    batch = made.world.record.batches[-1].anchor
    middle = ENTRIES // 2
    return {
        "verify": "/",
        "anchor of a digest": f"/anchors/{secured_digest(made.document).digest.hex()}",
        "overview": "/registry",
        "overview four years ago": "/registry?to=2022-11",
        "statistics": "/statistics",
        "statistics (API)": "/v1/statistics",
        "issuers": "/registry/issuers",
        "issuer of 300,000 batches": f"/registry/issuers/{large}",
        "issuer of 2,000 batches": f"/registry/issuers/{other}",
        "accreditations": "/registry/accreditations",
        "accreditations three years ago": "/registry/accreditations?as-of=2023-11-01",
        "batch": f"/registry/batches/{large}/{batch.root.hex()}/{batch.size}",
        "entry": f"/registry/entries/{middle}",
        "history": "/registry/history",
        "history, deep": f"/registry/history?before={middle}",
        "history of an issuer and a kind, deep": (
            f"/registry/history?issuer={other}&kind=anchor.batch&before={middle}"
        ),
        "search by name": "/registry/search?q=" + quote("university number 17"),
        "search by DID": f"/registry/search?q={large}",
        "search by digest": f"/registry/search?q={secured_digest(made.document).digest.hex()}",
        "search in vain": f"/registry/search?q={'ab' * 32}",
        "node": "/node",
    }


def _on(name: str, settings: Settings, asked: dict[str, str]) -> list[Figure]:
    figures, starts = [], []
    for page, path in asked.items():
        first, later = [], []
        for _ in range(STARTS):
            with _Served(settings) as port:
                starts.append(port.seconds)
                first.append(_first_byte(port.number, path))
                later += [_first_byte(port.number, path) for _ in range(GOES)]
        figures += [
            Figure(f"{name}: {page}, first after a start", min(first), "ms", limit=300.0),
            Figure(f"{name}: {page}, later", min(later), "ms", limit=300.0),
        ]
    return [Figure(f"{name}: start of the node", min(starts), "s"), *figures]


def _first_byte(port: int, path: str) -> float:
    """Milliseconds until the first byte of an answer that is 200, or leads on to a page that is."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(60)
        started = time.perf_counter()
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n".encode())
        head = connection.recv(1)
        taken = 1000 * (time.perf_counter() - started)
        while more := connection.recv(65_536):
            head += more
    assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 303")), (path, head[:2000])
    return taken


class _Served:
    """A node in a process of its own, which follows nothing; `seconds` is how long it took to begin."""

    def __init__(self, settings: Settings) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, settings), daemon=True)
        self.number, self.seconds = 0, 0.0

    def __enter__(self) -> Self:
        started = time.perf_counter()
        self._process.start()
        self.number = self._ours.recv()
        self.seconds = time.perf_counter() - started
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.send("enough")
        self._process.join(30)


def _serve(pipe: Connection, settings: Settings) -> None:
    from node.app import create_app
    from tests.node.api.world import served

    with served(create_app(settings, follow=False)) as url:
        pipe.send(int(url.rpartition(":")[2]))
        pipe.recv()
