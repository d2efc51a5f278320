"""The whole verdict of a real node on a credential, and nodes that lie about it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from anchoring.checkpoint import Checkpoint, parse_checkpoint
from anchoring.receipt import parse_receipt
from credentials.securing.jose import parse_compact
from credentials.verdict import CHECKS
from did.base64url import encode_base64url
from node.client.accreditation import revoke
from node.client.batches import anchor_files
from node.client.credential_drafts import Terms
from node.client.credential_issuing import accreditation_to_issue, issue_credentials
from node.client.credential_payloads import Payload
from node.client.documents import receipt_path
from node.client.errors import NodeProblem, NoNode, UnexpectedAnswer, Unusable
from node.client.verdict import FileVerdict
from node.client.verify import verify_file
from node.db.leaves import drop_blob
from node.db.session import writing
from tests.node.client.answers import node_that
from tests.node.client.conftest import SCHEMA, Play
from tests.node.client.lying import lying

pytestmark = pytest.mark.enable_socket
LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"
VERDICTS = "/v1/verifications"
JSON = {"content-type": "application/json"}
Lie = Callable[[dict[str, Any]], object]


def issue(play: Play, name: str, out: Path, *, count: int = 1, model: Any = None) -> list[Path]:
    issuer = play.open(name)
    terms = Terms(
        issuer=issuer.did,
        origin=issuer.registry_origin(),
        attribute_id=accreditation_to_issue(issuer),
        now=play.now,
        model=model,
        types=("MicroCredential",),
        schema=SCHEMA,
    )
    payloads = [Payload(f"{n}", f"{n}", {"subject": {"id": LEARNER, "n": n}}) for n in range(count)]
    return [one.path for one in issue_credentials(issuer, payloads, out=out, terms=terms)]


def anchor(play: Play, name: str, folder: Path) -> None:
    anchor_files(play.open(name), [folder], patience=play.patience)


@pytest.fixture(scope="module")
def anchored(play: Play, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder of three anchored credentials for each data model; nothing here changes them."""
    made = tmp_path_factory.mktemp("issued")
    for model in ("1.1", "2.0"):
        issue(play, "KTU", made / model, count=3, model=model)
        anchor(play, "KTU", made / model)
    return {model: made / model for model in ("1.1", "2.0")}


