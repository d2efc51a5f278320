"""[status_published] The lists signed, kept by the nodes, and their digests on the ledger."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from anchoring.status_list import MIN_LENGTH, parse_status_list
from credentials.securing.reading import read_secured
from devnet.errors import NotCopied
from devnet.members import ANCHORING
from devnet.node_process import NodeProcess
from devnet.step import Facts, Step
from devnet.steps.issued import LISTS
from devnet.world import World, items
from node.client.errors import NodeProblem
from node.client.status_list_record import StatusListRecord, load_record
from node.client.status_publication import publish

NAMES = tuple(name for names in LISTS.values() for name in names)
_DAY = 11.25
_PATIENCE = 20.0  # seconds for a list to be copied from one node to the other


def list_of(world: World, name: str) -> StatusListRecord:
    """Return a list as the university keeps it."""
    return load_record(world.cast[ANCHORING].issuer.folder, name)


def publish_lists(world: World, names: Iterable[str]) -> None:
    """Publish the lists, and wait until both nodes have them.

    Raises:
        NotFollowed: a node does not come as far as the ledger.
        NotCopied: a node does not come to have one.
        ClientError: the node, the ledger or the keystore refused.
    """
    issuer = world.cast[ANCHORING].issuer
    for name in names:
        publish(issuer, name, now=world.now(), at_once=True)
    world.follow()
    for name in names:
        record = list_of(world, name)
        assert record.published is not None, "it was published just now"
        await_copies(world, record, record.published.credential.encode())


def await_copies(world: World, record: StatusListRecord, credential: bytes) -> None:
    """Return once every running node serves `credential` as the list.

    Raises:
        NotCopied: a node does not come to have it.
    """
    wanted = hashlib.sha256(credential).digest()
    deadline = time.monotonic() + _PATIENCE
    for node in world.nodes:
        while node.running and hosted(node, record.url) != wanted:
            if time.monotonic() > deadline:
                raise NotCopied(node.name, f"the status list {record.name}")
            time.sleep(0.02)


def hosted(node: NodeProcess, url: str) -> bytes | None:
    """Return the SHA-256 of what a node serves as the list, None if it has none at hand."""
    try:
        return hashlib.sha256(node.api.request("GET", urlsplit(url).path).content).digest()
    except NodeProblem:
        return None


def _act(world: World) -> None:
    """Publish every list once."""
    world.walk(_DAY)
    publish_lists(world, NAMES)


def _expected(world: World) -> Facts:
    """Each list at both nodes, as the ledger has its digest; nobody revoked."""
    seen = {name: {"as_on_ledger": True, "entries": MIN_LENGTH, "set": 0} for name in NAMES}
    return {node.name: seen for node in world.nodes}


def _observe(world: World) -> Facts:
    return {
        node.name: {name: _shown(node, list_of(world, name).url, world) for name in NAMES}
        for node in world.nodes
    }


def _shown(node: NodeProcess, url: str, world: World) -> dict[str, Any]:
    """What a node serves at the URL's path, beside what the ledger says of that URL."""
    issuer = world.cast[ANCHORING].did
    published = [
        entry["fields"]
        for entry in items(node.api, "/v1/history", issuer=issuer, kind="status.published")
        if entry["fields"]["url"] == url
    ]
    content = node.api.request("GET", urlsplit(url).path).content
    (subject,) = read_secured(content).credential.subjects
    bits = parse_status_list(subject).bits
    digest = str(published[-1]["credentialDigest"]).removeprefix("0x")
    return {
        "as_on_ledger": digest == hashlib.sha256(content).hexdigest(),
        "entries": len(bits),
        "set": bits.count(),
    }


STEP = Step(
    id="status_published",
    title="A status list for each kind, on both nodes",
    act=_act,
    expected=_expected,
    observe=_observe,
)
