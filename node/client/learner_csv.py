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
    is_blank,
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
    is one row, with that fault. Rows of empty cells are passed over: spreadsheets end their tables so.

    Args:
        lines: with their numbers. The header tells whether commas, semicolons or tabs lie between cells.
    """
    waiting: deque[Line] = deque()
    number, names, delimiter, fault = _header(waiting, lines)
    if fault:
        yield LearnerRow(number, {}, f"the first line names no columns: {fault}")
        return
    while (first := _next(waiting, lines)) is not None:
        text, fault = _record(first, waiting, lines, (delimiter,))
        cells, fault = ([], fault) if fault else _cells(text, delimiter)
        if not fault and (not cells or all(map(is_blank, cells))):
            continue
        if not fault and len(cells) != len(names):
            fault = f"it has {len(cells)} cells, and there are {len(names)} columns"
        members = (
            {}
            if fault
            else {name: cell for name, cell in zip(names, cells, strict=True) if not is_blank(cell)}
        )
        yield LearnerRow(first[0], members, fault)


def _header(waiting: deque[Line], lines: Iterator[Line]) -> tuple[int, list[str], str, str]:
    """The line of the header, its columns, what lies between cells, and what is wrong with it."""
    number, text, fault = 1, "", ""
    while not text and not fault and (first := _next(waiting, lines)) is not None:
        number = first[0]
        text, fault = _record(first, waiting, lines, _DELIMITERS)
        text = "" if is_blank(text) else text
    delimiter = max(_DELIMITERS, key="".join(text.split('"')[::2]).count)
    cells, fault = ([], fault) if fault or not text else _cells(text, delimiter)
    names = [cell.strip() for cell in cells]
    return number, names, delimiter, fault or fault_of_header(names)


def _next(waiting: deque[Line], lines: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(lines, None)


def _record(
    first: Line, waiting: deque[Line], lines: Iterator[Line], delimiters: tuple[str, ...]
) -> tuple[str, str]:
    """The record that begins with a line, or a fault; then all further lines wait again."""
    raw = first[1]
    if raw is None:
        return "", TOO_LONG
    taken: list[Line] = []
    held, size, odd = [raw], len(raw), raw.count(b'"') % 2
    while odd:
        following = _next(waiting, lines)
        if following is not None:
            taken.append(following)
        if following is None or following[1] is None or size + len(following[1]) >= MAX_ROW:
            waiting.extendleft(reversed(taken))
            return "", _UNCLOSED
        held.append(following[1])
        size += len(following[1]) + 1
        odd ^= following[1].count(b'"') % 2
    whole = b"\n".join(held).removesuffix(b"\r")
    if taken and all(_cells(whole.decode(errors="replace"), one)[1] for one in delimiters):
        waiting.extendleft(reversed(taken))
        return "", _UNQUOTED
    try:
        return whole.decode(), ""
    except UnicodeDecodeError:
        return "", NOT_UTF_8


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
