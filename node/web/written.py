"""How values are written on pages: times in UTC, numbers as the language has them, digests cut."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup

from node.api.forms import rfc3339
from node.web.languages import Language

_CUT = 12  # characters of a hash or a DID that stand at either end


def filters(language: Language) -> dict[str, Callable[..., Any]]:
    """The template filters of one language."""

    def when(instant: datetime | int | str) -> Markup:
        """A moment as `<time>`, in words and in UTC."""
        exact = instant if isinstance(instant, str) else rfc3339(instant)
        moment = datetime.fromisoformat(exact).astimezone(UTC)
        shown = format_date(moment, "medium", locale=language.locale)
        return Markup('<time datetime="{}">{} {} UTC</time>').format(exact, shown, f"{moment:%H:%M:%S}")

    def day(instant: date | str) -> Markup:
        """A day as `<time>`, in words."""
        given = date.fromisoformat(instant) if isinstance(instant, str) else instant
        shown = format_date(given, "long", locale=language.locale)
        return Markup('<time datetime="{}">{}</time>').format(given.isoformat(), shown)

    def month(given: str) -> Markup:
        """A month `2026-11` as `<time>`, in words."""
        shown = format_skeleton("yMMMM", date.fromisoformat(f"{given}-01"), locale=language.locale)
        return Markup('<time datetime="{}">{}</time>').format(given, shown)

    def number(value: float) -> str:
        """A number with the language's separators."""
        return format_decimal(value, locale=language.locale)

    def percent(value: float) -> str:
        """A share of one as a percentage with one decimal."""
        return format_percent(value, format="#,##0.0 %", locale=language.locale)

    # text: for what is no constant of a template; `_()` would take it for markup, with places in it.
    return {
        "text": language.text,
        "when": when,
        "day": day,
        "month": month,
        "number": number,
        "percent": percent,
        "cut": cut,
    }


def cut(text: str) -> Markup:
    """A long name, its middle left out to the eye and kept for everything else."""
    if len(text) <= 2 * _CUT + 3:
        return Markup("<code>{}</code>").format(text)
    return Markup('<code title="{}">{}…{}</code>').format(text, text[:_CUT], text[-_CUT // 2 :])
