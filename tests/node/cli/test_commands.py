import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from did.syntax import parse_ebsi_did
from node.client.onboarding import create_profile
from node.client.profile import load_profile
from node.services.invitations import invite
from tests.node.cli.conftest import Type
from tests.node.client.conftest import Play
from tests.node.client.credentials import signed_credential

pytestmark = pytest.mark.enable_socket
SCOPE = ("--schema", "zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD", "--type", "MicroCredential")


def profile(play: Play, name: str) -> tuple[str, str]:
    return "--profile", str(play.folder / name)


def test_a_university_joins_is_accredited_anchors_and_is_checked_and_audited(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    url, own = living.world.url, profile(living, "Aalborg")  # made before, with keys that open fast
    create_profile(living.folder / "Aalborg", node_url=url, keystore=living.keystore("Aalborg"))
    living.invite(living.open("Aalborg"))
    created = type_in("did", "create", "--node", url, *own, "--json")
    assert created.code == 0, created.err
    did = json.loads(created.out)["did"]
    assert type_in("did", "create", "--node", url, *own).code == 2  # there is one already

    agency = profile(living, "Agency")
    asked = type_in("issuer", "accredit", did, *agency, "--json")
    assert asked.code == 3
    challenge = json.loads(asked.out)["challenge"]
    answer, accreditation = tmp_path / "answer.jwt", tmp_path / "accreditation.jwt"
    assert type_in("issuer", "accept", "--challenge", challenge, "--out", answer, *own).code == 0
    given = ("--answer", answer, "--out", accreditation, "--expires", "2050-12-31")
    named = ("--as", "TI", "--name", "Aalborg University", *SCOPE)
    made = type_in("issuer", "accredit", did, *named, *given, *agency)
    assert made.code == 0, made.err
    accepted = type_in("issuer", "accept", accreditation, *own, "--json")
    assert accepted.code == 0, accepted.err
    attribute = json.loads(accepted.out)["attributeId"]

    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "diploma.pdf").write_bytes(b"%PDF-1.7")
    living.world.follow()
    anchored = type_in("batch", "anchor", folder, *own, "--json", "--attribute", attribute)
    assert anchored.code == 0, anchored.err
    batch = json.loads(anchored.out)
    assert (batch["state"], batch["files"], batch["salted"]) == ("final", 1, 1)
    shown = type_in("batch", "show", batch["root"], batch["size"], *own, "--json")
    assert json.loads(shown.out)["state"] == "final"

    checked = type_in("verify", folder / "diploma.pdf", "--node", url)
    assert checked.code == 0, checked.out
    assert "by Aalborg University, accredited by Agency, up to the Root TAO Council" in checked.out

    kept = tmp_path / "kept.checkpoint"
    rpc = living.world.ledger.ledger.url
    audited = type_in("audit", "--node", url, "--out", kept)
    assert audited.code == 0, audited.out
    assert "Aalborg" in audited.out
    assert type_in("audit", "--node", url, "--rpc", rpc, "--from", kept, "--json").code in {0, 1}

    assert type_in("issuer", "revoke", did, attribute, *agency).code == 0
    living.world.follow()
    assert (
        json.loads(type_in("issuer", "show", did, "--node", url, "--json").out)["name"]
        == "Aalborg University"
    )
    again = type_in("verify", folder / "diploma.pdf", "--node", url)
    assert again.code == 0
    assert "accredited then, not now" in again.out


def test_a_did_is_made_and_registered_with_an_invitation(living: Play, type_in: Type, tmp_path: Path) -> None:
    command = ("did", "create", "--node", living.world.url, "--profile", tmp_path / "insa")
    asked = type_in(*command)
    assert (asked.code, "is not invited" in asked.err) == (1, True)
    invitation = tmp_path / "invitation.jwt"
    invitation.write_text(invite(living.world.node, parse_ebsi_did(load_profile(tmp_path / "insa").did)))
    made = type_in(*command, "--invitation", invitation)
    assert made.code == 0, made.err
    living.world.follow()
    shown = type_in("did", "show", "--profile", tmp_path / "insa", "--json")
    document = json.loads(shown.out)["didDocument"]
    assert len(document["verificationMethod"]) == 2
    assert document["id"] in made.out


def test_verify_ends_with_the_exit_code_of_its_outcome(
    living: Play, type_in: Type, files: Callable[..., Path]
) -> None:
    folder, url = files(2), living.world.url
    anchored = type_in("batch", "anchor", folder, *profile(living, "KTU"))
    assert anchored.code == 0
    rows = dict(line.split() for line in anchored.out.splitlines() if len(line.split()) == 2)
    named = ("--did", rows["did"], "--node", url)
    assert type_in("batch", "show", rows["root"], rows["size"], *named).code == 0
    file = folder / "0.jwt"
    assert type_in("verify", file, "--node", url).code == 0
    assert type_in("verify", file).code == 3
    receipt = json.loads((folder / "0.jwt.receipt.json").read_text())
    kept = folder / "kept.checkpoint"
    kept.write_text(receipt["checkpoint"])
    offline = type_in("verify", file, "--checkpoint", kept, "--json")
    assert (offline.code, json.loads(offline.out)["outcome"]) == (0, "valid")
    stranger = folder / "stranger.jwt"
    stranger.write_text(signed_credential(living.issuers["KTU"].signer(), now=living.now))
    assert type_in("verify", stranger, "--node", url).code == 1
    assert type_in("verify", stranger).code == 2
    assert type_in("verify", file, "--node", "http://127.0.0.1:9").code == 4


