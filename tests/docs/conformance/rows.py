"""The lines of docs/ebsi-conformance.md, as the walk reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "ebsi-conformance.md"
STATES = ("served", "deviates", "not served", "beyond")
_FORMS = ("collection of", "problem", "RPC error", "transaction", "hash")
_CODE = re.compile(r"`([^`]+)`")
_CASE = re.compile(r"\*([^*]+)\*")
_CELLS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    Attributes:
        line: its number on the page.
        base: of the section.
        method: HTTP's; empty where the line is no single request.
        path: below the base, with query, as it stands there.
        call: JSON-RPC method, if any.
        headers: named in the line.
        case: the words in italics.
        status: of the answer.
        form: one of `_FORMS`, or empty.
        codes: what the answer's cell names after the status: title, or media type and members.
        state: one of `STATES`.
        kept_by: the test that keeps a line which no single request can.
    """

    line: int
    base: str
    method: str
    path: str
    call: str
    headers: Mapping[str, str]
    case: str
    status: int
    form: str
    codes: tuple[str, ...]
    state: str
    kept_by: str

    @property
    def name(self) -> str:
        """How a complaint names the line."""
        parts = (f"{self.method} {self.base}{self.path}".strip(), self.call, self.case)
        return f"line {self.line}: " + ", ".join(part for part in parts if part)


def rows() -> list[Row]:
    """Every line of every table."""
    found, base = [], ""
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            base = ""
        elif match := re.match(r"Base: (?:.*?)`([^`]+)`", line):
            base = match[1]
        elif line.startswith("|") and not line.startswith(("| asked", "|--")):
            found.append(row_of(number, base, line))
    return found


def row_of(number: int, base: str, line: str) -> Row:
    """The line of this number, below the base of its section."""
    cells = line.strip("| ").split(" | ")
    assert len(cells) == _CELLS, f"line {number} has {len(cells)} cells"
    assert base, f"line {number} stands under no base"
    asked, answer, here = cells
    state = next((word for word in STATES if here.startswith(word)), "")
    assert state, f"line {number} says neither of {STATES}"
    spans = _CODE.findall(asked)
    method, _, path = spans[0].partition(" ") if spans else ("", "", "")
    case, told = _CASE.search(_CODE.sub("", asked)), _CODE.findall(answer)
    kept = re.search(r"kept by `([^`]+)`", here)
    return Row(
        line=number,
        base=base,
        method=method,
        path=path,
        call=next((span for span in spans[1:] if ":" not in span), ""),
        headers=dict(span.split(": ", 1) for span in spans[1:] if ":" in span),
        case=case[1] if case else "",
        status=int(told[0]),
        form=next((form for form in _FORMS if form in _CODE.sub("", answer)), ""),
        codes=tuple(told[1:]),
        state=state,
        kept_by=kept[1] if kept else "",
    )
