"""One command from nothing to an issuer: at one desk, between two people, cut off anywhere, and planned."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from did.syntax import parse_ebsi_did
from node.cli import onboard as command
from node.cli.failures import WAITING
from node.client import courier, settlement
from node.client.onboarding import create_profile
from node.client.profile import load_profile
from node.client.standing import attributes_of
from node.services.invitations import invite
from tests.node.cli.conftest import Type, Typed
from tests.node.cli.test_cut_off import PLACES, Gone, profile
from tests.node.cli.test_killed import PROGRAM, environment
from tests.node.client.conftest import SCHEMA, Play, keystore_in

pytestmark = pytest.mark.enable_socket
TERMS = ("--schema", SCHEMA, "--type", "MicroCredential", "--valid-until", "2050-12-31")
REGISTRATION = ["insertDidDocument", "addVerificationMethod", *["addVerificationRelationship"] * 2]
ACCREDITATION = ["setAttributeMetadata", "setAttributeData"]
_SECONDS = 120
_MOST = 60
"""Times that a command may be cut off before it must have come to its end."""


def prepared(living: Play, name: str) -> str:
    """A profile with keys that open fast; the ledger has not heard of it."""
    folder = living.folder / name
    return create_profile(folder, node_url=living.world.url, keystore=living.keystore(name)).did


def desk(living: Play, name: str, goal: str = "issuer") -> tuple[str, ...]:
    """The command that does all at one desk."""
    by = ("--accredit-with", str(living.folder / ("Agency" if goal == "issuer" else "Council")))
    own = ("--as", goal, "--name", name, *TERMS, *profile(living, name), "--node", living.world.url)
    return "issuer", "onboard", *own, *by, "--json"


def state_of(living: Play, did: str) -> dict[str, Any]:
    """What the ledger came to hold of a DID, without what is random in it."""
    living.world.follow()
    node = living.node
    document = node.resolve(did)
    assert document is not None
    names = {one["id"]: one["publicKeyJwk"]["crv"] for one in document["verificationMethod"]}
    relationships = ("authentication", "assertionMethod", "capabilityInvocation")
    history = node.get("/v1/history", params={"issuer": did, "limit": "1000"})["items"]
    attributes = attributes_of(node, did)
    return {
        "keys": sorted(names.values()),
        "relationships": {name: sorted(names[one] for one in document[name]) for name in relationships},
        "attributes": [(one.issuer_type, one.body.count(".")) for one in attributes],
        "history": [entry["kind"] for entry in history],
    }


@pytest.fixture
def undisturbed(living: Play, type_in: Type) -> dict[str, Any]:
    """The state to which a run comes that nobody cuts off."""
    name = f"Undisturbed {len(list(living.folder.iterdir()))}"
    did = prepared(living, name)
    typed = type_in(*desk(living, name))
    assert typed.code == 0, typed.err
    return state_of(living, did)


def test_one_command_at_one_desk_does_it_all_and_reports_each_transaction(
    living: Play, type_in: Type
) -> None:
    did = prepared(living, "Ghent")
    typed = type_in(*desk(living, "Ghent"))
    assert typed.code == 0, typed.err
    told = json.loads(typed.out)
    assert (told["did"], told["state"]) == (did, "done")
    sent = {one["function"]: one for one in told["transactions"]}
    assert [one["function"] for one in told["transactions"]].count("addVerificationRelationship") == 2
    assert sorted(sent) == sorted({*REGISTRATION, *ACCREDITATION})
    assert sent["setAttributeMetadata"]["who"] == "accreditor"
    assert {one["who"] for name, one in sent.items() if name != "setAttributeMetadata"} == {"applicant"}
    for one in told["transactions"]:
        receipt = living.node.ledger("eth_getTransactionReceipt", [one["hash"]])
        assert isinstance(receipt, dict)
        assert (int(receipt["blockNumber"], 16), receipt["status"]) == (one["block"], "0x1")
        assert one["state"] in {"mined", "final"}
    living.world.follow()
    shown = living.world.ok(f"/v1/issuers/{did}")
    assert (shown["name"], shown["accreditation"]["inForce"]) == ("Ghent", True)
    again = type_in(*desk(living, "Ghent"))
    assert (again.code, json.loads(again.out)["attributeId"]) == (0, told["attributeId"])
    assert state_of(living, did)["attributes"] == [("TI", 2)]


def test_a_tao_onboards_whom_it_then_onboards(living: Play, type_in: Type) -> None:
    prepared(living, "Ministry")
    typed = type_in(*desk(living, "Ministry", "tao"))
    assert typed.code == 0, typed.err
    prepared(living, "College")
    named = ("--as", "issuer", "--name", "College", *TERMS, "--valid-until", "2050-01-31")
    by = ("--accredit-with", str(living.folder / "Ministry"))
    typed = type_in("issuer", "onboard", *named, *by, *profile(living, "College"), "--jurisdiction", "LTU")
    assert typed.code == 0, typed.err
    assert "is an issuer, by the attribute" in typed.out
    assert typed.out.count("setAttributeMetadata") == 1


def test_nothing_is_sent_of_what_exceeds_the_accreditors_own(living: Play, type_in: Type) -> None:
    did = living.join("Grasping").did
    before = living.world.ledger.ledger.height()
    own = ("--name", "Grasping", "--schema", SCHEMA, *profile(living, "Grasping"), "--json")
    by = ("--accredit-with", str(living.folder / "Agency"))
    for exceeding in (
        ("--type", "DoctoralDegree", "--valid-until", "2050-12-31"),
        ("--type", "MicroCredential", "--valid-until", "2999-12-31"),
        (
            "--type",
            "MicroCredential",
            "--valid-until",
            "2050-12-31",
            "--jurisdiction",
            "https://moon.example",
        ),
    ):
        typed = type_in("issuer", "onboard", "--as", "issuer", *exceeding, *own, *by)
        assert (typed.code, "your own accreditation" in typed.err) == (1, True), typed.err
    assert attributes_of(living.node, did) == []
    kept = living.open("Agency").outbox.entries()
    assert not any(did.encode() in entry.data for entry in kept)
    assert living.world.ledger.ledger.height() >= before


def test_two_people_pass_papers_to_and_fro(living: Play, type_in: Type, tmp_path: Path) -> None:
    did = prepared(living, "Vilnius")
    own, agency = profile(living, "Vilnius"), profile(living, "Agency")
    onboard = ("issuer", "onboard", "--as", "issuer", "--node", living.world.url, *own)
    key, invitation, answer, accreditation = (
        tmp_path / name for name in ("key.json", "invitation.jwt", "answer.jwt", "accreditation.jwt")
    )
    typed = type_in(*onboard, "--out", key)
    assert (typed.code, f"ankyra issuer invite {did} --bound-to FILE" in typed.out) == (WAITING, True)
    assert f"issuer onboard --as issuer --profile {own[1]} --invitation FILE" in typed.out

    assert type_in("issuer", "invite", did, "--bound-to", key, "--out", invitation, *agency).code == 0
    typed = type_in(*onboard, "--invitation", invitation, "--json")
    told = json.loads(typed.out)
    assert (typed.code, told["state"], told["missing"]) == (WAITING, "waiting", "challenge")
    assert [one["function"] for one in told["transactions"]] == REGISTRATION

    asked = type_in("issuer", "accredit", did, *agency, "--json")
    challenge = json.loads(asked.out)["challenge"]
    typed = type_in(*onboard, "--challenge", challenge, "--out", answer)
    assert (typed.code, f"Send {answer} to your accreditor" in typed.out) == (WAITING, True)
    given = ("--answer", answer, "--out", accreditation)
    assert type_in("issuer", "accredit", did, "--name", "Vilnius", *TERMS, *given, *agency).code == 0

    typed = type_in(*onboard, "--accreditation", accreditation, "--json")
    assert typed.code == 0, typed.err
    assert [one["function"] for one in json.loads(typed.out)["transactions"]][-1] == "setAttributeData"
    assert state_of(living, did)["attributes"] == [("TI", 2)]


def test_an_invitation_that_was_stolen_serves_nobody_else(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    """The invitation names the applicant's key: who holds it and another key gets no token."""
    did = prepared(living, "Robbed")
    prepared(living, "Robber")
    living.open("Robber").change(did=did)
    key, invitation = tmp_path / "key.json", tmp_path / "invitation.jwt"
    onboard = ("issuer", "onboard", "--as", "issuer")
    assert type_in(*onboard, "--out", key, *profile(living, "Robbed")).code == WAITING
    bound = ("--bound-to", key, "--out", invitation)
    assert type_in("issuer", "invite", did, *bound, *profile(living, "Agency")).code == 0
    stolen = type_in(*onboard, "--invitation", invitation, *profile(living, "Robber"))
    assert (stolen.code, "not signed with the key" in stolen.err) == (1, True), stolen.err
    assert type_in(*onboard, "--invitation", invitation, *profile(living, "Robbed")).code == WAITING
    assert living.node.resolve(did) is not None


