"""Check 5: which accreditation counts, what it covers, and where nothing can be determined."""

from collections.abc import Callable
from typing import Any

import pytest

from credentials.accreditation_at import MAX_ATTRIBUTES
from credentials.checks.accreditation import check_accreditation
from credentials.errors import Unavailable
from credentials.verdict import Outcome
from tests.credentials.accredited_country import (
    Accredited,
    accredited,
    case_of,
    judge,
)
from tests.credentials.credential_makers import ISSUERS
from tests.credentials.world import SCHEMA_URL, TI, World, country

# --- which accreditation counts ---------------------------------------------------------------------------


def _terms(
    *attributes: tuple[str, bytes], kind: str | list[str] = "IssuanceCertificate"
) -> Callable[[dict[str, Any]], None]:
    def edit(members: dict[str, Any]) -> None:
        members["termsOfUse"] = [
            {"id": f"{ISSUERS}/{did}/attributes/{attribute_id.hex()}", "type": kind}
            for did, attribute_id in attributes
        ]

    return edit


def _twice(home: Accredited) -> tuple[bytes, bytes]:
    """Two accreditations of the university, the first of which is revoked."""
    revoked = home.university.attribute_id
    second = home.world.accredit(home.university, home.tao, TI)
    home.world.revoke(home.university, home.tao, attribute_id=revoked)
    return revoked, second


def test_without_an_anchor_any_accreditation_will_do() -> None:
    home = accredited()
    _, second = _twice(home)
    result = judge(home.world, home.world.issue(home.university))
    assert (result.outcome, result.evidence["attributeId"]) == (Outcome.PASSED, second.hex())


def test_the_accreditation_that_the_credential_names_decides() -> None:
    home = accredited()
    revoked, second = _twice(home)
    did = home.university.did
    named = home.world.issue(home.university, edit=_terms((did, revoked)))
    home.world.anchor(home.university, [named])
    result = judge(home.world, named)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "accreditation_revoked")
    both = home.world.issue(home.university, edit=_terms((did, revoked), (did, second)))
    assert judge(home.world, both).outcome is Outcome.PASSED


def test_the_accreditation_under_which_it_was_anchored_decides_if_none_is_named() -> None:
    home = accredited()
    revoked, _ = _twice(home)
    home.university.attributes.append(revoked)
    result = home.judge()
    assert (result.outcome, result.reason) == (Outcome.FAILED, "accreditation_revoked")


def test_terms_of_another_type_name_no_accreditation() -> None:
    home = accredited()
    document = home.world.issue(
        home.university, edit=_terms((home.tao.did, home.tao.attribute_id), kind="Licence")
    )
    assert judge(home.world, document).outcome is Outcome.PASSED


def test_an_accreditation_of_somebody_else_is_not_the_issuers() -> None:
    """Play the attack: an issuer without accreditation names the one of its neighbour."""
    home = accredited()
    neighbour = home.world.actor("Nobody")
    document = home.world.issue(neighbour, edit=_terms((home.university.did, home.university.attribute_id)))
    result = judge(home.world, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "foreign_terms_of_use")


def test_an_accreditation_is_named_by_any_of_the_types_of_its_terms() -> None:
    """Play the attack: another type comes first, so that nobody sees which accreditation is named."""
    home = accredited()
    revoked, _ = _twice(home)
    for kind in (["Note", "IssuanceCertificate"], ["IssuanceCertificate", "Note"]):
        named = home.world.issue(home.university, edit=_terms((home.university.did, revoked), kind=kind))
        home.world.anchor(home.university, [named])
        assert judge(home.world, named).reason == "accreditation_revoked"


def test_terms_that_should_name_an_accreditation_name_one() -> None:
    """Play the attack: beside a good accreditation stands one without a name, which nobody can look up."""
    home = accredited()

    def nameless(members: dict[str, Any]) -> None:
        _terms((home.university.did, home.university.attribute_id))(members)
        members["termsOfUse"].append({"type": "IssuanceCertificate"})

    result = judge(home.world, home.world.issue(home.university, edit=nameless))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "malformed_terms_of_use")


