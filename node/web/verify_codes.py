"""What a photographed QR code holds: a credential or a digest. Nothing that it names is fetched."""

import re
from typing import Final
from urllib.parse import urlsplit

from credentials.plain_text import plain
from node.web.pages import marked
from node.web.verify_form import FormRefused

_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(~[A-Za-z0-9_.-]*)*", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)
_PERMALINK: Final = re.compile(r".*/anchors/([0-9a-f]{64})/?", re.ASCII | re.DOTALL)
PICTURES_TOLD: Final = (
    marked("A picture has at most 12 MiB."),
    marked("The picture has more than 40 megapixels."),
    marked("The picture cannot be read: it has to be a JPEG, a PNG or a WebP, and whole."),
    marked("Too many pictures are being read: try again."),
    marked("Other pictures are being read: try again."),
    marked("What reads pictures is being started: try again."),
    marked("The picture could not be read in the time there is."),
)
"""What the process that reads pictures says, for the catalogues."""
_LONGEST: Final = 4096  # bytes of an address
_SHOWN: Final = 120  # characters of a code that are repeated


def credential_or_digest(texts: tuple[str, ...]) -> str:
    """Return the one credential, or the one digest in hexadecimal, that the codes of a picture hold.

    Raises:
        FormRefused: there is none, or there are several.
    """
    if not texts:
        raise FormRefused(
            marked("There is no QR code in the picture that can be read. Take it closer, and in more light.")
        )
    known = {found for found in map(_known, texts) if found is not None}
    if len(known) > 1:
        raise FormRefused(marked("The picture shows several codes: take a picture of one of them."))
    if not known:
        raise FormRefused(
            marked("The QR code holds neither a credential nor the address of an anchor. It says: %(text)s"),
            text=_shown(texts[0]),
        )
    return known.pop()


def is_digest(text: str) -> bool:
    """Whether what a code holds is a digest, and no credential."""
    return _DIGEST.fullmatch(text) is not None


def digest_in(content: bytes) -> str | None:
    """The digest in hexadecimal that a pasted text is, or is the address of; None if it is neither."""
    if len(content) > _LONGEST:
        return None
    found = _known(content.decode("utf-8", "replace"))
    return found if found is not None and is_digest(found) else None


def _known(text: str) -> str | None:
    text = text.strip()
    if _COMPACT.fullmatch(text):
        return text
    if _DIGEST.fullmatch(text):
        return text.lower()
    try:
        address = urlsplit(text)
    except ValueError:
        return None
    permalink = _PERMALINK.fullmatch(address.path) if address.scheme in {"http", "https"} else None
    return permalink[1] if permalink else None


def _shown(text: str) -> str:
    return plain(text, most=_SHOWN) + ("…" if len(text) > _SHOWN else "")
