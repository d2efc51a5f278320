"""Commands that are cut off at each place where one can be, and typed again: one deed, once on the ledger."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from node.client import courier, settlement, status_publication
from node.client.errors import NodeUnreachable
from node.client.onboarding import create_profile
from node.client.status_lists import allot
from tests.node.cli.conftest import Type
from tests.node.client.conftest import SCHEMA, Play
from tests.node.client.credentials import signed_credential

pytestmark = pytest.mark.enable_socket
PLACES = ("client-signed", "client-sent", "client-mined")
SCOPE = ("--schema", SCHEMA, "--type", "MicroCredential", "--expires", "2050-12-31")


class Gone(BaseException):
    """The process is no more, as far as nothing of it runs on."""


Cut = Callable[..., None]


@pytest.fixture
def cut(type_in: Type, monkeypatch: pytest.MonkeyPatch) -> Cut:
    """Types a command that ends at a place, when it is there for the n-th time."""

    def typed(place: str, times: int, *arguments: object) -> None:
        seen = 0

        def reach(name: str) -> None:
            nonlocal seen
            seen += name == place
            if seen == times:
                raise Gone

        with monkeypatch.context() as patched:
            for module in (courier, settlement):
                patched.setattr(module, "reach", reach)
            with pytest.raises(Gone):
                type_in(*arguments)

    return typed


def profile(play: Play, name: str) -> tuple[str, str]:
    return "--profile", str(play.folder / name)


def transactions(play: Play, name: str) -> int:
    """How many the ledger has of all keys of a profile."""
    kept = play.open(name)
    keys = [kept.keystore.open(kid) for kid in (kept.profile.ledger_key, *kept.profile.retired_keys)]
    accounts = [key.address for key in keys if key.crv == "secp256k1"]
    counts = [play.node.ledger("eth_getTransactionCount", [account, "latest"]) for account in accounts]
    return sum(int(str(count), 16) for count in counts)


def ends_well(play: Play, name: str, type_in: Type, *arguments: object, entries: int) -> str:
    """The same command ends well, and the profile has sent so many transactions since, all of which count."""
    typed = type_in(*arguments)
    assert typed.code == 0, typed.err
    assert transactions(play, name) == entries
    entries_now = play.open(name).courier().settle()
    assert {entry.state for entry in entries_now} <= {"mined", "final"}
    assert all(entry.answered for entry in entries_now)
    return typed.out


@pytest.mark.parametrize(
    ("place", "times"), [("client-signed", 1), ("client-sent", 2), ("client-mined", 1), ("client-mined", 4)]
)
def test_a_registration(living: Play, type_in: Type, cut: Cut, place: str, times: int) -> None:
    name = f"Member-{place}-{times}"
    create_profile(living.folder / name, node_url=living.world.url, keystore=living.keystore(name))
    living.invite(living.open(name))
    command = ("did", "create", "--node", living.world.url, *profile(living, name))
    cut(place, times, *command)
    ends_well(living, name, type_in, *command, entries=4)
    assert type_in(*command).code == 2  # and only now there is one already


def test_a_registration_sent_by_the_outbox_needs_a_key_only_while_it_is_not_on_the_ledger(
    living: Play, type_in: Type, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_profile(living.folder / "Late", node_url=living.world.url, keystore=living.keystore("Late"))
    living.invite(living.open("Late"))
    cut("client-signed", 1, "did", "create", "--node", living.world.url, *profile(living, "Late"))
    resume = ("outbox", "resume", *profile(living, "Late"))
    with monkeypatch.context() as patched:
        patched.delenv("ANKYRA_PASSPHRASE")
        typed = type_in(*resume)
    assert (typed.code, "no passphrase" in typed.err) == (2, True), typed.err
    assert transactions(living, "Late") == 0
    assert type_in(*resume).code == 0
    assert transactions(living, "Late") == 1
    monkeypatch.delenv("ANKYRA_PASSPHRASE")
    assert type_in(*resume).code == 0


@pytest.mark.parametrize(
    ("use", "place"),
    [("credential", "client-sent"), ("ledger", "client-signed"), ("ledger", "client-mined")],
)
def test_a_key_change(living: Play, type_in: Type, cut: Cut, place: str, use: str) -> None:
    name = f"Rotating-{place}-{use}"
    before = living.member("Agency", name)
    before.outbox.end_command()
    command = ("did", "rotate", f"--{use}-key", *profile(living, name), "--json")
    sent = transactions(living, name)
    cut(place, 1, *command)
    found = json.loads(ends_well(living, name, type_in, *command, entries=sent + 1))
    after = living.open(name).profile
    assert found["key"] in {after.ledger_key, after.credential_key}
    assert len(after.retired_keys) == 1


@pytest.mark.parametrize("place", PLACES)
def test_an_accreditation_given_accepted_and_revoked(
    living: Play, type_in: Type, cut: Cut, tmp_path: Path, place: str
) -> None:
    name = f"Newcomer-{place}"
    did = living.join(name).did
    living.issuers[name].outbox.end_command()
    living.issuers["Agency"].outbox.end_command()
    agency, own = profile(living, "Agency"), profile(living, name)
    challenge = json.loads(type_in("issuer", "accredit", did, *agency, "--json").out)["challenge"]
    answer, given = tmp_path / "answer.jwt", tmp_path / "given.jwt"
    assert type_in("issuer", "accept", "--challenge", challenge, "--out", answer, *own).code == 0

    accredit = ("issuer", "accredit", did, "--name", name, *SCOPE, "--answer", answer, "--out", given)
    sent = transactions(living, "Agency")
    cut(place, 1, *accredit, *agency)
    assert not given.exists()
    ends_well(living, "Agency", type_in, *accredit, *agency, entries=sent + 1)

    sent = transactions(living, name)
    accept = ("issuer", "accept", given, *own, "--json")
    cut(place, 1, *accept)
    attribute = json.loads(ends_well(living, name, type_in, *accept, entries=sent + 1))["attributeId"]
    living.world.follow()
    assert living.world.ok(f"/v1/issuers/{did}")["accreditation"]["inForce"] is True

    sent = transactions(living, "Agency")
    revoke = ("issuer", "revoke", did, attribute, *agency)
    cut(place, 1, *revoke)
    ends_well(living, "Agency", type_in, *revoke, entries=sent + 1)


@pytest.mark.parametrize("place", PLACES)
def test_a_batch(living: Play, type_in: Type, cut: Cut, tmp_path: Path, place: str) -> None:
    (tmp_path / "files").mkdir()
    file = tmp_path / "files" / "diploma.jwt"
    file.write_text(signed_credential(living.issuers["KTU"].signer(), now=living.now))
    living.issuers["KTU"].outbox.end_command()
    command = ("batch", "anchor", tmp_path / "files", *profile(living, "KTU"), "--json")
    sent = transactions(living, "KTU")
    cut(place, 1, *command)
    found = json.loads(ends_well(living, "KTU", type_in, *command, entries=sent + 1))
    assert (found["state"], found["size"]) == ("final", 1)
    assert type_in("verify", file, "--node", living.world.url).code == 0


@pytest.mark.parametrize(
    ("place", "times"), [("client-signed", 2), ("client-sent", 1), ("client-mined", 1), ("client-mined", 2)]
)
def test_a_status_list_made_and_changed(
    living: Play, type_in: Type, cut: Cut, tmp_path: Path, place: str, times: int
) -> None:
    name, listed = f"Listing-{place}-{times}", f"list-{times}"
    living.member("Agency", name)
    living.issuers[name].outbox.end_command()
    own = profile(living, name)
    sent = transactions(living, name)
    create = ("status", "create", listed, *own, "--json")
    cut(place, times, *create)
    ends_well(living, name, type_in, *create, entries=sent + 2)
    if times == 2:
        return
    payload = tmp_path / "payload.json"
    payload.write_text(json.dumps({"subject": {"id": "did:key:z6MkhaXgBZD"}, "type": "MicroCredential"}))
    issue = ("credential", "issue", payload, "--schema", SCHEMA, "--status", listed, *own, "--json")
    issued = type_in(*issue, "--out", tmp_path / "out")
    assert issued.code == 0, issued.err
    file = json.loads(issued.out)["issued"][0]["file"]
    revoke = ("status", "revoke", file, "--now", *own, "--json")
    cut(place, 1, *revoke)
    found = json.loads(ends_well(living, name, type_in, *revoke, entries=sent + 3))
    assert found["lists"][0]["unpublished"] == 0


def test_a_publication_whose_node_went_away_before_the_end_is_not_sent_twice(
    living: Play, type_in: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    living.member("Agency", "Interrupted")
    living.issuers["Interrupted"].outbox.end_command()
    own = profile(living, "Interrupted")
    assert type_in("status", "create", "left", *own, "--json").code == 0
    (entry,) = allot(living.open("Interrupted"), "left", 1)
    sent = transactions(living, "Interrupted")
    revoke = ("status", "revoke", "--list", "left", "--index", entry["statusListIndex"], "--now", *own)

    def gone(*_: object) -> bool:
        raise NodeUnreachable(living.world.url, "it went away")

    looks = iter([False])  # it came back, and has not followed so far yet

    def behind(*arguments: Any) -> bool:
        return next(looks, True) and shows(*arguments)

    shows = status_publication._shows
    with monkeypatch.context() as patched:
        patched.setattr(status_publication, "_shows", gone)
        assert type_in(*revoke, "--json").code == 4
        patched.setattr(status_publication, "_shows", behind)
        ends_well(living, "Interrupted", type_in, *revoke, "--json", entries=sent + 1)