@pytest.fixture(params=["1.1", "2.0"])
def jwt(anchored: dict[str, Path], request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an anchored credential, without its receipt."""
    path = tmp_path / "credential.jwt"
    path.write_bytes((anchored[request.param] / "1.jwt").read_bytes())
    return path


@pytest.fixture
def one(anchored: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of one of them with its receipt."""
    path = tmp_path / "credential.jwt"
    source = anchored["1.1"] / "1.jwt"
    path.write_bytes(source.read_bytes())
    receipt_path(path).write_bytes(receipt_path(source).read_bytes())
    return path


def verify(play: Play, path: Path, **options: Any) -> FileVerdict:
    return verify_file(path, now=play.now, **{"node": play.node} | options)


def outcomes(verdict: FileVerdict) -> dict[str, str]:
    assert verdict.told is not None
    return {check.check.name: check.outcome.value for check in verdict.told.checks}


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
    early = verify(play, one, as_of=anchored_at - timedelta(seconds=1))
    assert (early.outcome, early.anchors) == ("indeterminate", ())
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


# -- the node's word is not taken for the anchor -------------------------------------------------------------


def test_a_verdict_whose_anchor_no_receipt_shows_is_not_valid(play: Play, jwt: Path) -> None:
    verdict = verify(play, jwt, node=lying(play, lambda value: value.update(anchors=[])))
    assert verdict.outcome == "indeterminate"
    assert "proves no anchor" in verdict.sentence
    assert verdict.notes


def test_the_holders_receipt_shows_the_anchor_where_the_node_lists_none(play: Play, one: Path) -> None:
    node = lying(play, lambda value: value.update(anchors=[]))
    verdict = verify(play, one, node=node)
    assert (verdict.outcome, verdict.anchors[0].attested_by) == ("valid", "node")
    earlier = parse_receipt(receipt_path(one).read_bytes()).checkpoint
    kept = verify(play, one, node=node, checkpoint=earlier)
    assert (kept.outcome, kept.anchors[0].attested_by) == ("valid", "checkpoint")


def test_a_receipt_of_another_log_shows_nothing(play: Play, one: Path) -> None:
    receipt = parse_receipt(receipt_path(one).read_bytes())
    other = replace(receipt.checkpoint, origin=receipt.checkpoint.origin.replace("/31337/", "/1/"))
    receipt_path(one).write_bytes(replace(receipt, checkpoint=other).to_json())
    verdict = verify(play, one, node=lying(play, lambda value: value.update(anchors=[])))
    assert verdict.outcome == "indeterminate"


def test_a_receipt_that_does_not_hold_shows_nothing(play: Play, one: Path) -> None:
    receipt = parse_receipt(receipt_path(one).read_bytes())
    broken = replace(receipt.batch, path=tuple(bytes(32) for _ in receipt.batch.path))
    receipt_path(one).write_bytes(replace(receipt, batch=broken).to_json())
    assert verify(play, one).outcome == "valid"  # the node's own proof holds
    verdict = verify(play, one, node=lying(play, lambda value: value.update(anchors=[])))
    assert (verdict.outcome, verdict.anchors) == ("indeterminate", ())


def test_a_log_without_a_checkpoint_vouches_for_no_receipt(play: Play, one: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/log/checkpoint":
            return httpx.Response(200, content=b"no checkpoint")
        if request.method == "POST":
            told = play.world.http.post(VERDICTS, content=request.content, headers=JSON)
            return httpx.Response(200, content=told.content)
        return httpx.Response(200, json={"anchors": [], "batchesUnavailable": []})

    with pytest.raises(UnexpectedAnswer, match="no checkpoint"):
        verify(play, one, node=node_that(answer))


def test_a_receipt_of_another_document_is_not_used(play: Play, one: Path, anchored: dict[str, Path]) -> None:
    receipt_path(one).write_bytes(receipt_path(anchored["2.0"] / "0.jwt").read_bytes())
    verdict = verify(play, one)
    assert verdict.outcome == "valid"
    assert any("another document" in note for note in verdict.notes)


def test_a_batch_whose_digests_are_lost_is_found_by_the_receipt(play: Play, tmp_path: Path) -> None:
    play.member("Agency", "Riga")
    (path,) = issue(play, "Riga", tmp_path / "out")
    anchor(play, "Riga", tmp_path / "out")
    batch = parse_receipt(receipt_path(path).read_bytes()).batch
    with writing(play.world.node.engine) as session:
        drop_blob(session, root=batch.root, size=batch.size)
    with_receipt = verify(play, path)
    assert (with_receipt.outcome, len(with_receipt.anchors)) == ("valid", 1)
    receipt_path(path).unlink()
    without = verify(play, path)
    assert (without.outcome, outcomes(without)["anchor"]) == ("indeterminate", "not_determinable")


def test_an_anchor_of_another_time_than_the_one_judged_by_is_doubted(play: Play, jwt: Path) -> None:
    node = lying(play, lambda value: value.update(judgedAt="2026-01-01T00:00:00Z"), about=VERDICTS)
    verdict = verify(play, jwt, node=node)
    assert verdict.outcome == "indeterminate"
    assert "2026-01-01T00:00:00Z" in verdict.sentence


def test_two_words_of_a_node_on_an_accreditation_are_doubted(play: Play, jwt: Path) -> None:
    def unaccredited(value: dict[str, Any]) -> None:
        value["anchors"][0]["accreditation"]["then"]["inForce"] = False

    verdict = verify(play, jwt, node=lying(play, unaccredited))
    assert verdict.outcome == "indeterminate"
    assert "not accredited" in verdict.sentence


def test_a_kept_checkpoint_must_vouch_for_the_log(play: Play, jwt: Path) -> None:
    kept = parse_checkpoint(play.world.get("/v1/log/checkpoint", params={"size": "5"}).content)
    verdict = verify(play, jwt, checkpoint=kept)
    assert (verdict.outcome, verdict.anchors[0].attested_by) == ("valid", "checkpoint")
    ahead = Checkpoint(kept.origin, 10**6, bytes(32))
    assert verify(play, jwt, checkpoint=ahead).outcome == "indeterminate"
    with pytest.raises(UnexpectedAnswer):
        verify(play, jwt, checkpoint=Checkpoint(kept.origin, kept.size, bytes(32)))


def test_somebody_elses_anchor_of_a_credential_counts_for_nothing(play: Play, tmp_path: Path) -> None:
    play.member("Agency", "Bilbao")
    (path,) = issue(play, "KTU", tmp_path / "out")
    anchor(play, "Bilbao", tmp_path / "out")
    receipt_path(path).unlink()
    verdict = verify(play, path)
    assert (verdict.outcome, verdict.anchors) == ("invalid", ())
    assert any(play.issuers["Bilbao"].did in note for note in verdict.notes)


def test_a_verdict_that_contradicts_itself_is_no_verdict(play: Play, jwt: Path) -> None:
    def check(number: int, **members: object) -> Lie:
        return lambda value: value["checks"][number].update(members)

    lies: list[Lie] = [
        lambda value: value.update(schema="ankyra-verdict/2"),
        lambda value: value.update(outcome="invalid"),
        lambda value: value["checks"].pop(),
        lambda value: value["checks"].reverse(),
        lambda value: value.update(checks=7),
        lambda value: value.update(checks=[None] * len(CHECKS)),
        lambda value: value.update(findings=["x"] * 1001),
        lambda value: value.update(findings=[7]),
        lambda value: value.update(at="yesterday"),
        lambda value: value.update(judgedAt=None),
        lambda value: value.update(sentence=None),
        lambda value: value.pop("credential"),
        lambda value: value["credential"].update(digest="00" * 32),
        lambda value: value["credential"].update(digest=None),
        lambda value: value["credential"].update(issuer=7),
        check(3, outcome="failed"),
        check(3, outcome="unknown"),
        check(3, required=False),
        check(9, required=True),
        check(3, sentence=None),
        check(3, reason=7),
    ]
    for number, lie in enumerate(lies):
        with pytest.raises(UnexpectedAnswer):
            raise AssertionError(number, verify(play, jwt, node=lying(play, lie, about=VERDICTS)).outcome)


def test_a_node_does_not_choose_the_policy_or_the_time(play: Play, jwt: Path) -> None:
    def lax(value: dict[str, Any]) -> None:
        value["checks"][5] |= {"outcome": "failed", "required": False}

    with pytest.raises(UnexpectedAnswer, match="another policy"):
        verify(play, jwt, node=lying(play, lax, about=VERDICTS))
    earlier = lying(play, lambda value: value.update(at="2026-01-01T00:00:00Z"), about=VERDICTS)
    with pytest.raises(UnexpectedAnswer, match="another time"):
        verify(play, jwt, node=earlier, as_of=play.now)
    later = lying(play, lambda value: value.update(at="2999-01-01T00:00:00Z"), about=VERDICTS)
    with pytest.raises(UnexpectedAnswer, match="another time"):
        verify(play, jwt, node=later, as_of=play.now)


def test_a_node_that_gives_no_verdicts_is_named(play: Play, jwt: Path) -> None:
    older = node_that(lambda _request: httpx.Response(404, content=b"not here"))
    with pytest.raises(NoNode):
        verify(play, jwt, node=older)
    refusing = {"title": "Bad Request", "status": 400, "detail": "no", "code": "invalidRequest"}
    with pytest.raises(NodeProblem):
        verify(play, jwt, node=node_that(lambda _request: httpx.Response(400, json=refusing)))


# -- other spellings of the same signature -------------------------------------------------------------------


def rewritten(text: str, form: str) -> str:
    """The same JWS in another form, of the same digest."""
    protected, payload, signature = text.split(".")
    part = {"protected": protected, "signature": signature}
    if form == "flattened":
        return json.dumps({"payload": payload, **part})
    if form == "general":
        return json.dumps({"payload": payload, "signatures": [{**part, "header": {"etsiU": ["x"]}}]})
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
