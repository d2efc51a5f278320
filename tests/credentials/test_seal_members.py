from collections.abc import Mapping
from typing import Any

import pytest

from credentials import accreditation_at
from credentials.errors import Unavailable
from credentials.seal_members import (
    MAX_ACCREDITATIONS,
    MAX_INSTITUTIONS,
    accreditations_for_members,
    issuing_organisation,
)
from credentials.securing.reading import read_secured
from credentials.securing.seal import Seal
from credentials.verdict import ACCREDITATION, ANCHOR, Outcome, Verdict

from .cases import case_of, decided, verdict_on
from .credential_makers import ISSUERS, LEARNER
from .ledger import Actor
from .sealing import ORGANISATION, seal_key, sealed_credential
from .securing.certificates import IDENTIFIER
from .securing.sealed import sealed
from .world import TAO, TI, Country, country

CERTIFICATE = read_secured(sealed()).parts


def _consortium() -> tuple[Country, Actor, Actor]:
    """A country whose university seals for a college, which has accredited it, and for an academy."""
    home = country()
    world = home.world
    college, academy = (world.actor(name) for name in ("College", "Academy"))
    for member in (college, academy):
        world.accredit(member, home.tao, TAO)
    seal_key(world, home.university)
    world.accredit(home.university, college, TI)
    return home, college, academy


def _judged(home: Country, document: bytes) -> Verdict:
    home.world.anchor(home.university, [document])
    return verdict_on(home.world, document)


def _both(verdict: Verdict) -> set[tuple[Outcome, str | None]]:
    return {
        (verdict.result(check).outcome, verdict.result(check).reason) for check in (ACCREDITATION, ANCHOR)
    }


NOT_FOR_MEMBER = {(Outcome.NOT_DETERMINABLE, "not_for_member")}
UNNAMED = {(Outcome.NOT_DETERMINABLE, "unnamed_member")}


def test_a_member_that_accredited_the_sealer_may_be_sealed_for() -> None:
    home, college, _ = _consortium()
    for given in ({"issuer": college.did}, {"issuer": {"id": college.did, "legalName": {"en": "College"}}}):
        verdict = _judged(home, sealed_credential(home.world, **given))
        assert decided(verdict) == ("valid", None, None)
        assert verdict.issuer == home.university.did
        links = verdict.result(ACCREDITATION).evidence["links"]
        assert [link["did"] for link in links] == [
            home.university.did, college.did, home.tao.did, home.root.did,
        ]  # fmt: skip


def test_an_awarding_body_is_an_institution_too() -> None:
    home, college, academy = _consortium()
    own = home.university.did
    for body in (college.did, {"id": college.did}, [college.did, {"id": own}]):
        document = sealed_credential(home.world, own, awarding_body=body)
        assert _judged(home, document).outcome == "valid"
    document = sealed_credential(home.world, own, awarding_body=[college.did, academy.did])
    assert _both(_judged(home, document)) == NOT_FOR_MEMBER
    claims = [{"type": "X"}, {"awardedBy": {"awardingBody": academy.did}}]
    document = sealed_credential(home.world, own, subject={"id": LEARNER, "hasClaim": claims})
    assert _both(_judged(home, document)) == NOT_FOR_MEMBER


def test_a_member_that_did_not_accredit_the_sealer_agreed_to_nothing() -> None:
    home, _, academy = _consortium()
    verdict = _judged(home, sealed_credential(home.world, academy.did))
    assert _both(verdict) == NOT_FOR_MEMBER
    assert verdict.outcome == "indeterminate"
    assert academy.did in verdict.sentence
    assert verdict_on(home.world, sealed_credential(home.world, academy.did)).result(ANCHOR).reason == (
        "not_for_member"
    )


def test_every_institution_has_to_have_agreed() -> None:
    home, college, academy = _consortium()
    world, university = home.world, home.university
    both = sealed_credential(world, college.did, awarding_body=academy.did)
    assert _both(_judged(home, both)) == NOT_FOR_MEMBER
    world.accredit(university, academy, TI)
    later = sealed_credential(world, college.did, awarding_body=academy.did)
    assert _judged(home, later).outcome == "valid"
    world.revoke(academy, home.tao)
    broken = sealed_credential(world, academy.did, awarding_body=college.did)
    assert decided(_judged(home, broken))[1:] == (ACCREDITATION, "accreditation_revoked")
    assert decided(_judged(home, sealed_credential(world, college.did)))[0] == "valid"


