import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from anchoring.batch import Batch
from anchoring.checkpoint import Checkpoint
from anchoring.digest import secured_digest
from anchoring.entry import Entry, encode_payload
from anchoring.receipt import BatchProof, LogProof, Receipt, parse_receipt
from anchoring.receipt_verification import verify_receipt
from node.client.accreditation import revoke
from node.client.batches import anchor_batch, anchor_files, hand_in
from node.client.documents import Document, Unsecured, collect, read_document, receipt_path
from node.client.errors import (
    NodeProblem,
    ReceiptsUnwritten,
    Refused,
    StillWaiting,
    UnexpectedAnswer,
    Unusable,
)
from node.client.patience import Patience
from node.client.receipts import batch_receipt, write_receipts
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket
Files = Callable[..., Path]


def transactions(play: Play, name: str) -> int:
    address = play.keystore(name).open(play.issuers[name].profile.ledger_key).address
    count = play.node.ledger("eth_getTransactionCount", [address, "latest"])
    return int(str(count), 16)


def test_a_folder_is_anchored_in_one_transaction_with_a_receipt_beside_each_file(
    play: Play, files: Files
) -> None:
    folder, stages = files(12), []
    before = transactions(play, "KTU")
    done = anchor_files(
        play.open("KTU"),
        [folder],
        patience=play.patience,
        progress=lambda stage, _: stages.append(stage),
    )
    assert transactions(play, "KTU") == before + 1
    assert (done.state.state, done.state.size) == ("final", 13)
    assert (done.receipts_written, done.receipts_kept) == (13, 0)
    assert stages[:2] == ["digested", "accepted"]
    assert stages[-1] == "final"
    for document in done.documents:
        receipt = parse_receipt(receipt_path(document.path).read_bytes())
        finding = verify_receipt(
            receipt, digest=receipt.digest_of(document.path.read_bytes()), checkpoint=receipt.checkpoint
        )
        assert finding.did == play.issuers["KTU"].did
        assert [link.issuer_type for link in finding.accreditation] == [3, 2, 1]
    assert (receipt.salt is None) == (document.form != "salted")


def test_the_same_folder_again_is_the_same_batch(play: Play, files: Files) -> None:
    folder = files(3)
    first = anchor_files(play.open("KTU"), [folder], patience=play.patience)
    receipts = {path.name: path.read_bytes() for path in folder.glob("*.receipt.json")}
    count = transactions(play, "KTU")
    again = anchor_files(play.open("KTU"), [folder], patience=play.patience)
    assert again.state.root == first.state.root
    assert transactions(play, "KTU") == count
    assert (again.receipts_written, again.receipts_kept) == (0, 4)
    assert receipts == {path.name: path.read_bytes() for path in folder.glob("*.receipt.json")}


class CutOff(Exception):
    """The power goes."""


@pytest.mark.parametrize("stage", ["digested", "accepted", "submitted", "anchored", "final"])
def test_a_run_cut_off_anywhere_goes_on_as_the_same_batch(play: Play, files: Files, stage: str) -> None:
    folder = files(2, stage)
    before = transactions(play, "KTU")

    def cut(reached: str, _: object) -> None:
        if reached == stage:
            raise CutOff

    with pytest.raises(CutOff):
        anchor_files(play.open("KTU"), [folder], patience=play.patience, progress=cut)
    assert list((play.folder / "KTU" / "pending").iterdir())
    assert not list(folder.glob("*.receipt.json"))
    done = anchor_files(play.open("KTU"), [folder], patience=play.patience)
    assert transactions(play, "KTU") == before + 1
    assert done.receipts_written == 3
    assert not list((play.folder / "KTU" / "pending").iterdir())


def test_salts_are_in_receipts_only_once_all_is_done(play: Play, files: Files) -> None:
    folder = files(1)
    anchor_files(play.open("KTU"), [folder], patience=play.patience)
    salt = parse_receipt((folder / "diploma.pdf.receipt.json").read_bytes()).salt
    assert salt is not None
    kept = [path.read_bytes() for path in (play.folder / "KTU").rglob("*") if path.is_file()]
    assert not any(salt.hex().encode() in content for content in kept)


def test_an_older_receipt_for_the_same_content_is_kept_and_one_for_other_content_moved_aside(
    play: Play, files: Files
) -> None:
    folder = files(1)
    anchor_files(play.open("KTU"), [folder], patience=play.patience)
    pdf = folder / "diploma.pdf"
    old = receipt_path(pdf).read_bytes()
    signed = receipt_path(folder / "0.jwt").read_bytes()
    pdf.write_bytes(b"%PDF-1.7 another edition")
    done = anchor_files(play.open("KTU"), [folder], patience=play.patience)
    assert (done.receipts_written, done.receipts_kept) == (1, 1)
    assert receipt_path(folder / "0.jwt").read_bytes() == signed
    aside = [path for path in folder.glob("diploma.pdf.*.receipt.json") if path != receipt_path(pdf)]
    assert [path.read_bytes() for path in aside] == [old]


