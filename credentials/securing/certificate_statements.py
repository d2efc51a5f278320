"""What the extension qcStatements of a certificate says (RFC 3739 section 3.2.6, ETSI EN 319 412-5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from credentials.errors import UnusableCertificate

QC_COMPLIANCE: Final = bytes.fromhex("04008e460101")
QC_TYPE: Final = bytes.fromhex("04008e460106")
"""Object identifiers 0.4.0.1862.1.1 and 0.4.0.1862.1.6, as DER writes them."""
QC_TYPES: Final = {
    bytes.fromhex("04008e46010601"): "esign",
    bytes.fromhex("04008e46010602"): "eseal",
    bytes.fromhex("04008e46010603"): "web",
}

_MAX: Final = 16 * 1024
_SEQUENCE: Final = 0x30
_OBJECT_IDENTIFIER: Final = 0x06
_LONG_FORM: Final = 0x80
_MOST_LENGTH_OCTETS: Final = 2


@dataclass(frozen=True, slots=True)
class QcStatements:
    """What the authority states of a certificate.

    Attributes:
        qualified: whether it calls the certificate qualified (QcCompliance).
        types: what for: `esign`, `eseal`, `web`, or `other`; none where QcType is not stated.
    """

    qualified: bool = False
    types: tuple[str, ...] = ()


def read_qc_statements(value: bytes) -> QcStatements:
    """The statements in the extension 1.3.6.1.5.5.7.1.3.

    Args:
        value: DER, the extension's content.

    Raises:
        UnusableCertificate: it is no sequence of statements.
    """
    if len(value) > _MAX:
        raise UnusableCertificate("its qcStatements are too long")
    qualified, types = False, []
    for statement in _only_sequence(value):
        parts = list(_elements(_content(statement, _SEQUENCE)))
        if not parts:
            raise UnusableCertificate("one of its qcStatements is empty")
        name = _content(parts[0], _OBJECT_IDENTIFIER)
        if name == QC_COMPLIANCE:
            qualified = True
        elif name == QC_TYPE and len(parts) > 1:
            purposes = _elements(_content(parts[1], _SEQUENCE))
            types += [QC_TYPES.get(_content(purpose, _OBJECT_IDENTIFIER), "other") for purpose in purposes]
    return QcStatements(qualified, tuple(types))


def _only_sequence(value: bytes) -> Iterator[tuple[int, bytes]]:
    elements = list(_elements(value))
    if len(elements) != 1:
        raise UnusableCertificate("its qcStatements are no single sequence")
    return _elements(_content(elements[0], _SEQUENCE))


def _content(element: tuple[int, bytes], tag: int) -> bytes:
    found, content = element
    if found != tag:
        raise UnusableCertificate("its qcStatements are of another form")
    return content


def _elements(value: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of a DER value one after the other, each with its tag (X.690 section 8.1)."""
    place = 0
    while place < len(value):
        tag, start, length = value[place], place + 2, value[place + 1 : place + 2]
        size = length[0] if length else len(value)
        if size >= _LONG_FORM:
            octets = size - _LONG_FORM
            if not 0 < octets <= _MOST_LENGTH_OCTETS:
                raise UnusableCertificate("its qcStatements have no length")
            size, start = int.from_bytes(value[start : start + octets], "big"), start + octets
        place = start + size
        if place > len(value):
            raise UnusableCertificate("its qcStatements end early")
        yield tag, value[start:place]
