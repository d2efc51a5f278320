"""Whatever is sent gets a verdict, and nothing is raised."""

import json

from hypothesis import given
from hypothesis import strategies as st

from credentials.verdict import (
    CHECKS,
    FORMAT,
)

from .cases import verdict_on
from .world import country

HOME = country()


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_is_sent_gets_a_verdict(document: bytes) -> None:
    verdict = verdict_on(HOME.world, document)
    assert verdict.outcome != "valid"
    assert verdict.deciding is not None
    assert verdict.deciding.check == FORMAT
    assert len(verdict.results) == len(CHECKS)
    assert (verdict.digest, verdict.issuer) == (None, None)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(
        [
            "@context", "id", "type", "issuer", "issuanceDate", "issued", "validFrom", "credentialSubject",
            "credentialSchema", "credentialStatus", "termsOfUse", "expirationDate", "validUntil", "proof",
        ]
    ),
    st.sampled_from(["1.1", "2.0"]),
)  # fmt: skip
def test_whatever_stands_in_a_signed_credential_gets_a_verdict(
    value: object, name: str, version: str
) -> None:
    """The signature is good: everything behind it is chosen by a hostile issuer with a registered key."""
    try:
        document = HOME.world.issue(
            HOME.university, version=version, edit=lambda members: members.update({name: value})
        )
    except (ValueError, TypeError, UnicodeEncodeError, KeyError, IndexError):
        return
    verdict = verdict_on(HOME.world, document)
    assert verdict.outcome in {"invalid", "indeterminate"}
    json.dumps(verdict.to_json(), allow_nan=False).encode()
