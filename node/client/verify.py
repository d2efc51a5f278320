"""Is this file what somebody accredited anchored, or this credential genuine and in force?

A node is asked, or the receipt alone. A credential of a kind that nodes judge gets their whole verdict
(`verified_credential`); any other file is what its anchor shows.

No word of a node is taken for inclusion: its receipts are verified from the file's own digest on. What a
receipt cannot show, names and later revocations, is the node's word and marked so.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from anchoring.checkpoint import Checkpoint
from anchoring.errors import AnchoringError, MalformedDocument, UnattestedSize
from anchoring.receipt import Receipt
from anchoring.receipt_verification import verify_receipt
from credentials.errors import HandedInWrapped, NotJudged
from credentials.expected import NOTHING_EXPECTED, Expected
from node.client.api import Node
from node.client.broken_jwt import broken_jwt
from node.client.documents import Document, Unsecured, read_document, receipt_path
from node.client.enveloped import enveloped_document
from node.client.errors import Unusable
from node.client.issuing import rfc3339
from node.client.judged_form import judged_form
from node.client.offered_receipt import read_receipt
from node.client.proved_anchors import anchor_shown, proved_anchors
from node.client.unsigned_parts import unsigned_beside, within_what_is_signed
from node.client.verdict import AnchorFinding, FileVerdict
from node.client.verified_credential import check_asked, verify_credential

_ONLY_THE_RECEIPT = (
    "only its receipt was checked: whether its signature holds and it was not revoked, a node tells (--node)"
)
_ANCHORED_ONLY = " (anchored and intact only: status and signature were not judged)"


def verify_file(
    path: Path,
    *,
    now: datetime,
    node: Node | None = None,
    receipt_file: Path | None = None,
    checkpoint: Checkpoint | None = None,
    as_of: datetime | None = None,
    relaxed: Collection[str] = (),
    expected: Expected = NOTHING_EXPECTED,
) -> FileVerdict:
    """Whether `path` is intact, when it was anchored, by whom, accredited by whom; a credential's verdict.

    Args:
        path: the file.
        now: the time of asking.
        node: asked for anchors; None works from the receipt alone.
        receipt_file: looked for beside the file if not given.
        checkpoint: one that the asker trusts.
        as_of: only what was anchored by then counts; now if not given.
        relaxed: names of the checks that shall not decide a credential's verdict.
        expected: the nonce and the audience that the asker gave to whoever shows the file.

    Raises:
        Unusable: the file cannot be read or is a receipt, a name is of no check that can be relaxed, or
            there is neither a node nor a receipt to ask.
        ClientError: the node does not answer as it should.
    """
    check_asked(relaxed, as_of=as_of, now=now)
    try:
        document = read_document(path)
    except MalformedDocument as error:
        return FileVerdict(path, "invalid", f"{path.name} is not intact: {error}", intact=False)
    receipt, notes = read_receipt(path, receipt_file)
    if isinstance(document, Unsecured) and (receipt is None or not receipt.salt):
        document = enveloped_document(path) or document
    if receipt is None and isinstance(document, Unsecured):
        _refuse_a_receipt(path)
        broken = broken_jwt(path)
        if broken is not None:
            return replace(broken, notes=notes)
    if node is None and receipt is None:
        if notes:
            return FileVerdict(path, "invalid", notes[0], notes=notes)
        raise Unusable(f"there is no receipt beside {path}: give --receipt FILE or --node URL")
    found = _document(document, receipt)
    if found is None:
        return _without_digest(path, receipt, notes)
    if node is None:
        assert receipt is not None
        verdict = _offline(found, receipt, checkpoint=checkpoint, as_of=as_of)
    elif found.salt is None:
        verdict = _signed(
            found,
            node,
            receipt=receipt,
            checkpoint=checkpoint,
            as_of=as_of,
            relaxed=relaxed,
            notes=notes,
            expected=expected,
        )
    else:
        verdict = _online(found, node, checkpoint=checkpoint, as_of=as_of, notes=notes)
    return verdict if found.salt is not None else within_what_is_signed(verdict, unsigned_beside(found))


def _signed(
    document: Document,
    node: Node,
    *,
    receipt: Receipt | None,
    checkpoint: Checkpoint | None,
    as_of: datetime | None,
    relaxed: Collection[str],
    notes: tuple[str, ...],
    expected: Expected,
) -> FileVerdict:
    try:
        text = judged_form(document)
    except NotJudged as error:
        noted = (*notes, f"only its anchor was judged, not its own signature or status: {error.reason}")
        verdict = _online(document, node, checkpoint=checkpoint, as_of=as_of, notes=noted)
        if verdict.anchors or verdict.intact:
            return verdict
        sentence = f"{document.path.name}: {error.reason}"
        if not isinstance(error, HandedInWrapped):
            if verdict.outcome != "invalid" or (receipt is not None and receipt.digest != document.digest):
                return verdict
            # Nobody knows whether who issued it anchors here: that it is not anchored shows no forgery.
            sentence += "; and no anchor of it was found: changed since, or never handed in"
        return replace(verdict, outcome="indeterminate", sentence=sentence, notes=notes)
    return verify_credential(
        document,
        text,
        node=node,
        receipt=receipt,
        checkpoint=checkpoint,
        as_of=as_of,
        relaxed=relaxed,
        notes=notes,
        expected=expected,
    )


def _refuse_a_receipt(path: Path) -> None:
    shown, _ = read_receipt(path, path)
    if shown is not None:
        raise Unusable(
            f"{path.name} is a receipt: name the document that it is of; the receipt is found if it lies "
            "beside it, or named by --receipt"
        )


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
    notes = () if document.salt is not None else (_ONLY_THE_RECEIPT,)
    try:
        finding = verify_receipt(receipt, digest=document.digest, checkpoint=checkpoint)
    except UnattestedSize as error:
        finding, note = verify_receipt(receipt, digest=document.digest, checkpoint=None), (str(error),)
    except AnchoringError as error:
        return replace(verdict, sentence=f"the receipt of {name} does not hold: {error}")
    anchor = anchor_shown(finding, attested_by="checkpoint" if finding.attested else "nobody")
    verdict = replace(verdict, intact=True, anchors=(anchor,), notes=(*notes, *note))
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
    sentence = f"{name} is intact: {anchor.sentence()}{_unjudged(verdict)}"
    return _dated(replace(verdict, outcome="valid", sentence=sentence), as_of=as_of)


def _dated(verdict: FileVerdict, *, as_of: datetime | None) -> FileVerdict:
    """The verdict with the time that was asked for in its sentence, as those of nodes have it."""
    if as_of is None:
        return verdict
    return replace(verdict, sentence=f"As of {rfc3339(as_of)}: {verdict.sentence}")


def _unjudged(verdict: FileVerdict) -> str:
    """What the word `intact` does not say of a document that has a signature of its own."""
    return "" if verdict.form == "salted" else _ANCHORED_ONLY


def _online(
    document: Document,
    node: Node,
    *,
    checkpoint: Checkpoint | None,
    as_of: datetime | None,
    notes: tuple[str, ...],
) -> FileVerdict:
    listed = proved_anchors(
        document.digest, salt=document.salt, node=node, checkpoint=checkpoint, as_of=as_of
    )
    anchors = listed.anchors
    if as_of is not None and anchors and anchors[0].anchored_at > as_of and not listed.unavailable:
        return replace(_not_yet(document, anchors[0], as_of=as_of, notes=notes), as_of=listed.as_of)
    if as_of is not None:
        anchors = tuple(anchor for anchor in anchors if anchor.anchored_at <= as_of)
    verdict = FileVerdict(
        document.path,
        "invalid",
        "",
        document.digest,
        document.form,
        anchors=anchors,
        notes=notes,
        as_of=listed.as_of,
    )
    return _dated(_judged(verdict, unavailable=listed.unavailable, checkpoint=checkpoint), as_of=as_of)


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
    return replace(
        verdict, outcome="valid", sentence=f"{name} is intact: {best.sentence()}{pending}{_unjudged(verdict)}"
    )