def test_a_root_tao_waits_for_its_operators(living: Play, type_in: Type, tmp_path: Path) -> None:
    did = prepared(living, "Senate")
    onboard = ("issuer", "onboard", "--as", "root", *profile(living, "Senate"))
    typed = type_in(*onboard)
    assert (typed.code, f"ankyra node invite {did}" in typed.out) == (WAITING, True)
    invitation = tmp_path / "invitation.jwt"
    invitation.write_text(invite(living.world.node, parse_ebsi_did(did)))
    typed = type_in(*onboard, "--invitation", invitation)
    assert (typed.code, "appoint this DID as a Root TAO" in typed.out) == (WAITING, True)
    attribute_id = living.appoint(did)
    assert type_in(*onboard).code == 2  # it has to say what it accredits for
    typed = type_in(*onboard, "--name", "Senate", *TERMS, "--json")
    assert (typed.code, json.loads(typed.out)["attributeId"]) == (0, attribute_id.hex())
    assert state_of(living, did)["attributes"] == [("RootTAO", 2)]


def test_a_dry_run_says_what_would_be_sent_and_does_nothing(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    nowhere = ("--profile", str(tmp_path / "nobody"), "--node", living.world.url)
    typed = type_in("issuer", "onboard", "--as", "root", "--dry-run", *nowhere, "--json")
    told = json.loads(typed.out)
    assert (typed.code, told["did"], told["state"]) == (0, None, "planned")
    assert [one["function"] for one in told["transactions"]] == [*REGISTRATION, *ACCREDITATION]
    assert [one["who"] for one in told["transactions"]][-2:] == ["operator", "applicant"]
    assert not (tmp_path / "nobody").exists()

    prepared(living, "Planned")
    kept = sorted(path.name for path in (living.folder / "Planned").rglob("*"))
    typed = type_in(*desk(living, "Planned"), "--dry-run")
    issuer, agency = living.open("Planned"), living.open("Agency")
    own, tao = (one.keystore.open(one.profile.ledger_key).address for one in (issuer, agency))
    rows = {
        (one["function"], one["contract"], one["sender"]) for one in json.loads(typed.out)["transactions"]
    }
    assert ("insertDidDocument", "DidRegistry", own) in rows
    assert ("setAttributeMetadata", "TrustedIssuersRegistry", tao) in rows
    assert sorted(path.name for path in (living.folder / "Planned").rglob("*")) == kept
    assert living.node.ledger("eth_getTransactionCount", [own, "pending"]) == "0x0"

    living.join("Planned")
    told = json.loads(type_in(*desk(living, "Planned"), "--dry-run").out)
    assert [one["function"] for one in told["transactions"]] == ACCREDITATION
    done = type_in("issuer", "onboard", "--as", "issuer", *profile(living, "KTU"), "--dry-run")
    assert (done.code, "Nothing is missing." in done.out) == (0, True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--as", "king"), "root, tao or issuer"),
        (("--as", "root", "--accredit-with", "x"), "nobody accredits a Root TAO"),
        (("--as", "issuer", "--name", "Half"), "--valid-until"),
        (("--as", "issuer", *TERMS, "--name", "Half", "--jurisdiction", "moon"), "is no jurisdiction"),
        (("--as", "issuer", "--invitation", "/nowhere/at/all"), "cannot read"),
        (("--as", "issuer", "--challenge", "nonsense"), "this is no challenge"),
    ],
)
def test_misuse_is_told_before_anything_is_sent(
    living: Play, type_in: Type, given: tuple[str, ...], words: str
) -> None:
    own = profile(living, "KTU" if "--challenge" not in given else "Asked")
    if "--challenge" in given:
        living.join("Asked")
    typed = type_in("issuer", "onboard", *given, *own)
    assert (typed.code, words in typed.err) == (2, True), typed.err


