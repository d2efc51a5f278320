"""What pages with months on them have in common: which months are asked for, and a chart above its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from babel.dates import format_date
from fastapi import Request
from markupsafe import Markup

from node.api.statistics import month_parameter
from node.db.months import month_text
from node.services.statistics import MonthFigures
from node.web.charts import Label, Series, Words, bar_chart
from node.web.languages import Language, language_of
from node.web.written import filters

MONTHS = 12
"""On one page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what it counts, and a value for each month."""

    name: str
    values: tuple[int | str | None, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a table: `2026-11`, in short, and the log indexes of its entries."""

    text: str
    short: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart and the table of its numbers, oldest month first.

    Attributes:
        identifier: within the page.
        title: what is counted, in the reader's language.
        sentence: what to know about it.
        chart: SVG.
        months: columns of the table.
        rows: likewise, what is drawn first.
    """

    identifier: str
    title: str
    sentence: str
    chart: Markup
    months: tuple[Month, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Values by month under a name, which `marked` marked; numbers may be `drawn` as bars too."""

    name: str
    value: Callable[[MonthFigures], int | str | None]
    drawn: bool = True


def month_or_none(text: str | None, *, name: str) -> int | None:
    """Return the month that `text` names as `2026-11`; None for None, and for a field left empty.

    Raises:
        InvalidParameter: it names none.
    """
    return month_parameter(text, name=name) if text else None


def charted(
    request: Request,
    months: Sequence[MonthFigures],
    counted: Sequence[Counted],
    *,
    identifier: str,
    title: str,
    sentence: str,
    not_told: str,
) -> Charted:
    """Return the chart of what is drawn of `counted`, and the table of all of it.

    Args:
        request: whose language is used.
        months: oldest first.
        counted: with marked names.
        identifier: of the chart within its page.
        title: marked.
        sentence: marked.
        not_told: what a number is called that is None, marked.
    """
    language = language_of(request)
    say = language.text
    series = [
        Series(say(one.name), [cast("int | None", one.value(month)) for month in months])
        for one in counted
        if one.drawn
    ]
    first, last = (_label(language, month.month) for month in (months[0], months[-1]))
    words = Words(
        title=say(title),
        description=f"{say(sentence)} {first.whole} – {last.whole}.",  # noqa: RUF001 - a range
        number=filters(language)["number"],
        not_told=say(not_told),
    )
    labels = [
        _label(language, one.month, with_year=place == 0 or one.month % 12 == 0)
        for place, one in enumerate(months)
    ]
    return Charted(
        identifier=identifier,
        title=say(title),
        sentence=say(sentence),
        chart=bar_chart(identifier, labels, series, words),
        months=tuple(
            Month(month_text(one.month), _short(language, one.month), one.start, one.stop) for one in months
        ),
        rows=tuple(Row(say(one.name), tuple(one.value(month) for month in months)) for one in counted),
    )


def _label(language: Language, month: int, *, with_year: bool = True) -> Label:
    first_day = date(month // 12, month % 12 + 1, 1)
    return Label(
        short=format_date(first_day, "LLL", locale=language.locale),
        below=f"{first_day.year}" if with_year else "",
        whole=format_date(first_day, "LLLL y", locale=language.locale),
    )


def _short(language: Language, month: int) -> str:
    return format_date(date(month // 12, month % 12 + 1, 1), "LLL y", locale=language.locale)