def test_keys_are_replaced_and_the_document_of_before_stays_visible(living: Play, type_in: Type) -> None:
    issuer = living.member("Agency", "Hamburg")
    before = issuer.profile.credential_key
    rotated = type_in("did", "rotate", "--credential-key", *profile(living, "Hamburg"), "--json")
    assert rotated.code == 0, rotated.err
    found = json.loads(rotated.out)
    assert found["retired"] == [before]
    living.world.follow()
    now = type_in("did", "show", issuer.did, "--node", living.world.url)
    assert found["key"] in now.out
    assert before in now.out  # for an hour, beside the new one
    document = json.loads(type_in("did", "show", issuer.did, "--node", living.world.url, "--json").out)
    assert document["didDocument"]["id"] == issuer.did


@pytest.mark.parametrize("name", ["0.jwt", "diploma.pdf"])
def test_a_receipt_that_fits_a_kept_checkpoint_is_fetched_and_then_no_node_is_needed(
    living: Play, type_in: Type, files: Callable[..., Path], name: str
) -> None:
    folder, url = files(2), living.world.url
    assert type_in("batch", "anchor", folder, *profile(living, "KTU")).code == 0
    older, newer = folder / "older.checkpoint", folder / "newer.checkpoint"
    assert type_in("audit", "--node", url, "--out", newer).code == 0
    older.write_text(living.world.get("/v1/log/checkpoint", params={"size": "3"}).text)
    living.join(f"Later than {name}")  # the log goes on: no size is right by chance
    living.world.follow()
    assert type_in("audit", "--node", url, "--out", newer).code == 0
    file = folder / name

    unattested = type_in("verify", file, "--checkpoint", newer)
    assert unattested.code == 3
    assert f"ankyra verify {name} --node URL --checkpoint FILE --save-receipt" in unattested.out
    living.join(f"Still later than {name}")
    living.world.follow()
    saved = type_in("verify", file, "--node", url, "--checkpoint", newer, "--save-receipt", "--json")
    assert saved.code == 0, saved.out + saved.err
    assert json.loads(saved.out)["receiptSaved"] == f"{file}.receipt.json"
    assert type_in("verify", file, "--checkpoint", newer).code == 0

    early = type_in("verify", file, "--node", url, "--checkpoint", older, "--save-receipt")
    assert (early.code, "obtain a newer checkpoint" in early.err) == (2, True)
    past = type_in("verify", file, "--node", url, "--as-of", "2020-01-01", "--save-receipt")
    assert past.code in {1, 3}
    assert "no receipt kept: the verdict is in" in past.out
    assert re.search(r"judged as of 2020-01-01T00:00:00Z, by the node's log of size \d+", past.out)
    assert type_in("verify", file, "--checkpoint", newer).code == 0


def test_saving_a_receipt_needs_a_node_and_never_destroys_another_ones_salt(
    living: Play, type_in: Type, files: Callable[..., Path]
) -> None:
    folder, url = files(1), living.world.url
    assert type_in("batch", "anchor", folder, *profile(living, "KTU")).code == 0
    assert type_in("verify", folder / "0.jwt", "--save-receipt").code == 2
    kept, salted = folder / "0.jwt.receipt.json", folder / "diploma.pdf.receipt.json"
    kept.write_bytes(salted.read_bytes())
    typed = type_in("verify", folder / "0.jwt", "--node", url, "--save-receipt")
    assert (typed.code, "move it away" in typed.err) == (2, True)
    assert kept.read_bytes() == salted.read_bytes()


@pytest.mark.parametrize(
    ("did", "code", "words"),
    [
        ("did:ebsi:zZeKyEJfUTGwajhNyNX928z", 1, "is not registered"),
        ("did:ebsi:nonsense", 2, "cannot be resolved"),
        ("did:web:example.org", 2, "of a method that the node does not resolve"),
        ("nonsense", 2, "is no DID"),
    ],
)
def test_a_did_that_does_not_resolve_is_told_in_words(
    living: Play, type_in: Type, did: str, code: int, words: str
) -> None:
    typed = type_in("did", "show", did, "--node", living.world.url)
    assert (typed.code, words in typed.err) == (code, True), typed.err
    assert "later" not in typed.err


def test_a_node_says_how_it_is(living: Play, type_in: Type) -> None:
    typed = type_in("node", "status", "--node", living.world.url, "--json")
    assert typed.code in {0, 3}
    assert "ready" in json.loads(typed.out)


def test_the_passphrase_may_come_from_a_file(living: Play, type_in: Type, tmp_path: Path) -> None:
    wrong, right = tmp_path / "wrong", tmp_path / "right"
    wrong.write_text("guess\n")
    right.write_text("pass\n")
    rotate = ("did", "rotate", "--ledger-key", *profile(living, "KTU"), "--passphrase-file")
    typed = type_in(*rotate, wrong)
    assert typed.code == 2
    assert "passphrase" in typed.err
    assert "guess" not in typed.err + typed.out
    assert type_in(*rotate, right).code == 0
