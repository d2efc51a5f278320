import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from anchoring.batch import Batch
from anchoring.checkpoint import Checkpoint, parse_checkpoint
from anchoring.receipt import parse_receipt
from node.client.accreditation import revoke
from node.client.batches import anchor_files
from node.client.documents import receipt_path
from node.client.errors import NodeUnreachable, UnexpectedAnswer, Unusable
from node.client.issuing import rfc3339
from node.client.verdict import FileVerdict
from node.client.verify import verify_file
from tests.node.client.answers import node_that
from tests.node.client.conftest import Play
from tests.node.client.credentials import signed_credential
from tests.node.client.lying import lying

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def folder(play: Play, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven signed credentials and an unsigned file, anchored by KTU; nothing here changes them."""
    folder = tmp_path_factory.mktemp("anchored")
    for number in range(7):
        credential = signed_credential(play.issuers["KTU"].signer(), now=play.now)
        (folder / f"{number}.jwt").write_text(credential)
    (folder / "diploma.pdf").write_bytes(b"%PDF-1.7 unsigned")
    anchor_files(play.open("KTU"), [folder], patience=play.patience)
    return folder


@pytest.fixture
def jwt(folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of a credential and its receipt."""
    yield from copied(folder / "3.jwt", tmp_path)


@pytest.fixture
def pdf(folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the unsigned file and its receipt."""
    yield from copied(folder / "diploma.pdf", tmp_path)


def copied(path: Path, to: Path) -> Iterator[Path]:
    for source in (path, receipt_path(path)):
        (to / source.name).write_bytes(source.read_bytes())
    yield to / path.name


def checkpoint_of(path: Path) -> Checkpoint:
    return parse_receipt(receipt_path(path).read_bytes()).checkpoint


def online(play: Play, path: Path, **options: Any) -> FileVerdict:
    return verify_file(path, now=play.now, node=play.node, **options)


def offline(play: Play, path: Path, **options: Any) -> FileVerdict:
    return verify_file(path, now=play.now, **options)


def test_a_node_says_intact_when_by_whom_accredited_by_whom_up_to_which_root(play: Play, pdf: Path) -> None:
    verdict = online(play, pdf)
    assert (verdict.outcome, verdict.intact) == ("valid", True)
    (anchor,) = verdict.anchors
    assert anchor.name == "KTU"
    assert [link.name for link in anchor.links] == ["KTU", "Agency", "Council"]
    assert anchor.root is not None
    assert anchor.root.did == play.issuers["Council"].did
    assert all(link.proved for link in anchor.links)
    for words in (
        "intact",
        "by KTU",
        "accredited by Agency",
        "Root TAO Council",
        f"{anchor.anchored_at:%H:%M:%S}",
    ):
        assert words in verdict.sentence


def test_a_changed_file_is_not_anchored(play: Play, jwt: Path) -> None:
    head, payload, signature = jwt.read_text().split(".")
    jwt.write_text(f"{head}.{payload[:-1]}{'A' if payload[-1] != 'A' else 'B'}.{signature}")
    assert online(play, jwt).outcome == "invalid"
    assert offline(play, jwt, checkpoint=None).outcome == "invalid"


def test_a_changed_salted_file_is_not_anchored(play: Play, pdf: Path) -> None:
    checkpoint = checkpoint_of(pdf)
    pdf.write_bytes(pdf.read_bytes() + b"!")
    assert online(play, pdf).outcome == "invalid"
    assert offline(play, pdf, checkpoint=checkpoint).outcome == "invalid"


def test_a_salted_file_needs_its_receipt_beside_it_or_named(play: Play, pdf: Path, tmp_path: Path) -> None:
    assert online(play, pdf).outcome == "valid"
    elsewhere = tmp_path / "elsewhere.json"
    receipt_path(pdf).rename(elsewhere)
    verdict = online(play, pdf)
    assert (verdict.outcome, verdict.digest) == ("indeterminate", None)
    assert "diploma.pdf.receipt.json" in verdict.sentence
    assert online(play, pdf, receipt_file=elsewhere).outcome == "valid"


def test_an_inner_node_offered_as_a_document_is_refused(play: Play, jwt: Path, tmp_path: Path) -> None:
    receipt = parse_receipt(receipt_path(jwt).read_bytes())
    leaves = play.world.get(
        f"/v1/batches/{receipt.batch.did}/{receipt.batch.root.hex()}/{receipt.batch.size}/leaves"
    ).content
    tree = Batch.from_leaves(leaves).tree
    for level in range(1, tree.height):
        nodes = tree.level(level)
        for at in range(0, len(nodes), 32):
            answer = play.node.get(f"/v1/anchors/{nodes[at : at + 32].hex()}")
            assert answer["anchors"] == []
    below = tree.level(0)[:64]  # the document whose hash, were it a leaf, would be an inner node
    (tmp_path / "inner").write_bytes(b"\x01" + below)
    receipt_path(tmp_path / "inner").write_bytes(receipt_path(jwt).read_bytes())
    assert online(play, tmp_path / "inner").outcome == "invalid"


def test_a_receipt_and_an_earlier_checkpoint_suffice_without_any_node(play: Play, jwt: Path) -> None:
    verdict = offline(play, jwt, checkpoint=checkpoint_of(jwt))
    assert verdict.outcome == "valid"
    assert verdict.anchors[0].attested_by == "checkpoint"
    assert [link.did for link in verdict.anchors[0].links] == [
        play.issuers[name].did for name in ("KTU", "Agency", "Council")
    ]


def test_a_receipt_without_a_checkpoint_is_consistent_and_unattested(play: Play, jwt: Path) -> None:
    verdict = offline(play, jwt)
    assert (verdict.outcome, verdict.intact) == ("indeterminate", True)
    assert "unattested" in verdict.sentence


def test_a_checkpoint_of_another_size_neither_attests_nor_refutes(play: Play, jwt: Path) -> None:
    own = checkpoint_of(jwt)
    other = Checkpoint(own.origin, own.size + 1, bytes(32))
    assert offline(play, jwt, checkpoint=other).outcome == "indeterminate"
    false = Checkpoint(own.origin, own.size, bytes(32))
    assert offline(play, jwt, checkpoint=false).outcome == "invalid"
    foreign = Checkpoint(own.origin.replace("31337", "1"), own.size, own.root)
    assert offline(play, jwt, checkpoint=foreign).outcome == "invalid"


def test_a_receipt_that_shows_no_accreditation_leaves_that_open(play: Play, tmp_path: Path) -> None:
    play.join("Branch")
    play.accredit("Council", "Branch", "TAO")
    issuer = play.member("Branch", "Orphan")
    revoke(play.issuers["Council"], did=play.issuers["Branch"].did, attribute_id=play.attributes["Branch"])
    play.world.follow()
    path = tmp_path / "c.jwt"
    path.write_text(signed_credential(issuer.signer(), now=play.now))
    anchor_files(issuer, [path], patience=play.patience)  # the contract looks at the issuer's own attribute
    assert online(play, path).outcome == "invalid"
    verdict = offline(play, path, checkpoint=checkpoint_of(path))
    assert verdict.outcome == "indeterminate"
    assert "who accredited" in verdict.sentence


def test_an_earlier_checkpoint_vouches_for_a_node_whose_log_continues_it(play: Play, jwt: Path) -> None:
    earlier = parse_checkpoint(play.world.get("/v1/log/checkpoint", params={"size": "5"}).content)
    verdict = online(play, jwt, checkpoint=earlier)
    assert (verdict.outcome, verdict.anchors[0].attested_by) == ("valid", "checkpoint")
    with pytest.raises(UnexpectedAnswer):
        online(play, jwt, checkpoint=Checkpoint(earlier.origin, earlier.size, bytes(32)))
    with pytest.raises(UnexpectedAnswer):
        online(play, jwt, checkpoint=Checkpoint("other/1/0x" + "0" * 40, 5, bytes(32)))
    ahead = Checkpoint(earlier.origin, 10**6, bytes(32))
    assert online(play, jwt, checkpoint=ahead).outcome == "indeterminate"


def test_no_receipt_and_no_node_is_a_question_to_nobody(play: Play, jwt: Path) -> None:
    receipt_path(jwt).unlink()
    with pytest.raises(Unusable, match="--node"):
        offline(play, jwt)


def test_a_malformed_receipt_spoils_nothing_where_a_node_proves_more(play: Play, jwt: Path) -> None:
    receipt_path(jwt).write_text("{}")
    verdict = online(play, jwt)
    assert verdict.outcome == "valid"
    assert verdict.notes
    assert offline(play, jwt).outcome == "invalid"


def test_no_changed_member_of_a_receipt_passes(play: Play, jwt: Path) -> None:
    checkpoint = checkpoint_of(jwt)
    text = receipt_path(jwt).read_text()
    for at in range(0, len(text), 7):
        if text[at] in "0123456789abcdef":
            changed = text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]
            receipt_path(jwt).write_text(changed)
            assert offline(play, jwt, checkpoint=checkpoint).outcome == "invalid", at


def test_as_of_a_time_before_the_anchor_nothing_is_anchored(play: Play, pdf: Path) -> None:
    anchored_at = online(play, pdf).anchors[0].anchored_at
    before = anchored_at - timedelta(seconds=1)
    early = online(play, pdf, as_of=before)
    assert (early.outcome, early.intact) == ("invalid", True)
    assert f"not yet anchored on {before:%Y-%m-%d %H:%M:%S}" in early.sentence
    assert f"anchored {anchored_at:%Y-%m-%d %H:%M:%S} UTC by KTU" in early.sentence
    then, asked = online(play, pdf, as_of=anchored_at), f"As of {rfc3339(anchored_at)}: diploma.pdf is intact"
    assert (then.outcome, then.sentence.startswith(asked)) == ("valid", True)
    alone = offline(play, pdf, as_of=anchored_at, checkpoint=checkpoint_of(pdf))
    assert (alone.outcome, alone.sentence.startswith(asked)) == ("valid", True)
    assert "As of" not in online(play, pdf).sentence
    assert offline(play, pdf, as_of=before, checkpoint=checkpoint_of(pdf)).outcome == "indeterminate"
    with pytest.raises(Unusable):
        online(play, pdf, as_of=play.now + timedelta(days=1))


def test_what_a_revoked_issuer_anchored_stays_accredited_then_and_not_now(play: Play, tmp_path: Path) -> None:
    issuer = play.member("Agency", "Barcelona")
    path = tmp_path / "diploma.pdf"
    path.write_bytes(b"%PDF-1.7 of Barcelona")
    anchor_files(issuer, [path], patience=play.patience)
    play.world.ledger.ledger.walk(play.world.ledger.ledger.time() + 3600)
    revoke(play.issuers["Agency"], did=issuer.did, attribute_id=play.attributes["Barcelona"])
    play.world.follow()
    verdict = online(play, path)
    assert verdict.outcome == "valid"
    assert (verdict.anchors[0].accredited_then, verdict.anchors[0].accredited_now) == (True, False)
    assert "accredited then, not now" in verdict.sentence
    anchored_at = verdict.anchors[0].anchored_at
    assert online(play, path, as_of=anchored_at).anchors[0].accredited_now is True


@pytest.mark.parametrize("name", ["3.jwt", "diploma.pdf"])
def test_a_node_that_lies_about_an_anchor_is_found_out(
    play: Play, folder: Path, tmp_path: Path, name: str
) -> None:
    (path,) = copied(folder / name, tmp_path)
    other = json.loads(receipt_path(folder / "0.jwt").read_text())

    def swapped(value: dict[str, Any]) -> None:
        value["anchors"][0]["receipt"] = other

    def invented(value: dict[str, Any]) -> None:
        value["anchors"][0]["receipt"]["batch"]["did"] = play.issuers["Agency"].did

    def shortened(value: dict[str, Any]) -> None:
        value["anchors"][0]["receipt"]["batch"]["path"].pop()

    def promoted(value: dict[str, Any]) -> None:
        value["anchors"][0]["accreditation"]["then"]["links"].pop(1)

    def empty(value: dict[str, Any]) -> None:
        value["anchors"] = [{}]

    for lie in (swapped, invented, shortened, promoted, empty):
        with pytest.raises(UnexpectedAnswer):
            verify_file(path, now=play.now, node=lying(play, lie))


def test_a_node_whose_word_on_accreditation_proves_nothing_is_found_out(play: Play, jwt: Path) -> None:
    def unaccredited(value: dict[str, Any]) -> None:
        value["anchors"][0]["receipt"]["accreditation"] = []
        value["anchors"][0]["accreditation"]["then"]["links"] = []

    def no_links(value: dict[str, Any]) -> None:
        value["anchors"][0]["accreditation"]["then"]["links"] = ["none"]

    def zoneless(value: dict[str, Any]) -> None:
        value["anchors"][0]["accreditation"]["now"]["links"][0]["since"] = "2026-11-21T10:00:00"

    def uncounted(value: dict[str, Any]) -> None:
        value["batchesUnavailable"] = 7

    for lie in (unaccredited, no_links, zoneless, uncounted):
        with pytest.raises(UnexpectedAnswer):
            verify_file(jwt, now=play.now, node=lying(play, lie))


def test_absence_is_not_certain_while_batches_are_not_at_hand(play: Play, pdf: Path) -> None:
    def incomplete(value: dict[str, Any]) -> None:
        value["anchors"] = []
        value["batchesUnavailable"] = [{"did": "x", "root": "y", "size": 1}]

    verdict = verify_file(pdf, now=play.now, node=lying(play, incomplete))
    assert verdict.outcome == "indeterminate"


def test_a_node_that_does_not_answer_is_unreachable(play: Play, jwt: Path) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(NodeUnreachable):
        verify_file(jwt, now=play.now, node=node_that(silent))


def test_a_verdict_prints_as_json(play: Play, jwt: Path) -> None:
    printed = json.loads(json.dumps(online(play, jwt).to_json()))
    assert printed["anchors"][0]["accreditation"]["root"] == play.issuers["Council"].did
