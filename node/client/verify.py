"""Is this file what somebody accredited anchored? A node is asked, or the receipt alone.

No word of a node is taken for inclusion: its receipts are verified from the file's own digest on. What a
receipt cannot show, names and later revocations, is the node's word and marked so.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from anchoring.checkpoint import Checkpoint
from anchoring.errors import AnchoringError, MalformedDocument, UnattestedSize
from anchoring.receipt import Receipt
from anchoring.receipt_verification import ReceiptFinding, verify_receipt
from node.client.api import Node
from node.client.documents import Document, Unsecured, read_document, receipt_path
from node.client.errors import NoNode, UnexpectedAnswer, Unusable
from node.client.offered_receipt import offered_receipt, read_receipt
from node.client.verdict import AnchorFinding, AttestedBy, FileVerdict, Link
from node.client.vouching import vouch

_ISSUER_TYPES = {1: "RootTAO", 2: "TAO", 3: "TI"}


def verify_file(
    path: Path,
    *,
    now: datetime,
    node: Node | None = None,
    receipt_file: Path | None = None,
    checkpoint: Checkpoint | None = None,
    as_of: datetime | None = None,
) -> FileVerdict:
    """Whether `path` is intact, when it was anchored, by whom, accredited by whom.

    Args:
        path: the file.
        now: the time of asking.
        node: asked for anchors; None works from the receipt alone.
        receipt_file: looked for beside the file if not given.
        checkpoint: one that the asker trusts.
        as_of: only what was anchored by then counts; now if not given.

    Raises:
        Unusable: the file cannot be read, or there is neither a node nor a receipt to ask.
        ClientError: the node does not answer as it should.
    """
    if as_of is not None and as_of > now:
        raise Unusable("nobody can say yet what will be true then: give a time in the past")
    try:
        document = read_document(path)
    except MalformedDocument as error:
        return FileVerdict(path, "invalid", f"{path.name} is not intact: {error}", intact=False)
    receipt, notes = read_receipt(path, receipt_file)
    if node is None and receipt is None:
        if notes:
            return FileVerdict(path, "invalid", notes[0], notes=notes)
        raise Unusable(f"there is no receipt beside {path}: give --receipt FILE or --node URL")
    found = _document(document, receipt)
    if found is None:
        return _without_digest(path, receipt, notes)
    if node is None:
        assert receipt is not None
        return _offline(found, receipt, checkpoint=checkpoint, as_of=as_of)
    return _online(found, node, checkpoint=checkpoint, as_of=as_of, notes=notes)


def _document(document: Document | Unsecured, receipt: Receipt | None) -> Document | None:
    """The file under the salt that its receipt holds; None for an unsigned file without one."""
    if isinstance(document, Document):
        return document
    return document.salted(receipt.salt) if receipt is not None and receipt.salt else None


def _without_digest(path: Path, receipt: Receipt | None, notes: tuple[str, ...]) -> FileVerdict:
    if receipt is not None:
        sentence = f"{path.name} is not intact: the receipt is of a signed document, and this is none"
        return FileVerdict(path, "invalid", sentence, intact=False, notes=notes)
    sentence = (
        f"{path.name} carries no signature, so only its receipt can tell under which digest it was anchored: "
        f"put {receipt_path(path).name} beside it, or give --receipt FILE"
    )
    return FileVerdict(path, "indeterminate", sentence, notes=notes)


def _offline(
    document: Document, receipt: Receipt, *, checkpoint: Checkpoint | None, as_of: datetime | None
) -> FileVerdict:
    name = document.path.name
    verdict = FileVerdict(document.path, "invalid", "", document.digest, document.form)
    if receipt.digest != document.digest:
        return replace(verdict, sentence=f"{name} is not what its receipt is for: changed", intact=False)
    note: tuple[str, ...] = ()
    try:
        finding = verify_receipt(receipt, digest=document.digest, checkpoint=checkpoint)
    except UnattestedSize as error:
        finding, note = verify_receipt(receipt, digest=document.digest, checkpoint=None), (str(error),)
    except AnchoringError as error:
        return replace(verdict, sentence=f"the receipt of {name} does not hold: {error}")
    anchor = _finding(finding, attested_by="checkpoint" if finding.attested else "nobody")
    verdict = replace(verdict, intact=True, anchors=(anchor,), notes=note)
    if as_of is not None and anchor.anchored_at > as_of:
        sentence = f"{name} has no proof of an anchor by {as_of:%Y-%m-%d %H:%M:%S} UTC: {anchor.sentence()}"
        return replace(verdict, outcome="indeterminate", sentence=sentence)
    if not finding.attested:
        why = "no checkpoint of its size vouches for it" if note else "no checkpoint vouches for it"
        sentence = (
            f"{name} and its receipt are consistent, but unattested: {why}. It says: {anchor.sentence()}"
        )
        if note:
            sentence += (
                f". For a receipt that fits the checkpoint: ankyra verify {name} --node URL "
                "--checkpoint FILE --save-receipt"
            )
        return replace(verdict, outcome="indeterminate", sentence=sentence)
    if not finding.accreditation:
        unknown = "its receipt does not show who accredited them: ask a node"
        sentence = f"{name} is intact: {anchor.sentence()}; {unknown}"
        return replace(verdict, outcome="indeterminate", sentence=sentence)
    return replace(verdict, outcome="valid", sentence=f"{name} is intact: {anchor.sentence()}")


def _online(
    document: Document,
    node: Node,
    *,
    checkpoint: Checkpoint | None,
    as_of: datetime | None,
    notes: tuple[str, ...],
) -> FileVerdict:
    answer = node.get(f"/v1/anchors/{document.digest.hex()}")
    offered, unavailable = answer.get("anchors"), answer.get("batchesUnavailable")
    if not isinstance(offered, list) or not isinstance(unavailable, list):
        raise NoNode(node.url, "/v1/anchors", "the answer lists no anchors")
    known: dict[Checkpoint, AttestedBy] = {}
    anchors = []
    for item in offered:
        receipt, finding = offered_receipt(item, digest=document.digest, salt=document.salt, node=node)
        if receipt.checkpoint not in known:
            known[receipt.checkpoint] = vouch(receipt.checkpoint, trusted=checkpoint, node=node)
        anchors.append(_described(finding, item, attested_by=known[receipt.checkpoint], as_of=as_of))
    anchors.sort(key=lambda anchor: anchor.log_index)
    if as_of is not None and anchors and anchors[0].anchored_at > as_of and not unavailable:
        return _not_yet(document, anchors[0], as_of=as_of, notes=notes)
    if as_of is not None:
        anchors = [anchor for anchor in anchors if anchor.anchored_at <= as_of]
    verdict = FileVerdict(
        document.path,
        "invalid",
        "",
        document.digest,
        document.form,
        anchors=tuple(anchors),
        notes=notes,
        as_of=answer.get("asOf") if isinstance(answer.get("asOf"), dict) else None,
    )
    return _judged(verdict, unavailable=len(unavailable), checkpoint=checkpoint)


def _not_yet(
    document: Document, first: AnchorFinding, *, as_of: datetime, notes: tuple[str, ...]
) -> FileVerdict:
    sentence = (
        f"{document.path.name} was not yet anchored on {as_of:%Y-%m-%d %H:%M:%S} UTC; it is intact: "
        f"{first.sentence()}"
    )
    return FileVerdict(
        document.path, "invalid", sentence, document.digest, document.form, intact=True, notes=notes
    )


def _judged(verdict: FileVerdict, *, unavailable: int, checkpoint: Checkpoint | None) -> FileVerdict:
    name = verdict.path.name
    if not verdict.anchors:
        if unavailable:
            sentence = (
                f"{name}: no anchor found, but digests of batches are not at hand there ({unavailable}), "
                "so absence is not certain: ask another node"
            )
            return replace(verdict, outcome="indeterminate", sentence=sentence)
        return replace(verdict, sentence=f"{name} is not anchored: changed since, or never handed in")
    verdict = replace(verdict, intact=True)
    best = verdict.best
    assert best is not None
    if not best.accredited_then:
        return replace(verdict, sentence=f"{name} is intact, but {best.sentence()}")
    if checkpoint is not None and best.attested_by != "checkpoint":
        sentence = f"{name}: the node has not followed up to your checkpoint, so nothing vouches for its log"
        return replace(verdict, outcome="indeterminate", sentence=sentence)
    pending = "" if best.final else " (not yet final)"
    return replace(verdict, outcome="valid", sentence=f"{name} is intact: {best.sentence()}{pending}")


def _finding(finding: ReceiptFinding, *, attested_by: AttestedBy) -> AnchorFinding:
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
    proved = _finding(finding, attested_by=attested_by)
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
