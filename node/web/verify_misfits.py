"""Files that belong to a credential and are none: what each is, and what to hand in instead of it."""

from dataclasses import dataclass
from typing import Any, Final

from credentials.securing.reading import MAX_SIZE
from did.errors import InvalidJson
from did.json_text import parse_object
from node.web.pages import marked
from node.web.verify_headlines import Headline

_WORD: Final = marked("Nothing to judge")
_SIGN: Final = "!"
_RECEIPT: Final = frozenset({"version", "entry", "batch", "log"})
_PROOFS: Final = frozenset({"proof", "payload", "signature", "signatures", "protected"})


@dataclass(frozen=True, slots=True)
class Misfit:
    """A file that is no credential: how that is told, and `instead`, what to hand in, for the catalogues."""

    headline: Headline
    instead: str


def misfit_in(document: bytes) -> Misfit | None:
    """Return what a document is that could not be read as a credential; None if that is not known."""
    members = _object(document)
    if members is None:
        members = _object(document.lstrip().partition(b"\n")[0])  # of several lines of JSON
    if members is None or _PROOFS & members.keys():
        return None
    inner = members.get("credential")
    if members.keys() >= _RECEIPT:
        return _told(
            marked("This is a receipt: the proof that something was anchored, not the credential"),
            marked("Hand in the credential that the receipt stands beside."),
        )
    if "row" in members and isinstance(inner, str | dict):
        return _told(
            marked("This is a line of an issuer's list of credentials, not a credential"),
            marked("Hand in only what stands under “credential” in one line of it."),
        )
    if isinstance(inner, dict) and not _PROOFS & inner.keys():
        return _told(
            marked("This is an export that nobody signed: anybody could have written it"),
            marked("Hand in the signed credential that it was made from."),
        )
    return None


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        return parse_object(text, max_bytes=MAX_SIZE)
    except InvalidJson:
        return None


def _told(sentence: str, instead: str) -> Misfit:
    return Misfit(Headline("unsure", _SIGN, _WORD, sentence), instead)
