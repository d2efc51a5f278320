"""Whether something was made for this asker and this request."""

import pytest

from credentials.expected import Expected, audiences_of, check_expected
from credentials.verdict import HOLDER, Outcome

ASKER = Expected(nonce="n-1", audience="https://verifier.example")


def _reason(expected: Expected, nonce: str | None, *audiences: str) -> tuple[Outcome, str | None] | None:
    result = check_expected(expected, nonce=nonce, audiences=audiences, evidence={"holder": "did:key:z1"})
    if result is None:
        return None
    assert result.check == HOLDER
    assert result.evidence == {"holder": "did:key:z1", "nonce": nonce, "audience": list(audiences)}
    return result.outcome, result.reason


def test_what_was_made_for_this_request_keeps_nothing_from_passing() -> None:
    assert _reason(ASKER, "n-1", "https://verifier.example") is None
    assert _reason(ASKER, "n-1", "https://other.example", "https://verifier.example") is None


@pytest.mark.parametrize(
    ("nonce", "audience", "reason"),
    [
        ("n-2", "https://verifier.example", "other_nonce"),
        ("", "https://verifier.example", "other_nonce"),
        (None, "https://verifier.example", "no_nonce"),
        ("n-1", "https://verifier.example/", "other_audience"),
        ("n-1", None, "no_audience"),
        ("n-2", None, "other_nonce"),
    ],
)
def test_what_was_made_for_another_request_fails(
    nonce: str | None, audience: str | None, reason: str
) -> None:
    found = _reason(ASKER, nonce, *([] if audience is None else [audience]))
    assert found == (Outcome.FAILED, reason)


def test_without_the_askers_word_nobody_can_tell_a_copy() -> None:
    unknown = Outcome.NOT_DETERMINABLE
    assert _reason(Expected(), "n-1", "https://verifier.example") == (unknown, "no_expected_nonce")
    assert _reason(Expected(), None) == (unknown, "no_expected_nonce")
    assert _reason(Expected(nonce="n-1"), "n-1", "x") == (unknown, "no_expected_audience")


def test_a_contradiction_goes_before_what_nobody_knows() -> None:
    assert _reason(Expected(audience="a"), "n-1", "b") == (Outcome.FAILED, "other_audience")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("a", ("a",)),
        (["a", "b"], ("a", "b")),
        ([], ()),
        (["a", 1], None),
        (None, None),
        ("", None),
        ("a\n", None),
        (["a"] * 17, None),
    ],
    ids=repr,
)
def test_audiences_are_a_text_or_a_short_list(value: object, names: tuple[str, ...] | None) -> None:
    assert audiences_of(value) == names
