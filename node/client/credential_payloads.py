"""What credentials shall say, read from files: one JSON object, or one on each line (NDJSON)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from did.errors import InvalidJson
from did.json_text import parse_object
from node.client.errors import Refused, Unusable

STANDARD_INPUT = "-"
MAX_PAYLOAD = 512 * 1024
"""Bytes of one payload; signed and in base64url it stays below the 1 MiB of a credential."""
MAX_FILE = 256 * 1024 * 1024
"""Bytes of one file of payloads."""
MAX_PAYLOADS = 100_000
"""Payloads of one run: a status list of the usual length has places for 98,304, three quarters of it."""

_MIN_DIGITS = 4  # of a line's number in a name: the next run's files are named alike, and sort as they stand
_MAX_NAMED = 5  # broken lines that one message names
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Payload:
    """What one credential shall say.

    Attributes:
        name: what the credential's file is called, without its suffix.
        place: where it was read, for messages.
        members: of the JSON object.
        fault: why it is no JSON object, and has no members; empty if it is one.
    """

    name: str
    place: str
    members: dict[str, Any]
    fault: str = ""


def read_payloads(paths: Sequence[Path], *, standard_input: BinaryIO) -> list[Payload]:
    """All payloads of the files, in their order; each name stands once.

    Those that are no JSON objects are among them with their `fault`, so that all that is wrong with a file
    is told at once; if there are no others, they are told here.

    Args:
        paths: files of one JSON object or of one on each line; `-` is standard input.
        standard_input: read where a path says so.

    Raises:
        Unusable: a file cannot be read, or holds nothing.
        Refused: no line is a JSON object; the first few are named.
    """
    found: list[Payload] = []
    for path in paths:
        before = len(found)
        found.extend(_payloads_in(path, _content_of(path, standard_input)))
        if len(found) > MAX_PAYLOADS:
            raise Unusable(f"one run issues at most {MAX_PAYLOADS} credentials")
        if len(found) == before:
            raise Unusable(f"there is no payload to issue a credential from in {_shown(path)}")
    if all(payload.fault for payload in found):
        raise Refused(named_places([f"{payload.place}: {payload.fault}" for payload in found]))
    names = [payload.name for payload in found]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Unusable(f"two files would both become {twice}.jwt: give them different names")
    return found


def named_places(broken: Sequence[str]) -> str:
    """One sentence of the first few refusals, and how many more there are."""
    more = len(broken) - _MAX_NAMED
    return "; ".join(broken[:_MAX_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _content_of(path: Path, standard_input: BinaryIO) -> bytes:
    if str(path) == STANDARD_INPUT:
        content = standard_input.read(MAX_FILE + 1)
    else:
        try:
            with path.open("rb") as file:
                content = file.read(MAX_FILE + 1)
        except OSError as error:
            raise Unusable(f"cannot read {path}: {error.strerror}") from None
    if len(content) > MAX_FILE:
        raise Unusable(f"{path} is larger than {MAX_FILE} bytes")
    return content.removeprefix(_BYTE_ORDER_MARK)


def _shown(path: Path) -> str:
    return "standard input" if str(path) == STANDARD_INPUT else str(path)


def _payloads_in(path: Path, content: bytes) -> Iterator[Payload]:
    """The payloads of one file, those that are none with their fault."""
    shown = _shown(path)
    stem = ("" if str(path) == STANDARD_INPUT else path.stem.lstrip(".")) or "credential"
    whole = content.strip()
    lines = [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if not lines:
        return
    if len(lines) == 1 or not _is_ndjson(whole, first=lines[0][1].strip()):
        yield _payload(whole, name=stem, place=shown)
        return
    width = max(_MIN_DIGITS, len(str(lines[-1][0])))
    for number, line in lines:
        yield _payload(line, name=f"{stem}-{number:0{width}}", place=f"{shown}, line {number}")


def _is_ndjson(whole: bytes, *, first: bytes) -> bool:
    """Whether lines are objects of their own: together they are not one, and the first looks whole."""
    if len(whole) <= MAX_PAYLOAD:
        try:
            parse_object(whole, max_bytes=MAX_PAYLOAD)
        except InvalidJson:
            pass
        else:
            return False
    return first.startswith(b"{") and first.endswith(b"}")


def _payload(text: bytes, *, name: str, place: str) -> Payload:
    try:
        return Payload(name, place, parse_object(text, max_bytes=MAX_PAYLOAD))
    except InvalidJson as error:
        listed = text.startswith(b"[")
        fault = "a list; write one object on each line instead" if listed else error.reason
        return Payload(name, place, {}, fault)
