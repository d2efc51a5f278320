"""What was handed in at the verifying page: files, pasted text, pictures, and what is asked about them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from credentials.expected import Expected
from credentials.plain_text import MAX_ADDRESS, is_plain
from credentials.presentation import MAX_NONCE
from credentials.securing.reading import MAX_SIZE
from node.api.errors import InvalidRequest
from node.api.form_body import Part, read_form
from node.api.parameters import time_parameter
from node.foreign.qr_client import MAX_PICTURE
from node.web.pages import marked

MOST_DOCUMENTS: Final = 16
"""Files, texts and pictures of one form."""
MAX_FORM: Final = 20 * 1024 * 1024
"""Bytes of a form: sixteen documents of the largest size, or a picture and some documents."""
_FIELDS: Final = frozenset({"document", "text", "picture", "as-of", "nonce", "audience"})
_MOST_PARTS: Final = MOST_DOCUMENTS + 8  # a browser sends the fields that were left empty as well
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?")
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_WHITE_SPACE: Final = b" \t\r\n"


class FormRefused(InvalidRequest):
    """What was handed in cannot be judged.

    Attributes:
        message: for people, as it stands in the catalogues.
        values: what stands in its places.
    """

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message % values)
        self.message = message
        self.values = values


@dataclass(frozen=True, slots=True)
class Handed:
    """One thing that was handed in.

    Attributes:
        name: of its file; empty if it was pasted.
        content: its bytes.
        is_picture: whether a QR code is to be looked for in it.
    """

    name: str
    content: bytes
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was filled in.

    Attributes:
        handed: in their order, at least one.
        at: the time asked for; None: now.
        expected: what the asker gave to whoever shows the credential.
    """

    handed: tuple[Handed, ...]
    at: datetime | None
    expected: Expected


def form_of(body: bytes, content_type: str) -> Form:
    """Return what a form says.

    Args:
        body: at most `MAX_FORM` bytes.
        content_type: as the request declares it.

    Raises:
        UnsupportedMediaType: it is no form.
        InvalidRequest: it cannot be read, has another field, or nothing was handed in, or too much.
        InvalidParameter: the time asked for is none.
    """
    parts = read_form(body, content_type, most_parts=_MOST_PARTS)
    if unknown := next((part.name for part in parts if part.name not in _FIELDS), None):
        raise FormRefused(marked("The form has a field that is not known here: %(name)s"), name=unknown[:64])
    handed = tuple(_handed(parts))
    if not handed:
        raise FormRefused(marked("Nothing was handed in. Choose a file, or paste the text of a credential."))
    if len(handed) > MOST_DOCUMENTS:
        raise FormRefused(
            marked("At most %(most)s documents are judged at once; these are %(number)s."),
            most=MOST_DOCUMENTS,
            number=len(handed),
        )
    return Form(
        handed=handed,
        at=_moment(_field(parts, "as-of")),
        expected=Expected(
            nonce=_plain(_field(parts, "nonce"), most=MAX_NONCE),
            audience=_plain(_field(parts, "audience"), most=MAX_ADDRESS),
        ),
    )


def looks_like_a_picture(content: bytes) -> bool:
    """Whether a file begins as pictures of the kinds do that are read here."""
    return content.startswith(_PICTURES)


def _handed(parts: Iterable[Part]) -> Iterable[Handed]:
    for part in parts:
        if part.name not in {"document", "text", "picture"} or not part.content.strip(_WHITE_SPACE):
            continue
        is_picture = part.name == "picture" or (
            part.name == "document" and looks_like_a_picture(part.content)
        )
        if len(part.content) > (MAX_PICTURE if is_picture else MAX_SIZE):
            raise FormRefused(
                marked("%(name)s is too large: a credential has at most 1 MiB, a picture 12 MiB."),
                name=part.file_name or part.name,
            )
        yield Handed(part.file_name or "", part.content, is_picture)


def _field(parts: Iterable[Part], name: str) -> str:
    values = [part.content for part in parts if part.name == name]
    if len(values) > 1:
        raise FormRefused(marked("The form has a field twice: %(name)s"), name=name)
    try:
        return values[0].decode("utf-8").strip() if values else ""
    except UnicodeDecodeError as error:
        raise FormRefused(marked("A field of the form is no text: %(name)s"), name=name) from error


def _moment(text: str) -> datetime | None:
    """The time asked for: as a browser's field writes it, here in UTC, or with its zone (RFC 3339)."""
    if not text:
        return None
    if _LOCAL.fullmatch(text) is None:
        return time_parameter(text, name="as-of")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise FormRefused(marked("The time asked for does not exist: %(text)s"), text=text) from error


def _plain(text: str, *, most: int) -> str | None:
    if not text:
        return None
    if is_plain(text, most=most):
        return text
    raise FormRefused(
        marked("Nonce and audience are texts of one line, of at most %(most)s characters."), most=most
    )
