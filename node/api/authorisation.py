"""EBSI's Authorisation API, `/authorisation/v4`: discovery, keys, definitions, tokens (ebsi-api 8)."""

from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from node.api.access import audiences_of, issuer_of
from node.api.body_schemas import TOKEN
from node.api.caching import json_answer, json_bytes
from node.api.errors import InvalidParameter, UnsupportedMediaType
from node.api.forms import NodeOf
from node.api.json_body import read_body
from node.api.judging import Judging
from node.api.parameters import StrictRoute
from node.services.authorisation import (
    FIELDS,
    answer_token_request,
    judge_token_request,
    read_token_request,
)
from node.services.authorisation_errors import ScopeRefused, TokenRefused
from node.services.authorisation_scopes import OPENID, SCOPES, presentation_definition, read_scope
from node.services.invitations import SERVER
from node.services.node_keys import key_set
from node.services.verification import Verifier

router = APIRouter(route_class=StrictRoute, tags=["Authorisation (EBSI v4)"])

MAX_FORM: Final = 262_144
"""Bytes of a request for a token: a presentation with an accreditation of 32 KiB, and room around it."""
FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
KEY_SET: Final = "application/jwk-set+json"
_SIGNED: Final = {"alg": ["ES256"]}
_PRESENTED: Final = {"alg": ["ES256", "ES256K"]}
_NO_STORE: Final = {"Cache-Control": "no-store"}


@router.get(SERVER + "/.well-known/openid-configuration", response_model=None)
def get_configuration(request: Request, node: NodeOf) -> Response:
    """What the authorisation server offers (OpenID Connect Discovery section 3)."""
    issuer = issuer_of(request, node)
    configuration: dict[str, Any] = {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "presentation_definition_endpoint": f"{issuer}/presentation-definitions",
        "scopes_supported": [OPENID, *SCOPES],
        "grant_types_supported": ["vp_token"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "subject_syntax_types_supported": ["did:ebsi"],
        "subject_trust_frameworks_supported": ["ebsi"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "vp_formats_supported": {
            "jwt_vp": _PRESENTED,
            "jwt_vp_json": _PRESENTED,
            "jwt_vc": _SIGNED,
            "jwt_vc_json": _SIGNED,
        },
    }
    return json_answer(request, configuration, headers={"Vary": "Accept, Host"})


@router.get(SERVER + "/jwks", response_model=None)
def get_jwks(request: Request, node: NodeOf) -> Response:
    """The keys whose tokens count: the one that signs, and those before it until their last token expires."""
    return json_answer(request, key_set(node), media_type=KEY_SET)


@router.get(SERVER + "/presentation-definitions", response_model=None)
def get_presentation_definition(
    request: Request, scope: Annotated[str, Query(description="`openid` and one scope.")]
) -> Response:
    """What has to be presented for a scope (Presentation Exchange 2)."""
    try:
        return json_answer(request, presentation_definition(read_scope(scope)))
    except ScopeRefused as error:
        raise InvalidParameter(str(error)) from error


@router.post(SERVER + "/token", response_model=None, openapi_extra=TOKEN)
async def post_token(request: Request, node: NodeOf) -> Response:
    """Present, and get an access token; each presentation counts once."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM_MEDIA_TYPE:
        raise UnsupportedMediaType(media_type, wanted=(FORM_MEDIA_TYPE,))
    body = await read_body(request, limit=MAX_FORM)
    judging: Judging = request.app.state.judging
    audiences, now = audiences_of(request, node), int(node.clock().timestamp())
    try:
        asked = await run_in_threadpool(
            lambda: read_token_request(_fields(body), audiences=audiences, now=now)
        )

        def judge(verifier: Verifier) -> bytes:
            judge_token_request(verifier, asked)
            return b""

        await judging.judge(node, judge, body=body)
        tokens = await run_in_threadpool(partial(answer_token_request, node, asked))
    except TokenRefused as error:
        refusal = {"error": error.error, "error_description": str(error)}
        return Response(
            json_bytes(refusal), status_code=400, media_type="application/json", headers=_NO_STORE
        )
    return Response(json_bytes(tokens), media_type="application/json", headers=_NO_STORE)


def _fields(body: bytes) -> dict[str, str]:
    """The form's fields, each of which stands once.

    Raises:
        TokenRefused: the body is no form, or names a field twice.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=2 * len(FIELDS),
        )
    except ValueError as error:
        raise TokenRefused(f"The body is no form ({FORM_MEDIA_TYPE}) that can be read.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise TokenRefused("A field of the form stands twice.")
    return fields
