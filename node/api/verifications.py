"""`POST /v1/verifications`: a credential or a presentation in, a verdict out; never logged, never stored."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from anchoring.receipt import MAX_RECEIPT_SIZE
from node.api.body_schemas import VERIFICATION as REQUEST_BODY
from node.api.caching import json_bytes
from node.api.forms import NodeOf, as_of
from node.api.json_body import read_body
from node.api.judged import judged
from node.api.judgement_metrics import JudgementMetrics
from node.api.large_bodies import place_for
from node.api.parameters import StrictRoute
from node.api.verdict_schema import VERDICT_OR_PROBLEM
from node.api.verification_request import Asked, Parameters, asked_in_json, looks_like_an_envelope
from node.services.verification import Verified, VerifiedPresentation

router = APIRouter(route_class=StrictRoute, tags=["Verification"])

MAX_CREDENTIAL = 1_048_576
MAX_ENVELOPE = 2 * MAX_CREDENTIAL + MAX_RECEIPT_SIZE
"""A credential that is a string in an envelope may double by its escapes."""
_IF_AN_ENVELOPE = " If this is an envelope, declare it as application/json."


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
        body = await read_body(request, limit=MAX_ENVELOPE if is_json else MAX_CREDENTIAL, place=place)
        read = partial(asked_in_json if is_json else _bare, body, parameters)
        answer = await judged(request, node, read, _declared_as_json if is_json else _told, body=body)
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


def _bare(body: bytes, parameters: Parameters) -> Asked:
    return parameters.asked(body)


def _declared_as_json(_asked: Asked, verified: Verified | VerifiedPresentation) -> bytes:
    return json_bytes(verdict_form(verified))


def _told(asked: Asked, verified: Verified | VerifiedPresentation) -> bytes:
    """The verdict; on what would be an envelope if it were declared as one, with a hint."""
    told = verdict_form(verified)
    malformed = isinstance(verified, Verified) and told["checks"][0]["reason"] == "malformed"
    if malformed and looks_like_an_envelope(asked.document):
        told["sentence"] += _IF_AN_ENVELOPE
        told["checks"][0]["sentence"] += _IF_AN_ENVELOPE
    return json_bytes(told)


def verdict_form(verified: Verified | VerifiedPresentation) -> dict[str, Any]:
    """Return a verdict as `docs/verdict.md` describes it, with what the node had followed."""
    return verified.verdict.to_json() | {"asOf": as_of(verified.as_of)}
