"""Words in a template that stand there for themselves, and so in one language only."""

import re
from html.parser import HTMLParser

_INSTRUCTION = re.compile(
    r"\{#.*?#\}|\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)
_ADDRESS = re.compile(r"\w+(/|:\w)\S*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_EVERYWHERE = {"Ankyra", "API", "CSV", "DID", "ECTS", "JSON", "QR", "SHA", "UTC"}
"""Names, which are the same in every language."""
_READ = {"alt", "aria-label", "placeholder", "title", "aria-description"}
_LITERAL = {"code", "pre", "script", "style"}
_GIVEN = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands where the template says something."""


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._literal = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._literal += tag in _LITERAL
        for name, value in attrs:
            if name in _READ:
                self._note(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._literal -= tag in _LITERAL

    def handle_data(self, data: str) -> None:
        if not self._literal:
            self._note(data)

    def _note(self, text: str) -> None:
        for part in text.split(_GIVEN):
            if any(word not in _EVERYWHERE for word in _WORD.findall(_ADDRESS.sub("", part))):
                self.found.append(" ".join(part.split()))


def bare_texts(template: str) -> list[str]:
    """The texts of a Jinja template, and of the attributes that are read out, that no catalogue gives."""
    parser = _Texts()
    parser.feed(_INSTRUCTION.sub(_GIVEN, template))
    parser.close()
    return parser.found
