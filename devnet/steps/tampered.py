"""[tampered] One byte changed in each class of a node's database: found, named, and mended."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select, text, update

from anchoring.entry import entry_from_json
from devnet.node_process import NodeProcess
from devnet.step import Facts, Step
from devnet.world import World, items
from node.client.rehash import rehash
from node.db.session import open_engine, writing
from node.db.tables import METADATA

_ENTRY = ("index", "kind", "subject", "previous", "time", "actor", "parent", "payload", "hash")
PROJECTED = ("revision", "body", "body IS NOT NULL")
BLOB = ("batch_tile", "hashes", "level = 0")
"""Table, column, and which rows of it may be damaged."""


def _act(world: World) -> None:
    """Stop the first node, change one byte in a projected row and one in a blob; check, rebuild, start."""
    world.follow()
    world.home.stop()
    for place in (PROJECTED, BLOB):
        change_one_byte(world.home.database_url, *place)
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


def change_one_byte(database_url: str, table: str, column: str, where: str) -> None:
    """Change the middle byte of one value, past everything that would keep a node from doing so.

    Args:
        database_url: a node's.
        table: where.
        column: holds bytes.
        where: a condition; the last row of those that meet it is changed, in the order of the primary key.
    """
    engine = open_engine(database_url)
    changed = METADATA.tables[table]
    keys = list(changed.primary_key.columns)
    try:
        with writing(engine) as connection:
            asked = select(changed).where(text(where)).order_by(*(key.desc() for key in keys))
            row = connection.execute(asked.limit(1)).mappings().one()
            value = row[column]
            middle = len(value) // 2
            value = value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
            this = [key == row[key.name] for key in keys]
            connection.execute(update(changed).where(*this).values({column: value}))
    finally:
        engine.dispose()


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
