"""A world of `tests.credentials` in a real database, as if a node had followed it: a block for each entry."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, insert

from anchoring.entry import Entry, encode_payload, subject_of
from anchoring.merkle import AppendOnlyTree
from node.chain.logs import LoggedEntry
from node.config import Deployment
from node.db.cursor import WINDOW, Block, Cursor
from node.db.leaves import store_leaves
from node.db.session import writing
from node.db.tables import PAYLOAD
from node.indexer.projection import write_entries
from node.services.node import Node, open_node
from tests.credentials.world import World
from tests.node.api.world import Clock, settings_for

DEPLOYMENT = Deployment(
    name="projected",
    chain_id=4242,
    registry_log="0x" + "11" * 20,
    contracts=dict.fromkeys(
        (
            *("TrustedPoliciesRegistry", "DidRegistry", "TrustedIssuersRegistry"),
            *("TrustedSchemasRegistry", "AnchorRegistry"),
        ),
        "0x" + "22" * 20,
    ),
    first_block=0,
)


def entries_of(world: World) -> list[Entry]:
    """The world's log as entries, each of which names the one before it of its subject."""
    heads: defaultdict[bytes, bytes] = defaultdict(lambda: bytes(32))
    entries = []
    for index, (kind, fields, time) in enumerate(world.log):
        subject, payload = subject_of(kind, fields), encode_payload(kind, fields)
        entry = Entry(
            index=index,
            kind=kind,
            subject=subject,
            previous=heads[subject],
            time=time,
            actor=bytes(20),
            parent=_block_hash(index - 1),
            payload=payload,
        )
        heads[subject] = entry.hash
        entries.append(entry)
    return entries


def write_world(engine: Engine, world: World) -> None:
    """The empty database holds the world: its log, the leaves and the contents at hand."""
    entries = entries_of(world)
    tree = AppendOnlyTree()
    tree.extend([entry.hash for entry in entries])
    blocks = [
        Block(entry.index, _block_hash(entry.index), _block_hash(entry.index - 1), entry.time)
        for entry in entries
    ]
    cursor = Cursor(
        chain_id=DEPLOYMENT.chain_id,
        log_address=b"\x11" * 20,
        block_number=blocks[-1].number,
        block_hash=blocks[-1].hash,
        block_time=blocks[-1].time,
        size=len(entries),
        root=tree.root(),
    )
    logged = [
        LoggedEntry(entry, block_number=block.number, block_hash=block.hash, transaction_hash=entry.hash)
        for entry, block in zip(entries, blocks, strict=True)
    ]
    with writing(engine) as connection:
        write_entries(connection, logged, expected=None, cursor=cursor, blocks=blocks[-WINDOW:])
        for known in world.record.batches:
            if known.leaves is not None and known.anchor.root in world.leaves:
                leaves = b"".join(world.leaves[known.anchor.root])
                store_leaves(connection, root=known.anchor.root, size=known.anchor.size, leaves=leaves)
        for content_hash, body in world.contents.kept.items():
            connection.execute(
                insert(PAYLOAD).values(hash=content_hash, media_type="application/vc+jwt", body=body)
            )


@contextmanager
def node_of(world: World, folder: Path, **settings: object) -> Iterator[Node]:
    """A node that holds the world, at the world's time; its ledger is out of reach."""
    given = {"root_taos": tuple(sorted(world.roots)), "finality_depth": 0} | settings
    node = open_node(
        settings_for("http://127.0.0.1:9", DEPLOYMENT, folder, **given), clock=Clock(world.now), holder="test"
    )
    try:
        write_world(node.engine, world)
        yield node
    finally:
        node.close()


def _block_hash(number: int) -> bytes:
    return sha256(b"block %d" % number).digest()
