"""Texts of strangers, as sentences show them."""

import pytest

from credentials.plain_text import is_plain, plain


@pytest.mark.parametrize(
    "text", ["Diploma", "Bakalauro diplomas \u2013 \u017eem\u0117s \u016bkis", "\u5b66\u4f4d"]
)
def test_what_can_be_shown_is_shown_as_it_is(text: str) -> None:
    assert plain(text, most=64) == text


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\nb", "\u202etxt", "\u2066", "\u2028", "\ud800", "\x9b1m", "\0"]
)
def test_what_commands_a_terminal_is_replaced(text: str) -> None:
    shown = plain(text, most=64)
    assert shown.isprintable()
    assert len(shown) == len(text)
    assert is_plain(shown, most=64)


def test_no_more_is_shown_than_asked_for() -> None:
    assert plain("a\nbc", most=3) == "a\N{REPLACEMENT CHARACTER}b"