# --- cut off ------------------------------------------------------------------------------------------------


def test_cut_off_at_each_transaction_it_comes_to_the_same_end(
    living: Play, type_in: Type, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, Any]
) -> None:
    """Signed, sent, mined: at each of the six transactions the command ends once, and is typed again."""
    did = prepared(living, "Oulu")
    cuts: set[tuple[str, int]] = set()

    def reach(name: str) -> None:
        """End at each place once for each transaction."""
        signed = sum(len(living.open(one).outbox.entries()) for one in ("Oulu", "Agency"))
        if name in PLACES and (name, signed) not in cuts:
            cuts.add((name, signed))
            raise Gone

    ended: Typed | None = None
    for _ in range(_MOST):
        with monkeypatch.context() as patched:
            for module in (courier, settlement):
                patched.setattr(module, "reach", reach)
            try:
                ended = type_in(*desk(living, "Oulu"))
            except Gone:
                continue
        break
    assert ended is not None
    assert ended.code == 0, ended.err
    often = {place: [name for name, _ in cuts].count(place) for place in PLACES}
    assert often["client-signed"] == often["client-sent"] == len([*REGISTRATION, *ACCREDITATION])
    assert often["client-mined"] > 0  # what the document shows by then is not waited for again
    assert state_of(living, did) == undisturbed


