"""An issuer's status lists: made, places given out at random, statuses set and cleared (protocol section 8).

Nothing here is seen by a verifier before `status_publication` publishes it.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

from anchoring.allotment import allot as allot_places
from anchoring.bitstring import BitString
from anchoring.errors import AnchoringError
from anchoring.publication_schedule import MAX_PERIOD, MIN_PERIOD, PublicationSchedule
from anchoring.status_entry import parse_status_entry
from anchoring.status_list import MIN_LENGTH
from credentials.securing.reading import read_secured
from node.client.errors import Refused, Unusable
from node.client.issuer import Issuer
from node.client.status_list_record import (
    Kind,
    Purpose,
    StatusListRecord,
    checked_name,
    is_kept,
    list_names,
    load_record,
    locked,
    save_record,
)
from node.client.status_proxy import register_proxy

DAY = timedelta(days=1)
MAX_LENGTH = 4_194_304
"""Places: in base64 twice, half a mebibyte stays below the mebibyte of a credential, however it is set."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in one of the issuer's lists."""

    list_name: str
    index: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of places.

    Attributes:
        records: the lists concerned, as they are now.
        changed: places that have another status than before.
        unchanged: places that had it already.
    """

    records: list[StatusListRecord]
    changed: list[Place]
    unchanged: list[Place]


def allot(
    issuer: Issuer,
    list_name: str,
    count: int,
    *,
    run: str | None = None,
    choose: Callable[[int], int] = secrets.randbelow,
) -> list[dict[str, object]]:
    """`count` entries for `credentialStatus`, each with a place of its own, on disk as given out.

    A place is never given out again, but to the same run.

    Args:
        issuer: whose list it is; neither its node nor its keys are needed.
        list_name: as given to `create`.
        count: how many.
        run: name of a run, which gets the same places again until it is done (`settle_run`).
        choose: given n, a number below n that nobody foresees.

    Raises:
        StatusListUnknown: the profile keeps no such list.
        StatusListFull: more than three quarters of it would be given out (`anchoring.errors`).
        OSError: the folder cannot be written.
    """
    record, indexes = allot_indexes(issuer, list_name, count, run=run, choose=choose)
    return [record.entry(index).to_json() for index in indexes]


def allot_indexes(
    issuer: Issuer,
    list_name: str,
    count: int,
    *,
    run: str | None = None,
    choose: Callable[[int], int] = secrets.randbelow,
) -> tuple[StatusListRecord, Sequence[int]]:
    """The list, and what `allot` gives out: the indexes alone.

    Raises:
        StatusListUnknown: the profile keeps no such list.
        StatusListFull: more than three quarters of it would be given out (`anchoring.errors`).
        OSError: the folder cannot be written.
    """
    with locked(issuer.folder, list_name):
        record = load_record(issuer.folder, list_name)
        indexes: Sequence[int] = record.reserved.get(run, ()) if run else ()
        if len(indexes) != count:
            indexes = allot_places(record.allotted, count, choose=choose)
            reserved = {**record.reserved, **({run: tuple(indexes)} if run else {})}
            allotted = record.allotted.with_set(indexes)
            save_record(issuer.folder, replace(record, allotted=allotted, reserved=reserved))
    return record, indexes


def settle_run(issuer: Issuer, list_name: str, run: str, *, unused: Iterable[int] = ()) -> None:
    """The run is done: its credentials are handed out, and its places are nobody else's.

    Args:
        issuer: whose list it is.
        list_name: as given to `create`.
        run: name of the run.
        unused: indexes of its places that no credential has, which may be given out again.

    Raises:
        StatusListUnknown: the profile keeps no such list.
        OSError: the folder cannot be written.
    """
    with locked(issuer.folder, list_name):
        record = load_record(issuer.folder, list_name)
        if run in record.reserved:
            reserved = {name: places for name, places in record.reserved.items() if name != run}
            allotted = record.allotted.with_cleared(set(unused) & set(record.reserved[run]))
            save_record(issuer.folder, replace(record, allotted=allotted, reserved=reserved))


def create(
    issuer: Issuer,
    name: str,
    *,
    purpose: Purpose = "revocation",
    kind: Kind = "StatusList2021",
    length: int = MIN_LENGTH,
    every: timedelta = DAY,
    choose: Callable[[int], int] = secrets.randbelow,
) -> StatusListRecord:
    """A new list, kept in the profile; the issuer has a proxy on the ledger, under which its URL stands.

    The same again goes on, as long as the list was never published, or its publication was cut off.

    Args:
        issuer: accredited at some time.
        name: small letters, digits, dashes.
        purpose: what a set bit means.
        kind: StatusList2021 for credentials of the data model 1.1, BitstringStatusList for 2.0.
        length: places, at least 131,072.
        every: time between two publications, whole seconds.
        choose: given n, a number below n that nobody foresees.

    Raises:
        Refused: the profile keeps another list of that name, or has published it.
        Unusable: a name, length or period that no list can have.
        ClientError: the node, the ledger or the keystore refused.
    """
    if purpose not in get_args(Purpose) or kind not in get_args(Kind):
        raise Unusable(f"a list is for {' or '.join(get_args(Purpose))}, of {' or '.join(get_args(Kind))}")
    if length % 8 or not MIN_LENGTH <= length <= MAX_LENGTH:
        raise Unusable(f"a list has {MIN_LENGTH} to {MAX_LENGTH} places, in eights")
    if not MIN_PERIOD <= every <= MAX_PERIOD:
        raise Unusable("a list is published once in a minute to 366 days")
    issuer.outbox.begin(f"create {name}")
    with locked(issuer.folder, checked_name(name)):
        if is_kept(issuer.folder, name):
            record = load_record(issuer.folder, name)
            same = (record.purpose, record.kind, len(record.bits), record.schedule.every)
            done = record.published is not None and not issuer.outbox.was_cut_off(f"publish {name}")
            if done or same != (purpose, kind, length, every):
                raise Refused(f"there is a list {name} already; name another one")
            return record  # the run that made it was cut off
        record = StatusListRecord(
            name=name,
            url=f"{register_proxy(issuer)}/{name}",
            purpose=purpose,
            kind=kind,
            schedule=PublicationSchedule(every, timedelta(seconds=choose(every // timedelta(seconds=1)))),
            allotted=BitString.empty(length),
            bits=BitString.empty(length),
        )
        save_record(issuer.folder, record)
    return record


def places_of(issuer: Issuer, credential: bytes, *, purpose: Purpose) -> list[Place]:
    """The places that a credential has in the issuer's lists for a purpose.

    Raises:
        Refused: another issued it, it has no such place, or its list is not kept here.
        MalformedCredential: it is no credential.
    """
    places, others = [], set()
    for record, index in _own_places(issuer, credential):
        if record.purpose == purpose:
            places.append(Place(record.name, index))
        else:
            others.add(record.purpose)
    if not places:
        forever = ", only in one for revocation, which is for ever" if "revocation" in others else ""
        raise Refused(f"the credential has no place in a list for {purpose} that this profile keeps{forever}")
    return places


def check_not_revoked(issuer: Issuer, credential: bytes) -> None:
    """Return if the credential is revoked in no list kept here, published or not.

    Raises:
        Refused: it is, which is for ever; or another issued it.
        MalformedCredential: it is no credential.
    """
    for record, index in _own_places(issuer, credential):
        if record.purpose == "revocation" and index < len(record.bits) and record.bits.get(index):
            raise Refused(
                f"the credential is revoked in the list {record.name}, which is for ever: issue a new one"
            )


def _own_places(issuer: Issuer, credential: bytes) -> Iterator[tuple[StatusListRecord, int]]:
    """The lists kept here in which a credential has a place, for whatever purpose."""
    found = read_secured(credential).credential
    if found.issuer != issuer.did:
        raise Refused(f"the credential was issued by {found.issuer}, not by {issuer.did}")
    own = {record.url: record for record in all_lists(issuer.folder)}
    for status in found.statuses:
        try:
            entry = parse_status_entry(status)
        except AnchoringError:
            continue  # of another mechanism
        record = own.get(entry.status_list_credential)
        if record is not None and record.purpose == entry.status_purpose:
            yield record, entry.status_list_index


def set_status(issuer: Issuer, places: Iterable[Place], *, purpose: Purpose) -> list[StatusListRecord]:
    """The credentials at these places are revoked or suspended, to be published; the lists concerned.

    Raises:
        Refused: a list is for another purpose, or a place was never given out.
        StatusListUnknown: the profile keeps no such list.
        OSError: the folder cannot be written.
    """
    return change(issuer, places, purpose=purpose, status=1).records


def reinstate(issuer: Issuer, places: Iterable[Place]) -> list[StatusListRecord]:
    """The credentials at these places are suspended no longer, to be published; the lists concerned.

    Whether they are revoked is not asked here: `check_not_revoked`.

    Raises:
        Refused: a list is for revocation, which is for ever, or a place was never given out.
        StatusListUnknown: the profile keeps no such list.
        OSError: the folder cannot be written.
    """
    return change(issuer, places, purpose="suspension", status=0).records


def all_lists(folder: Path) -> list[StatusListRecord]:
    """All lists that a profile keeps, by name.

    Raises:
        MalformedStatusRecord: a file is not what this client writes.
    """
    return [load_record(folder, name) for name in list_names(folder)]


def change(issuer: Issuer, places: Iterable[Place], *, purpose: Purpose, status: int) -> Changed:
    """The places have this status, to be published; which of them had another before.

    Args:
        issuer: whose lists they are; neither its node nor its keys are needed.
        places: one that is named twice counts once.
        purpose: of all their lists.
        status: 1 revokes or suspends, 0 reinstates.

    Raises:
        Refused: a list is for another purpose, or a place was never given out.
        StatusListUnknown: the profile keeps no such list.
        OSError: the folder cannot be written.
    """
    by_list: dict[str, dict[int, None]] = {}
    for place in places:
        by_list.setdefault(place.list_name, {})[place.index] = None
    for name, indexes in by_list.items():  # all of them, before any is changed
        _check_places(load_record(issuer.folder, name), indexes, purpose=purpose, status=status)
    records: list[StatusListRecord] = []
    changed: list[Place] = []
    unchanged: list[Place] = []
    for name, indexes in by_list.items():
        with locked(issuer.folder, name):
            record = load_record(issuer.folder, name)
            for index in indexes:
                (unchanged if record.bits.get(index) == status else changed).append(Place(name, index))
            record = replace(record, bits=record.bits.with_set(indexes, status=status))
            save_record(issuer.folder, record)
        records.append(record)
    return Changed(records, changed, unchanged)


def _check_places(record: StatusListRecord, indexes: Iterable[int], *, purpose: Purpose, status: int) -> None:
    if record.purpose != purpose:
        forever = "" if status else ": a revocation is for ever, issue a new credential instead"
        raise Refused(f"the list {record.name} is for {record.purpose}{forever}")
    for index in indexes:
        if not 0 <= index < len(record.allotted) or not record.allotted.get(index):
            raise Refused(f"place {index} of the list {record.name} was never given out")
