"""Status lists as commands show them: a table for people, members for programs."""

from collections.abc import Iterable
from datetime import datetime

from node.cli.output import table
from node.client.issuing import rfc3339
from node.client.status_list_record import StatusListRecord

_COLUMNS = ("list", "for", "kind", "given out", "set", "unpublished", "valid until", "next publication")


def list_table(records: Iterable[StatusListRecord], now: datetime) -> None:
    """A table of lists for people."""
    table(_COLUMNS, [_row(record, record.next_publication(now)) for record in records])


def list_members(record: StatusListRecord, due: datetime | None) -> dict[str, object]:
    """A list for programs.

    Args:
        record: the list.
        due: when it is to be published next; None if it is to be now.
    """
    shown = record.published
    return {
        "name": record.name,
        "url": record.url,
        "purpose": record.purpose,
        "kind": record.kind,
        "length": len(record.bits),
        "givenOut": record.allotted.count(),
        "set": record.bits.count(),
        "unpublished": record.unpublished,
        "publishedAt": rfc3339(shown.signed_at) if shown else None,
        "validUntil": rfc3339(shown.valid_until) if shown else None,
        "nextPublication": rfc3339(due) if due else None,
        "pending": record.pending is not None,
    }


def _row(record: StatusListRecord, due: datetime | None) -> tuple[object, ...]:
    return (
        record.name,
        record.purpose,
        record.kind,
        f"{record.allotted.count()} of {len(record.allotted)}",
        record.bits.count(),
        record.unpublished,
        rfc3339(record.published.valid_until) if record.published else "not published",
        rfc3339(due) if due else "now",
    )
