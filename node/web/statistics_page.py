"""`/statistics`: adoption by month and issuer, in numbers that are nobody's, as `/v1/statistics` has them."""

from typing import Annotated

from fastapi import Query, Request, Response

from node.api.forms import NodeOf
from node.api.parameters import size_parameter
from node.db.months import month_text
from node.services.disclosure import THRESHOLD, disclosed_month
from node.services.organisation_names import names_of
from node.services.statistics import MonthFigures, figures_in, newest_month, oldest_month
from node.services.view import viewing
from node.web.languages import language_of
from node.web.month_charts import MONTHS, Charted, Counted, charted, month_or_none
from node.web.month_pager import month_pager
from node.web.pages import marked, page, page_router
from node.web.written import filters

PAGE = 50
"""Issuers of one month on one page."""
_SUPPRESSED = marked("suppressed")
_NONE = "–"  # noqa: RUF001 - a dash, where there is no rate

router = page_router()


@router.get("/statistics")
def get_statistics(
    request: Request,
    node: NodeOf,
    to: Annotated[str | None, Query(description="Last month, `2026-11`.")] = None,
    month: Annotated[str | None, Query(description="Whose issuers are listed.")] = None,
    skip: Annotated[str | None, Query(description="Issuers that stand before the page.")] = None,
) -> Response:
    """What was issued and revoked, by month, and each issuer's part of one month."""
    asked, chosen = month_or_none(to, name="to"), month_or_none(month, name="month")
    begin = 0 if skip is None else size_parameter(skip, name="skip")
    with viewing(node) as view:
        newest, oldest = newest_month(view), oldest_month(view)
        last = newest if asked is None else asked
        figures = figures_in(view, first=last - MONTHS + 1, last=last)
        if chosen is None:
            chosen = next((one.month for one in reversed(figures) if one.issuers and one.complete), last)
        listed = disclosed_month(figures_in(view, first=chosen, last=chosen)[0])
        shown = listed.figures.issuers[begin : begin + PAGE]
        return page(
            request,
            "statistics/statistics.html",
            threshold=THRESHOLD,
            charts=_charts(request, figures),
            pager=month_pager(first=last - MONTHS + 1, last=last, newest=newest, oldest=oldest),
            asked=to or None,
            listed=listed,
            listed_month=month_text(chosen),
            months=[month_text(one.month) for one in reversed(figures) if one.issuers],
            issuers=shown,
            names=names_of(view, [one.did for one in shown]),
            leading=max(0, begin - PAGE) if begin else None,
            following=begin + PAGE if len(listed.figures.issuers) > begin + PAGE else None,
            as_of=view.as_of,
        )


def _charts(request: Request, figures: tuple[MonthFigures, ...]) -> list[Charted]:
    told = {one.month: disclosed_month(one) for one in figures}
    percent = filters(language_of(request))["percent"]

    def rate(one: MonthFigures) -> str:
        found = told[one.month].total_revocation_rate
        return _NONE if found is None else str(percent(found))

    return [
        charted(
            request,
            figures,
            [
                Counted(marked("Credentials"), lambda one: told[one.month].credentials.total),
                Counted(marked("Batches"), lambda one: told[one.month].batches.total, drawn=False),
                Counted(marked("Issuers registered"), lambda one: one.totals.issuers, drawn=False),
            ],
            identifier="credentials",
            title=marked("Credentials anchored"),
            sentence=marked("Credentials in the batches that were anchored in each month."),
            not_told=_SUPPRESSED,
        ),
        charted(
            request,
            figures,
            [
                Counted(marked("Revoked"), lambda one: told[one.month].revoked.total),
                Counted(marked("Suspended"), lambda one: told[one.month].suspended.total),
                Counted(marked("Revocation rate"), rate, drawn=False),
                Counted(marked("Lists unknown"), lambda one: one.marked.unknown, drawn=False),
            ],
            identifier="revocations",
            title=marked("Revocations and suspensions"),
            sentence=marked(
                "Places that status lists newly marked in each month, beside the list published before. "
                "The rate is revocations for each credential anchored in the same month."
            ),
            not_told=_SUPPRESSED,
        ),
    ]
