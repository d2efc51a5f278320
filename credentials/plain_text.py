"""Texts of strangers that are shown to people: bounded, and without characters that command a terminal."""

from typing import TypeGuard

MAX_NAME = 256
"""Characters of a name: of a type, an algorithm, a member."""
MAX_ADDRESS = 4096
"""Characters of a URI or a DID URL."""


def is_plain(text: object, *, most: int) -> TypeGuard[str]:
    """Whether `text` is 1 to `most` printable characters: no controls, no line ends, no direction marks."""
    return isinstance(text, str) and 0 < len(text) <= most and text.isprintable()


def plain(text: str, *, most: int) -> str:
    """The first `most` characters of `text`, with U+FFFD in the place of what `is_plain` refuses."""
    shown = text[:most]
    if shown.isprintable():
        return shown
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in shown)
