"""`POST /v1/verifications`: a credential in, a verdict out; judged in memory, never logged, never stored."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from anchoring.errors import MalformedReceipt
from anchoring.receipt import MAX_RECEIPT_SIZE, Receipt, parse_receipt
from node.api.body_schemas import VERIFICATION
from node.api.caching import json_bytes
from node.api.errors import InvalidJson, InvalidParameter, InvalidRequest
from node.api.forms import NodeOf, as_of
from node.api.json_body import parse_json, read_body
from node.api.judgement_metrics import JudgementMetrics
from node.api.large_bodies import place_for
from node.api.parameters import StrictRoute, time_parameter
from node.api.verdict_schema import VERDICT_OR_PROBLEM
from node.services.verification import Verifier

router = APIRouter(route_class=StrictRoute, tags=["Verification"])

MAX_CREDENTIAL = 1_048_576
MAX_ENVELOPE = 2 * MAX_CREDENTIAL + MAX_RECEIPT_SIZE
"""A credential that is a string in an envelope may double by its escapes."""
MOST_RELAXED = 16
_MEMBERS = frozenset({"credential", "asOf", "policy", "receipt"})
_JWT_BEGINS = b"eyJ"  # base64url of what a JSON object begins with
_IF_AN_ENVELOPE = " If this is an envelope, declare it as application/json."


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks to be judged, and how."""

    credential: bytes
    at: datetime | None = None
    relaxed: frozenset[str] = frozenset()
    receipt: Receipt | None = None


@router.post(
    "/v1/verifications",
    summary="Judge a credential",
    response_model=None,
    responses=VERDICT_OR_PROBLEM,
    openapi_extra=VERIFICATION,
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
) -> Response:
    """The verdict on a credential: every numbered check with its outcome, evidence and sentence.

    `application/json` without `@context` is the envelope {credential, asOf, policy, receipt}; a body of any
    other media type, and a JSON object with `@context`, is the credential itself.
    """
    is_json = request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
    parameters = _Parameters(as_of_text, relax)
    figures: JudgementMetrics = request.app.state.metrics.judgements
    with figures.asked(), place_for(request) as place:
        limit = MAX_ENVELOPE if is_json else MAX_CREDENTIAL
        body = await read_body(request, limit=limit, place=place)
        answer = await request.app.state.judging.judge(
            node, partial(_answer, body, parameters, is_json, figures), body=body
        )
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


@dataclass(frozen=True, slots=True)
class _Parameters:
    """The query's, which speak for a bare credential."""

    as_of: str | None
    relax: str | None

    def asked(self, credential: bytes) -> Asked:
        names = [] if self.relax is None else self.relax.split(",")
        at = None if self.as_of is None else time_parameter(self.as_of, name="as-of")
        return Asked(credential, at, _relaxed(names, InvalidParameter))

    def refuse(self) -> None:
        if self.as_of is not None or self.relax is not None:
            raise InvalidParameter(
                "as-of and relax are for a bare credential; in an envelope say asOf and policy."
            )


def _answer(
    body: bytes,
    parameters: _Parameters,
    is_json: bool,  # noqa: FBT001 - the only one
    figures: JudgementMetrics,
    verifier: Verifier,
) -> bytes:
    asked = _asked(body, parameters) if is_json else parameters.asked(body)
    began = time.perf_counter()
    verified = verifier.verify(asked.credential, at=asked.at, relaxed=asked.relaxed, receipt=asked.receipt)
    figures.observe(verified.verdict, seconds=time.perf_counter() - began)
    told = verified.verdict.to_json() | {"asOf": as_of(verified.as_of)}
    if not is_json and told["checks"][0]["reason"] == "malformed" and _looks_like_an_envelope(body):
        told["sentence"] += _IF_AN_ENVELOPE
        told["checks"][0]["sentence"] += _IF_AN_ENVELOPE
    return json_bytes(told)


def _looks_like_an_envelope(body: bytes) -> bool:
    """Whether a body that was declared as a credential would be read as an envelope if declared as JSON."""
    try:
        value = parse_json(body)
    except InvalidJson:
        return False
    return isinstance(value, dict) and "credential" in value and "@context" not in value


def _asked(body: bytes, parameters: _Parameters) -> Asked:
    """Return what a body declared as `application/json` asks.

    Raises:
        InvalidJson: it is not strict JSON.
        InvalidRequest: it is neither a credential nor the envelope.
        InvalidParameter: the query speaks beside an envelope.
    """
    if body.lstrip().startswith(_JWT_BEGINS):
        raise InvalidJson("The body is not JSON but looks like a JWT: declare it as application/vc+jwt.")
    value = parse_json(body)
    if not isinstance(value, dict):
        raise InvalidRequest(
            "The body must be a JSON object: a credential, or {credential, asOf, policy, receipt}."
        )
    if "@context" in value:
        return parameters.asked(body)
    parameters.refuse()
    if "credential" not in value:
        raise InvalidRequest("The member credential is missing.")
    if unknown := sorted(value.keys() - _MEMBERS):
        named = ", ".join(name[:64] for name in unknown[:8])
        raise InvalidRequest(f"An envelope has no such members: {named}.")
    return Asked(
        credential=_credential(value["credential"]),
        at=_optional(value, "asOf", _moment),
        relaxed=_optional(value, "policy", _policy) or frozenset(),
        receipt=_optional(value, "receipt", _receipt),
    )


def _optional(members: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    return None if members.get(name) is None else read(members[name])


def _credential(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).encode()
    raise InvalidRequest("credential must be a string (a compact JWT) or an object (JSON-LD with a proof).")


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise InvalidRequest("asOf must be an RFC 3339 time such as 2026-11-21T10:00:00Z.")
    return time_parameter(value, name="asOf")


def _policy(value: Any) -> frozenset[str]:
    if not isinstance(value, dict) or value.keys() - {"relax"}:
        raise InvalidRequest('policy must be an object with "relax": names of checks that shall not decide.')
    names = value.get("relax", [])
    if not isinstance(names, list):
        raise InvalidRequest("policy.relax must be a list of names of checks.")
    return _relaxed(names, InvalidRequest)


def _relaxed(names: list[Any], refusal: type[InvalidRequest | InvalidParameter]) -> frozenset[str]:
    if len(names) > MOST_RELAXED or not all(isinstance(name, str) for name in names):
        raise refusal(f"relax takes at most {MOST_RELAXED} names of checks.")
    return frozenset(names)


def _receipt(value: Any) -> Receipt:
    """Return the receipt, whose members come in the order in which it was printed.

    Raises:
        InvalidRequest: it is none.
    """
    try:
        return parse_receipt(json.dumps(value, indent=2).encode() + b"\n")
    except MalformedReceipt as error:
        raise InvalidRequest(f"The receipt cannot be used: {error}.") from error