def test_a_neighbours_accreditation_is_not_hidden_among_ones_own_and_others() -> None:
    """Play the attack: one accreditation of the issuer's own is to vouch for the neighbour's beside it."""
    home = accredited()
    own = home.university.did, home.university.attribute_id
    neighbours = home.tao.did, home.tao.attribute_id

    def edit(members: dict[str, Any]) -> None:
        _terms(own, neighbours)(members)
        elsewhere = {"id": "https://elsewhere.example/1", "type": "IssuanceCertificate"}
        members["termsOfUse"].insert(0, elsewhere)

    result = judge(home.world, home.world.issue(home.university, edit=edit))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "foreign_terms_of_use")


def test_an_accreditation_in_another_registry_cannot_be_judged_here() -> None:
    home = accredited()

    def elsewhere(members: dict[str, Any]) -> None:
        members["termsOfUse"] = {"id": "https://elsewhere.example/1", "type": "IssuanceCertificate"}

    with pytest.raises(Unavailable):
        judge(home.world, home.world.issue(home.university, edit=elsewhere))


def test_among_too_many_accreditations_none_is_looked_for_for_ever() -> None:
    home = accredited()
    revoked = home.university.attribute_id
    home.world.revoke(home.university, home.tao)
    for _ in range(MAX_ATTRIBUTES):
        home.world.accredit(home.university, home.tao, TI, text=b"")
    with pytest.raises(Unavailable, match="more than 16"):
        judge(home.world, home.world.issue(home.university))
    named = home.world.issue(home.university, edit=_terms((home.university.did, revoked)))
    assert judge(home.world, named).reason == "accreditation_revoked"


def test_later_accreditations_crowd_no_earlier_one_out() -> None:
    """Play the attack: a TAO buries a good accreditation under a heap of void ones."""
    home = accredited()
    for _ in range(MAX_ATTRIBUTES + 1):
        home.world.accredit(home.university, home.tao, TI, text=b"")
    assert judge(home.world, home.world.issue(home.university)).outcome is Outcome.PASSED


# --- what it covers ---------------------------------------------------------------------------------------


def test_a_credential_of_a_kind_that_is_not_covered_fails() -> None:
    home = country(
        lambda world, issuer: world.issue(
            issuer, types=("VerifiableCredential", "VerifiableAttestation", "MedicalLicence")
        )
    )
    result = judge(home.world, home.credential)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "not_covered")
    assert "MedicalLicence" in result.sentence


def test_a_credential_by_a_schema_that_is_not_covered_fails() -> None:
    home = country(lambda world, issuer: world.issue(issuer, schema=f"{SCHEMA_URL[:-1]}1"))
    assert judge(home.world, home.credential).reason == "not_covered"


# --- where it cannot be determined ------------------------------------------------------------------------


def test_other_methods_have_no_framework_of_accreditation() -> None:
    home = country()
    case = case_of(home.world, home.credential)
    object.__setattr__(case.secured.credential, "issuer", "did:web:example.org")
    result = check_accreditation(case)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "no_framework")


def test_without_accepted_roots_nothing_is_determined() -> None:
    home = country()
    result = judge(home.world, home.credential, policy=home.world.policy(root_taos=()))
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "no_root_taos")
    assert result.sentence.endswith("which Root TAOs it accepts: its setting root_taos is empty.")


def test_before_anything_of_the_ledger_is_known_nothing_is_determined() -> None:
    home, nowhere = country(), World()
    with pytest.raises(Unavailable):
        judge(nowhere, home.credential, policy=home.world.policy())


@pytest.mark.parametrize("silent", ["attributes_of", "revisions_of", "changes_of"])
def test_a_record_that_does_not_answer_is_no_absence(silent: str) -> None:
    home = accredited()
    case = case_of(home.world, home.world.issue(home.university))
    home.world.record.out_of_order.add(silent)
    with pytest.raises(Unavailable):
        check_accreditation(case)
