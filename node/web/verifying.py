"""`/`: the verifying page. What is handed in is judged in memory; nothing of it is kept, logged or fetched.

A form of another site may be sent here as well: that reader is told the verdict on what the other site chose,
which changes nothing, costs what it costs, and uses nothing of theirs, for there is no cookie and no session.
"""

from datetime import datetime
from typing import Any, Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from credentials.expected import Expected
from credentials.microcredential_values import shown_number
from node.api.forms import NodeOf, rfc3339
from node.api.json_body import read_body
from node.api.judgement_metrics import JudgementMetrics
from node.api.large_bodies import place_for
from node.api.problems import told_of
from node.services.node import Node
from node.web.languages import language_of
from node.web.pages import HEADERS, NEVER_KEPT, page, page_router
from node.web.reasons import CHECKS, OUTCOMES
from node.web.verify_answers import Answers, asked_again, judge_all, without_pictures
from node.web.verify_form import MAX_FORM, MOST_DOCUMENTS, FormRefused, form_of
from node.web.verify_headlines import headline_of_all
from node.web.verify_shown import printed

router = page_router()

_SEE_OTHER: Final = 303
_MOST_OVERLAPS: Final = 32  # that are listed; all are in the JSON


@router.get("/")
def get_verifying(request: Request) -> Response:
    """What somebody can hand in."""
    return page(request, "verify/ask.html", problem=None, most=MOST_DOCUMENTS)


@router.post("/")
async def post_verifying(request: Request, node: NodeOf) -> Response:
    """The verdict on what was handed in, or the form again with what is wrong."""
    figures: JudgementMetrics = request.app.state.metrics.judgements
    try:
        with figures.asked():
            return await _answer(request, node)
    except Exception as error:
        told = told_of(error)
        if told is None:
            raise
        language = language_of(request)
        detail = language.text(told.detail)
        if isinstance(error, FormRefused):
            detail = language.text(error.message) % error.values
        return page(
            request,
            "verify/ask.html",
            status=told.problem.status,
            cached=NEVER_KEPT,
            headers=told.headers,
            problem=detail,
            most=MOST_DOCUMENTS,
        )


async def _answer(request: Request, node: Node) -> Response:
    language = language_of(request)
    with place_for(request) as place:
        body = await read_body(request, limit=MAX_FORM, place=place)
        form = await run_in_threadpool(form_of, body, request.headers.get("content-type", ""))
        found = await without_pictures(request, node, form)
        if isinstance(found, str):
            query = f"?lang={language.tag}" if language.chosen else ""
            headers = {**HEADERS, "Cache-Control": NEVER_KEPT, "Location": f"anchors/{found}{query}"}
            return Response(status_code=_SEE_OTHER, headers=headers)
        answers = await judge_all(request, node, form, found, language=language.tag)
    answers = await asked_again(request, node, form, found, answers, language=language.tag)
    return await run_in_threadpool(_page, request, answers, form.expected)


def _page(request: Request, answers: Answers, expected: Expected) -> Response:
    """The page of one credential, or of several side by side."""
    common: dict[str, Any] = {
        "names": CHECKS,
        "outcomes": OUTCOMES,
        "base": str(request.base_url),
        "state": answers.as_of,
        "carried": answers.carried,
        "expected": expected,
    }
    alone = answers.alone
    if alone is not None:
        told = printed(answers.judgements[0].told)
        return page(
            request,
            "verify/credential.html",
            cached=NEVER_KEPT,
            v=alone,
            told=told,
            rfc3339=rfc3339,
            **common,
        )
    portfolio = answers.portfolio
    valid = sum(one.verdict.outcome == "valid" for one in answers.credentials)
    first = answers.judgements[0].told
    return page(
        request,
        "verify/portfolio.html",
        cached=NEVER_KEPT,
        headline=headline_of_all(answers.outcome, valid=valid),
        valid=valid,
        credentials=answers.credentials,
        presentations=answers.presentations,
        portfolio=portfolio,
        most_overlaps=_MOST_OVERLAPS,
        all_counted=all(entry.why_not is None for entry in portfolio.entries),
        unjudged=answers.unjudged,
        at=datetime.fromisoformat(first["at"]),
        past=answers.past,
        told=printed(first if len(answers.judgements) == 1 else portfolio.to_json()),
        shown_number=shown_number,
        **common,
    )
