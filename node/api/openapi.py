"""The OpenAPI document as it is served: every status that an operation can answer with, and in which form.

FastAPI describes routes by their Python types, and knows neither the bodies read as streams nor the table of
problems; a test plays generated requests against a real server and compares.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI

from node.api.answer_schemas import (
    ANSWERS,
    OAUTH_ERROR,
    PROBLEM,
    RESOLUTION_MEDIA,
    RPC_ERROR,
    RPC_RESULT,
    Schema,
)
from node.api.limits import HEALTH
from node.api.problems import EBSI_PATHS, MEDIA_TYPE, PROBLEMS
from node.api.registry_schemas import HEALTH_ANSWER, REGISTRY_ANSWERS

Operation = dict[str, Any]
_OK: Final = (200, 202)
_ALWAYS: Final = (400, 408, 429, 431, 500, 503)
"""An unknown parameter, a slow or large head, too many requests, what nobody foresaw, a database gone."""
_WITH_BODY: Final = (413, 415)
_CONDITIONAL: Final = ("GET",)
_NEVER_304: Final = HEALTH | {"/v1/log/checkpoint"}
_NEGOTIATED: Final = ("/v1/history", "/1.0/identifiers/{did}", "/did-registry/v5/identifiers/{did}")
_MORE: Final[dict[str, tuple[int, ...]]] = {
    "POST /v1/batches": (403, 409, 502),
    "POST /v1/batches/{did}/{root}/{size}/transaction": (403, 409, 502),
    "GET /v1/batches/{did}/{root}/{size}/receipt": (409,),
    "PUT /v1/status-lists": (403, 409),
    "GET /v1/log/checkpoint": (404,),
    "GET /v1/log/consistency": (404,),
    "GET /v1/log/digest": (404,),
    "GET /1.0/identifiers/{did}": (410, 501),
}
_RESOLUTION_ERRORS: Final = (400, 404, 406, 410, 501)
_HASHES: Final = ("digest", "root", "content_hash", "metadata_id", "proxy_id", "revision_id", "attribute_id")
_DID_EBSI: Final = {"type": "string", "pattern": "^did:ebsi:z[1-9A-HJ-NP-Za-km-z]{21,24}$"}
_PROBLEM_REF: Final = {"$ref": "#/components/schemas/Problem"}


def describe(app: FastAPI) -> None:
    """Make `app` serve its routes' description with everything that they can answer."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None or "x-ankyra" not in app.openapi_schema:
            document = plain()
            _complete(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign] # as FastAPI documents it


def _complete(document: dict[str, Any]) -> None:
    document["x-ankyra"] = {"problems": {one.code: one.status for one in PROBLEMS.values()}}
    components = document.setdefault("components", {})
    components["schemas"] = {"Problem": PROBLEM, "JsonRpcError": RPC_ERROR}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete_operation(operation, method=method.upper(), path=path)


def _complete_operation(operation: Operation, *, method: str, path: str) -> None:
    name = f"{method} {path}"
    responses = operation["responses"]
    for unserved in ("422", "default"):
        responses.pop(unserved, None)
    is_rpc = path.endswith(("/jsonrpc", "/actions")) or path.startswith("/ledger/")
    answers = (ANSWERS | REGISTRY_ANSWERS).get(name) or (_json_rpc() if is_rpc else None)
    for status in _OK:
        if answers is not None and str(status) in responses:
            responses[str(status)]["content"] = {
                media: {"schema": schema} for media, schema in answers.items()
            }
    if method in _CONDITIONAL and path not in _NEVER_304 and not path.endswith("/health"):
        responses["304"] = {"description": HTTPStatus(304).phrase}
    for status in sorted(_refusals(operation, name=name, path=path, is_rpc=is_rpc)):
        responses.setdefault(str(status), _refusal(status, path=path, is_rpc=is_rpc))
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _parameter_schema(parameter, path)


def _refusals(operation: Operation, *, name: str, path: str, is_rpc: bool) -> Iterable[int]:
    found = {*_ALWAYS, *_MORE.get(name, ())}
    if "requestBody" in operation:
        found.update(_WITH_BODY)
    if "{" in path:
        found.add(404)
    if path in _NEGOTIATED or (path.startswith(EBSI_PATHS) and name.startswith("GET ")):
        found.add(406)
    if is_rpc:
        found.update((502,) if path.startswith("/ledger/") else (401, 409, 502))
    return found


def _refusal(status: int, *, path: str, is_rpc: bool) -> dict[str, Any]:
    content: dict[str, Any] = {MEDIA_TYPE: {"schema": _PROBLEM_REF}}
    if is_rpc and status == 400:  # noqa: PLR2004 - HTTP's number
        content = {
            MEDIA_TYPE: {"schema": {"anyOf": [_PROBLEM_REF, {"$ref": "#/components/schemas/JsonRpcError"}]}}
        }
    if path == "/1.0/identifiers/{did}" and status in _RESOLUTION_ERRORS:
        resolved = {media: {"schema": schema} for media, schema in ANSWERS[f"GET {path}"].items()}
        content |= resolved if status == 410 else {RESOLUTION_MEDIA: resolved[RESOLUTION_MEDIA]}  # noqa: PLR2004 - likewise
    if path == "/authorisation/v4/token" and status == 400:  # noqa: PLR2004 - likewise
        content["application/json"] = {"schema": OAUTH_ERROR}
    if path == "/readyz" and status == 503:  # noqa: PLR2004 - likewise
        content |= {media: {"schema": schema} for media, schema in ANSWERS["GET /readyz"].items()}
    if path.endswith("/health") and status == 503:  # noqa: PLR2004 - likewise
        content["application/json"] = {"schema": HEALTH_ANSWER}
    told: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": content}
    if status in {429, 503}:
        told["headers"] = {
            "Retry-After": {"description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
        }
    return told


def _json_rpc() -> dict[str, Schema]:
    return {"application/json": RPC_RESULT}


def _parameter_schema(parameter: dict[str, Any], path: str) -> Schema:
    """The parameter's schema: of a query without the null that only Python knows, of a path by its name."""
    schema: Schema = parameter["schema"]
    if parameter["in"] == "path":
        return {"title": parameter["name"]} | (_path_schema(parameter["name"], path) or schema)
    texts = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    kept = {name: value for name, value in schema.items() if name != "anyOf"}
    return kept | texts[0] if texts else schema


def _path_schema(name: str, path: str) -> Schema | None:
    if name == "transaction_hash":
        return {"type": "string", "pattern": "^(0x)?[0-9a-f]{64}$"}
    if name in _HASHES:
        prefix = "" if path.startswith("/v1/") else "(0x)?"
        return {"type": "string", "pattern": f"^{prefix}[0-9a-f]{{64}}$"}
    if name == "did" and not path.startswith("/1.0/"):
        return _DID_EBSI
    if name == "size":
        return {"type": "string", "pattern": "^(0|[1-9][0-9]{0,18})$"}
    return None