def test_killed_at_each_step_it_comes_to_the_same_end(
    living: Play, type_in: Type, undisturbed: dict[str, Any]
) -> None:
    """Real processes, SIGKILL: at the first step, at the second, and so on until none is left."""
    killed = []
    for step in range(1, _MOST):
        name = f"Killed {step}"
        did = prepared(living, name)
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, *desk(living, name)],
            env=environment(ANKYRA_FAILPOINT=f"client-step:{step}", ANKYRA_PASSPHRASE="pass"),
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
        killed.append(ended.returncode)
        typed = type_in(*desk(living, name))
        assert typed.code == 0, typed.err
        assert state_of(living, did) == undisturbed, step
        if ended.returncode == 0:
            break
    assert killed == [-signal.SIGKILL] * (len(killed) - 1) + [0]
    assert len(killed) > 5


def test_a_profile_that_was_made_and_left_is_gone_on_with(
    living: Play, type_in: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first step makes the keys: who dies then has them, and makes no others."""
    own = ("--profile", str(tmp_path / "fresh"), "--node", living.world.url)

    def gone(name: str) -> None:
        raise Gone(name)

    monkeypatch.setattr(command, "keystore_of", lambda folder, *_, **__: keystore_in(folder))
    with monkeypatch.context() as patched:
        patched.setattr(command, "reach", gone)
        with pytest.raises(Gone):
            type_in("issuer", "onboard", "--as", "issuer", *own)
    did = load_profile(tmp_path / "fresh").did
    typed = type_in("issuer", "onboard", "--as", "issuer", *own, "--json")
    assert (typed.code, json.loads(typed.out)["did"]) == (WAITING, did)


def test_an_accreditation_for_something_else_is_not_accepted(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    living.join("Mistaken")
    made = living.accredit("Agency", "Mistaken", "TI")
    paper = tmp_path / "paper.jwt"
    paper.write_text(made.credential)
    own = ("--accreditation", paper, *profile(living, "Mistaken"))
    typed = type_in("issuer", "onboard", "--as", "tao", *own)
    assert (typed.code, "is for TI, and not for TAO" in typed.err) == (1, True), typed.err
