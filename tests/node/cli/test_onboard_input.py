"""What onboarding is given is looked at before anything is kept or said to be under way."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from did.syntax import parse_ebsi_did
from node.cli import context
from node.cli.failures import WAITING
from node.client.profile import load_profile
from node.services.invitations import invite
from tests.node.cli.conftest import Type
from tests.node.cli.test_cut_off import profile
from tests.node.cli.test_no_node import Serve, serve
from tests.node.cli.test_onboard import TERMS, prepared
from tests.node.client.conftest import SCHEMA, Play, keystore_in

__all__ = ["serve"]
pytestmark = pytest.mark.enable_socket
ONBOARD = ("issuer", "onboard", "--as", "issuer")
NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize("command", [ONBOARD, ("did", "create")], ids=" ".join)
def test_an_address_without_a_node_leaves_nothing_behind(
    type_in: Type, tmp_path: Path, serve: Serve, command: tuple[str, ...]
) -> None:
    """Neither silence, nor something else that answers, nor what is no address."""
    web = serve(200, b"<html>")
    for address, code in ((NOBODY, 4), (web, 4), ("registry.example", 2)):
        typed = type_in(*command, "--profile", str(tmp_path / "new" / "desk"), "--node", address)
        assert (typed.code, address in typed.err) == (code, True), typed.err
        assert not (tmp_path / "new").exists()
    typed = type_in(*ONBOARD, "--profile", str(tmp_path / "new"), "--node", web)
    assert "Registering" not in typed.out + typed.err


def test_a_new_profile_names_the_node_that_answered_and_its_ledger(
    living: Play, type_in: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "keystore_of", lambda folder, *_, **__: keystore_in(folder))
    monkeypatch.setattr(context, "DEFAULT_NODE", NOBODY)
    new = ("--profile", str(tmp_path / "new"))
    assert type_in("did", "create", *new).code == 4
    assert type_in("did", "create", *new, "--node", living.world.url).code == 1  # it is not invited
    made = load_profile(tmp_path / "new")
    assert (made.node, made.deployment) == (living.world.url, living.node.deployment())


def test_beside_an_accreditor_of_another_ledger_nothing_is_made(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    agency = living.open("Agency")
    pinned = living.node.deployment()
    agency.change(deployment=replace(pinned, chain_id=pinned.chain_id + 1))
    by = ("--accredit-with", str(living.folder / "Agency"), "--name", "New", *TERMS)
    typed = type_in(*ONBOARD, *by, "--profile", str(tmp_path / "new"))
    assert (typed.code, "another chain id" in typed.err) == (1, True), typed.err
    assert not (tmp_path / "new").exists()


def test_a_paper_that_is_no_invitation_for_the_did_is_told_before_anything_begins(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    own = profile(living, "Misled")
    prepared(living, "Misled")
    other = invite(living.world.node, parse_ebsi_did(prepared(living, "Other")))
    head, claims, signature = other.split(".")
    papers = {
        "text": b"Dear colleague, you are invited.",
        "binary": os.urandom(1000),
        "long": b"a" * 100_000,
        "nothing": b"",
        "other": other.encode(),
        "forged": f"{head}.{claims}.{signature[::-1]}".encode(),
        "key": b'{"kty":"EC"}',
    }
    for name, content in papers.items():
        paper = tmp_path / name
        paper.write_bytes(content)
        for command in (ONBOARD, ("did", "create")) if name == "other" else (ONBOARD,):
            typed = type_in(*command, "--invitation", paper, *own)
            assert typed.code == 2, (name, typed.err)
            assert "Registering" not in typed.out + typed.err
            assert "Nothing was sent. Name the file that you were sent" in typed.err
    told = json.loads(type_in(*ONBOARD, "--invitation", tmp_path / "other", *own, "--json").out)
    assert told["error"]["code"] == 2
    assert type_in(*ONBOARD, *own).code == WAITING, "none of them was kept"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--as", "root", "--challenge", "x"), "nobody accredits a Root TAO: leave --challenge out"),
        (("--as", "root", "--accreditation", "x"), "leave --accreditation out"),
        (("--as", "tao", "--accredit-with", "x", "--challenge", "y"), "leave --challenge out"),
        (("--as", "tao", "--challenge", "y", "--accreditation", "x"), "leave --challenge out"),
        (("--as", "issuer", *TERMS, "--name", "N"), "or name the accreditor's profile with --accredit-with"),
        (("--as", "issuer", "--accreditor-passphrase-file", "x"), "needs --accredit-with"),
        (("--as", "issuer", "--challenge", "y"), "there is no profile in"),
        (("--as", "root", "--invitation", "x"), "name it with --profile"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_does_not_go_together_is_one_line_with_what_to_do(
    type_in: Type, tmp_path: Path, given: tuple[str, ...], words: str
) -> None:
    typed = type_in("issuer", "onboard", *given, "--profile", str(tmp_path / "new"), "--node", NOBODY)
    assert (typed.code, words in typed.err) == (2, True), typed.err
    assert len(typed.err.splitlines()) == 1


GOOD = {"--name": "New", "--schema": SCHEMA, "--type": "MicroCredential", "--valid-until": "2050-12-31"}
UNUSABLE = [
    ("--schema", "MicroCredential", "`MicroCredential` is no schema id"),
    ("--schema", "z", "`z` is no schema id"),
    ("--schema", "../" + SCHEMA, "is no schema id"),
    ("--schema", SCHEMA[:-4], "is no schema id"),
    ("--valid-until", "2020-01-31", "2020-01-31 is over already"),
    ("--type", "Micro Credential", "`Micro Credential` is no credential type"),
    ("--type", "x" * 129, "is no credential type"),
    ("--name", "a\tb", "printable"),
]


@pytest.mark.parametrize(("option", "value", "words"), UNUSABLE)
def test_terms_that_no_accreditation_has_are_told_before_anything_is_looked_at(
    type_in: Type, tmp_path: Path, option: str, value: str, words: str
) -> None:
    """Neither a profile nor a node is needed to say so: nothing is made, nothing sent."""
    terms = [part for pair in (GOOD | {option: value}).items() for part in pair]
    nowhere = ("--profile", str(tmp_path / "new"), "--node", NOBODY)
    commands = [
        ("issuer", "onboard", "--as", "root"),
        ("issuer", "onboard", "--as", "root", "--dry-run"),
        ("issuer", "onboard", "--as", "tao", "--accredit-with", "agency"),
        ("issuer", "onboard", "--as", "issuer", "--accredit-with", "agency", "--dry-run"),
    ]
    for command in commands:
        typed = type_in(*command, *terms, *nowhere)
        assert (typed.code, words in typed.err) == (2, True), (command, typed.err)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("option", "value", "words"), UNUSABLE[:1] + UNUSABLE[4:6])
def test_whoever_gives_terms_by_another_command_is_told_the_same(
    living: Play, type_in: Type, tmp_path: Path, option: str, value: str, words: str
) -> None:
    terms = [part for pair in (GOOD | {option: value}).items() for part in pair]
    did = living.issuers["KTU"].did
    answer = tmp_path / "answer.jwt"
    answer.write_text("a.b.c")
    accept, accredit = ("accept", "--root", "ab" * 32), ("accredit", did, "--answer", answer)
    for command, name in ((accept, "Council"), (accredit, "Agency")):
        typed = type_in("issuer", *command, *terms, *profile(living, name))
        assert (typed.code, words in typed.err) == (2, True), typed.err


def test_an_accreditor_that_may_not_accredit_so_is_told_before_the_newcomer_registers(
    living: Play, type_in: Type
) -> None:
    did = prepared(living, "Hasty")
    exceeding = GOOD | {"--type": "DoctoralDegree"}
    for by, terms, words in (
        ("KTU", GOOD, "has no accreditation as RootTAO or TAO"),
        ("Agency", exceeding, "does not cover this"),
        ("Agency", GOOD | {"--valid-until": "2999-12-31"}, "name an earlier end"),
    ):
        given = [part for pair in terms.items() for part in pair]
        desk = (*ONBOARD, "--accredit-with", str(living.folder / by), *given, *profile(living, "Hasty"))
        for command in (desk, (*desk, "--dry-run")):
            typed = type_in(*command)
            assert (typed.code, words in typed.err) == (1, True), typed.err
    assert living.node.resolve(did) is None
    assert living.open("Hasty").outbox.entries() == []


def test_help_says_which_options_are_for_whom(type_in: Type) -> None:
    shown = type_in("issuer", "onboard", "--help").out
    assert "root: --invitation" in shown
    assert "tao, issuer: --invitation, --challenge and --accreditation" in shown
    accredit = " ".join(type_in("issuer", "accredit", "--help").out.split())
    for command in ("`ankyra issuer onboard --challenge`", "`ankyra issuer accept --challenge`"):
        assert command in accredit
