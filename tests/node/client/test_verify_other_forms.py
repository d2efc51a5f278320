"""Presentations and receipts are neither credentials nor files of their own; what `intact` leaves open."""

import json
from pathlib import Path
from typing import Any

import pytest

from anchoring.receipt import parse_receipt
from did.base64url import encode_base64url
from node.client.documents import receipt_path
from node.client.errors import Unusable
from node.client.issuing import Signer
from node.client.verify import verify_file
from tests.credentials.presentations import enveloped
from tests.credentials.securing.credentials import members_2_0
from tests.node.client.conftest import Play
from tests.node.client.verdicts import anchor, verify

pytestmark = pytest.mark.enable_socket
NOT_JUDGED = "(anchored and intact only: status and signature were not judged)"


def presented(play: Play, credential: str, *, typ: str) -> str:
    """A presentation of a credential, signed by somebody."""
    signer = play.issuers["KTU"].signer()
    return compact_by(signer, {"iss": signer.did, "vp": {"verifiableCredential": [credential]}}, typ=typ)


def compact_by(signer: Signer, claims: dict[str, Any], *, typ: str = "vc+jwt") -> str:
    """Claims under a good signature."""
    header = {"kid": signer.kid, "typ": typ, "alg": signer.key.alg}
    signed = ".".join(encode_base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{encode_base64url(signer.key.sign(signed.encode()))}"


@pytest.mark.parametrize("typ", ["JWT", "vp+jwt", "application/vp+ld+jwt"])
def test_a_presentation_is_not_called_changed(play: Play, one: Path, tmp_path: Path, typ: str) -> None:
    path = tmp_path / "vp.jwt"
    path.write_text(presented(play, one.read_text(), typ=typ))
    verdict = verify(play, path)
    assert (verdict.outcome, verdict.intact) == ("indeterminate", None)
    said = "a presentation in the place of a credential is not judged: hand it in by itself"
    assert verdict.sentence == f"vp.jwt: {said}"


def test_a_presentation_that_somebody_anchored_is_looked_at_by_its_anchor(
    play: Play, one: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "vp.jwt"
    path.write_text(presented(play, one.read_text(), typ="JWT"))
    anchor(play, "KTU", folder)
    verdict = verify(play, path)
    assert (verdict.outcome, verdict.told) == ("valid", None)
    assert verdict.sentence.endswith(NOT_JUDGED)


def test_what_names_its_issuer_by_a_web_address_is_not_called_forged(
    play: Play, one: Path, tmp_path: Path
) -> None:
    signer = play.issuers["KTU"].signer()
    path = tmp_path / "abroad.jwt"
    members = members_2_0(issuer="https://university.example/issuers/1")
    path.write_text(compact_by(signer, members))
    verdict = verify(play, path)
    assert (verdict.outcome, verdict.anchors) == ("indeterminate", ())
    assert "its issuer is a web address and no DID" in verdict.sentence
    assert "no anchor of it was found" in verdict.sentence
    receipt_path(path).write_bytes(receipt_path(one).read_bytes())
    assert verify(play, path).outcome == "invalid"  # the receipt shows that it is not what was anchored


def test_an_envelope_is_judged_as_the_token_in_it(play: Play, one: Path, tmp_path: Path) -> None:
    path = tmp_path / "enveloped.json"
    path.write_text(json.dumps(enveloped(one.read_text()), indent=1))
    verdict = verify(play, path)
    assert (verdict.outcome, verdict.digest) == ("valid", verify(play, one).digest)
    assert verdict.told is not None
    receipt_path(path).write_bytes(receipt_path(one).read_bytes())
    checkpoint = parse_receipt(receipt_path(one).read_bytes()).checkpoint
    assert verify_file(path, now=play.now, checkpoint=checkpoint).outcome == "valid"


@pytest.mark.parametrize(
    "others",
    [
        {"name": "Doctor"},
        {"id": "data:application/vc+jwt,e30.e30"},
        {"type": "Other"},
        {"id": "EnvelopedVerifiableCredential", "type": []},
    ],
)
def test_an_envelope_that_says_more_than_its_token_is_no_signed_document(
    play: Play, one: Path, tmp_path: Path, others: dict[str, object]
) -> None:
    path = tmp_path / "enveloped.json"
    path.write_text(json.dumps(enveloped(one.read_text()) | others))
    verdict = verify(play, path)
    assert (verdict.outcome, "carries no signature" in verdict.sentence) == ("indeterminate", True)


def test_what_only_mentions_envelopes_is_none(play: Play, tmp_path: Path) -> None:
    path = tmp_path / "enveloped.json"
    path.write_text("{ EnvelopedVerifiableCredential")
    assert verify(play, path).outcome == "indeterminate"


def test_a_receipt_is_no_document(play: Play, one: Path) -> None:
    for options in ({}, {"node": None}):
        with pytest.raises(Unusable, match=r"credential\.jwt\.receipt\.json is a receipt: name the document"):
            verify(play, receipt_path(one), **options)


def test_by_its_receipt_alone_a_credential_is_not_called_more_than_intact(play: Play, one: Path) -> None:
    checkpoint = parse_receipt(receipt_path(one).read_bytes()).checkpoint
    verdict = verify_file(one, now=play.now, checkpoint=checkpoint)
    assert verdict.outcome == "valid"
    assert verdict.sentence.endswith(f"up to the Root TAO {play.issuers['Council'].did} {NOT_JUDGED}")


def test_of_a_file_without_a_signature_intact_is_all_there_is_to_say(play: Play, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "diploma.pdf"
    path.write_bytes(b"%PDF-1.7 of this test")
    anchor(play, "KTU", folder)
    checkpoint = parse_receipt(receipt_path(path).read_bytes()).checkpoint
    for verdict in (verify(play, path), verify_file(path, now=play.now, checkpoint=checkpoint)):
        assert (verdict.outcome, NOT_JUDGED in verdict.sentence) == ("valid", False)
