"""An entry as pages show it: the API's own form, with words for people beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from anchoring.entry import Entry
from node.api.caching import json_bytes
from node.api.history import entry_form
from node.db.entries import StoredEntry
from node.web.entry_csv import HEADING
from node.web.entry_kinds import KIND_WORDS
from node.web.entry_sentences import told
from node.web.languages import Language


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry.

    Attributes:
        item: as `/v1/history` has it.
        words: what its kind is called, in English.
        entry: the entry itself.
    """

    item: Mapping[str, Any]
    words: str
    entry: Entry

    def told(self, language: Language) -> Markup:
        """What happened, in a sentence of that language."""
        return told(self.entry, language)

    def cells(self) -> list[str]:
        """The item's members in the order of `entry_csv.HEADING`."""
        return [_cell(self.item[name]) for name in HEADING]


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        # In JSON a semicolon stands within texts alone; escaped, it is the same and ends no cell anywhere.
        return json_bytes(value).decode().replace(";", r"\u003b")
    return "" if value is None else str(value)


def entry_row(found: StoredEntry) -> EntryRow:
    """Return the entry for a page."""
    return EntryRow(entry_form(found), KIND_WORDS[found.entry.kind], found.entry)
