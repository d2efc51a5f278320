"""Links from a page with months on it to the months before and after."""

from dataclasses import dataclass

from node.db.months import month_text


@dataclass(frozen=True, slots=True)
class MonthPager:
    """Which months a page shows, and the last month of the pages beside it; None where there is none."""

    first: str
    last: str
    earlier: str | None
    later: str | None


def month_pager(*, first: int, last: int, newest: int, oldest: int) -> MonthPager:
    """Return the links of a page that shows `first` to `last`.

    Args:
        first: by `node.db.months`.
        last: likewise.
        newest: month that the ledger has got to.
        oldest: month of its first entry.
    """
    return MonthPager(
        first=month_text(first),
        last=month_text(last),
        earlier=month_text(first - 1) if first > oldest else None,
        later=month_text(min(newest, last + last - first + 1)) if last < newest else None,
    )
