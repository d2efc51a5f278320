"""A node's word on a credential: not taken for an anchor, and none where it contradicts itself."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from anchoring.checkpoint import Checkpoint, parse_checkpoint
from anchoring.receipt import parse_receipt
from credentials.verdict import CHECKS
from node.client.documents import receipt_path
from node.client.errors import NodeProblem, NoNode, UnexpectedAnswer
from node.db.leaves import drop_blob
from node.db.session import writing
from tests.node.client.answers import node_that
from tests.node.client.conftest import Play
from tests.node.client.lying import lying
from tests.node.client.verdicts import VERDICTS, anchor, issue, outcomes, verify

pytestmark = pytest.mark.enable_socket
JSON = {"content-type": "application/json"}
Lie = Callable[[dict[str, Any]], object]


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
