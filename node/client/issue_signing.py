"""A chunk of rows made into credentials: drafted, placed, secured, read back, digested; in each process."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import is_not
from pathlib import Path
from typing import Any, Final

from anchoring.digest import secured_digest
from credentials.errors import CredentialsError
from credentials.securing.reading import MAX_SIZE
from node.client.course_credential import CourseCredentials, RowRefused, Said
from node.client.credential_drafts import with_status
from node.client.elm_export import elm_of
from node.client.errors import Refused
from node.client.issue_entries import Entries
from node.client.issue_forms import SUFFIX_OF, Securing, named, securer
from node.client.issue_outputs import line_of, write_at, write_files
from node.client.issue_reading_back import ReadingBack

ELM_SUFFIX: Final = ".json"
_IDENTIFIER: Final = 16  # random bytes
_OF_KIND: Final = ("@context", "type", "credentialSchema", "termsOfUse")

Kind = tuple[str, ...]
"""What of a credential its issuer's accreditation has to cover, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Rows for one process.

    Attributes:
        rows: at most those of a chunk, each by the number of its line and what it says (`Said`).
        places: for each status list, the entries of the rows.
        kinds: what is covered (None), or why it is not.
        folder: where files are to be written; None for lines.
        elm_folder: where ELM exports are to be written, if they are.
        stem: begins the names of files.
    """

    rows: tuple[tuple[int, Mapping[str, str], Mapping[str, Any]], ...]
    places: tuple[Entries, ...]
    kinds: Mapping[Kind, str | None]
    folder: Path | None = None
    elm_folder: Path | None = None
    stem: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of the rows of one chunk.

    Attributes:
        refused: of each row that was, by its place in the chunk, the field and the reason.
        digests: 32 bytes for each other row, in their order.
        length: bytes of the credentials as NDJSON, which wait to be written; 0 if they are in files.
        uncovered: a draft of a kind of which nobody said whether it is covered; then nothing was made.
    """

    refused: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    digests: bytes = b""
    length: int = 0
    uncovered: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A process could not make a chunk: nothing that a row says is to blame."""

    reason: str


@dataclass(slots=True)
class _Texts:
    """The credentials of a chunk so far."""

    numbers: list[int] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    exports: list[bytes] = field(default_factory=list)


class Maker:
    """Makes credentials of rows."""

    def __init__(
        self, course: CourseCredentials, securing: Securing, *, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        """Take what all rows have in common.

        Args:
            course: what rows become credentials by.
            securing: how they are secured.
            random: the operating system's randomness, for their ids.

        Raises:
            Unusable: the key signs nothing here.
            CredentialsError: no certificate, or of another key.
        """
        self._course, self._securing, self._random = course, securing, random
        self._securer = securer(securing)
        self._reading_back = ReadingBack()
        self._lines: list[bytes] = []
        self._last_kind: tuple[tuple[object, ...], Kind] | None = None

    def make(self, work: Work) -> Made:
        """What becomes of the rows of a chunk.

        Raises:
            OSError: files cannot be written.
        """
        done, refused = _Texts(), {}
        for at, (number, usual, given) in enumerate(work.rows):
            try:
                draft = self._course.draft_of(Said(usual, given), identifier=self._random(_IDENTIFIER))
                kind = self._kind_of(draft)
                if kind not in work.kinds:
                    return Made(uncovered=draft)
                if (reason := work.kinds[kind]) is not None:
                    refused[at] = "", reason
                    continue
                self._add(done, work, at, draft)
                done.numbers.append(number)
            except RowRefused as error:
                refused[at] = error.field, error.reason
            except (Refused, CredentialsError, ValueError) as error:
                refused[at] = "", str(error)
        return self._finished(work, done, refused)

    def write_lines(self, path: Path, offset: int) -> None:
        """The credentials that were made last are in a file, from an offset on.

        Raises:
            OSError: it cannot be written.
        """
        lines, self._lines = self._lines, []
        write_at(path, offset, lines)

    def _kind_of(self, draft: Mapping[str, Any]) -> Kind:
        """`kind_of`, which is the same for drafts that share what it is made of."""
        parts = tuple(draft.get(name) for name in _OF_KIND)
        if self._last_kind is None or any(map(is_not, parts, self._last_kind[0])):
            self._last_kind = parts, kind_of(draft)
        return self._last_kind[1]

    def _add(self, done: _Texts, work: Work, at: int, draft: dict[str, Any]) -> None:
        draft = named(draft, self._securing)
        for places in work.places:
            draft = with_status(draft, places.of(at))
        text, digest, shape = self._securer.secure(draft)
        self._reading_back.check(text, draft, shape=shape)
        if work.elm_folder is not None:
            done.exports.append(elm_of(draft))
        if not done.texts:  # the first of each chunk is held against what any verifier makes of it
            assert digest == secured_digest(text, max_size=MAX_SIZE).digest
        done.texts.append(text)
        done.digests.append(digest)
        done.identifiers.append(str(draft["id"]))

    def _finished(self, work: Work, done: _Texts, refused: dict[int, tuple[str, str]]) -> Made:
        names = [f"{work.stem}-{number:07}" for number in done.numbers]
        if work.elm_folder is not None and names:
            files = zip(names, done.exports, strict=True)
            write_files(work.elm_folder, ((name + ELM_SUFFIX, export) for name, export in files))
        if work.folder is None:
            told = zip(done.numbers, done.identifiers, done.digests, done.texts, strict=True)
            self._lines = [
                part
                for number, identifier, digest, text in told
                for part in line_of(row=number, identifier=identifier, digest=digest, text=text)
            ]
            return Made(refused, b"".join(done.digests), sum(map(len, self._lines)))
        if names:
            suffix = SUFFIX_OF[self._securing.form]
            files = zip(names, done.texts, strict=True)
            write_files(work.folder, ((name + suffix, text) for name, text in files))
        return Made(refused, b"".join(done.digests))


def kind_of(draft: Mapping[str, Any]) -> Kind:
    """What of a credential its issuer's accreditation has to cover: data model, types, schemas, terms."""
    return tuple(str(draft.get(name)) for name in _OF_KIND)
