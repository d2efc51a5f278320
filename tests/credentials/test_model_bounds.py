"""Limits of the data model where no rule of EBSI's comes first: issuers that keep the W3C's rules alone."""

from typing import Any

import pytest

from credentials.errors import MalformedCredential
from credentials.model import parse_credential
from tests.credentials.securing.credentials import WEB, members_1_1, members_2_0

VC = "VerifiableCredential"


@pytest.mark.parametrize("members", [members_1_1, members_2_0])
@pytest.mark.parametrize(
    "types",
    [[VC, 7], [VC, ""], [VC, "T" * 257], [VC, "T\x1b"], [VC, *(f"T{number}" for number in range(64))]],
)
def test_types_are_bounded_for_everybody(members: Any, types: list[object]) -> None:
    with pytest.raises(MalformedCredential) as refused:
        parse_credential(members(WEB, type=types))
    assert "type" in refused.value.reason


def test_as_many_and_as_long_types_as_there_may_be_are_read() -> None:
    types = [VC, "T" * 256, *(f"T{number}" for number in range(62))]
    assert len(parse_credential(members_2_0(WEB, type=types)).types) == 64


def test_what_begins_and_ends_at_once_is_read() -> None:
    moment = "2026-11-21T10:00:00Z"
    credential = parse_credential(members_2_0(WEB, validFrom=moment, validUntil=moment))
    assert credential.valid_from == credential.valid_until


def test_an_end_without_a_beginning_is_read() -> None:
    credential = parse_credential(members_2_0(WEB, validFrom=None, validUntil="2027-11-21T10:00:00Z"))
    assert credential.valid_from is None
    assert credential.valid_until is not None
