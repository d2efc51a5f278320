"""Forms that browsers send, taken apart in memory (RFC 7578): nothing of them is spooled to a disk."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from credentials.plain_text import plain
from node.api.errors import InvalidRequest, UnsupportedMediaType

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MEDIA_TYPE: Final = "multipart/form-data"
MAX_FILE_NAME: Final = 120
"""Characters of a file's name that are kept."""
_MAX_HEADERS: Final = 8
_MAX_HEADER: Final = 2048
_BOUNDARY: Final = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_NO_FORM: Final = "The form cannot be read (RFC 7578)."


class TooManyFields(InvalidRequest):
    """A form has more fields than are read here."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A form has at most {most} fields here.")


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form.

    Attributes:
        name: of the field.
        file_name: as the sender calls the file, cut, without what commands a terminal; None if it is none.
        content: its bytes.
    """

    name: str
    file_name: str | None
    content: bytes


def read_form(body: bytes, content_type: str, *, most_parts: int) -> tuple[Part, ...]:
    """Return the fields of a form in their order.

    Args:
        body: bounded by whoever read it.
        content_type: as the request declares it.
        most_parts: fields at most.

    Raises:
        UnsupportedMediaType: it is declared as something else.
        InvalidRequest: it is no whole form, or has too many fields.
    """
    kind, options = parse_options_header(content_type)
    if kind != MEDIA_TYPE.encode():
        raise UnsupportedMediaType(content_type.partition(";")[0], wanted=(MEDIA_TYPE,))
    boundary = options.get(b"boundary", b"")
    if _BOUNDARY.fullmatch(boundary) is None:
        raise InvalidRequest(_NO_FORM)
    if body.count(b"--" + boundary) > most_parts + 1:  # what nearly is a boundary is slow to tell from one
        raise TooManyFields(most_parts)
    reading = _Reading()
    try:
        parser = MultipartParser(
            boundary,
            reading.callbacks(),
            max_size=max(1, len(body)),
            max_header_count=_MAX_HEADERS,
            max_header_size=_MAX_HEADER,
        )
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise InvalidRequest(_NO_FORM) from error
    if not reading.ended:
        raise InvalidRequest(_NO_FORM)
    return tuple(reading.parts)


@dataclass(slots=True)
class _Reading:
    """What the parser has told so far."""

    parts: list[Part] = field(default_factory=list)
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    content: bytearray = field(default_factory=bytearray)
    ended: bool = False

    def callbacks(self) -> "MultipartCallbacks":
        """The parser's, by their names."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self.name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self.value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_part_data": lambda data, start, end: self.content.extend(data[start:end]),
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self.headers.clear()
        self.content.clear()

    def _end_header(self) -> None:
        self.headers[bytes(self.name).lower()] = bytes(self.value)
        self.name.clear()
        self.value.clear()

    def _end_part(self) -> None:
        kind, options = parse_options_header(self.headers.get(b"content-disposition"))
        name = options.get(b"name")
        if kind != b"form-data" or name is None or b"content-transfer-encoding" in self.headers:
            raise InvalidRequest(_NO_FORM)
        file_name = options.get(b"filename")
        self.parts.append(
            Part(
                name=name.decode("utf-8", "replace"),
                file_name=None if file_name is None else _shown(file_name),
                content=bytes(self.content),
            )
        )

    def _end(self) -> None:
        self.ended = True


def _shown(name: bytes) -> str:
    return plain(name.decode("utf-8", "replace"), most=MAX_FILE_NAME)
