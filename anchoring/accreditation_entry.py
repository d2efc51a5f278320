"""Where an accreditation says that its status stands: in its own attribute (EBSI, EbsiAccreditationEntry)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .errors import MalformedStatusEntry, UnknownStatusType
from .status_entry import check_url

EBSI_ACCREDITATION_ENTRY: Final = "EbsiAccreditationEntry"


@dataclass(frozen=True, slots=True)
class AccreditationEntry:
    """An entry of `credentialStatus` whose status is that of an attribute of the issuers' registry.

    Attributes:
        id: absolute URL of the attribute, as it is spelled; which attribute it names is not said here.
    """

    id: str

    def __post_init__(self) -> None:
        """Refuse what names nothing.

        Raises:
            MalformedStatusEntry: `id` is no absolute URL.
        """
        check_url(self.id)

    def to_json(self) -> dict[str, object]:
        """Return the entry as it stands in a credential."""
        return {"id": self.id, "type": EBSI_ACCREDITATION_ENTRY}


def parse_accreditation_entry(entry: object) -> AccreditationEntry:
    """Return the entry of `credentialStatus` that names an attribute.

    Args:
        entry: one object, as strict JSON gives it; further members mean nothing here.

    Raises:
        UnknownStatusType: of another type.
        MalformedStatusEntry: no object, without a type, or its `id` is no absolute URL.
    """
    if not isinstance(entry, Mapping):
        raise MalformedStatusEntry("an entry of credentialStatus is an object")
    entry_type, url = entry.get("type"), entry.get("id")
    if not isinstance(entry_type, str) or not isinstance(url, str):
        raise MalformedStatusEntry(f"type and id of an {EBSI_ACCREDITATION_ENTRY} are texts")
    if entry_type != EBSI_ACCREDITATION_ENTRY:
        raise UnknownStatusType(entry_type)
    return AccreditationEntry(url)
