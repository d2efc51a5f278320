"""Onboarding a DID that is on the ledger already: the same terms, others, over, or in another role."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from did.syntax import parse_ebsi_did
from node.cli import onboard as command
from node.cli.failures import WAITING
from node.client.errors import Refused
from node.client.onboard import Given, standing
from node.client.standing import attributes_of
from node.services.invitations import invite
from tests.node.cli.conftest import Type
from tests.node.cli.test_cut_off import profile
from tests.node.cli.test_onboard import TERMS, prepared
from tests.node.client.conftest import SCHEMA, Play

pytestmark = pytest.mark.enable_socket
OTHERS = [
    ("--name", "Senado", *TERMS),
    ("--name", "Senate", "--schema", SCHEMA, "--type", "Diploma", "--valid-until", "2050-12-31"),
    ("--name", "Senate", *TERMS, "--jurisdiction", "LTU"),
    ("--name", "Senate", "--schema", SCHEMA, "--type", "MicroCredential", "--valid-until", "2050-12-30"),
]


def test_a_root_tao_hears_of_its_role_of_other_terms_and_of_their_end(
    living: Play, type_in: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    did = living.join("Senate").did
    attribute = living.appoint(did).hex()
    own = profile(living, "Senate")

    for goal in ("tao", "issuer"):
        typed = type_in("issuer", "onboard", "--as", goal, *own)
        assert typed.code == WAITING, typed.err
        assert f"The attribute {attribute} is reserved for {did} as a Root TAO" in typed.err
        planned = type_in("issuer", "onboard", "--as", goal, "--dry-run", *own)
        assert "`ankyra issuer onboard --as root` goes on with that" in planned.out

    onboard = ("issuer", "onboard", "--as", "root", *own)
    assert type_in(*onboard, "--name", "Senate", *TERMS).code == 0
    typed = type_in("issuer", "onboard", "--as", "issuer", *own)
    assert f"{did} is a Root TAO already, by the attribute {attribute}" in typed.err

    again = type_in(*onboard, "--name", "Senate", *TERMS, "--json")
    assert (again.code, json.loads(again.out)["attributeId"]) == (0, attribute)
    assert type_in(*onboard).code == 0, "no terms are no others"
    before = len(living.open("Senate").outbox.entries())
    for terms in OTHERS:
        for typed in (type_in(*onboard, *terms), type_in(*onboard, *terms, "--dry-run")):
            assert (typed.code, "recorded with other terms" in typed.err) == (1, True), typed.err
            assert f"`ankyra issuer accept --root {attribute}`" in typed.err
    assert len(living.open("Senate").outbox.entries()) == before

    end = datetime.fromisoformat("2050-12-31T00:00:00+00:00")
    monkeypatch.setattr(command, "present", lambda: end)
    for typed in (type_in(*onboard), type_in(*onboard, "--dry-run")):
        assert (typed.code, "has expired, on 2050-12-31" in typed.err) == (1, True), typed.err
    monkeypatch.setattr(command, "present", lambda: end - timedelta(seconds=1))
    assert type_in(*onboard).code == 0


def test_an_issuer_hears_of_other_terms_and_of_their_end_and_may_bring_another_accreditation(
    living: Play, type_in: Type
) -> None:
    ktu = living.open("KTU")
    by = ("--accredit-with", str(living.folder / "Agency"))
    typed = type_in(
        "issuer", "onboard", "--as", "issuer", "--name", "KTU", *TERMS, *by, *profile(living, "KTU")
    )
    assert (typed.code, "recorded with other terms" in typed.err) == (1, True), typed.err
    assert f"`ankyra issuer accredit {ktu.did} --as TI`" in typed.err
    (one,) = attributes_of(living.node, ktu.did)
    later = living.now + timedelta(days=366)
    with pytest.raises(Refused, match="has expired"):
        standing(ktu, "issuer", Given(), now=later)
    assert standing(ktu, "issuer", Given(accreditation="a.b.c"), now=later).recorded is None
    assert standing(ktu, "issuer", Given(), now=living.now).recorded == one


def test_who_is_accredited_already_is_said_to_be_and_where_the_paper_is(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    did, agency = living.join("Repeated").did, profile(living, "Agency")
    challenge = json.loads(type_in("issuer", "accredit", did, *agency, "--json").out)["challenge"]
    answer = tmp_path / "answer.jwt"
    asked = ("issuer", "onboard", "--as", "issuer", "--challenge", challenge, "--out", answer)
    assert type_in(*asked, *profile(living, "Repeated")).code == WAITING
    given = ("issuer", "accredit", did, "--name", "Repeated", *TERMS, "--answer", answer, *agency)
    made = json.loads(type_in(*given, "--out", tmp_path / "first.jwt", "--json").out)
    living.world.follow()
    typed = type_in(*given, "--out", tmp_path / "second.jwt")
    assert (typed.code, f"is accredited as TI already, attribute {made['attributeId']}" in typed.err) == (
        1,
        True,
    )
    kept = living.folder / "Agency" / "issued" / f"{made['attributeId']}.jwt"
    assert str(kept) in typed.err
    assert kept.read_text().strip() == made["credential"]
    assert len(attributes_of(living.node, did)) == 1


def test_an_answer_or_an_accreditation_that_is_another_paper_is_told_as_unusable(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    did, paper = living.join("Muddled").did, tmp_path / "paper.jwt"
    agency, own = profile(living, "Agency"), profile(living, "Muddled")
    for invitation in (
        invite(living.world.node, parse_ebsi_did(did)),
        json.loads(type_in("issuer", "invite", did, *agency, "--json").out)["invitation"],
    ):
        paper.write_text(invitation)
        for given in (
            ("onboard", "--as", "issuer", "--accreditation", paper),
            ("accept", paper),
        ):
            typed = type_in("issuer", *given, *own)
            assert (typed.code, "this is an invitation" in typed.err) == (2, True), typed.err
        terms = ("--name", "Muddled", *TERMS, "--answer", paper)
        typed = type_in("issuer", "accredit", did, *terms, *agency)
        assert (typed.code, "this is no answer to a challenge" in typed.err) == (2, True), typed.err


def test_what_the_plan_says_of_who_is_there_already_is_no_would(living: Play, type_in: Type) -> None:
    did = living.open("Council").did
    typed = type_in("issuer", "onboard", "--as", "root", "--dry-run", *profile(living, "Council"))
    assert (typed.code, typed.out.strip()) == (0, f"{did} is a Root TAO. Nothing is missing.")
    assert (
        prepared(living, "Fresh")
        in type_in("issuer", "onboard", "--as", "root", "--dry-run", *profile(living, "Fresh")).out
    )
