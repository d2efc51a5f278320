"""Rows that became no credentials, each with line, field and reason, to be mended and handed in again."""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Self

COLUMNS: Final = ("reject_line", "reject_field", "reject_reason")
"""What is written before a row's own columns, and not read when the file is handed in again."""
_COLUMNS: Final = frozenset(COLUMNS)
_NDJSON: Final = frozenset({".ndjson", ".jsonl"})
_MAX_REASON: Final = 500


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
    return {name: value for name, value in members.items() if name not in _COLUMNS}


class Rejects:
    """The file of one run; it takes its name when the run has read all, for its input may have that name.

    Attributes:
        path: of the file.
        count: rows in it.
    """

    def __init__(self, path: Path) -> None:
        """Nothing is written before there is something to write.

        Args:
            path: of the file, NDJSON by its name or else CSV.
        """
        self.path = path
        self.count = 0
        self._temporary = path.with_name(f".{path.name}.tmp")
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """The file has its name if the run came to its end; else the one of before stays.

        Raises:
            OSError: it cannot be written.
        """
        if self._file is not None:
            self._file.close()
        try:
            if kind is None:
                self._name()
        finally:
            self._temporary.unlink(missing_ok=True)

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
        if self._file is None:
            self.path.unlink(missing_ok=True)
        elif self.path.suffix in _NDJSON:
            self._temporary.replace(self.path)
        else:
            table = self.path.with_name(f".{self.path.name}.csv.tmp")
            self._print_table(table)
            table.replace(self.path)

    def _print_table(self, path: Path) -> None:
        """The rows in CSV, under all columns that any of them has."""
        columns = list(dict.fromkeys(name for row in self._rows() for name in row))
        with _private(path) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_cell(row.get(name)) for name in columns] for row in self._rows())

    def _rows(self) -> Iterator[dict[str, Any]]:
        with self._temporary.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _private(path: Path) -> IO[str]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def _line(members: Mapping[str, Any]) -> str:
    return json.dumps(members, ensure_ascii=False, default=str).encode(errors="replace").decode() + "\n"


def _cell(value: object) -> object:
    """What a cell holds: a text or a number as it is, the rest as JSON."""
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else value
    return json.dumps(value, ensure_ascii=False)
