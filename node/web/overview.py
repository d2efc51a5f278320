"""`/registry`: what happened on the record, by month and by issuer; the public record's own numbers."""

from typing import Annotated

from fastapi import Query, Request, Response

from node.api.forms import NodeOf
from node.api.parameters import size_parameter
from node.services.organisation_names import names_of
from node.services.statistics import (
    MonthFigures,
    figures_in,
    issuer_sums,
    newest_month,
    oldest_month,
    totals_in,
)
from node.services.view import viewing
from node.web.month_charts import MONTHS, Charted, Counted, charted, month_or_none
from node.web.month_pager import month_pager
from node.web.pages import marked, page, page_router

PAGE = 25
"""Issuers on one page."""
_UNKNOWN = marked("unknown")

router = page_router()


@router.get("/registry")
def get_overview(
    request: Request,
    node: NodeOf,
    to: Annotated[str | None, Query(description="Last month, `2026-11`.")] = None,
    skip: Annotated[str | None, Query(description="Issuers that stand before the page.")] = None,
) -> Response:
    """Issuers, anchors, revocations and accreditations by month, each as a chart and as a table."""
    asked = month_or_none(to, name="to")
    begin = 0 if skip is None else size_parameter(skip, name="skip")
    with viewing(node) as view:
        newest, oldest = newest_month(view), oldest_month(view)
        last = newest if asked is None else asked
        months = figures_in(view, first=last - MONTHS + 1, last=last)
        issuers = issuer_sums(months)
        shown = issuers[begin : begin + PAGE]
        return page(
            request,
            "statistics/overview.html",
            totals=totals_in(view),
            charts=_charts(request, months),
            pager=month_pager(first=last - MONTHS + 1, last=last, newest=newest, oldest=oldest),
            issuers=shown,
            names=names_of(view, [one.did for one in shown]),
            begin=begin,
            leading=max(0, begin - PAGE) if begin else None,
            following=begin + PAGE if len(issuers) > begin + PAGE else None,
            asked=to or None,
            as_of=view.as_of,
        )


def _charts(request: Request, months: tuple[MonthFigures, ...]) -> list[Charted]:
    return [
        charted(
            request,
            months,
            [
                Counted(marked("Credentials"), lambda one: one.totals.credentials),
                Counted(marked("Batches"), lambda one: one.totals.batches, drawn=False),
            ],
            identifier="anchors",
            title=marked("Credentials anchored"),
            sentence=marked("Credentials in the batches that were anchored in each month."),
            not_told=_UNKNOWN,
        ),
        charted(
            request,
            months,
            [
                Counted(marked("Revoked"), revoked),
                Counted(marked("Suspended"), suspended),
                Counted(marked("Lists published"), lambda one: one.totals.publications, drawn=False),
                Counted(marked("Lists unknown"), lambda one: one.marked.unknown, drawn=False),
            ],
            identifier="revocations",
            title=marked("Revocations and suspensions"),
            sentence=marked(
                "Places that status lists newly marked in each month, beside the list published before. "
                "A list that is not at hand here is counted as unknown."
            ),
            not_told=_UNKNOWN,
        ),
        charted(
            request,
            months,
            [
                Counted(marked("Given"), lambda one: one.totals.given),
                Counted(marked("Revoked"), lambda one: one.totals.revoked),
            ],
            identifier="accreditations",
            title=marked("Accreditations"),
            sentence=marked("Accreditations that came into force in each month, and that ceased to be."),
            not_told=_UNKNOWN,
        ),
        charted(
            request,
            months,
            [Counted(marked("Issuers"), lambda one: one.totals.issuers)],
            identifier="issuers",
            title=marked("Issuers registered"),
            sentence=marked("Organisations that were first given an accreditation in each month."),
            not_told=_UNKNOWN,
        ),
    ]


def revoked(month: MonthFigures) -> int | None:
    """How many were newly revoked, as far as lists are known; None if none of them is."""
    return None if _all_unknown(month) else month.marked.revoked


def suspended(month: MonthFigures) -> int | None:
    """How many were newly suspended, as far as lists are known; None if none of them is."""
    return None if _all_unknown(month) else month.marked.suspended


def _all_unknown(month: MonthFigures) -> bool:
    return 0 < month.totals.publications == month.marked.unknown
