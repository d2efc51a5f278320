"""Check 6 of accreditations: the status of one is that of its own attribute at T."""

from typing import Any

import pytest

from credentials.checks.status import check_status
from credentials.published_status import moment
from credentials.verdict import CheckResult, Outcome
from tests.credentials.credential_makers import ISSUERS, LEARNER, Edit
from tests.credentials.ledger import DAY
from tests.credentials.world import REVOKED, TAO, TI, Country, country

from .status_cases import Desk

PASSED, FAILED, UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_DETERMINABLE


def judge(home: Country, document: bytes, *, at: int | None = None) -> CheckResult:
    """The check of an accreditation as of `at`."""
    desk = Desk(world=home.world)
    return check_status(desk.case(document, at=at))


def accreditation(home: Country, edit: Edit | None = None) -> bytes:
    """The university's, as recorded unless edited."""
    if edit is None:
        body = home.world.record.revisions_of(home.university.did, home.university.attribute_id)[-1].body
        assert body is not None
        return body
    return home.world.accreditation_text(
        home.university, home.tao, TI, attribute_id=home.university.attribute_id, edit=edit
    )


def url_of(did: str, attribute_id: bytes) -> str:
    """The URL of an attribute."""
    return f"{ISSUERS}/{did}/attributes/{attribute_id.hex()}"


def named(url: object) -> Edit:
    """An edit that lets the status entry name another attribute."""
    return lambda members: members["credentialStatus"].update(id=url)


def test_an_accreditation_in_force_passes() -> None:
    home = country()
    result = judge(home, accreditation(home))
    assert (result.outcome, result.reason, result.findings) == (PASSED, None, ())
    last = home.world.record.revisions_of(home.university.did, home.university.attribute_id)[-1]
    assert dict(result.evidence["entries"][0]) == {
        "type": "EbsiAccreditationEntry",
        "url": url_of(home.university.did, home.university.attribute_id),
        "attributeId": home.university.attribute_id.hex(),
        "issuerType": 3,
        "recordedAt": moment(last.time),
        "recordedByEntry": last.index,
        "outcome": "passed",
        "reason": None,
    }


def test_a_revoked_accreditation_fails_and_stood_before_it_was_revoked() -> None:
    home = country()
    document, before = accreditation(home), home.world.now
    home.world.wait(DAY)
    revoked = home.world.revoke(home.university, home.tao)
    at = home.world.now
    home.world.wait(DAY)
    home.world.revoke(home.university, home.root)
    result = judge(home, document)
    assert (result.outcome, result.reason) == (FAILED, "revoked")
    assert result.sentence == f"The accreditation was revoked on 2026-11-22 (entry {revoked})."
    assert judge(home, document, at=at).outcome is FAILED
    assert judge(home, document, at=at - 1).outcome is PASSED
    assert judge(home, document, at=before).outcome is PASSED


def test_an_accreditation_that_was_given_again_passes() -> None:
    home = country()
    document = accreditation(home)
    home.world.revoke(home.university, home.tao)
    home.world.accredit(
        home.university, home.tao, TI, attribute_id=home.university.attribute_id, text=document
    )
    assert judge(home, document).outcome is PASSED


def test_an_accreditation_that_was_replaced_by_another_is_said_to_be() -> None:
    home = country()
    document = accreditation(home)
    home.world.accredit(home.university, home.tao, TI, attribute_id=home.university.attribute_id)
    result = judge(home, document)
    assert result.outcome is PASSED
    assert "another credential" in result.findings[0]


def test_an_attribute_without_a_credential_is_in_force_by_its_type() -> None:
    home = country()
    attribute_id = bytes(range(32))
    home.world.set_metadata(
        home.university, attribute_id, TAO, tao=home.tao.did, attribute_id_tao=home.tao.attribute_id
    )
    text = home.world.accreditation_text(home.university, home.tao, TAO, attribute_id=attribute_id)
    assert judge(home, text).outcome is PASSED


@pytest.mark.parametrize("issuer_type", [0, 9])
def test_an_attribute_without_a_type_leaves_the_status_unknown(issuer_type: int) -> None:
    home = country()
    document = accreditation(home)
    home.world.set_metadata(
        home.university,
        home.university.attribute_id,
        issuer_type,
        tao=home.tao.did,
        attribute_id_tao=home.tao.attribute_id,
    )
    result = judge(home, document)
    assert (result.outcome, result.reason) == (UNKNOWN, "undefined_attribute")


