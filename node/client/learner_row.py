"""One learner's row, whatever file it stood in, and the bounds on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any, Final

from did.errors import InvalidJson
from did.json_text import parse_object

MAX_ROW: Final = 64 * 1024
"""Bytes of one row."""
MAX_COLUMNS: Final = 256
MAX_NAME: Final = 128
"""Characters of a column's name."""
TOO_LONG: Final = f"longer than {MAX_ROW} bytes"
NOT_UTF_8: Final = "not UTF-8: save the file in that encoding"

Line = tuple[int, bytes | None]
"""A line's number, and its bytes without the line's end; None if they are more than `MAX_ROW`."""


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """What a file says of one learner.

    Attributes:
        number: of the line at which it begins, as a text editor counts them: the first is 1.
        members: values by the names of their columns; blank cells and null are left out.
        fault: why the row cannot be read, and has no members; empty if it can.
    """

    number: int
    members: Mapping[str, Any]
    fault: str = ""


def is_blank(value: object) -> bool:
    """Whether a cell says nothing: null, or a text of white space alone."""
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


def lines_of(chunks: Iterator[bytes]) -> Iterator[Line]:
    """The lines of a file, each with its number, in bounded memory.

    Args:
        chunks: the file in pieces of any size.
    """
    number, held, dropped = 1, b"", False
    for chunk in chunks:
        *whole, held = (held + chunk).split(b"\n")
        for line in whole:
            yield number, None if dropped or len(line) > MAX_ROW else line
            number, dropped = number + 1, False
        if len(held) > MAX_ROW:
            held, dropped = b"", True
    if held or dropped:
        yield number, None if dropped else held


def row_of_json(number: int, text: str | bytes) -> LearnerRow:
    """The row that one JSON object is; what is none has a fault.

    Args:
        number: of its first line.
        text: a str has what is no UTF-8 in it as surrogates.
    """
    raw = text if isinstance(text, bytes) else text.encode(errors="surrogateescape")
    if len(raw) > MAX_ROW:
        return LearnerRow(number, {}, TOO_LONG)
    try:
        members = parse_object(raw, max_bytes=MAX_ROW)
    except InvalidJson as error:
        return LearnerRow(number, {}, _said_of(error))
    said = {name: held for name, held in members.items() if not is_blank(held)}
    fault = _fault_of_names(list(members)) or ("" if said else "it says nothing")
    return LearnerRow(number, {} if fault else said, fault)


def _said_of(error: InvalidJson) -> str:
    cause = error.__cause__
    if isinstance(cause, UnicodeError):
        return NOT_UTF_8
    if isinstance(cause, JSONDecodeError):
        return f"no JSON object: {cause.msg}, at character {cause.pos + 1}"
    return f"no JSON object: {cause or error}"[:200]


def _fault_of_names(names: list[str]) -> str:
    """What is wrong with the names of columns, among which there is none twice; empty if nothing."""
    if len(names) > MAX_COLUMNS:
        return f"more than {MAX_COLUMNS} columns"
    for place, name in enumerate(names, 1):
        if not name or len(name) > MAX_NAME or not name.isprintable():
            return f"column {place} has no name of 1 to {MAX_NAME} printable characters"
    return ""


def fault_of_header(names: list[str]) -> str:
    """What is wrong with the names of a table's columns; empty if nothing."""
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    return _fault_of_names(names) or ("" if twice is None else f"two columns are called {twice}")
