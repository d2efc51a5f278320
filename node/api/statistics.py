"""`GET /v1/statistics`: adoption by month and issuer, in numbers that are nobody's."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from did.syntax import parse_ebsi_did
from node.api.caching import json_answer
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf, as_of
from node.api.parameters import StrictRoute, size_parameter
from node.db.months import month_number, month_text
from node.services.disclosure import THRESHOLD, DisclosedMonth, disclosed_month
from node.services.statistics import (
    MOST_MONTHS,
    IssuerFigures,
    MonthFigures,
    figures_in,
    newest_month,
    oldest_month,
)
from node.services.view import viewing

MONTHS = 12
"""In one answer, if nothing else is asked for."""
MOST_ISSUER_MONTHS = 5_000
"""In one answer, which has fewer months than asked for where there would be more."""
_MONTH = re.compile(r"(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])")

router = APIRouter(route_class=StrictRoute, tags=["Statistics"])


@router.get("/v1/statistics", response_model=None)
def get_statistics(
    request: Request,
    node: NodeOf,
    months: Annotated[
        str | None, Query(description=f"How many, 1 to {MOST_MONTHS}; {MONTHS} if not given.")
    ] = None,
    start: Annotated[str | None, Query(alias="from", description="First month, `2026-01`.")] = None,
    stop: Annotated[str | None, Query(alias="to", description="Last month; the newest if not given.")] = None,
    issuer: Annotated[str | None, Query(description="A did:ebsi: no other issuer's counts.")] = None,
) -> Response:
    """What was issued, by month (UTC), newest first: small counts are suppressed, and what tells them."""
    did = None if issuer is None else parse_ebsi_did(issuer)
    with viewing(node) as view:
        newest, oldest = newest_month(view), oldest_month(view)
        first, last = _asked(months, start, stop, newest)
        told = _bounded(figures_in(view, first=first, last=last))
        further = told[-1].month - 1
        value = {
            "threshold": THRESHOLD,
            "items": [month_form(disclosed_month(one), did) for one in told],
            "next": month_text(further) if further >= (oldest if start is None else first) else None,
            "asOf": as_of(view.as_of),
        }
        return json_answer(request, value)


def month_parameter(text: str, *, name: str) -> int:
    """Return the month that `text` names as `2026-11`, not before 1970, when ledgers' time begins.

    Raises:
        InvalidParameter: it names none.
    """
    if not _MONTH.fullmatch(text):
        raise InvalidParameter(f"{name} must be a month such as 2026-11.")
    return month_number(text)


def month_form(told: DisclosedMonth, did: str | None = None) -> dict[str, Any]:
    """Return a month's counts that may be told, of all issuers or of one of them besides the totals."""
    figures = told.figures
    return {
        "month": month_text(figures.month),
        "complete": figures.complete,
        "issuersRegistered": figures.totals.issuers,
        "accreditationsGiven": figures.totals.given,
        "accreditationsRevoked": figures.totals.revoked,
        "statusPublications": figures.totals.publications,
        "unknownPublications": figures.marked.unknown,
        "batches": _count(told.batches.total),
        "credentials": _count(told.credentials.total),
        "revoked": _count(told.revoked.total),
        "suspended": _count(told.suspended.total),
        "revocationRate": told.total_revocation_rate,
        "issuers": [_issuer(told, one) for one in figures.issuers if did is None or one.did == did],
    }


def _issuer(told: DisclosedMonth, figures: IssuerFigures) -> dict[str, Any]:
    return {
        "did": figures.did,
        "statusPublications": figures.publications,
        "unknownPublications": figures.marked.unknown,
        "batches": _count(told.batches.own[figures.did]),
        "credentials": _count(told.credentials.own[figures.did]),
        "revoked": _count(told.revoked.own[figures.did]),
        "suspended": _count(told.suspended.own[figures.did]),
        "revocationRate": told.revocation_rate(figures),
    }


def _count(told: int | None) -> Mapping[str, Any]:
    return {"count": told, "suppressed": told is None}


def _asked(months: str | None, start: str | None, stop: str | None, newest: int) -> tuple[int, int]:
    """The first and the last month that the query names.

    Raises:
        InvalidParameter: they are malformed, too many, or the wrong way round.
    """
    last = newest if stop is None else month_parameter(stop, name="to")
    if start is None:
        count = MONTHS if months is None else size_parameter(months, name="months")
        if not 1 <= count <= MOST_MONTHS:
            raise InvalidParameter(f"months must be from 1 to {MOST_MONTHS}.")
        return last - count + 1, last
    if months is not None:
        raise InvalidParameter("Give from or months, not both.")
    first = month_parameter(start, name="from")
    if not 0 <= last - first < MOST_MONTHS:
        raise InvalidParameter(f"from must be a month up to to, at most {MOST_MONTHS} of them.")
    return first, last


def _bounded(found: tuple[MonthFigures, ...]) -> list[MonthFigures]:
    """The newest months first, as many as fit into an answer, at least one."""
    told: list[MonthFigures] = []
    room = MOST_ISSUER_MONTHS
    for one in reversed(found):
        room -= len(one.issuers)
        if told and room < 0:
            break
        told.append(one)
    return told
