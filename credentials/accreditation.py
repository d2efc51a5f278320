"""Who accredited whom, as recorded: from an issuer's attribute up to a Root TAO (protocol section 7).

This is the record alone: types, parents, dates, revocations. Whether the accreditation credentials behind
it are signed by the right keys, fit their types and scopes, and end at a Root TAO that the verifier
accepts is the verification's part and not judged here.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from .errors import InvalidRevision

MAX_DEPTH = 16
"""Links: a bound on the walk; chains in use have three."""

_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z, where calendars end


class IssuerType(IntEnum):
    """What an attribute makes of its holder (EBSI Trusted Issuers Registry v5)."""

    UNDEFINED = 0
    ROOT_TAO = 1
    TAO = 2
    TI = 3
    REVOKED = 4

    @property
    def label(self) -> str:
        """The name in EBSI's spelling."""
        return _LABELS[self]


_LABELS = {
    IssuerType.UNDEFINED: "Undefined",
    IssuerType.ROOT_TAO: "RootTAO",
    IssuerType.TAO: "TAO",
    IssuerType.TI: "TI",
    IssuerType.REVOKED: "Revoked",
}
_IN_FORCE = frozenset({IssuerType.ROOT_TAO, IssuerType.TAO, IssuerType.TI})
_ACCREDITING = frozenset({IssuerType.ROOT_TAO, IssuerType.TAO})


@dataclass(frozen=True, slots=True)
class Revision:
    """An attribute after one of its entries; `time` in ledger seconds, `index` in the log.

    `body` is the accreditation credential that this very entry recorded, None for a metadata entry. Type
    and parent are those in force after the entry, which a data entry inherits.
    """

    index: int
    time: int
    did: str
    attribute_id: bytes
    revision_id: bytes
    issuer_type: int
    tao_did: str
    attribute_id_tao: bytes
    body: bytes | None


@dataclass(frozen=True, slots=True)
class RecordedAt:
    """The place of an entry: its index in the log and its time in ledger seconds."""

    index: int
    time: int


@dataclass(frozen=True, slots=True)
class Link:
    """One accreditation of a chain; `tao_did` and `attribute_id_tao` name the next link.

    `since` is the metadata entry from which it has been in force without a break, `last_metadata` the
    latest one that named its type and parent, `until` the entry that revoked it. `body_hash` is the SHA-256
    of the credential recorded since `last_metadata`: None if none was, since an older one is outdated;
    `body_recorded` is the entry that recorded it.
    `is_root` says that it is, or was until revoked, a Root TAO's own. `broken` is a sentence, None if
    the link holds.
    """

    did: str
    attribute_id: bytes
    issuer_type: IssuerType
    tao_did: str | None = None
    attribute_id_tao: bytes | None = None
    is_root: bool = False
    since: RecordedAt | None = None
    last_metadata: RecordedAt | None = None
    until: RecordedAt | None = None
    body_hash: bytes | None = None
    body_recorded: RecordedAt | None = None
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedChain:
    """Links from the issuer up; `root` is the DID of the Root TAO reached, None if none was."""

    links: tuple[Link, ...]
    root: str | None

    @property
    def in_force(self) -> bool:
        """Whether every link holds and the last one is a Root TAO."""
        return self.first_break is None

    @property
    def first_break(self) -> str | None:
        """A sentence on the lowest link that does not hold, None if all hold."""
        return next((link.broken for link in self.links if link.broken is not None), None)


RevisionsOf = Callable[[str, bytes], Sequence[Revision]]
"""All revisions of (did, attributeId) in log order; none if there is no such attribute."""


def revision_after(
    previous: Revision | None, *, index: int, time: int, kind: str, fields: Mapping[str, Any]
) -> Revision:
    """The revision that an `issuer.attribute.*` entry makes of the `previous` one.

    Args:
        previous: the attribute's revision before the entry, None if the entry is its first.
        index: the entry's place in the log.
        time: the entry's time, in ledger seconds.
        kind: `issuer.attribute.metadata` or `issuer.attribute.data`.
        fields: the entry's payload by its field names.

    Raises:
        InvalidRevision: another kind, data before any metadata, or another attribute.
    """
    did, attribute_id = fields["did"], fields["attributeId"]
    if previous is not None and (previous.did, previous.attribute_id) != (did, attribute_id):
        raise InvalidRevision(index, "an entry of another attribute")
    if kind == "issuer.attribute.metadata":
        return Revision(
            index=index,
            time=time,
            did=did,
            attribute_id=attribute_id,
            revision_id=fields["revisionId"],
            issuer_type=fields["issuerType"],
            tao_did=fields["taoDid"],
            attribute_id_tao=fields["attributeIdTao"],
            body=None,
        )
    if kind != "issuer.attribute.data":
        raise InvalidRevision(index, f"{kind} makes no revision of an attribute")
    if previous is None:
        raise InvalidRevision(index, "data of an attribute that has no metadata")
    return replace(
        previous, index=index, time=time, revision_id=fields["revisionId"], body=fields["attributeData"]
    )


