from typing import Any

import pytest

from credentials.errors import MalformedCredential
from credentials.securing.reading import read_secured

from .credentials import EBSI, END_SECONDS, ID, LEARNER, SECONDS, claims_of, members_1_1, members_2_0, signed


def _refusal(payload: dict[str, Any], typ: str = "vc+jwt") -> str:
    with pytest.raises(MalformedCredential) as refused:
        read_secured(signed(payload, typ=typ))
    return refused.value.reason


def test_registered_claims_may_be_absent_or_agree() -> None:
    assert read_secured(signed(members_2_0(), typ="vc+jwt")).issued_at is None
    claims = {"iss": EBSI, "sub": LEARNER, "jti": ID, "iat": SECONDS, "nbf": SECONDS + 5, "exp": END_SECONDS}
    secured = read_secured(signed(members_2_0() | claims, typ="vc+jwt"))
    assert (secured.not_before, secured.issued_at, secured.expires) == (SECONDS + 5, SECONDS, END_SECONDS)


@pytest.mark.parametrize("name", ["iss", "sub", "jti"])
@pytest.mark.parametrize("value", ["did:web:other.example", 7, None])
def test_no_claim_contradicts_the_credential(name: str, value: object) -> None:
    assert f"{name} is not the " in _refusal(members_2_0() | {name: value})


def test_a_claim_vc_has_no_place_in_a_vc_jose() -> None:
    assert "not in a claim vc" in _refusal(members_2_0() | {"vc": members_1_1()})
    assert "not in a claim vc" in _refusal(claims_of(members_1_1()))


@pytest.mark.parametrize("typ", ["vc+jwt", "JWT"])
def test_a_credential_of_1_1_is_none_for_a_vc_jose(typ: str) -> None:
    assert "2.0 only" in _refusal(members_1_1(), typ)
