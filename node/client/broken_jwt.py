"""A file that was meant as a JWT and carries no signature: cut off, unsigned, or not one at all."""

from pathlib import Path

from anchoring.jws import BASE64URL
from credentials.errors import MalformedCredential, NotJudged
from credentials.securing.reading import MAX_SIZE, read_secured
from node.client.errors import Unusable
from node.client.verdict import FileVerdict

_BEGINNING = b"eyJ"
"""`{"` in base64url: how every header in JSON begins."""
_SUFFIX = ".jwt"
_DOTS = 2


def broken_jwt(path: Path) -> FileVerdict | None:
    """The verdict on a file that looks like a JWT or is named like one; None on any other.

    What is wrong with its form shows without a node: it is what check 0 of a whole verdict says.

    Args:
        path: of a file in which no signature was found.

    Raises:
        Unusable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_SIZE + 1).strip()
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    begins = text.startswith(_BEGINNING) and not text.translate(None, BASE64URL + b".~")
    if not begins and path.suffix.lower() != _SUFFIX:
        return None
    if begins and text.count(b".") < _DOTS:
        return FileVerdict(path, "invalid", f"{path.name} looks like a JWT that was cut off", intact=False)
    try:
        read_secured(text.partition(b"~")[0] if begins else text)
    except NotJudged as error:
        return FileVerdict(path, "indeterminate", f"{path.name}: {error.reason}")
    except MalformedCredential as error:
        looks = "looks like" if begins else "is named like"
        sentence = f"{path.name} {looks} a JWT, and is no signed one: {error.reason}"
        return FileVerdict(path, "invalid", sentence)
    return None
