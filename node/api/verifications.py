"""`POST /v1/verifications`: a credential or a presentation in, a verdict out; never logged, never stored."""

import time
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from anchoring.receipt import MAX_RECEIPT_SIZE
from credentials.errors import MalformedPresentation
from credentials.presentation import Presentation
from credentials.presentation_reading import read_presentation
from credentials.verdict import FORMAT, Outcome
from node.api.body_schemas import VERIFICATION as REQUEST_BODY
from node.api.caching import json_bytes
from node.api.forms import NodeOf, as_of
from node.api.json_body import read_body
from node.api.judgement_metrics import JudgementMetrics
from node.api.judging import Judging
from node.api.large_bodies import place_for
from node.api.limits import VERIFICATION, spend_further
from node.api.parameters import StrictRoute
from node.api.verdict_schema import VERDICT_OR_PROBLEM
from node.api.verification_request import Asked, Parameters, asked_in_json, looks_like_an_envelope
from node.services.verification import Verifier

router = APIRouter(route_class=StrictRoute, tags=["Verification"])

MAX_CREDENTIAL = 1_048_576
MAX_ENVELOPE = 2 * MAX_CREDENTIAL + MAX_RECEIPT_SIZE
"""A credential that is a string in an envelope may double by its escapes."""
PATIENCE = 10.0
"""Seconds after which no further credential of a presentation is begun: each may ask others, and wait."""
_IF_AN_ENVELOPE = " If this is an envelope, declare it as application/json."


@dataclass(frozen=True, slots=True)
class _Shown:
    """A presentation: as much work as its credentials are, to be paid for before it is done."""

    presentation: Presentation | MalformedPresentation
    asked: Asked

    @property
    def further_units(self) -> int:
        """What it costs beyond one credential."""
        if isinstance(self.presentation, MalformedPresentation):
            return 0
        return VERIFICATION * max(0, len(self.presentation.credentials) - 1)


@router.post(
    "/v1/verifications",
    summary="Judge a credential or a presentation",
    response_model=None,
    responses=VERDICT_OR_PROBLEM,
    openapi_extra=REQUEST_BODY,
)
async def post_verification(
    request: Request,
    node: NodeOf,
    as_of_text: Annotated[
        str | None, Query(alias="as-of", description="The time asked for, of a bare credential.")
    ] = None,
    relax: Annotated[
        str | None, Query(description="Names of checks that shall not decide, separated by commas.")
    ] = None,
    nonce: Annotated[
        str | None, Query(alias="expected-nonce", description="The nonce that the holder was given.")
    ] = None,
    audience: Annotated[
        str | None, Query(alias="expected-audience", description="The name by which the holder was asked.")
    ] = None,
) -> Response:
    """The verdict on a credential or a presentation: each check with its outcome, evidence and sentence.

    What the document is, its content tells. `application/json` without `@context` and `payload` is the
    envelope {credential, asOf, policy, receipt, expectedNonce, expectedAudience}; a body of any other media
    type, and a JSON object with one of those, is the document itself.
    """
    is_json = request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
    parameters = Parameters(as_of_text, relax, nonce, audience)
    figures: JudgementMetrics = request.app.state.metrics.judgements
    with figures.asked(), place_for(request) as place:
        limit = MAX_ENVELOPE if is_json else MAX_CREDENTIAL
        body = await read_body(request, limit=limit, place=place)
        judging: Judging = request.app.state.judging
        answer = await judging.judge(node, partial(_answer, body, parameters, is_json, figures), body=body)
        if isinstance(answer, _Shown):
            spend_further(request, answer.further_units)
            answer = await judging.long.judge(node, partial(_answer_presentation, answer, figures))
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


def _answer(
    body: bytes,
    parameters: Parameters,
    is_json: bool,  # noqa: FBT001 - the only one
    figures: JudgementMetrics,
    verifier: Verifier,
) -> bytes | _Shown:
    """The verdict on a credential; a presentation, unjudged, if the document is one."""
    asked = asked_in_json(body, parameters) if is_json else parameters.asked(body)
    began = time.perf_counter()
    verified = verifier.verify(
        asked.document, at=asked.at, relaxed=asked.relaxed, receipt=asked.receipt, expected=asked.expected
    )
    if verified.verdict.result(FORMAT).outcome is not Outcome.PASSED:  # only then it may be something else
        shown = _presentation(asked.document)
        if shown is not None:
            return _Shown(shown, asked)
    figures.observe(verified.verdict, seconds=time.perf_counter() - began)
    told = verified.verdict.to_json() | {"asOf": as_of(verified.as_of)}
    if not is_json and told["checks"][0]["reason"] == "malformed" and looks_like_an_envelope(body):
        told["sentence"] += _IF_AN_ENVELOPE
        told["checks"][0]["sentence"] += _IF_AN_ENVELOPE
    return json_bytes(told)


def _presentation(document: bytes) -> Presentation | MalformedPresentation | None:
    try:
        return read_presentation(document)
    except MalformedPresentation as error:
        return error


def _answer_presentation(shown: _Shown, figures: JudgementMetrics, verifier: Verifier) -> bytes:
    """The verdict on a presentation: of what does not fit into `PATIENCE`, that it was not judged."""
    asked, began = shown.asked, time.perf_counter()
    verified = verifier.verify_presentation(
        shown.presentation,
        at=asked.at,
        relaxed=asked.relaxed,
        receipt=asked.receipt,
        expected=asked.expected,
        goes_on=lambda: time.perf_counter() - began < PATIENCE,
    )
    spent = time.perf_counter() - began
    for verdict in verified.verdict.verdicts:
        figures.observe(verdict, seconds=spent / len(verified.verdict.verdicts))
    return json_bytes(verified.verdict.to_json() | {"asOf": as_of(verified.as_of)})
