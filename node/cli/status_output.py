"""Status lists as commands show them: a table for people, members for programs."""

from collections.abc import Iterable
from datetime import UTC, datetime

from node.cli.output import table
from node.client.issuing import rfc3339
from node.client.status_list_record import StatusListRecord


def list_table(records: Iterable[StatusListRecord], now: datetime) -> None:
    """A table of lists for people, four lines each, narrow enough for a usual terminal."""
    table(("list", ""), [(record.name, _state(record, record.next_publication(now))) for record in records])


def short_time(moment: datetime) -> str:
    """A moment as people read it, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


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


def _state(record: StatusListRecord, due: datetime | None) -> str:
    given_out, is_set = f"{record.allotted.count()} of {len(record.allotted)} given out", record.bits.count()
    pending = record.pending is not None
    after_cut = "now (pending: a publication was cut off)" if pending else "now"
    shown = record.published
    return "\n".join(
        (
            f"{record.purpose}, {record.kind}",
            f"{given_out}, {is_set} set, {record.unpublished} unpublished",
            f"next publication {short_time(due) if due else after_cut}",
            f"holds until {short_time(shown.valid_until)}" if shown else "not published yet",
        )
    )
