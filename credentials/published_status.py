"""The status that a published list gives at a time (protocol section 7, check 6).

Only the issuer's last publication at the URL by then counts. If its list is not at hand, or out of date, the
status is unknown: an earlier list is never taken in its place.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final

from anchoring.bitstring import BitString
from anchoring.errors import IndexOutOfRange, StatusListTooShort, StatusMismatch
from anchoring.status_entry import StatusEntry
from anchoring.token_status_entry import TokenStatusEntry
from did.errors import DidError

from .case import SKEW
from .errors import StatusListRefused, StatusUnknown, Unavailable
from .ports import Ports, StatusPublication
from .securing.algorithms import verifying_members
from .status_list_credential import SignedList, check_list_signature, list_key, read_status_list
from .verdict import rfc3339

LIST: Final = "status list"
MARKS: Final = "marked before"
"""First elements of the keys of a `Cache` that hold whole lists, each of up to a mebibyte."""

_LOOKED_BACK: Final = 32
_LOOKED_BACK_BITS: Final = 8 * 1024 * 1024
_AROUND_A_LIST: Final = 64 * 1024
"""Octets of a list's credential beside the list itself."""
_LAST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, where calendars end
_TIME: Final = attrgetter("time")
_INDEX: Final = attrgetter("index")


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list as its publication and its signature have it; bounds in ledger seconds, by both of them.

    Attributes:
        publication: the entry of the log.
        credential: what was published.
        valid_from: the later of the two beginnings.
        valid_until: the earlier of the two ends.
        published_on: the date of the entry, for sentences.
        evidence: the publication for machines.
    """

    publication: StatusPublication
    credential: SignedList
    valid_from: int
    valid_until: int
    published_on: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An error that can be kept: of `StatusListRefused`, or of `Unavailable` if there is no reason."""

    reason: str | None
    sentence: str

    def error(self) -> StatusListRefused | Unavailable:
        """The error, new: one that is raised twice would gather tracebacks."""
        return (
            Unavailable(self.sentence)
            if self.reason is None
            else StatusListRefused(self.reason, self.sentence)
        )


class _NotAllAtHand(Exception):
    """What the lists at hand had set: not to be kept, for another list may come."""

    def __init__(self, marks: BitString | None) -> None:
        super().__init__()
        self.marks = marks


def status_at(
    ports: Ports, entry: StatusEntry | TokenStatusEntry, *, issuer: str, at: int
) -> tuple[int, PublishedList]:
    """The status that `entry` had at `at`, and the list that says so.

    Args:
        ports: the record, and lists by their hash.
        entry: of a credential of this issuer.
        issuer: a DID.
        at: ledger seconds.

    Raises:
        StatusListRefused: the list is none, another's, or not one for this entry.
        StatusUnknown: nothing was published by then, or what was is not at hand or not valid then.
        Unavailable: something else that is needed is not at hand.
    """
    url, purpose = entry.status_list_credential, entry.status_purpose
    published = published_list(ports, published_by(ports, issuer, url, at))
    if not published.valid_from - SKEW <= at <= published.valid_until + SKEW:
        raise _outside(published, at)
    if purpose != published.publication.purpose:
        raise StatusListRefused("other_purpose", _purposes_differ(purpose, published.publication.purpose))
    try:
        return entry.status_in(published.credential.status_list), published
    except StatusMismatch as error:
        raise StatusListRefused(
            "other_list_type", f"The credential does not fit its status list: {error}."
        ) from error
    except IndexOutOfRange as error:
        sentence = f"The credential points beyond its status list: {error}."
        raise StatusListRefused("index_out_of_range", sentence) from error
    except StatusListTooShort as error:
        raise StatusListRefused("list_too_short", f"The status list cannot be used: {error}.") from error


def published_by(ports: Ports, issuer: str, url: str, at: int) -> StatusPublication:
    """The issuer's last publication at exactly this URL until `at` (ledger seconds).

    Raises:
        StatusUnknown: there was none by then.
    """
    publications = _publications(ports, issuer, url)
    if publications and publications[-1].time <= at:
        return publications[-1]
    by_then = bisect_right(publications, at, key=_TIME)
    if not by_then:
        when = " by then" if publications else ""
        raise StatusUnknown("unpublished", f"The issuer has published no status list at {url[:200]}{when}.")
    return publications[by_then - 1]


def published_list(ports: Ports, publication: StatusPublication) -> PublishedList:
    """The list of a publication: signed by its issuer as of then, at its URL, as the publication says.

    Raises:
        StatusListRefused: it is not.
        StatusUnknown: it is not at hand.
        Unavailable: something else that is needed is not at hand.
    """
    found = ports.cache.get(
        ("published status", ports.record.state, publication.index), lambda: _judged(ports, publication)
    )
    if isinstance(found, _Refusal):
        raise found.error()
    return found


def marked_before(ports: Ports, last: StatusPublication) -> BitString | None:
    """What any of `earlier_lists` had set; None if nothing was."""
    try:
        return ports.cache.get(
            (MARKS, ports.record.state, last.index), lambda: _marks_of_all(earlier_lists(ports, last))
        )
    except _NotAllAtHand as partly:
        return partly.marks


