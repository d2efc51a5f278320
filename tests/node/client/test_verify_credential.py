"""The whole verdict of a real node on a credential, whichever way the credential is spelled."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from anchoring.checkpoint import parse_checkpoint
from anchoring.receipt import parse_receipt
from credentials.securing.jose import parse_compact
from credentials.verdict import CHECKS
from did.base64url import encode_base64url
from node.client.accreditation import revoke
from node.client.documents import receipt_path
from node.client.errors import Unusable
from node.client.issuing import rfc3339
from node.client.unsigned_parts import UNSIGNED
from node.client.verify import verify_file
from tests.node.client.conftest import Play
from tests.node.client.lying import lying
from tests.node.client.verdicts import VERDICTS, anchor, issue, outcomes, verify

pytestmark = pytest.mark.enable_socket


def test_an_anchored_credential_is_valid_by_every_check(play: Play, jwt: Path) -> None:
    verdict = verify(play, jwt)
    assert verdict.outcome == "valid", outcomes(verdict)
    found = outcomes(verdict)
    assert list(found) == [check.name for check in CHECKS]
    assert {name for name, outcome in found.items() if outcome == "passed"} >= {
        *("format", "issuer", "signature", "validity", "schema", "accreditation", "anchor", "timeline")
    }
    assert verdict.sentence == "credential.jwt: Genuine, in force, and issued by somebody accredited."
    (anchor_found,) = verdict.anchors
    assert (anchor_found.name, anchor_found.attested_by, verdict.intact) == ("KTU", "node", True)
    assert [link.name for link in anchor_found.links] == ["KTU", "Agency", "Council"]


def test_the_json_has_the_whole_verdict_beside_what_was_proved_here(play: Play, one: Path) -> None:
    printed = json.loads(json.dumps(verify(play, one).to_json()))
    assert printed["verdict"]["schema"] == "ankyra-verdict/1"
    assert len(printed["verdict"]["checks"]) == len(CHECKS)
    assert printed["anchors"][0]["accreditation"]["root"] == play.issuers["Council"].did
    assert printed["asOf"]["size"] == printed["verdict"]["asOf"]["size"]


@pytest.mark.parametrize("part", [1, 2])
def test_one_changed_letter_is_enough(play: Play, jwt: Path, part: int) -> None:
    parts = jwt.read_text().split(".")
    at = len(parts[part]) // 2
    letter = "A" if parts[part][at] != "A" else "B"
    parts[part] = parts[part][:at] + letter + parts[part][at + 1 :]
    jwt.write_text(".".join(parts))
    verdict = verify(play, jwt)
    assert (verdict.outcome, verdict.anchors) == ("invalid", ())
    assert verdict.intact is not True


def test_what_its_issuer_never_anchored_is_invalid(play: Play, tmp_path: Path) -> None:
    (path,) = issue(play, "KTU", tmp_path / "out")
    verdict = verify(play, path)
    assert (verdict.outcome, outcomes(verdict)["anchor"]) == ("invalid", "failed")


def test_a_relaxed_check_is_shown_and_does_not_decide(play: Play, tmp_path: Path) -> None:
    (path,) = issue(play, "KTU", tmp_path / "out")
    verdict = verify(play, path, relaxed=("anchor",))
    assert (verdict.outcome, verdict.anchors) == ("valid", ())
    assert "does not require: anchor" in verdict.sentence
    for name in ("signature", "format", "profile", "nonsense"):
        with pytest.raises(Unusable, match="cannot be relaxed"):
            verify(play, path, relaxed=(name,))


def test_an_issuer_that_never_anchored_anything_is_taken_at_the_nodes_word(
    play: Play, tmp_path: Path
) -> None:
    play.member("Agency", "Ghent")
    (path,) = issue(play, "Ghent", tmp_path / "out")
    verdict = verify(play, path)
    assert (verdict.outcome, outcomes(verdict)["anchor"]) == ("valid", "not_applicable")
    assert any("nothing of this was proved here" in note for note in verdict.notes)
    kept = parse_checkpoint(play.world.get("/v1/log/checkpoint", params={"size": "5"}).content)
    tied = verify(play, path, checkpoint=kept)
    assert (tied.outcome, "your checkpoint" in tied.sentence) == ("indeterminate", True)


def test_as_of_a_time_before_the_anchor_nobody_can_tell(play: Play, one: Path) -> None:
    anchored_at = verify(play, one).anchors[0].anchored_at
    before = anchored_at - timedelta(seconds=1)
    early = verify(play, one, as_of=before)
    assert (early.outcome, early.anchors) == ("indeterminate", ())
    assert early.sentence.startswith(f"credential.jwt: As of {rfc3339(before)}: ")
    assert verify(play, one, as_of=anchored_at).outcome == "valid"
    with pytest.raises(Unusable):
        verify(play, one, as_of=play.now + timedelta(days=1))


def test_what_was_anchored_before_the_end_of_an_accreditation_stays_valid(play: Play, tmp_path: Path) -> None:
    issuer = play.member("Agency", "Barcelona")
    (path,) = issue(play, "Barcelona", tmp_path / "out")
    anchor(play, "Barcelona", tmp_path / "out")
    play.pass_by(timedelta(hours=1))
    revoke(play.issuers["Agency"], did=issuer.did, attribute_id=play.attributes["Barcelona"])
    play.world.follow()
    verdict = verify(play, path)
    assert verdict.outcome == "valid", verdict.sentence
    assert (verdict.anchors[0].accredited_then, verdict.anchors[0].accredited_now) == (True, False)
    assert verdict.told is not None
    assert verdict.told.findings


def test_a_node_that_accepts_no_root_cannot_tell(play: Play, one: Path) -> None:
    def unaccepted(value: dict[str, Any]) -> None:  # as a node without `root_taos` answers
        check = value["checks"][5]
        check |= {"outcome": "not_determinable", "reason": "no_root_taos", "sentence": "No root is accepted."}
        value |= {"outcome": "indeterminate", "sentence": check["sentence"]}

    verdict = verify(play, one, node=lying(play, unaccepted, about=VERDICTS))
    assert (verdict.outcome, verdict.intact) == ("indeterminate", True)


# -- other spellings of the same signature -------------------------------------------------------------------


def rewritten(text: str, form: str) -> str:
    """The same JWS in another form, of the same digest."""
    protected, payload, signature = text.split(".")
    part = {"protected": protected, "signature": signature}
    if form == "flattened":
        return json.dumps({"payload": payload, **part})
    if form == "general":
        return json.dumps({"payload": payload, "signatures": [part]})
    return text + "~"


@pytest.mark.parametrize("form", ["flattened", "general", "sd-jwt"])
def test_no_other_spelling_of_a_credential_escapes_its_verdict(play: Play, tmp_path: Path, form: str) -> None:
    (path,) = issue(play, "KTU", tmp_path / "out")
    text = path.read_text()
    anchor(play, "KTU", tmp_path / "out")
    path.write_text(rewritten(text, form), encoding="utf-8")
    verdict = verify(play, path)
    assert verdict.told is not None
    assert verdict.outcome == "valid", verdict.sentence

    def revoked(value: dict[str, Any]) -> None:
        value["checks"][6] |= {"outcome": "failed", "reason": "revoked", "sentence": "Revoked."}
        value |= {"outcome": "invalid", "sentence": "Revoked."}

    ended = verify(play, path, node=lying(play, revoked, about=VERDICTS))
    assert (ended.outcome, ended.intact) == ("invalid", True)


def with_words(text: str, words: str) -> str:
    """The same JWS with something beside it that nobody signed."""
    protected, payload, signature = text.split(".")
    part = {"protected": protected, "signature": signature, "header": {"degree": "Doctor"}}
    disclosure = encode_base64url(b'["salt","degree","Doctor"]')
    return {
        "disclosure": f"{text}~{disclosure}~",
        "no disclosure": f"{text}~abc~",
        "flattened": json.dumps({"payload": payload, **part}),
        "general": json.dumps({"payload": payload, "signatures": [part]}),
        "evidence": json.dumps({"payload": payload, **part, "header": {"etsiU": ["Doctor"]}}),
    }[words]


WORDS = ("disclosure", "no disclosure", "flattened", "general", "evidence")


@pytest.mark.parametrize("words", WORDS)
def test_words_that_nobody_signed_are_not_called_genuine(play: Play, one: Path, words: str) -> None:
    """Play the attack: a valid credential, and a doctor's degree written beside it."""
    text = one.read_text()
    assert verify(play, one).outcome == "valid"
    one.write_text(with_words(text, words), encoding="utf-8")
    verdict = verify(play, one)
    assert (verdict.outcome, UNSIGNED in verdict.sentence) == ("indeterminate", True), verdict.sentence
    assert "enuine" not in verdict.sentence
    checkpoint = parse_receipt(receipt_path(one).read_bytes()).checkpoint
    alone = verify_file(one, now=play.now, checkpoint=checkpoint)
    assert alone.outcome == ("valid" if words == "evidence" else "indeterminate")
    assert UNSIGNED in alone.notes

    def revoked(value: dict[str, Any]) -> None:
        value["checks"][6] |= {"outcome": "failed", "reason": "revoked", "sentence": "Revoked."}
        value |= {"outcome": "invalid", "sentence": "Revoked."}

    ended = verify(play, one, node=lying(play, revoked, about=VERDICTS))
    assert (ended.outcome, ended.sentence) == ("invalid", "credential.jwt: Revoked.")
    assert UNSIGNED in ended.notes


