"""Where a credential says that its status stands (Bitstring Status List v1.0 section 2.1, StatusList2021)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .bitstring import STATUS_SIZES
from .errors import MalformedStatusEntry, StatusMismatch, UnknownStatusPurpose, UnknownStatusType
from .status_list import BITSTRING_STATUS_LIST, STATUS_LIST_2021, StatusList, check_length
from .token_status_list import TokenStatusList

STATUS_LIST_2021_ENTRY: Final = "StatusList2021Entry"
BITSTRING_STATUS_LIST_ENTRY: Final = "BitstringStatusListEntry"
REVOCATION: Final = "revocation"
SUSPENSION: Final = "suspension"
REFRESH: Final = "refresh"
MESSAGE: Final = "message"
PURPOSES: Final = {
    STATUS_LIST_2021_ENTRY: (REVOCATION, SUSPENSION),
    BITSTRING_STATUS_LIST_ENTRY: (REVOCATION, SUSPENSION, REFRESH, MESSAGE),
}
_LIST_OF: Final = {
    STATUS_LIST_2021_ENTRY: STATUS_LIST_2021,
    BITSTRING_STATUS_LIST_ENTRY: BITSTRING_STATUS_LIST,
}
_MAX_URL: Final = 2048
_MAX_REFERENCES: Final = 16
_MAX_MESSAGE: Final = 1024
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MAX_INDEX: Final = 10**19
_BEGIN_OF_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.", re.ASCII)
_STATUS: Final = re.compile(r"0x[0-9A-Fa-f]{1,2}", re.ASCII)
_BITSTRING_ONLY: Final = ("statusSize", "statusMessage", "statusReference")


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One entry of `credentialStatus` (Bitstring Status List section 2.1, StatusList2021 section 4.1).

    Attributes:
        entry_type: `StatusList2021Entry` or `BitstringStatusListEntry`.
        status_purpose: one that the type defines.
        status_list_index: place in the list.
        status_list_credential: absolute URL of the list's credential, compared as it is spelled.
        id: URL of this entry, never that of the list.
        status_size: bits of the status.
        status_messages: what each status means, from 0 on; none where 1 is "set" and 0 is "unset".
        status_references: URLs of explanations.
    """

    entry_type: str
    status_purpose: str
    status_list_index: int
    status_list_credential: str
    id: str | None = None
    status_size: int = 1
    status_messages: tuple[str, ...] = ()
    status_references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what neither specification allows.

        Raises:
            UnknownStatusType: of another type.
            UnknownStatusPurpose: for another purpose.
            MalformedStatusEntry: a member is impossible or contradicts another.
        """
        if self.entry_type not in PURPOSES:
            raise UnknownStatusType(self.entry_type)
        if self.status_purpose not in PURPOSES[self.entry_type]:
            raise UnknownStatusPurpose(self.status_purpose)
        if not 0 <= self.status_list_index < _MAX_INDEX:
            raise MalformedStatusEntry("statusListIndex is a number from 0 on, of at most 19 digits")
        for url in (self.status_list_credential, *self.status_references):
            check_url(url)
        if self.id is not None:
            check_url(self.id)
        if self.id == self.status_list_credential:
            raise MalformedStatusEntry("the id of an entry is not the URL of its list")
        if self.status_size not in STATUS_SIZES:
            raise MalformedStatusEntry(
                f"a status of {self.status_size} bits cannot be read: only 1, 2, 4 or 8"
            )
        self._check_extent()

    def to_json(self) -> dict[str, object]:
        """Return the entry as it stands in a credential (Bitstring Status List section 2.1)."""
        entry: dict[str, object] = {} if self.id is None else {"id": self.id}
        entry |= {
            "type": self.entry_type,
            "statusPurpose": self.status_purpose,
            "statusListIndex": str(self.status_list_index),
            "statusListCredential": self.status_list_credential,
        }
        if self.status_size > 1:
            entry["statusSize"] = self.status_size
        if self.status_messages:
            entry["statusMessage"] = [
                {"status": f"{status:#x}", "message": message}
                for status, message in enumerate(self.status_messages)
            ]
        if self.status_references:
            references = self.status_references
            entry["statusReference"] = references[0] if len(references) == 1 else list(references)
        return entry

    def status_in(self, status_list: StatusList | TokenStatusList) -> int:
        """Return the status that the list gives this entry (Bitstring Status List section 3.2 steps 5 to 10).

        Args:
            status_list: read from the credential at `status_list_credential`, whose proof was verified.

        Raises:
            StatusMismatch: the list is of another type or for another purpose.
            StatusListTooShort: it has too few entries of this size.
            IndexOutOfRange: it has no entry at the index.
        """
        if status_list.list_type != _LIST_OF[self.entry_type]:
            raise StatusMismatch(f"a {self.entry_type} does not point into a {status_list.list_type}")
        if self.status_purpose not in status_list.purposes:
            found = ", ".join(status_list.purposes)
            raise StatusMismatch(f"the entry is for {self.status_purpose}, the list for {found}")
        bits = status_list.bits.with_size(self.status_size)
        check_length(bits)
        return bits.get(self.status_list_index)

    def _check_extent(self) -> None:
        if self.entry_type == STATUS_LIST_2021_ENTRY and (
            self.status_size > 1 or self.status_messages or self.status_references
        ):
            raise MalformedStatusEntry("a StatusList2021Entry has one bit, which means what its purpose says")
        if len(self.status_references) > _MAX_REFERENCES:
            raise MalformedStatusEntry(f"statusReference names at most {_MAX_REFERENCES} URLs")
        if self.status_size > 1 and not self.status_messages:
            raise MalformedStatusEntry("a status of several bits needs statusMessage to mean anything")
        if self.status_messages and len(self.status_messages) != 1 << self.status_size:
            raise MalformedStatusEntry("statusMessage has one message for each possible status")
        if any(len(message) > _MAX_MESSAGE for message in self.status_messages):
            raise MalformedStatusEntry(f"a status message has at most {_MAX_MESSAGE} characters")


def parse_status_entry(entry: object) -> StatusEntry:
    """Return what an entry of `credentialStatus` says (Bitstring Status List section 2.1).

    Args:
        entry: one object, as strict JSON gives it.

    Raises:
        UnknownStatusType: of another type, which says nothing about the status.
        UnknownStatusPurpose: for another purpose.
        MalformedStatusEntry: a member is missing, of another type, impossible, or contradicts another.
    """
    if not isinstance(entry, Mapping):
        raise MalformedStatusEntry("an entry of credentialStatus is an object")
    entry_type = _text(entry, "type")
    if entry_type not in PURPOSES:
        raise UnknownStatusType(entry_type)
    if entry_type == STATUS_LIST_2021_ENTRY and any(name in entry for name in _BITSTRING_ONLY):
        raise MalformedStatusEntry("a StatusList2021Entry has one bit, which means what its purpose says")
    index = _text(entry, "statusListIndex")
    if _INDEX.fullmatch(index) is None:
        raise MalformedStatusEntry("statusListIndex is a decimal number in its shortest form")
    size = entry.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool):
        raise MalformedStatusEntry("statusSize is a whole number of bits")
    return StatusEntry(
        entry_type,
        _text(entry, "statusPurpose"),
        int(index),
        _text(entry, "statusListCredential"),
        id=_text(entry, "id") if "id" in entry else None,
        status_size=size,
        status_messages=_messages(entry["statusMessage"]) if "statusMessage" in entry else (),
        status_references=_references(entry["statusReference"]) if "statusReference" in entry else (),
    )


def check_url(url: str) -> None:
    """Return if a list, an entry or an explanation may be named so.

    Raises:
        MalformedStatusEntry: it is no absolute URL of printable ASCII, or longer than 2048 characters.
    """
    printable = url.isascii() and url.isprintable() and " " not in url
    if len(url) > _MAX_URL or not printable or _BEGIN_OF_URL.match(url) is None:
        raise MalformedStatusEntry(
            f"not an absolute URL of at most {_MAX_URL} ASCII characters: {url[:64]!r}"
        )


def _messages(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 < len(value) <= 1 << max(STATUS_SIZES):
        raise MalformedStatusEntry("statusMessage has one message for each possible status")
    messages = dict(_message(element) for element in value)
    if messages.keys() != set(range(len(value))):
        raise MalformedStatusEntry("statusMessage names each possible status once")
    return tuple(messages[status] for status in range(len(value)))


def _message(element: object) -> tuple[int, str]:
    if not isinstance(element, Mapping):
        raise MalformedStatusEntry("statusMessage is a list of objects")
    status = _text(element, "status")
    if _STATUS.fullmatch(status) is None:
        raise MalformedStatusEntry("status is a hexadecimal number after 0x")
    return int(status, 16), _text(element, "message")


def _references(value: object) -> tuple[str, ...]:
    return tuple(_each_reference(value if isinstance(value, list) else [value]))


def _each_reference(values: list[object]) -> Iterator[str]:
    if not values:
        raise MalformedStatusEntry("statusReference is a URL or a list of them")
    for value in values:
        if not isinstance(value, str):
            raise MalformedStatusEntry("statusReference is a URL or a list of them")
        yield value


def _text(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise MalformedStatusEntry(f"{name} of a status entry is a text")
    return value
