"""How tests read seals: what they are, or why they are refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from credentials.errors import CredentialsError, MalformedCredential, NotJudged
from credentials.securing.jades import SEAL_ALGORITHMS
from credentials.securing.jose import verify_parsed
from credentials.securing.reading import read_secured
from credentials.securing.seal import Seal
from credentials.securing.secured import SecuredCredential


def read_seal(document: bytes) -> tuple[SecuredCredential, Seal]:
    secured = read_secured(document)
    assert isinstance(secured.parts, Seal)
    return secured, secured.parts


def given(header: Mapping[str, Any]) -> dict[str, Any]:
    return dict(header)


def verifies(document: bytes) -> bool:
    secured, seal = read_seal(document)
    assert secured.jws is not None
    try:
        verify_parsed(secured.jws, jwk=seal.chain.seal.jwk, algorithms=SEAL_ALGORITHMS)
    except CredentialsError:
        return False
    return True


def refusal(document: bytes) -> str:
    with pytest.raises(MalformedCredential) as refused:
        read_secured(document)
    assert not isinstance(refused.value, NotJudged)
    assert refused.value.reason.isprintable()
    return refused.value.reason


def not_judged(document: bytes) -> str:
    with pytest.raises(NotJudged) as refused:
        read_secured(document)
    assert refused.value.reason.isprintable()
    return refused.value.reason
