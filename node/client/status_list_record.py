"""A status list as its issuer keeps it: which places are given out, which are set, what was published."""

import fcntl
import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

from anchoring.bitstring import BitString, expand
from anchoring.errors import AnchoringError
from anchoring.publication_schedule import PublicationSchedule
from anchoring.status_entry import BITSTRING_STATUS_LIST_ENTRY, STATUS_LIST_2021_ENTRY, StatusEntry
from anchoring.status_list import MAX_SIZE
from credentials.model import Version
from node.client.atomic import make_private_folder, replace_file
from node.client.errors import MalformedStatusRecord, StatusListUnknown, Unusable

Kind = Literal["StatusList2021", "BitstringStatusList"]
Purpose = Literal["revocation", "suspension"]
_ENTRY_OF: Mapping[str, str] = {
    "StatusList2021": STATUS_LIST_2021_ENTRY,
    "BitstringStatusList": BITSTRING_STATUS_LIST_ENTRY,
}
KINDS = tuple(_ENTRY_OF)
KIND_OF: Mapping[Version, Kind] = {"1.1": "StatusList2021", "2.0": "BitstringStatusList"}
"""The kind of list for credentials of a data model."""
PURPOSES = ("revocation", "suspension")
_FOLDER = "status-lists"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_MAX_FILE = 16 * 1024 * 1024  # bytes: four lists of the largest size as text


@dataclass(frozen=True, slots=True)
class Edition:
    """One signed state of a list.

    Attributes:
        credential: the list credential, a compact JWT.
        signed_at: aware UTC, whole seconds.
        valid_from: aware UTC, whole seconds.
        valid_until: aware UTC, whole seconds.
        bits: the statuses that it holds.
    """

    credential: str
    signed_at: datetime
    valid_from: datetime
    valid_until: datetime
    bits: BitString


@dataclass(frozen=True, slots=True)
class StatusListRecord:
    """One list of one issuer.

    Attributes:
        name: of the list, last part of its URL.
        url: where verifiers look it up.
        purpose: revocation or suspension.
        kind: StatusList2021 for credentials of the data model 1.1, BitstringStatusList for 2.0.
        schedule: when it is published, whether it changed or not.
        allotted: places that were given out.
        bits: statuses as they are meant to be.
        published: the edition that the node showed last; None before the first.
        pending: an edition that was signed and is not known to be published.
        reserved: places given out to runs, by their names, until their credentials are written.
    """

    name: str
    url: str
    purpose: Purpose
    kind: Kind
    schedule: PublicationSchedule
    allotted: BitString
    bits: BitString
    published: Edition | None = None
    pending: Edition | None = None
    reserved: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def entry(self, index: int) -> StatusEntry:
        """What a credential says that has this place (Bitstring Status List section 2.1)."""
        return StatusEntry(_ENTRY_OF[self.kind], self.purpose, index, self.url, id=f"{self.url}#{index}")

    def next_publication(self, now: datetime) -> datetime | None:
        """When the list is to be published next; None if it is to be now, as after a run that was cut off."""
        if self.pending is not None:
            return None
        last = self.published.signed_at if self.published else None
        return None if self.schedule.due(last, now) else self.schedule.next_after(now)

    @property
    def unpublished(self) -> int:
        """How many statuses differ from those that verifiers see."""
        shown = self.published.bits if self.published else BitString.empty(len(self.bits))
        return len(self.bits.diff(shown))


