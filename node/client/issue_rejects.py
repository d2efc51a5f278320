"""Rows that became no credentials, each with line, field and reason, to be mended and handed in again."""

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import IO, Any, Final, Self

from node.client.errors import Unusable

COLUMNS: Final = ("reject_line", "reject_field", "reject_reason")
"""What is written before a row's own columns, and not read when the file is handed in again."""
_COLUMNS: Final = frozenset(COLUMNS)
_NDJSON: Final = frozenset({".ndjson", ".jsonl"})
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")
_NEGATIVE: Final = re.compile(r"-[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_MAX_REASON: Final = 500
_BEGINNING: Final = re.compile(rb'(?:\xef\xbb\xbf)?(?:\{\s*)?"?reject_line"?[,;\t:]')
"""Of such a file, as it is written here or comes out of a spreadsheet."""


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was refused.

    Attributes:
        line: of its file.
        field: what of it is wrong; empty where that is all of it.
        reason: one sentence.
        members: the row as it was read; nothing where it could not be.
    """

    line: int
    field: str
    reason: str
    members: Mapping[str, Any]


def without_marks(members: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row without what was written about it when it was refused before."""
    if _COLUMNS.isdisjoint(members):
        return members
    own = {name: value for name, value in members.items() if name not in _COLUMNS}
    if not isinstance(members.get("reject_line"), str):  # NDJSON, where nothing is put before a text
        return own
    return {_bare(name): _bare(value) for name, value in own.items()}


def is_same(path: Path, other: Path) -> bool:
    """Whether two paths are of one file, which need not be there yet."""
    try:
        return path.resolve() == other.resolve() or path.samefile(other)
    except OSError:
        return False


def check_rejects(path: Path, *, kept: Iterable[Path] = ()) -> None:
    """Return if refused rows can be written there: nothing is, or a file of such rows.

    Args:
        path: of the file.
        kept: files that are something else, though they may look like one or are not there yet.

    Raises:
        Unusable: another file is there, which would be lost.
    """
    if any(is_same(path, one) for one in kept):
        raise Unusable(f"{path} has another use in this run: name a file of its own with --rejects")
    try:
        mode = path.lstat().st_mode
        if S_ISREG(mode):
            with path.open("rb") as file:
                if _BEGINNING.match(file.read(64)):
                    return
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    raise Unusable(f"{path} is no file of refused rows and stays as it is: name another with --rejects")


class Rejects:
    """The file of one run; it takes its name when the run has read all, for its input may have that name.

    Attributes:
        path: of the file.
        count: rows in it.
    """

    def __init__(self, path: Path, *, run: str) -> None:
        """Nothing is written before there is something to write.

        Args:
            path: of the file, NDJSON by its name or else CSV.
            run: name of the run, which no other process has at the same time: what lies under names with it
                was left when it was cut off.
        """
        self.path = path
        self.count = 0
        self._temporary = path.with_name(f".{path.name[:64]}.{run}.tmp")
        self._table = path.with_name(f".{path.name[:64]}.{run}.csv.tmp")
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """The file has its name if the run came to its end; else the one of before stays.

        Raises:
            Unusable: another file has the name by now.
            OSError: it cannot be written.
        """
        if self._file is not None:
            self._file.close()
        try:
            if kind is None:
                self._name()
        finally:
            self._temporary.unlink(missing_ok=True)
            self._table.unlink(missing_ok=True)

    def write(self, rejects: Iterable[Reject]) -> None:
        """These rows are to be in the file, which is its owner's alone, for it is about people.

        Raises:
            OSError: it cannot be written.
        """
        for reject in sorted(rejects, key=lambda one: one.line):
            if self._file is None:
                self._file = _private(self._temporary)
            reason = "".join(char if char.isprintable() else " " for char in reject.reason[:_MAX_REASON])
            marks = dict(zip(COLUMNS, (reject.line, reject.field, reason), strict=True))
            self._file.write(_line(marks | dict(reject.members)))
            self.count += 1

    def _name(self) -> None:
        check_rejects(self.path)
        if self._file is None:
            self.path.unlink(missing_ok=True)
        elif self.path.suffix in _NDJSON:
            self._temporary.replace(self.path)
        else:
            self._print_table(self._table)
            self._table.replace(self.path)

    def _print_table(self, path: Path) -> None:
        """The rows in CSV, under all columns that any of them has."""
        columns = list(dict.fromkeys(name for row in self._rows() for name in row))
        with _private(path) as file:
            writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            writer.writerow(map(_text, columns))
            writer.writerows([_cell(row.get(name)) for name in columns] for row in self._rows())

    def _rows(self) -> Iterator[dict[str, Any]]:
        with self._temporary.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _private(path: Path) -> IO[str]:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def _line(members: Mapping[str, Any]) -> str:
    return json.dumps(members, ensure_ascii=False, default=str).encode(errors="replace").decode() + "\n"


def _cell(value: object) -> object:
    """What a cell holds: a text, a number as it is, the rest as JSON."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    return json.dumps(value, ensure_ascii=False)


def _text(text: str) -> str:
    """The text as a spreadsheet shows it and does not calculate it: with an apostrophe before a formula.

    A text that begins with apostrophes and goes on as a formula gets one more, so that one can be taken off
    whatever there was. Negative numbers are no formulas.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NEGATIVE.fullmatch(text) else text


def _bare(text: Any) -> Any:
    """What `_text` was made of."""
    return text[1:] if isinstance(text, str) and text[:1] == "'" and _FORMULA.match(text) else text
