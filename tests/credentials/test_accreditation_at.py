"""Whether the recorded chain of an issuer was in force, without a look at any credential of it."""

from typing import Any

import pytest

from credentials.accreditation_at import accredited
from credentials.errors import Unavailable

from .accredited_country import accredited as accredited_country
from .accredited_country import case_of
from .credential_makers import ISSUERS
from .world import TI, country


def test_a_chain_in_force_is_so_until_it_is_broken() -> None:
    home = country()
    case = case_of(home.world, home.credential)
    assert accredited(case, index_before=case.index_before)
    assert accredited(case, index_before=None)
    revoked = home.world.revoke(home.tao, home.root)
    assert accredited(case, index_before=case.index_before)
    assert accredited(case, index_before=revoked)
    assert not accredited(case, index_before=None)
    assert not accredited(case, index_before=3)


def test_the_attribute_of_the_anchor_counts_at_the_anchor_and_any_other_elsewhere() -> None:
    home = accredited_country()
    revoked = home.university.attribute_id
    home.world.accredit(home.university, home.tao, TI)
    home.world.revoke(home.university, home.tao, attribute_id=revoked)
    home.university.attributes.append(revoked)
    document = home.world.issue(home.university)
    home.world.anchor(home.university, [document])
    case = case_of(home.world, document)
    assert not accredited(case, index_before=case.index_before)
    assert accredited(case, index_before=None)


@pytest.mark.parametrize(("of_the_issuer", "expected"), [(True, True), (False, False)])
def test_the_attribute_that_is_named_counts_if_it_is_the_issuers(
    *, of_the_issuer: bool, expected: bool
) -> None:
    home = accredited_country()
    holder = home.university if of_the_issuer else home.tao

    def edit(members: dict[str, Any]) -> None:
        url = f"{ISSUERS}/{holder.did}/attributes/{holder.attribute_id.hex()}"
        members["termsOfUse"] = {"id": url, "type": "IssuanceCertificate"}

    case = case_of(home.world, home.world.issue(home.university, edit=edit))
    assert accredited(case, index_before=None) is expected


def test_a_record_that_does_not_answer_says_neither() -> None:
    home = country()
    case = case_of(home.world, home.credential)
    home.world.record.out_of_order.add("revisions_of")
    with pytest.raises(Unavailable):
        accredited(case, index_before=None)