def test_what_a_member_recorded_after_the_anchor_does_not_count() -> None:
    home, _, academy = _consortium()
    early = sealed_credential(home.world, academy.did)
    home.world.anchor(home.university, [early])
    home.world.accredit(home.university, academy, TI)
    assert _both(verdict_on(home.world, early)) == NOT_FOR_MEMBER
    assert _judged(home, sealed_credential(home.world, academy.did)).outcome == "valid"


def test_what_ended_an_accreditation_by_a_member_may_lie_behind_an_anchor_out_of_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sealer's first attributes, which alone are looked through elsewhere, are by others."""
    monkeypatch.setattr(accreditation_at, "MAX_ATTRIBUTES", 1)
    home, college, _ = _consortium()
    document = sealed_credential(home.world, college.did)
    home.world.anchor(home.university, [sealed_credential(home.world, college.did)], held=False)
    home.world.revoke(home.university, college)
    result = verdict_on(home.world, document).result(ACCREDITATION)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unseen_batches")


def test_terms_of_use_choose_among_the_accreditations_by_a_member() -> None:
    home, college, _ = _consortium()
    own, by_college = (
        f"{ISSUERS}/{home.university.did}/attributes/{attribute.hex()}"
        for attribute in home.university.attributes
    )
    for url, expected in ((by_college, "valid"), (own, "indeterminate")):
        document = _with_terms(home, college.did, url)
        verdict = _judged(home, document)
        assert verdict.outcome == expected
    assert verdict.result(ACCREDITATION).reason == "not_for_member"


def _with_terms(home: Country, issuer: str, url: str) -> bytes:
    return sealed_credential(home.world, issuer, terms={"id": url, "type": "IssuanceCertificate"})


@pytest.mark.parametrize(
    "organisation",
    [
        {"id": "urn:epass:org:1"},
        "urn:epass:org:1",
        {"id": "urn:epass:org:1", "legalName": {"en": "College"}},
        {**ORGANISATION, "eIDASIdentifier": {"notation": "VATES-B11111111"}},
    ],
)
def test_an_institution_without_a_did_is_the_sealer_only_as_its_certificate_says(organisation: Any) -> None:
    home, _, _ = _consortium()
    assert _both(_judged(home, sealed_credential(home.world, organisation))) == UNNAMED


def test_an_awarding_body_without_a_did_is_who_else_is_like_it() -> None:
    home, college, _ = _consortium()
    own = home.university.did
    named = {"id": college.did, "legalName": {"en": "College", "fr": ["Collège"]}}
    for issuer, body, good in (
        (own, {"id": "urn:1", "legalName": "University of Somewhere"}, True),
        (own, {"id": "urn:1", "legalName": "Elsewhere"}, False),
        (named, {"id": "urn:1", "legalName": ["Collège"]}, True),
        (named, {"id": "urn:1", "legalName": 7}, False),
        (named, 7, False),
        (ORGANISATION, {"id": ORGANISATION["id"]}, True),
        (ORGANISATION, {"eIDASIdentifier": [{"notation": IDENTIFIER}, 7, {"notation": 7}]}, True),
        ({**named, "eIDASIdentifier": {"notation": "X"}}, {"eIDASIdentifier": {"notation": "X"}}, True),
        ({**named, "eIDASIdentifier": {"notation": "X"}}, {"eIDASIdentifier": {"notation": "Y"}}, False),
    ):
        verdict = _judged(home, sealed_credential(home.world, issuer, awarding_body=body))
        assert _both(verdict) == ({(Outcome.PASSED, None)} if good else UNNAMED)


HARVARD = {"notation": "VATXX-HARVARD"}
SOMEWHERE = "University of Somewhere"