def test_an_attribute_that_began_revoked_fails() -> None:
    home = country()
    attribute_id = bytes(32)
    home.world.set_metadata(
        home.university, attribute_id, REVOKED, tao=home.tao.did, attribute_id_tao=home.tao.attribute_id
    )
    text = home.world.accreditation_text(home.university, home.tao, TI, attribute_id=attribute_id)
    assert judge(home, text).reason == "revoked"


def test_an_attribute_that_nobody_recorded_by_then_leaves_the_status_unknown() -> None:
    home = country()
    text = home.world.accreditation_text(home.university, home.tao, TI, attribute_id=bytes(32))
    assert (judge(home, text).outcome, judge(home, text).reason) == (UNKNOWN, "unrecorded")
    assert judge(home, accreditation(home), at=1_795_255_200).reason == "unrecorded"


def test_the_status_of_somebody_else_says_nothing_of_the_subject() -> None:
    home = country()
    document = accreditation(home, named(url_of(home.tao.did, home.tao.attribute_id)))
    result = judge(home, document)
    assert (result.outcome, result.reason) == (FAILED, "other_subject")


def test_the_status_of_another_attribute_of_the_subject_says_nothing() -> None:
    home = country()
    revoked = home.university.attribute_id
    home.world.accredit(home.university, home.tao, TI)
    other = home.university.attribute_id
    home.world.revoke(home.university, home.tao, attribute_id=revoked)
    text = home.world.accreditation_text(
        home.university,
        home.tao,
        TI,
        attribute_id=revoked,
        edit=named(url_of(home.university.did, other)),
    )
    assert (judge(home, text).outcome, judge(home, text).reason) == (FAILED, "other_attribute")


@pytest.mark.parametrize("reserved", ["", "0x", "zz" * 32, None, 7])
def test_an_attribute_reserved_in_no_known_form_matches_none(reserved: object) -> None:
    home = country()

    def reserve(members: dict[str, Any]) -> None:
        members["credentialSubject"]["reservedAttributeId"] = reserved

    assert judge(home, accreditation(home, reserve)).reason == "other_attribute"


@pytest.mark.parametrize("form", ["0x{}", "0X{}", "{}"])
def test_a_reserved_attribute_is_known_in_either_case_and_with_0x(form: str) -> None:
    home = country()

    def reserve(members: dict[str, Any]) -> None:
        reserved = form.format(home.university.attribute_id.hex().upper())
        members["credentialSubject"]["reservedAttributeId"] = reserved

    assert judge(home, accreditation(home, reserve)).outcome is PASSED


def test_a_subject_that_reserves_nothing_may_name_any_of_its_attributes() -> None:
    home = country()
    entry = {
        "id": url_of(home.university.did, home.university.attribute_id),
        "type": "EbsiAccreditationEntry",
    }
    subject = {"id": home.university.did, "hasClaim": {}}
    document = home.world.issue(home.tao, status=[entry], subject=subject)
    assert judge(home, document).outcome is PASSED
    learners = home.world.issue(home.tao, status=[entry], subject={"id": LEARNER, "hasClaim": {}})
    assert judge(home, learners).reason == "other_subject"


@pytest.mark.parametrize(
    ("url", "outcome", "reason"),
    [
        ("https://elsewhere.example/attributes/1", UNKNOWN, "foreign_url"),
        ("attributes/1", FAILED, "malformed_entry"),
        (7, FAILED, "malformed_entry"),
    ],
)
def test_an_entry_that_names_no_attribute_never_passes(url: object, outcome: Outcome, reason: str) -> None:
    home = country()
    result = judge(home, accreditation(home, named(url)))
    assert (result.outcome, result.reason) == (outcome, reason)


def test_a_record_that_does_not_answer_leaves_the_status_unknown() -> None:
    home = country()
    document = accreditation(home)
    home.world.record.out_of_order.add("revisions_of")
    result = judge(home, document)
    assert (result.outcome, result.reason) == (UNKNOWN, "unavailable")
