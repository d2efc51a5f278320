"""[tampered] One byte changed in each class of a node's database: found, named, and mended."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

from anchoring.entry import entry_from_json
from devnet.node_process import NodeProcess
from devnet.step import Facts, Step
from devnet.world import World, items
from node.client.rehash import rehash

_ENTRY = ("index", "kind", "subject", "previous", "time", "actor", "parent", "payload", "hash")
PROJECTED = ("revision", "body", "SELECT max(rowid) FROM revision WHERE body IS NOT NULL")
BLOB = ("batch_tile", "hashes", "SELECT max(rowid) FROM batch_tile WHERE level = 0")
"""Table, column and the row of it that is damaged."""


def _act(world: World) -> None:
    """Stop the first node, change one byte in a projected row and one in a blob; check, rebuild, start."""
    world.follow()
    world.home.stop()
    for place in (PROJECTED, BLOB):
        change_one_byte(world.home.database, *place)
    found = world.home.command("check")
    _report(world).write_text(json.dumps({"exit": found.code, **found.printed}), encoding="utf-8")
    mended = world.home.command("rebuild")
    _mending(world).write_text(json.dumps({"exit": mended.code, **mended.printed}), encoding="utf-8")
    world.home.launch()  # it comes up while the second check runs


def _expected(_world: World) -> Facts:
    """Both damages named, both mended, both nodes of one mind again."""
    return {
        "check": {"exit": 1, "named": sorted((PROJECTED[0], BLOB[0]))},
        "rebuild": {"exit": 0, "unavailable": []},
        "check_afterwards": {"exit": 0, "named": []},
        "batches": {"rehashed": 3},
        "projections_equal": True,
    }


def _observe(world: World) -> Facts:
    """What the commands said, what a second check says, and what both nodes show."""
    found = json.loads(_report(world).read_text(encoding="utf-8"))
    mended = json.loads(_mending(world).read_text(encoding="utf-8"))
    again = world.home.command("check")
    world.home.await_ready()
    size = str(world.follow())
    digests = [node.api.get("/v1/log/digest", params={"size": size})["digest"] for node in world.nodes]
    states = _rehashed(world.home)
    return {
        "check": {"exit": found["exit"], "named": _named(found)},
        "rebuild": {"exit": mended["exit"], "unavailable": mended["unavailable"]},
        "check_afterwards": {"exit": again.code, "named": _named(again.printed)},
        "batches": {state: states.count(state) for state in sorted(set(states))},
        "projections_equal": digests[0] == digests[1],
    }


def change_one_byte(database: Path, table: str, column: str, row: str) -> None:
    """Change the middle byte of one value.

    Args:
        database: an SQLite file.
        table: where.
        column: holds bytes.
        row: a query for the row's id.
    """
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        (identifier,) = connection.execute(row).fetchone()
        where = f"FROM {table} WHERE rowid = ?"
        (value,) = connection.execute(f"SELECT {column} {where}", (identifier,)).fetchone()
        middle = len(value) // 2
        changed = value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
        statement = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608 - likewise
        connection.execute(statement, (changed, identifier))


def _named(report: Facts) -> list[str]:
    """The tables that a report of `ankyra node check` names."""
    return sorted({difference["table"] for difference in report["differences"]})


def _rehashed(node: NodeProcess) -> list[str]:
    entries = items(node.api, "/v1/history", kind="anchor.batch")
    return [
        rehash(node.api, entry_from_json({name: entry[name] for name in _ENTRY})).state for entry in entries
    ]


def _report(world: World) -> Path:
    return world.folder / "check.json"


def _mending(world: World) -> Path:
    return world.folder / "rebuild.json"


STEP = Step(
    id="tampered",
    title="Two changed bytes found, named and mended",
    act=_act,
    expected=_expected,
    observe=_observe,
)
