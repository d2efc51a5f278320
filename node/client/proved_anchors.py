"""The anchors of a digest as a node lists them: each proved here; what the node adds is its word."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from anchoring.checkpoint import Checkpoint
from anchoring.receipt_verification import ReceiptFinding
from node.client.api import Node
from node.client.errors import NoNode, UnexpectedAnswer
from node.client.offered_receipt import offered_receipt
from node.client.verdict import AnchorFinding, AttestedBy, Link
from node.client.vouching import vouch

_MOST_PAGES = 100
_ISSUER_TYPES = {1: "RootTAO", 2: "TAO", 3: "TI"}


@dataclass(frozen=True, slots=True)
class ListedAnchors:
    """What a node lists for one digest.

    Attributes:
        anchors: in the order of the log, every one of them proved from the digest on.
        unavailable: how many batches' digests are not at hand there.
        as_of: the state of the log that the node answered from, as it tells it.
    """

    anchors: tuple[AnchorFinding, ...]
    unavailable: int
    as_of: Mapping[str, Any] | None


def proved_anchors(
    digest: bytes, *, salt: bytes | None, node: Node, checkpoint: Checkpoint | None, as_of: datetime | None
) -> ListedAnchors:
    """All anchors of a digest that the node knows; one that does not hold, and the node is not believed.

    Args:
        digest: 32 bytes, computed here.
        salt: of an unsigned file, which no node knows.
        node: asked.
        checkpoint: one that the asker trusts.
        as_of: the time for which accreditations are told; anchors of later are listed all the same.

    Raises:
        UnexpectedAnswer: a proof does not hold, or the answer is of another form.
        ClientError: the node does not answer.
    """
    offered, unavailable, told = _listed(node, digest)
    known: dict[Checkpoint, AttestedBy] = {}
    anchors = []
    for item in offered:
        receipt, finding = offered_receipt(item, digest=digest, salt=salt, node=node)
        if receipt.checkpoint not in known:
            known[receipt.checkpoint] = vouch(receipt.checkpoint, trusted=checkpoint, node=node)
        anchors.append(_described(finding, item, attested_by=known[receipt.checkpoint], as_of=as_of))
    anchors.sort(key=lambda anchor: anchor.log_index)
    return ListedAnchors(tuple(anchors), unavailable, told if isinstance(told, dict) else None)


def _listed(node: Node, digest: bytes) -> tuple[list[Any], int, Any]:
    """Anchors of all pages, how many batches are not at hand, and as of when the last page was told."""
    offered: list[Any] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        answer = node.get(
            f"/v1/anchors/{digest.hex()}", params=None if cursor is None else {"cursor": cursor}
        )
        page, unavailable, cursor = (
            answer.get("anchors"),
            answer.get("batchesUnavailable"),
            answer.get("next"),
        )
        if not isinstance(page, list) or not isinstance(unavailable, list):
            raise NoNode(node.url, "/v1/anchors", "the answer lists no anchors")
        offered += page
        if not isinstance(cursor, str):
            return offered, len(unavailable), answer.get("asOf")
    raise UnexpectedAnswer(f"the node lists anchors on more than {_MOST_PAGES} pages")


def anchor_shown(finding: ReceiptFinding, *, attested_by: AttestedBy) -> AnchorFinding:
    """What a verified receipt alone proves; names and revocations are not in it."""
    links = tuple(
        Link(
            did=link.did,
            name=None,
            issuer_type=_ISSUER_TYPES.get(link.issuer_type, "Undefined"),
            since=link.recorded_at,
            until=None,
            proved=True,
        )
        for link in finding.accreditation
    )
    return AnchorFinding(
        did=finding.did,
        name=None,
        anchored_at=finding.anchored_at,
        log_index=finding.log_index,
        attested_by=attested_by,
        final=None,
        links=links,
        accredited_then=None,
        accredited_now=None,
        checkpoint=finding.checkpoint.text(),
    )


def _described(
    finding: ReceiptFinding, item: Mapping[str, Any], *, attested_by: AttestedBy, as_of: datetime | None
) -> AnchorFinding:
    """A proved anchor, with what the node adds: names, and whether anything was revoked."""
    proved = anchor_shown(finding, attested_by=attested_by)
    try:
        then, now = item["accreditation"]["then"], item["accreditation"]["now"]
        links = tuple(_link(link) for link in then["links"])
        current = tuple(_link(link) for link in now["links"])
        accredited_then, accredited_now = then["inForce"] is True, now["inForce"] is True
        name = item["issuer"]["name"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnexpectedAnswer(f"the node's accreditation cannot be read: {error}") from None
    shown = [(link.did, link.issuer_type) for link in links]
    if accredited_then and (not shown or shown != [(link.did, link.issuer_type) for link in proved.links]):
        raise UnexpectedAnswer("the node tells of another chain of accreditations than its receipt proves")
    return replace(
        proved,
        name=name if isinstance(name, str) else None,
        final=item.get("state") == "final",
        links=tuple(replace(link, proved=accredited_then) for link in links),
        accredited_then=accredited_then,
        accredited_now=accredited_now if as_of is None else _in_force(current, as_of),
    )


def _in_force(links: tuple[Link, ...], moment: datetime) -> bool:
    return bool(links) and all(link.in_force_at(moment) for link in links)


def _link(members: Mapping[str, Any]) -> Link:
    name = members.get("name")
    return Link(
        did=str(members["did"]),
        name=name if isinstance(name, str) else None,
        issuer_type=str(members["issuerType"]),
        since=_moment(members.get("since")),
        until=_moment(members.get("until")),
        proved=False,
    )


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} is a time without its zone")
    return moment
