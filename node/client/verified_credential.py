"""A credential's whole verdict from a node, with the anchor that it rests on proved here.

Keys, accreditations, statuses and schemas are the node's word, as of the state of the log that it names. That
the credential is in a batch, and the batch in the log, is not: the receipt is verified from the digest on.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from anchoring.checkpoint import Checkpoint, parse_checkpoint
from anchoring.errors import AnchoringError, MalformedCheckpoint
from anchoring.receipt import MAX_RECEIPT_SIZE, Receipt
from anchoring.receipt_verification import verify_receipt
from credentials.errors import PolicyRefused
from credentials.expected import NOTHING_EXPECTED, Expected
from credentials.policy import RELAXABLE, Policy
from credentials.verdict import ACCREDITATION, ANCHOR, SIGNATURE, Outcome
from did.json_text import parse_object
from node.client.api import Node
from node.client.documents import Document
from node.client.errors import UnexpectedAnswer, Unusable
from node.client.issuing import rfc3339
from node.client.node_verdict import NodeVerdict, ask_verdict, read_verdict
from node.client.proved_anchors import anchor_shown, proved_anchors
from node.client.verdict import AnchorFinding, FileVerdict
from node.client.vouching import check_consistency, vouch

_UNPROVED = "nothing of this was proved here: it is all the word of"


def check_asked(relaxed: Collection[str], *, as_of: datetime | None, now: datetime) -> None:
    """Return if every name is of a check that a policy may do without, and the time asked for has come.

    Raises:
        Unusable: one is not, or it lies in the future.
    """
    if as_of is not None and as_of > now:
        raise Unusable("nobody can say yet what will be true then: give a time in the past")
    try:
        Policy(root_taos=frozenset(), origins=(), relaxed=frozenset(relaxed))
    except PolicyRefused as error:
        raise Unusable(f"{error}; these can be: {', '.join(RELAXABLE)}") from None


def verify_credential(
    document: Document,
    text: str,
    *,
    node: Node,
    receipt: Receipt | None,
    checkpoint: Checkpoint | None,
    as_of: datetime | None,
    relaxed: Collection[str],
    notes: tuple[str, ...],
    expected: Expected = NOTHING_EXPECTED,
) -> FileVerdict:
    """The node's verdict, which is not `valid` unless the anchor that it names is proved here.

    Args:
        document: the file, with its digest computed here.
        text: the credential in the form that nodes judge.
        node: asked.
        receipt: of the same credential, or None: may show a batch whose digests are not at hand there.
        checkpoint: one that the asker trusts.
        as_of: the time asked for; now if None.
        relaxed: names of the checks that shall not decide.
        notes: what was found before.
        expected: the nonce and the audience that the asker gave to whoever shows the credential.

    Raises:
        UnexpectedAnswer: the answer contradicts itself, or a proof in it does not hold.
        ClientError: the node does not answer.
    """
    if receipt is not None and receipt.digest != document.digest:
        notes, receipt = (*notes, "the receipt beside it is of another document, and was not used"), None
    asked = question(text, as_of=as_of, relaxed=relaxed, expected=expected)
    if receipt is not None:
        asked["receipt"] = parse_object(receipt.to_json(), max_bytes=MAX_RECEIPT_SIZE)
    answer = ask_verdict(node, asked)
    told = read_verdict(answer, digest=document.digest, as_of=as_of, relaxed=relaxed, url=node.url)
    state = answer.get("asOf")
    return proved_verdict(
        document, told, state, node=node, receipt=receipt, checkpoint=checkpoint, as_of=as_of, notes=notes
    )


def question(
    text: str, *, as_of: datetime | None, relaxed: Collection[str], expected: Expected
) -> dict[str, Any]:
    """What is asked of `POST /v1/verifications` of a document."""
    asked: dict[str, Any] = {"credential": text}
    if as_of is not None:
        asked["asOf"] = rfc3339(as_of)
    if relaxed:
        asked["policy"] = {"relax": sorted(relaxed)}
    if expected.nonce is not None:
        asked["expectedNonce"] = expected.nonce
    if expected.audience is not None:
        asked["expectedAudience"] = expected.audience
    return asked


def proved_verdict(
    document: Document,
    told: NodeVerdict,
    state: object,
    *,
    node: Node,
    receipt: Receipt | None,
    checkpoint: Checkpoint | None,
    as_of: datetime | None,
    notes: tuple[str, ...],
) -> FileVerdict:
    """What a node told of a credential, which is not `valid` unless the anchor that it names is proved here.

    Args:
        document: with its digest computed here.
        told: the node's verdict on it.
        state: the state of the log that the node names (`asOf`).
        node: asked for receipts.
        receipt: of the same credential, or None.
        checkpoint: one that the asker trusts.
        as_of: the time asked for; now if None.
        notes: what was found before.

    Raises:
        UnexpectedAnswer: a proof does not hold.
        ClientError: the node does not answer.
    """
    listed = proved_anchors(document.digest, salt=None, node=node, checkpoint=checkpoint, as_of=as_of)
    anchors = tuple(
        anchor for anchor in listed.anchors if anchor.did == told.issuer and anchor.anchored_at <= told.at
    )
    if not anchors and receipt is not None:
        anchors = _shown_by(receipt, document.digest, told, node=node, checkpoint=checkpoint)
    others = {anchor.did for anchor in listed.anchors if anchor.did != told.issuer}
    notes = (*notes, *(f"{did} anchored it too, and is not its issuer" for did in sorted(others)))
    verdict = FileVerdict(
        document.path,
        told.outcome,
        f"{document.path.name}: {told.sentence}",
        document.digest,
        document.form,
        intact=_intact(told, anchors),
        anchors=anchors,
        notes=notes,
        as_of=state if isinstance(state, dict) else None,
        told=told,
    )
    doubt = _doubt(told, anchors, checkpoint=checkpoint) if told.outcome == "valid" else None
    if doubt is None:
        return verdict if anchors else replace(verdict, notes=(*notes, f"{_UNPROVED} {node.url}"))
    sentence = f"{document.path.name}: {node.url} calls it valid, but {doubt}"
    return replace(verdict, outcome="indeterminate", sentence=sentence, notes=(*notes, doubt))


def _doubt(
    told: NodeVerdict, anchors: tuple[AnchorFinding, ...], *, checkpoint: Checkpoint | None
) -> str | None:
    """Why a verdict is not taken as it is told; None if what can be proved here supports it."""
    anchored = told.check(ANCHOR)
    if anchored.outcome is not Outcome.PASSED:  # another method, nothing anchored ever, or a relaxed check
        lonely = checkpoint is not None and anchored.required
        return "no anchor ties it to your checkpoint" if lonely else None
    if not anchors:
        return "proves no anchor of its issuer: ask another node"
    first = anchors[0]
    if first.anchored_at != told.judged_at:
        return (
            f"judged it as of {rfc3339(told.judged_at)}, and its first anchor is of "
            f"{rfc3339(first.anchored_at)}: ask another node"
        )
    accredited = told.check(ACCREDITATION)
    if accredited.required and accredited.outcome is Outcome.PASSED and first.accredited_then is False:
        return "tells elsewhere that its issuer was not accredited when it was anchored: ask another node"
    if checkpoint is not None and first.attested_by != "checkpoint":
        return "the node has not followed up to your checkpoint, so nothing vouches for its log"
    return None


def _intact(told: NodeVerdict, anchors: tuple[AnchorFinding, ...]) -> bool | None:
    if anchors:
        return True
    return False if told.check(SIGNATURE).reason == "signature_mismatch" else None


def _shown_by(
    receipt: Receipt, digest: bytes, told: NodeVerdict, *, node: Node, checkpoint: Checkpoint | None
) -> tuple[AnchorFinding, ...]:
    """The anchor that the holder's receipt proves, if the log that it is of is the one that the node follows.

    Raises:
        ClientError: the node does not answer, or its log is another one.
    """
    try:
        finding = verify_receipt(receipt, digest=digest, checkpoint=None)
    except AnchoringError:
        return ()
    if finding.did != told.issuer or finding.anchored_at > told.at:
        return ()
    if checkpoint is not None:
        attested_by = vouch(receipt.checkpoint, trusted=checkpoint, node=node)
        return (anchor_shown(finding, attested_by=attested_by),)
    try:
        current = parse_checkpoint(node.request("GET", "/v1/log/checkpoint").content)
    except MalformedCheckpoint as error:
        raise UnexpectedAnswer(f"{node.url}/v1/log/checkpoint is no checkpoint: {error}") from None
    if receipt.checkpoint.origin != current.origin or receipt.checkpoint.size > current.size:
        return ()
    check_consistency(node, earlier=receipt.checkpoint, later=current)
    return (anchor_shown(finding, attested_by="node"),)
