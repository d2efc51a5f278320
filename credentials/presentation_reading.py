"""Whether a document is a presentation, told by its content, never by a name or a media type."""

from typing import Any, Final

from did.errors import InvalidJson
from did.json_text import parse_object

from .errors import AlgorithmRefused, MalformedJws, MalformedPresentation
from .presentation import ENVELOPED, TYPE, Presentation, opened_envelope
from .presentation_jwt import TYPES, read_presentation_jwt, typ_of
from .presentation_proof import read_presentation_document
from .securing.envelope import is_of_type
from .securing.jose import ParsedJws, parse_compact
from .securing.reading import MAX_SIZE

_WHITE_SPACE: Final = b" \t\r\n"


def read_presentation(document: bytes) -> Presentation | None:
    """The presentation that `document` holds, its signature unchecked; None if by its content it is none.

    Args:
        document: as it was handed in.

    Raises:
        MalformedPresentation: it is one that breaks a rule.
        TooManyCredentials: it shows more than are judged together.
    """
    if len(document) > MAX_SIZE:
        return None
    text = document.strip(_WHITE_SPACE)
    if text[:1] != b"{":
        return _read_compact(text)
    members = _object(text)
    if members is None:
        return None
    if is_of_type(members, ENVELOPED):
        return _enveloped(members)
    return read_presentation_document(members) if is_of_type(members, TYPE) else None


def _enveloped(members: dict[str, Any]) -> Presentation:
    inner = _read_compact(opened_envelope(members))
    if inner is None:
        raise MalformedPresentation("there is no presentation in the envelope")
    return inner


def _read_compact(text: bytes) -> Presentation | None:
    parsed = _jwt(text)
    if parsed is None:
        return None
    jws, claims = parsed
    if typ_of(jws) in TYPES or "vp" in claims or is_of_type(claims, TYPE):
        return read_presentation_jwt(jws, claims)
    return None


def _jwt(text: bytes) -> tuple[ParsedJws, dict[str, Any]] | None:
    try:
        jws = parse_compact(text.decode("ascii"))
    except (UnicodeDecodeError, MalformedJws, AlgorithmRefused):
        return None
    claims = _object(jws.payload)
    return None if claims is None else (jws, claims)


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        return parse_object(text, max_bytes=MAX_SIZE)
    except InvalidJson:
        return None