def test_whatever_names_the_sealer_names_nobody_else() -> None:
    home, _, academy = _consortium()
    own = home.university.did
    page = "https://academy.example"
    both = [HARVARD, {"notation": IDENTIFIER}]
    other = {"legalName": {"en": "Harvard"}, "eIDASIdentifier": HARVARD}
    for issuer, body, good in (
        ({"id": own, **other}, other, False),
        ({"id": "urn:x:harvard", "legalName": {"en": "Harvard"}, "eIDASIdentifier": both}, None, False),
        ({"id": "urn:x:harvard", "legalName": {"en": "Harvard", "xx": SOMEWHERE}}, None, False),
        (own, {"id": page, "legalName": {"en": "Academy"}, "eIDASIdentifier": both}, False),
        (own, {"legalName": {"en": SOMEWHERE}, "prefLabel": {"en": "Harvard"}}, False),
        (own, {"legalName": SOMEWHERE, "identifier": "VATXX-HARVARD"}, False),
        (own, {"id": own, "legalName": {"en": "Academy"}, "sameAs": academy.did}, False),
        ({"id": page, "legalName": SOMEWHERE}, {"id": page, "legalName": "Academy"}, False),
        (own, {"id": page, "legalName": SOMEWHERE}, False),
        (own, {"id": None, "legalName": SOMEWHERE}, False),
        (own, {"id": None}, False),
        (own, [[academy.did]], False),
        (own, {"id": own, "legalName": SOMEWHERE, "identifier": own}, True),
    ):
        verdict = _judged(home, sealed_credential(home.world, issuer, awarding_body=body))
        assert _both(verdict) == ({(Outcome.PASSED, None)} if good else UNNAMED)
    fragment = {"id": f"{own}#x", "legalName": "Academy"}
    verdict = _judged(home, sealed_credential(home.world, own, awarding_body=fragment))
    assert _both(verdict) == NOT_FOR_MEMBER


def test_a_creator_and_the_parent_of_an_issuer_are_institutions_too() -> None:
    home, _, academy = _consortium()
    own, other = home.university.did, {"id": academy.did, "name": "Academy"}
    for issuer, subject in (
        ({"id": own, "parentOrg": other}, {}),
        ({"id": own, "parentOrg": {"id": own, "parentOrg": other}}, {}),
        (own, {"achievement": {"creator": other}}),
        (own, {"wasAwardedBy": {"awardingBody": [academy.did]}}),
    ):
        document = sealed_credential(home.world, issuer, subject={"id": LEARNER, **subject})
        assert _both(_judged(home, document)) == NOT_FOR_MEMBER


def test_what_the_issuer_is_called_has_several_forms() -> None:
    assert isinstance(CERTIFICATE, Seal)
    certificate = CERTIFICATE.chain.seal
    for issuer, expected in (
        (ORGANISATION, True),
        ({"name": "University of Somewhere"}, True),
        ({"legalName": {"en": ["A", "University of Somewhere"]}}, True),
        ({"legalName": "university of somewhere"}, None),
        ({"eIDASIdentifier": {"notation": "X"}, "legalName": "University of Somewhere"}, False),
        ("did:web:university.example", None),
        (None, None),
    ):
        members: Mapping[str, Any] = {} if issuer is None else {"issuer": issuer}
        assert issuing_organisation(members).is_holder_of(certificate) is expected


def test_more_than_can_be_looked_through_is_left_open() -> None:
    home, college, _ = _consortium()
    many = sealed_credential(
        home.world, home.university.did, awarding_body=[college.did] * (MAX_INSTITUTIONS + 1)
    )
    with pytest.raises(Unavailable, match="awarding bodies"):
        accreditations_for_members(case_of(home.world, many))
    for number in range(MAX_ACCREDITATIONS):
        home.world.record.revisions[home.university.did, number.to_bytes(32, "big")] = []
    with pytest.raises(Unavailable, match="too many accreditations"):
        accreditations_for_members(case_of(home.world, sealed_credential(home.world, college.did)))


def test_a_seal_of_nobodys_and_a_jwt_are_for_nobody_else() -> None:
    home = country()
    for document in (home.credential, sealed_credential(home.world, home.tao.did)):
        assert accreditations_for_members(case_of(home.world, document)) == ()
