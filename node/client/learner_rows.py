"""Learners' rows, streamed from CSV, a JSON list or NDJSON: the content tells which."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from node.client.errors import Unusable
from node.client.learner_csv import read_csv
from node.client.learner_json import read_list
from node.client.learner_row import MAX_ROW, TOO_LONG, LearnerRow, Line, lines_of, row_of_json

__all__ = ["STANDARD_INPUT", "LearnerRow", "read_rows"]

STANDARD_INPUT: Final = "-"

_CHUNK: Final = 256 * 1024  # bytes
_MARK: Final = b"\xef\xbb\xbf"
_MOST_BLANK: Final = 1024 * 1024  # bytes of white space before the first row


def read_rows(path: Path, *, standard_input: BinaryIO) -> Iterator[LearnerRow]:
    """The rows of a file in their order, never more than a few of them in memory.

    It is a JSON list if it begins with `[`, NDJSON or one JSON object if with `{`, else a table in CSV; UTF-8
    with a byte order mark or without. A row that cannot be read has a `fault`, and the rest goes on.

    Args:
        path: `-` is standard input.
        standard_input: read if the path says so.

    Raises:
        Unusable: the file cannot be opened or read.
    """
    if str(path) == STANDARD_INPUT:
        yield from _rows(_chunks(standard_input, "standard input"))
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    with file:
        yield from _rows(_chunks(file, str(path)))


def _chunks(file: BinaryIO, shown: str) -> Iterator[bytes]:
    try:
        while chunk := file.read(_CHUNK):
            yield chunk
    except OSError as error:
        raise Unusable(f"cannot read {shown}: {error.strerror}") from None


def _rows(chunks: Iterator[bytes]) -> Iterator[LearnerRow]:
    head = b""
    while not head.removeprefix(_MARK).strip() and len(head) <= _MOST_BLANK:
        chunk = next(chunks, b"")
        if not chunk:
            break
        head += chunk
    head = head.removeprefix(_MARK)
    first = head.lstrip()[:1]
    if first == b"[":
        yield from read_list(chain((head,), chunks))
    elif first == b"{":
        yield from _objects(head, chunks)
    else:
        yield from read_csv(lines_of(chain((head,), chunks)))


def _objects(head: bytes, chunks: Iterator[bytes]) -> Iterator[LearnerRow]:
    """The rows of NDJSON; or the one row of an object over several lines, which has the file for itself."""
    while len(head) <= MAX_ROW and (more := next(chunks, b"")):
        head += more
    if len(head) <= MAX_ROW and b"\n" in head.strip():
        begun = 1 + head[: len(head) - len(head.lstrip())].count(b"\n")
        if not (one := row_of_json(begun, head)).fault:
            yield one
            return
    yield from _ndjson(lines_of(chain((head,), chunks)))


def _ndjson(lines: Iterator[Line]) -> Iterator[LearnerRow]:
    for number, line in lines:
        if line is None:
            yield LearnerRow(number, {}, TOO_LONG)
        elif text := line.strip():
            yield row_of_json(number, text)