def test_many_receipts_are_printed_as_one_would_be(tmp_path: Path) -> None:
    did, attribute = "did:ebsi:zZeKyEJfUTGwajhNyNX928z", b"\1" * 32
    for size in (1, 2, 7):
        paths = [tmp_path / f"{size}-{number}" for number in range(size)]
        salts = [None, *[bytes([number]) * 32 for number in range(1, size)]]
        documents = [
            Document(path, hashlib.sha256(path.name.encode()).digest(), "jws", salt)
            for path, salt in zip(paths, salts, strict=True)
        ]
        batch = Batch.from_digests(document.digest for document in documents)
        place = BatchProof(did, attribute, batch.root, size, 0, batch.tree.inclusion_path(0))
        fields = {"did": did, "attributeId": attribute, "root": batch.root, "size": size, "authority": 0}
        payload = encode_payload("anchor.batch", fields)
        entry = Entry(5, "anchor.batch", bytes(32), bytes(32), 1_790_000_000, bytes(20), bytes(32), payload)
        checkpoint = Checkpoint("devnet/1/0x" + "0" * 40, 10, bytes(32))
        receipt = Receipt(
            batch.leaves[:32], None, place, entry, LogProof(5, 10, (bytes(32),) * 3), (), checkpoint
        )
        assert write_receipts(receipt, batch=batch, documents=documents) == (size, 0)
        for document in documents:
            index = batch.index_of(document.digest)
            own = replace(place, index=index, path=batch.tree.inclusion_path(index))
            whole = replace(receipt, digest=document.digest, salt=document.salt, batch=own)
            assert receipt_path(document.path).read_bytes() == whole.to_json()


def test_a_receipt_that_cannot_be_read_is_moved_aside_and_not_lost(play: Play, files: Files) -> None:
    folder = files(1)
    receipt_path(folder / "0.jwt").write_text("torn")
    anchor_files(play.open("KTU"), [folder], patience=play.patience)
    assert (folder / "0.jwt.unreadable.receipt.json").read_text() == "torn"
    parse_receipt(receipt_path(folder / "0.jwt").read_bytes())


def test_twins_share_a_digest_and_each_has_a_receipt(play: Play, files: Files) -> None:
    folder = files(1)
    (folder / "copy.jwt").write_bytes((folder / "0.jwt").read_bytes())
    (folder / "copy.pdf").write_bytes((folder / "diploma.pdf").read_bytes())
    done = anchor_files(play.open("KTU"), [folder], patience=play.patience)
    assert (done.state.size, done.receipts_written) == (2, 4)