def recorded_chain(
    revisions_of: RevisionsOf, *, did: str, attribute_id: bytes, before_index: int | None = None
) -> RecordedChain:
    """The chain from (did, attribute_id) up to its Root TAO, by the latest revisions before an entry.

    A broken link does not end the walk if it names a parent: a reader sees the whole chain, and which
    links do not hold. What an anchor needs is the chain before the anchor's own entry; what holds today is
    the chain with `before_index` None.

    Args:
        revisions_of: where revisions are read.
        did: the issuer.
        attribute_id: 32 bytes, the issuer's attribute.
        before_index: look only at entries with a smaller log index.
    """
    links: list[Link] = []
    place = (did, attribute_id)
    while True:
        revisions = [r for r in revisions_of(*place) if before_index is None or r.index < before_index]
        link = _link(*place, revisions, accredits=bool(links))
        links.append(link)
        if link.tao_did is None or link.attribute_id_tao is None:
            return RecordedChain(tuple(links), root=None)
        if link.is_root:
            return RecordedChain(tuple(links), root=link.did)
        place = (link.tao_did, link.attribute_id_tao)
        if any((known.did, known.attribute_id) == place for known in links):
            return _cut(links, f"The chain returns to {place[0]} and never reaches a Root TAO.")
        if len(links) == MAX_DEPTH:
            return _cut(links, f"The chain has more than {MAX_DEPTH} links.")


def _cut(links: list[Link], sentence: str) -> RecordedChain:
    links[-1] = replace(links[-1], broken=links[-1].broken or sentence)
    return RecordedChain(tuple(links), root=None)


def _link(did: str, attribute_id: bytes, revisions: Sequence[Revision], *, accredits: bool) -> Link:
    """The link that an attribute's `revisions` make; `accredits` if another link stands on it."""
    if not revisions:
        sentence = f"Nothing is recorded of the attribute {attribute_id.hex()[:8]}… of {did}."
        return Link(did, attribute_id, IssuerType.UNDEFINED, broken=sentence)
    standing = len(revisions)
    while standing and revisions[standing - 1].issuer_type == IssuerType.REVOKED:
        standing -= 1
    # A revocation may name another parent (the Root TAO that revoked): the link keeps the one it had.
    shown = revisions[max(standing, 1) - 1]
    revoked = revisions[standing] if standing < len(revisions) else None
    run = _last_run_in_force(revisions[:standing])
    metadata = next((place for place in reversed(range(len(run))) if run[place].body is None), 0)
    data = next((revision for revision in reversed(run[metadata:]) if revision.body is not None), None)
    link = Link(
        did,
        attribute_id,
        IssuerType.REVOKED if revoked else _issuer_type(shown),
        tao_did=shown.tao_did,
        attribute_id_tao=shown.attribute_id_tao,
        is_root=shown.issuer_type == IssuerType.ROOT_TAO,
        since=_recorded_at(run[0]) if run else None,
        last_metadata=_recorded_at(run[metadata]) if run else None,
        until=_recorded_at(revoked) if revoked else None,
        body_hash=hashlib.sha256(data.body).digest() if data and data.body is not None else None,
        body_recorded=_recorded_at(data) if data else None,
    )
    return replace(link, broken=_break(link, _issuer_type(shown), accredits=accredits))


def _break(link: Link, accredited_as: IssuerType, *, accredits: bool) -> str | None:
    name = f"The attribute {link.attribute_id.hex()[:8]}… of {link.did}"
    if link.until is not None:
        return f"{name} was revoked on {_date(link.until.time)} (entry {link.until.index})."
    if accredited_as not in _IN_FORCE:
        return f"{name} has no type that accredits anybody for anything."
    if accredits and accredited_as not in _ACCREDITING:
        return f"{name} is of type {accredited_as.label}, which may not accredit others."
    if link.is_root and link.tao_did != link.did:
        return f"{name} is a Root TAO's, yet names {link.tao_did} above it."
    return None


def _last_run_in_force(revisions: Sequence[Revision]) -> Sequence[Revision]:
    begin = len(revisions)
    while begin and _issuer_type(revisions[begin - 1]) in _IN_FORCE:
        begin -= 1
    return revisions[begin:]


def _issuer_type(revision: Revision) -> IssuerType:
    return IssuerType(revision.issuer_type) if revision.issuer_type in _LABELS else IssuerType.UNDEFINED


def _recorded_at(revision: Revision) -> RecordedAt:
    return RecordedAt(revision.index, revision.time)


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, _LAST_SECOND), tz=UTC).date().isoformat()
