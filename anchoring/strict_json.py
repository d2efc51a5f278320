"""JSON read strictly and printed in its one canonical form (RFC 8259, RFC 7493, RFC 8785)."""

import json
import re
from typing import Final, NamedTuple, NoReturn

import rfc8785

from .errors import MalformedDocument

MAX_DOCUMENT_SIZE: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64
# An unclosed string reaches to the end: each character is looked at once.
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS: Final = re.compile(r"[\[{]+|[\]}]+")
# UTF-8 begins characters beyond the basic plane with these; their keys sort otherwise in UTF-16.
_ASTRAL_LEADS: Final = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
_SAFE_DIGITS: Final = 15


class Json(NamedTuple):
    """A value that was read, and whether Python's own printer prints its canonical form."""

    value: object
    plain: bool


def parse_json(document: bytes, *, max_size: int = MAX_DOCUMENT_SIZE, max_depth: int = MAX_DEPTH) -> Json:
    """Return the value of a JSON text whose meaning no two readers can see differently (RFC 7493 section 2).

    Args:
        document: UTF-8 without byte order mark.
        max_size: largest number of bytes.
        max_depth: largest number of arrays and objects within one another.

    Raises:
        MalformedDocument: too large, too deep, not UTF-8, not JSON, a key twice, or no number.
    """
    if len(document) > max_size:
        raise MalformedDocument(f"a document has at most {max_size} bytes, not {len(document)}")
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedDocument("the document is not UTF-8") from error
    if text.count("{") + text.count("[") > max_depth:
        _check_depth(text, max_depth)
    try:
        return Json(_PLAIN_READER.decode(text), _is_plain(document, text))
    except _DelicateNumber:
        return Json(_read(text), plain=False)
    except ValueError as error:
        raise MalformedDocument(f"the document is not JSON: {error}") from error


def canonical_form(json_value: Json) -> bytes:
    """Return the canonical form of a JSON value (RFC 8785).

    Raises:
        MalformedDocument: a number or a string has no canonical form.
    """
    if json_value.plain:
        return _PRINTER.encode(json_value.value).encode("utf-8")
    try:
        return rfc8785.dumps(json_value.value)  # type: ignore[arg-type]  # it checks the types itself
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise MalformedDocument(f"no canonical form: {error}") from error


class _DelicateNumber(Exception):
    """A number that Python and RFC 8785 may print differently."""


def _is_plain(document: bytes, text: str) -> bool:
    if "\\u" in text:  # perhaps half a surrogate pair
        return False
    return text.isascii() or not any(lead in document for lead in _ASTRAL_LEADS)


def _read(text: str) -> object:
    try:
        return _READER.decode(text)
    except ValueError as error:
        raise MalformedDocument(f"the document is not JSON: {error}") from error


def _check_depth(text: str, max_depth: int) -> None:
    depth = 0
    for brackets in _BRACKETS.findall(_STRING.sub("", text)):
        if brackets[0] in "[{":
            depth += len(brackets)
            if depth > max_depth:
                raise MalformedDocument(f"more than {max_depth} arrays and objects within one another")
        else:
            depth -= len(brackets)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedDocument("an object names a member twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedDocument(f"{name} is no JSON number")


def _refuse_float(text: str) -> NoReturn:
    raise _DelicateNumber(text)


def _small_int(text: str) -> int:
    if len(text) > _SAFE_DIGITS:
        raise _DelicateNumber(text)
    return int(text)


_READER: Final = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_refuse_constant)
_PLAIN_READER: Final = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_constant=_refuse_constant,
    parse_float=_refuse_float,
    parse_int=_small_int,
)
_PRINTER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
)