def test_receipts_and_hidden_files_are_not_anchored(tmp_path: Path) -> None:
    for name in ("a.jwt", "a.jwt.receipt.json", ".hidden", "sub/b.jwt", ".git/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert collect([tmp_path, tmp_path / "a.jwt"]) == [tmp_path / "a.jwt", tmp_path / "sub" / "b.jwt"]
    with pytest.raises(Unusable):
        collect([tmp_path / "missing"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(Unusable):
        collect([tmp_path / "empty"])


def test_a_file_that_claims_a_signature_it_has_not_is_named(play: Play, files: Files) -> None:
    folder = files(1)
    (folder / "broken.json").write_text('{"type": "VerifiableCredential", "type": "twice"}')
    with pytest.raises(Refused, match=r"broken\.json"):
        anchor_files(play.open("KTU"), [folder], patience=play.patience)


def test_a_file_larger_than_any_credential_is_salted_without_being_held(tmp_path: Path) -> None:
    large = tmp_path / "film.mp4"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024)
    assert isinstance(read_document(large), Unsecured)


def test_a_signed_file_is_known_by_its_signature(files: Files) -> None:
    path = files(1) / "0.jwt"
    document = read_document(path)
    assert isinstance(document, Document)
    assert document.digest == secured_digest(path.read_bytes()).digest
    path.write_bytes(path.read_bytes() + b"\n")
    assert read_document(path) == document


def test_a_revoked_issuer_is_refused_with_a_reason_in_words(play: Play, files: Files) -> None:
    issuer = play.member("Agency", "Trento")
    revoke(play.issuers["Agency"], did=issuer.did, attribute_id=play.attributes["Trento"])
    play.world.follow()
    with pytest.raises(NodeProblem, match="accredit"):
        anchor_files(issuer, [files(1)], attribute_id=play.attributes["Trento"], patience=play.patience)
    with pytest.raises(Refused, match="no accreditation"):
        anchor_files(issuer, [files(1, "again")], patience=play.patience)


def test_two_issuers_may_anchor_the_same_files(play: Play, files: Files) -> None:
    folder = files(2)
    play.member("Agency", "Tampere")
    mine = anchor_files(play.open("KTU"), [folder], patience=play.patience)
    theirs = anchor_files(play.open("Tampere"), [folder], patience=play.patience)
    assert mine.state.root == theirs.state.root
    assert theirs.receipts_kept == 3


def test_impatience_ends_with_a_sentence_and_not_with_a_second_transaction(play: Play, files: Files) -> None:
    folder = files(2)
    hasty = Patience(attempts=2, sleep=lambda _: None)
    with pytest.raises(StillWaiting):
        anchor_files(play.open("KTU"), [folder], patience=hasty)
    count = transactions(play, "KTU")
    assert anchor_files(play.open("KTU"), [folder], patience=play.patience).state.state == "final"
    assert transactions(play, "KTU") == count


def test_a_reorg_that_drops_the_batch_ends_final_all_the_same(play: Play, files: Files) -> None:
    issuer = play.open("KTU")
    batch = Batch.from_digests([secured_digest(path.read_bytes()).digest for path in files(2).glob("*.jwt")])
    ledger, seen = play.world.ledger.ledger, list[str]()

    def watch(state: str, _: object) -> None:
        seen.append(state)
        if state == "anchored" and seen.count("anchored") == 1:
            ledger.reorg(1)

    state = anchor_batch(
        issuer, batch, attribute_id=play.attributes["KTU"], patience=play.patience, progress=watch
    )
    assert state.state == "final"


def test_a_receipt_that_proves_nothing_is_not_written(play: Play, files: Files) -> None:
    issuer = play.open("KTU")
    batch = Batch.from_digests([secured_digest(path.read_bytes()).digest for path in files(2).glob("*.jwt")])
    anchor_batch(issuer, batch, attribute_id=play.attributes["KTU"], patience=play.patience)
    common = issuer.node.get(f"/v1/batches/{issuer.did}/{batch.root.hex()}/{batch.size}/receipt")
    deployment = issuer.deployment()
    batch_receipt(common, batch=batch, did=issuer.did, deployment=deployment)
    other = Batch.from_digests([b"\1" * 32, b"\2" * 32])
    lies = [
        {**common, "log": {**common["log"], "path": common["log"]["path"][1:]}},
        {**common, "checkpoint": common["checkpoint"].replace("ankyra-devnet", "another")},
        {**common, "checkpoint": common["checkpoint"].replace("\n", "\n1", 1)},
        {**common, "entry": {**common["entry"], "index": common["entry"]["index"] + 1}},
        {name: value for name, value in common.items() if name != "entry"},
        {**common, "accreditation": common["accreditation"][:1]},
    ]
    for lie in lies:
        with pytest.raises(UnexpectedAnswer):
            batch_receipt(lie, batch=batch, did=issuer.did, deployment=deployment)
    with pytest.raises(UnexpectedAnswer):
        batch_receipt(common, batch=other, did=issuer.did, deployment=deployment)
    with pytest.raises(UnexpectedAnswer):
        batch_receipt(common, batch=batch, did=play.issuers["Agency"].did, deployment=deployment)


def test_only_digests_leave_the_machine(play: Play, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer, sent = play.open("KTU"), []
    post = issuer.node.post

    def spy(path: str, body: dict[str, object]) -> dict[str, object]:
        sent.append(body)
        return post(path, body)

    monkeypatch.setattr(issuer.node, "post", spy)
    batch = Batch.from_digests([secured_digest(path.read_bytes()).digest for path in files(2).glob("*.jwt")])
    hand_in(issuer, batch, attribute_id=play.attributes["KTU"])
    assert set(sent[0]) == {"did", "attributeId", "from", "root", "size", "digests", "jws"}
    assert "salt" not in json.dumps(sent)


def test_a_folder_that_takes_no_receipt_is_named_before_anything_is_sent(play: Play) -> None:
    before, stages = transactions(play, "KTU"), []
    with pytest.raises(Unusable, match=r"in /proc .*nothing was anchored"):
        anchor_files(
            play.open("KTU"),
            [Path("/proc/version")],  # a folder in which nobody, root included, makes a file
            patience=play.patience,
            progress=lambda stage, _: stages.append(stage),
        )
    assert (transactions(play, "KTU"), stages) == (before, [])


def test_receipts_that_could_not_be_written_are_written_by_the_same_command(play: Play, files: Files) -> None:
    folder = files(2)
    obstacle = receipt_path(folder / "1.jwt")
    obstacle.mkdir()
    with pytest.raises(ReceiptsUnwritten, match=r"1\.jwt\.receipt\.json"):
        anchor_files(play.open("KTU"), [folder], patience=play.patience)
    count = transactions(play, "KTU")
    obstacle.rmdir()
    done = anchor_files(play.open("KTU"), [folder], patience=play.patience)
    assert transactions(play, "KTU") == count
    assert done.receipts_written + done.receipts_kept == 3
    assert obstacle.is_file()


def test_who_is_not_accredited_is_told_whom_to_ask(play: Play, files: Files) -> None:
    folder = files(1)
    play.join("Newcomer")
    play.world.follow()
    with pytest.raises(Refused, match="not accredited yet: ask your TAO"):
        anchor_files(play.open("Newcomer"), [folder], patience=play.patience)
