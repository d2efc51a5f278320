"""Learners' rows of a table in CSV (RFC 4180): strict about quotation marks, so that no row is guessed."""

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from node.client.learner_row import (
    MAX_ROW,
    NOT_UTF_8,
    TOO_LONG,
    LearnerRow,
    Line,
    fault_of_header,
)

_DELIMITERS: Final = (",", ";", "\t")
_FIELD: Final = {
    one: re.compile(rf'(?:"((?:[^"]++|"")*+)"|([^"{one}\n]*+))({one}|\Z)', re.DOTALL) for one in _DELIMITERS
}
_UNQUOTED: Final = "a quotation mark that does not enclose a whole cell; inside of one it is doubled"
_UNCLOSED: Final = "a quotation mark is opened and not closed"


def read_csv(lines: Iterator[Line]) -> Iterator[LearnerRow]:
    """The rows of a table whose first line names its columns; a bad row has a fault, and the rest goes on.

    A row whose quotation marks cannot be right ends with its line. Without a header that can be read there
    is one row, with that fault.

    Args:
        lines: with their numbers. The header tells whether commas, semicolons or tabs lie between cells.
    """
    waiting: deque[Line] = deque()
    header: list[str] | None = None
    delimiter = ""
    while (first := _next(waiting, lines)) is not None:
        raw, fault = _record(first, waiting, lines, (delimiter,) if delimiter else _DELIMITERS)
        if not fault and not raw.strip(b" \r\t,;"):  # as spreadsheets end their tables
            continue
        try:
            text = raw.removesuffix(b"\r").decode()
        except UnicodeDecodeError:
            text, fault = "", fault or NOT_UTF_8
        if header is None:
            delimiter = max(_DELIMITERS, key="".join(text.split('"')[::2]).count)
            header, fault = _header(text, delimiter, fault)
            if fault:
                yield LearnerRow(first[0], {}, f"the first line names no columns: {fault}")
                return
            continue
        cells, fault = ([], fault) if fault else _cells(text, delimiter)
        if not fault and len(cells) != len(header):
            fault = f"it has {len(cells)} cells, and there are {len(header)} columns"
        if fault:
            yield LearnerRow(first[0], {}, fault)
        elif members := {name: cell for name, cell in zip(header, cells, strict=True) if cell}:
            yield LearnerRow(first[0], members)


def _next(waiting: deque[Line], lines: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(lines, None)


def _record(
    first: Line, waiting: deque[Line], lines: Iterator[Line], delimiters: tuple[str, ...]
) -> tuple[bytes, str]:
    """The bytes of the record that begins with a line, or a fault; then all further lines wait again."""
    raw = first[1]
    if raw is None:
        return b"", TOO_LONG
    if b'"' not in raw:
        return raw, ""
    taken: list[Line] = []
    held, size, odd = [raw], len(raw), raw.count(b'"') % 2
    while odd:
        following = _next(waiting, lines)
        if following is not None:
            taken.append(following)
        if following is None or following[1] is None or size + len(following[1]) >= MAX_ROW:
            waiting.extendleft(reversed(taken))
            return b"", _UNCLOSED
        held.append(following[1])
        size += len(following[1]) + 1
        odd ^= following[1].count(b'"') % 2
    whole = b"\n".join(held)
    if taken and not any(_well_quoted(whole, one) for one in delimiters):
        waiting.extendleft(reversed(taken))
        return b"", _UNQUOTED
    return whole, ""


def _well_quoted(raw: bytes, delimiter: str) -> bool:
    return not _cells(raw.removesuffix(b"\r").decode(errors="replace"), delimiter)[1]


def _header(text: str, delimiter: str, fault: str) -> tuple[list[str], str]:
    cells, fault = ([], fault) if fault else _cells(text, delimiter)
    names = [cell.strip() for cell in cells]
    return names, fault or fault_of_header(names)


def _cells(text: str, delimiter: str) -> tuple[list[str], str]:
    """The cells of one record, or a fault."""
    if '"' not in text:
        return text.split(delimiter), ""
    cells, place, form = [], 0, _FIELD[delimiter]
    while (found := form.match(text, place)) is not None:
        cells.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        if not found[3]:
            return cells, ""
        place = found.end()
    return [], _UNQUOTED
