from typing import Any

import pytest

from credentials.errors import MalformedCredential
from credentials.securing.reading import read_secured

from .credentials import WEB, claims_of, members_1_1, members_2_0, signed

NAMELESS = {"name": "Ona"}


@pytest.mark.parametrize(
    "payload",
    [
        {**claims_of(members_1_1(WEB, credentialSubject=NAMELESS), sub=None), "sub": None},
        {**members_2_0(WEB, credentialSubject=NAMELESS), "sub": None},
    ],
    ids=["vc-jwt", "vc-jose"],
)
def test_a_sub_of_null_names_no_subject_that_has_no_id(payload: dict[str, Any]) -> None:
    with pytest.raises(MalformedCredential, match="sub is not the id"):
        read_secured(signed(payload))
