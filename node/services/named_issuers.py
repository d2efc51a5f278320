"""Organisations by their names: the projection says where to look, a signature what counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from node.db.name_words import name_words
from node.db.named import dids_by_word
from node.services.organisation_names import names_of
from node.services.view import View

MOST_LOOKED_AT = 400
"""Stated names that one search looks at; beyond it, more of the name has to be given."""


@dataclass(frozen=True, slots=True)
class NamedIssuers:
    """Organisations whose name has all the words looked for, or words that begin so.

    Attributes:
        names: by DID, in the order of their names.
        cut: whether so many are called alike that not all were looked at.
    """

    names: Mapping[str, str]
    cut: bool


def named_issuers(view: View, text: str) -> NamedIssuers:
    """Return the organisations whose names, as their accreditors signed them, meet `text`."""
    words = name_words(text)
    if not words:
        return NamedIssuers({}, cut=False)
    dids, more = dids_by_word(view.connection, max(words, key=len), limit=MOST_LOOKED_AT)
    found = {
        did: name
        for did, name in names_of(view, dids).items()
        if name is not None and _meets(words, name_words(name))
    }
    by_name = sorted(found.items(), key=lambda item: (item[1].casefold(), item[0]))
    return NamedIssuers(dict(by_name), cut=more)


def _meets(wanted: list[bytes], words: list[bytes]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in wanted)