def test_an_empty_unprotected_header_says_nothing(play: Play, one: Path) -> None:
    protected, payload, signature = one.read_text().split(".")
    members = {"payload": payload, "protected": protected, "signature": signature, "header": {}}
    one.write_text(json.dumps(members), encoding="utf-8")
    verdict = verify(play, one)
    assert (verdict.outcome, verdict.notes) == ("valid", ())


@pytest.mark.parametrize("form", ["flattened", "sd-jwt"])
def test_what_nobody_judges_yet_is_looked_at_by_its_anchor_and_that_is_said(
    play: Play, tmp_path: Path, form: str
) -> None:
    signer = play.issuers["KTU"].signer()
    header = {"kid": signer.kid, "typ": "something+else", "alg": signer.key.alg}
    signed = f"{encode_base64url(json.dumps(header).encode())}.{encode_base64url(b'{}')}"
    text = f"{signed}.{encode_base64url(signer.key.sign(signed.encode()))}"
    assert parse_compact(text).header["typ"] == "something+else"
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "document.json").write_text(rewritten(text, form))
    anchor(play, "KTU", folder)
    verdict = verify(play, folder / "document.json")
    assert (verdict.outcome, verdict.told) == ("valid", None)
    assert any("only its anchor was judged" in note and "not judged yet" in note for note in verdict.notes)


def test_without_a_node_it_is_said_that_only_the_receipt_was_checked(play: Play, one: Path) -> None:
    checkpoint = parse_receipt(receipt_path(one).read_bytes()).checkpoint
    verdict = verify_file(one, now=play.now, checkpoint=checkpoint)
    assert (verdict.outcome, verdict.told) == ("valid", None)
    assert any("only its receipt was checked" in note for note in verdict.notes)
