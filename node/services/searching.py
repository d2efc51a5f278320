"""One box for whatever somebody has in hand: a DID, a number, a hash of some kind, or a name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from did.errors import InvalidDid
from did.syntax import Did, parse_ebsi_did
from node.db.batches import batches_of_root, find_anchors
from node.db.dids import registered_at
from node.db.entries import entry_at, entry_by_hash, entry_by_payload, find_entries
from node.db.issuers import last_recorded, revisions_named
from node.db.kept_transactions import entries_of, find_kept
from node.db.published_lists import entries_of_list
from node.services.named_issuers import named_issuers
from node.services.view import View

MOST_TEXT = 400
"""Characters of what is looked for."""
MOST_HITS = 50
"""Of one sort."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")
_HASH = re.compile(r"(?:0x)?([0-9a-f]{64})")
_DID = re.compile(r"did:[a-z0-9]+:", re.IGNORECASE)


class Sort(Enum):
    """What was found."""

    ORGANISATION = auto()
    ENTRY = auto()
    BATCH = auto()
    ANCHOR = auto()
    SUBJECT = auto()
    TRANSACTION = auto()
    ACCREDITATION = auto()
    STATUS_LIST = auto()
    PAYLOAD = auto()


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that goes by what was looked for; what is not said of it is None.

    Attributes:
        sort: what it is.
        index: the log entry that it is, or that it came of.
        did: whose it is.
        name: of an organisation, as its accreditor signed it.
        identity: 32 bytes: of a batch its root, else what was looked for.
        size: of a batch.
    """

    sort: Sort
    index: int | None = None
    did: str | None = None
    name: str | None = None
    identity: bytes | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found.

    Attributes:
        hits: exact ones, or organisations by their names.
        cut: whether so many are called alike that not all were looked at.
    """

    hits: tuple[Hit, ...]
    cut: bool = False


def search(view: View, text: str) -> Found:
    """Return what goes by `text`: exactly, or where it is none of the things that have a form, by name.

    Args:
        view: what is known.
        text: without white space around it, at most `MOST_TEXT` characters.
    """
    if _INDEX.fullmatch(text):
        found = entry_at(view.connection, int(text))
        return Found(() if found is None else (Hit(Sort.ENTRY, index=int(text), did=found.did),))
    if _DID.match(text):
        return Found(tuple(_of_did(view, text.partition("#")[0])))
    hashed = _HASH.fullmatch(text.lower())
    if hashed:
        return Found(tuple(_of_hash(view, bytes.fromhex(hashed[1]))))
    named = named_issuers(view, text)
    hits = [Hit(Sort.ORGANISATION, did=did, name=name) for did, name in named.names.items()]
    return Found(tuple(hits[:MOST_HITS]), cut=named.cut or len(hits) > MOST_HITS)


def _of_did(view: View, text: str) -> Iterator[Hit]:
    try:
        did = parse_ebsi_did(text)
    except InvalidDid:
        return
    if _is_known(view, did):
        yield Hit(Sort.ORGANISATION, did=did)


def _is_known(view: View, did: Did) -> bool:
    registered = registered_at(view.connection, did) is not None
    return registered or last_recorded(view.connection, did) is not None


def _of_hash(view: View, wanted: bytes) -> Iterator[Hit]:
    connection = view.connection
    entry = entry_by_hash(connection, wanted)
    if entry is not None:
        yield Hit(Sort.ENTRY, index=entry.entry.index, did=entry.did)
    made = entries_of(connection, [wanted]).get(wanted, [])
    for one in made[:MOST_HITS]:
        yield Hit(Sort.TRANSACTION, index=one.index, did=one.did, identity=wanted)
    if not made and find_kept(connection, wanted) is not None:
        yield Hit(Sort.TRANSACTION, identity=wanted)
    for batch in batches_of_root(connection, wanted, limit=MOST_HITS):
        yield Hit(Sort.BATCH, index=batch.entry_index, did=batch.did, identity=batch.root, size=batch.size)
    for anchor in find_anchors(connection, wanted)[:MOST_HITS]:
        held = anchor.batch
        yield Hit(Sort.ANCHOR, index=held.entry_index, did=held.did, identity=held.root, size=held.size)
    about = find_entries(connection, limit=1, subject=wanted)
    if about:
        yield Hit(Sort.SUBJECT, index=about[0].entry.index, did=about[0].did, identity=wanted)
    for revision in revisions_named(connection, wanted, limit=MOST_HITS):
        yield Hit(Sort.ACCREDITATION, index=revision.entry_index, did=revision.did, identity=wanted)
    for index, did in entries_of_list(connection, wanted, limit=MOST_HITS):
        yield Hit(Sort.STATUS_LIST, index=index, did=did, identity=wanted)
    named = entry_by_payload(connection, wanted)
    if named is not None:
        yield Hit(Sort.PAYLOAD, index=named.entry.index, did=named.did, identity=wanted)