def earlier_lists(
    ports: Ports, last: StatusPublication
) -> Iterator[tuple[StatusPublication, BitString | None]]:
    """What was marked before the `last` list, from the latest back, at most 32; None is not at hand.

    Only statuses of one size stand in the same places. Their signatures are unseen: whoever published them
    controlled the issuer's DID and named their hashes.
    """
    publications = _publications(ports, last.did, last.url)
    end = bisect_left(publications, last.index, key=_INDEX)
    begin = max(0, end - min(_LOOKED_BACK, _LOOKED_BACK_BITS // last.bits))
    size = published_list(ports, last).credential.status_list.bits.size
    for publication in reversed(publications[begin:end]):
        try:
            read = _read(ports, publication)
        except StatusUnknown:
            yield publication, None
            continue
        except (StatusListRefused, Unavailable):
            continue
        alike = publication.bits == last.bits and read.status_list.bits.size == size
        if alike and _contradiction(read, publication) is None:
            yield publication, read.status_list.marks


def moment(seconds: int) -> str:
    """Ledger seconds as RFC 3339; what lies beyond all calendars as their last second."""
    return rfc3339(datetime.fromtimestamp(max(0, min(seconds, _LAST_SECOND)), UTC))


def _publications(ports: Ports, issuer: str, url: str) -> Sequence[StatusPublication]:
    return ports.cache.get(
        ("status publications", ports.record.state, issuer, url),
        lambda: tuple(ports.record.publications_of(issuer, url)),
    )


def _marks_of_all(earlier: Iterator[tuple[StatusPublication, BitString | None]]) -> BitString | None:
    marks, octets, size, missing = 0, 0, 1, False
    for publication, bits in earlier:
        if bits is None:
            missing = True
        else:
            marks, octets = marks | int.from_bytes(bits.octets, "big"), publication.bits // 8
            size = bits.size
    found = BitString(marks.to_bytes(octets, "big"), size) if marks else None
    if missing:
        raise _NotAllAtHand(found)
    return found


def _judged(ports: Ports, publication: StatusPublication) -> PublishedList | _Refusal:
    try:
        read = _read(ports, publication)
        jwk = list_key(ports, read, index_before=publication.index, at=publication.time).jwk
        ports.cache.get(
            ("signed status list", publication.credential_digest, verifying_members(jwk)),
            lambda: check_list_signature(_content(ports, publication), jwk),
        )
    except StatusListRefused as error:
        return _Refusal(error.reason, error.sentence)
    except DidError as error:
        return _Refusal("list_key_refused", f"The status list is signed by a key that may not: {error}.")
    refusal = _contradiction(read, publication)
    if refusal is not None:
        return refusal
    begin, end = publication.valid_from, publication.valid_until
    until = end if read.valid_until is None else min(end, read.valid_until)
    published_at = moment(publication.time)
    return PublishedList(
        publication,
        read,
        valid_from=begin if read.valid_from is None else max(begin, read.valid_from),
        valid_until=until,
        published_on=published_at[:10],
        evidence={
            "publishedAt": published_at,
            "publicationEntry": publication.index,
            "credentialDigest": publication.credential_digest.hex(),
            "validUntil": moment(until),
            "signedBy": read.verification_method,
        },
    )


def _contradiction(read: SignedList, publication: StatusPublication) -> _Refusal | None:
    if read.issuer != publication.did:
        return _Refusal(
            "foreign_list", f"{publication.did} has published a status list of {read.issuer} as its own."
        )
    if read.url != publication.url:
        return _Refusal("other_list", "What is published as status list is the list of another URL.")
    if publication.purpose not in read.status_list.purposes:
        return _Refusal("list_mismatch", "The status list is for another purpose than its publication says.")
    if publication.bits != read.status_list.size_in_bits:
        return _Refusal("list_mismatch", "The status list is of another length than its publication says.")
    return None


def _read(ports: Ports, publication: StatusPublication) -> SignedList:
    # A list may be published once as what it is and once as shorter, which is refused: hence the bits.
    found = ports.cache.get(
        (LIST, publication.credential_digest, publication.bits), lambda: _read_anew(ports, publication)
    )
    if isinstance(found, _Refusal):
        raise found.error()
    return found


def _read_anew(ports: Ports, publication: StatusPublication) -> SignedList | _Refusal:
    try:
        return read_status_list(_content(ports, publication))
    except StatusUnknown:
        raise
    except StatusListRefused as error:
        return _Refusal(error.reason, error.sentence)
    except Unavailable as error:
        return _Refusal(None, error.sentence)


def _content(ports: Ports, publication: StatusPublication) -> bytes:
    content = ports.contents.content(publication.credential_digest)
    if content is None or hashlib.sha256(content).digest() != publication.credential_digest:
        raise StatusUnknown(
            "withheld",
            f"The status list that its issuer published on {moment(publication.time)[:10]} is not at hand.",
        )
    # Twice encoded in base64, a list that does not compress takes less than twice its octets.
    if len(content) > publication.bits // 4 + _AROUND_A_LIST:
        raise StatusListRefused("malformed_list", "What is published as status list is too large for one.")
    return content


def _outside(published: PublishedList, at: int) -> StatusUnknown:
    if at > published.valid_until:
        return StatusUnknown(
            "stale",
            f"The status list that its issuer published on {published.published_on} was valid until "
            f"{moment(published.valid_until)}, and no later one was published.",
        )
    return StatusUnknown(
        "not_yet_valid",
        f"The status list that its issuer published on {published.published_on} is valid only from "
        f"{moment(published.valid_from)} on.",
    )


def _purposes_differ(named: str, purpose: str) -> str:
    return f"The credential points to a list for {named}, and the one there is for {purpose}."
