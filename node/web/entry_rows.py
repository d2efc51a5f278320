"""An entry as pages show it: the API's own form, with words for people beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from node.api.caching import json_bytes
from node.api.history import entry_form
from node.db.entries import StoredEntry
from node.web.entry_csv import HEADING
from node.web.entry_kinds import KIND_WORDS
from node.web.written import cut

_LONG_NAMES = re.compile(r"(did:ebsi:z[1-9A-HJ-NP-Za-km-z]{16,64}|[0-9a-f]{40,64})")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry.

    Attributes:
        item: as `/v1/history` has it.
        words: what its kind is called, in English.
    """

    item: Mapping[str, Any]
    words: str

    @property
    def told(self) -> Markup:
        """What happened, in English, with the middles of long names left out to the eye."""
        parts = _LONG_NAMES.split(self.item["sentence"])
        return Markup().join(cut(part) if at % 2 else escape(part) for at, part in enumerate(parts))

    def cells(self) -> list[str]:
        """The item's members in the order of `entry_csv.HEADING`."""
        return [_cell(self.item[name]) for name in HEADING]


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return json_bytes(value).decode()
    return "" if value is None else str(value)


def entry_row(found: StoredEntry) -> EntryRow:
    """Return the entry for a page."""
    return EntryRow(entry_form(found), KIND_WORDS[found.entry.kind])
