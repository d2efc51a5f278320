"""Policies: what may be relaxed, and what may not."""

import pytest

from credentials.errors import PolicyRefused
from credentials.policy import Policy


def _policy(*relaxed: str) -> Policy:
    return Policy(root_taos=frozenset(), origins=(), relaxed=frozenset(relaxed))


def test_most_required_checks_may_be_relaxed_by_name() -> None:
    names = ("issuer", "validity", "schema", "accreditation", "status", "anchor", "timeline", "holder")
    assert _policy(*names).relaxed == frozenset(names)


@pytest.mark.parametrize("name", ["format", "signature", "profile", "expiry", ""])
def test_what_no_verdict_does_without_is_not_relaxed(name: str) -> None:
    with pytest.raises(PolicyRefused) as caught:
        _policy("anchor", name)
    assert caught.value.name == name
