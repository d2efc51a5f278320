"""Certificates of the authorities that an operator trusts to say whose seal is whose."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates

from node.errors import ConfigurationError

MAX_FILES = 1_000
MAX_BYTES = 4 * 1024 * 1024
"""Of all files together."""
_SUFFIXES = frozenset({".pem", ".crt", ".cer"})


@dataclass(frozen=True, slots=True)
class KeptAnchors:
    """`credentials.ports.SealAnchors` as they were read when the node began."""

    kept: tuple[bytes, ...] = ()

    def certificates(self) -> tuple[bytes, ...]:
        """The DER of each."""
        return self.kept


def read_seal_anchors(place: str) -> KeptAnchors:
    """The certificates in a file, or in the files of a folder that end in `.pem`, `.crt` or `.cer`.

    Args:
        place: the setting `seal_anchors`; none are trusted if it is empty.

    Raises:
        ConfigurationError: there is no such file or folder, it is too large, or what it has is no PEM.
    """
    if not place:
        return KeptAnchors()
    found: dict[bytes, None] = {}
    left = MAX_BYTES
    for path in _files(Path(place)):
        text = _read(path, left)
        left -= len(text)
        try:
            certificates = load_pem_x509_certificates(text)
            found |= {one.public_bytes(Encoding.DER): None for one in certificates if one.subject}
        except ValueError:
            raise ConfigurationError(f"setting seal_anchors: {path} holds no PEM certificates") from None
    if not found:
        raise ConfigurationError(f"setting seal_anchors: there are no certificates in {place}")
    return KeptAnchors(tuple(found))


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    try:
        files = sorted(path for path in place.iterdir() if path.suffix in _SUFFIXES and path.is_file())
    except OSError as error:
        raise ConfigurationError(f"setting seal_anchors: {place}: {error.strerror}") from None
    if len(files) > MAX_FILES:
        raise ConfigurationError(f"setting seal_anchors: {place} has more than {MAX_FILES} certificates")
    return files


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            text = file.read(most + 1)
    except OSError as error:
        raise ConfigurationError(f"setting seal_anchors: {path}: {error.strerror}") from None
    if len(text) > most:
        raise ConfigurationError(f"setting seal_anchors: more than {MAX_BYTES} bytes of certificates")
    return text