def checked_name(name: str) -> str:
    """The name, which can stand in a URL and be a file's.

    Raises:
        Unusable: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise Unusable(f"`{name}` is no name of a list: use small letters, digits and dashes")
    return name


def list_names(folder: Path) -> tuple[str, ...]:
    """Names of all lists kept in a profile, in the order of the alphabet."""
    return tuple(
        sorted(path.stem for path in (folder / _FOLDER).glob("*.json") if _NAME.fullmatch(path.stem))
    )


@contextmanager
def locked(
    folder: Path, name: str, *, act: Literal["change", "publish", "issue"] = "change"
) -> Iterator[None]:
    """No other process does the same to the list until the block ends: two would give out one place twice.

    Args:
        folder: of the profile.
        name: of the list.
        act: publishing takes its time and does not keep others from giving out places; nor does issuing.

    Raises:
        OSError: the folder cannot be written.
    """
    make_private_folder(folder / _FOLDER)
    path = folder / _FOLDER / f".{checked_name(name)}.{act}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # which frees the lock


def is_kept(folder: Path, name: str) -> bool:
    """Whether the profile keeps a list of that name."""
    return _path(folder, name).exists()


def load_record(folder: Path, name: str) -> StatusListRecord:
    """The list kept under that name.

    Raises:
        StatusListUnknown: there is none.
        MalformedStatusRecord: the file is not what `save_record` writes.
    """
    path = _path(folder, name)
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE + 1)
    except FileNotFoundError:
        raise StatusListUnknown(name, list_names(folder)) from None
    if len(content) > _MAX_FILE:
        raise MalformedStatusRecord(f"{path} is larger than {_MAX_FILE} bytes")
    try:
        record = _record(json.loads(content))
    except (
        LookupError,
        ArithmeticError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
        AnchoringError,
    ) as error:
        raise MalformedStatusRecord(f"{path}: {type(error).__name__} {error}") from None
    if record.name != name:
        raise MalformedStatusRecord(f"{path} holds the list {record.name}")
    return record


def save_record(folder: Path, record: StatusListRecord) -> None:
    """The list is on the disk as it is here; its owner alone may read it.

    Raises:
        OSError: the folder cannot be written.
    """
    members = {
        "name": record.name,
        "url": record.url,
        "purpose": record.purpose,
        "kind": record.kind,
        "every": _seconds(record.schedule.every),
        "offset": _seconds(record.schedule.offset),
        "allotted": _packed(record.allotted),
        "bits": _packed(record.bits),
        "published": _edition_members(record.published),
        "pending": _edition_members(record.pending),
        "reserved": {run: list(places) for run, places in record.reserved.items()},
    }
    make_private_folder(folder / _FOLDER)
    replace_file(_path(folder, record.name), json.dumps(members).encode() + b"\n", mode=0o600)


def _path(folder: Path, name: str) -> Path:
    return folder / _FOLDER / f"{checked_name(name)}.json"


def _record(members: Mapping[str, Any]) -> StatusListRecord:
    kind, purpose = members["kind"], members["purpose"]
    every, offset = members["every"], members["offset"]
    if kind not in KINDS or purpose not in PURPOSES:
        raise ValueError("another kind or purpose")
    if not isinstance(members["url"], str) or type(every) is not int or type(offset) is not int:
        raise TypeError("a member of another type")
    record = StatusListRecord(
        name=str(members["name"]),
        url=members["url"],
        purpose=cast("Purpose", purpose),
        kind=cast("Kind", kind),
        schedule=PublicationSchedule(timedelta(seconds=every), timedelta(seconds=offset)),
        allotted=_unpacked(members["allotted"]),
        bits=_unpacked(members["bits"]),
        published=_edition(members["published"]),
        pending=_edition(members["pending"]),
        reserved={str(run): tuple(map(int, places)) for run, places in members.get("reserved", {}).items()},
    )
    if len(record.allotted) != len(record.bits) or not all(
        record.allotted.get(place) for places in record.reserved.values() for place in places
    ):
        raise ValueError("members that contradict one another")
    return record


def _edition(members: Mapping[str, Any] | None) -> Edition | None:
    if members is None:
        return None
    return Edition(
        credential=str(members["credential"]),
        signed_at=datetime.fromtimestamp(members["signedAt"], UTC),
        valid_from=datetime.fromtimestamp(members["validFrom"], UTC),
        valid_until=datetime.fromtimestamp(members["validUntil"], UTC),
        bits=_unpacked(members["bits"]),
    )


def _edition_members(edition: Edition | None) -> dict[str, object] | None:
    if edition is None:
        return None
    return {
        "credential": edition.credential,
        "signedAt": int(edition.signed_at.timestamp()),
        "validFrom": int(edition.valid_from.timestamp()),
        "validUntil": int(edition.valid_until.timestamp()),
        "bits": _packed(edition.bits),
    }


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def _packed(bits: BitString) -> str:
    return b64encode(bits.compress()).decode()


def _unpacked(text: str) -> BitString:
    return BitString(expand(b64decode(text, validate=True), max_size=MAX_SIZE))
