"""EBSI's Trusted Schemas Registry, `/trusted-schemas-registry/v3` (ebsi-api section 4)."""

from fastapi import APIRouter, Request, Response

from did.errors import InvalidEncoding
from did.multibase import decode_base58btc, encode_base58btc
from node.api.body_schemas import JSON_RPC
from node.api.caching import immutable_answer, json_answer
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf
from node.api.json_rpc import answer_call
from node.api.pagination import EbsiPageQuery, ebsi_collection
from node.api.parameters import StrictRoute, hash_parameter
from node.services.registry_calls import TRUSTED_SCHEMAS_REGISTRY
from node.services.registry_rpc import serve_call
from node.services.trusted_schemas import (
    latest_schema,
    listed_schemas,
    metadata_document,
    metadata_of,
    schema_at_revision,
    schema_revisions,
)

router = APIRouter(route_class=StrictRoute, tags=["Trusted Schemas Registry (EBSI v3)"])
_SCHEMAS = "/trusted-schemas-registry/v3/schemas"
_ID_SIZE = 32


@router.get(_SCHEMAS, response_model=None)
def get_schemas(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Registered schemas, in the order of their registration."""
    found, total = listed_schemas(node, offset=page.offset, limit=page.size)
    names = [encode_base58btc(schema_id) for schema_id in found]
    items = [{"schemaId": name, "href": f"{_here(request)}/{name}"} for name in names]
    return json_answer(request, ebsi_collection(request, page, items=items, total=total))


@router.get(_SCHEMAS + "/{schema_id}", response_model=None)
def get_schema(request: Request, node: NodeOf, schema_id: str) -> Response:
    """The JSON Schema itself, latest revision, byte for byte as registered."""
    found = latest_schema(node, schema_id_of(schema_id))
    answer = immutable_answer(request, found.content, media_type="application/json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@router.get(_SCHEMAS + "/{schema_id}/revisions", response_model=None)
def get_revisions(request: Request, node: NodeOf, schema_id: str, page: EbsiPageQuery) -> Response:
    """The revisions of a schema, oldest first."""
    revisions = schema_revisions(node, schema_id_of(schema_id))
    names = ["0x" + one.schema_revision_id.hex() for one in revisions[page.offset : page.offset + page.size]]
    items = [{"schemaRevisionId": name, "href": f"{_here(request)}/{name}"} for name in names]
    return json_answer(request, ebsi_collection(request, page, items=items, total=len(revisions)))


@router.get(_SCHEMAS + "/{schema_id}/revisions/{revision_id}", response_model=None)
def get_revision(request: Request, node: NodeOf, schema_id: str, revision_id: str) -> Response:
    """One revision of a schema, byte for byte as registered; its id is its hash."""
    found = schema_at_revision(node, schema_id_of(schema_id), _hash(revision_id))
    return immutable_answer(request, found.content, media_type="application/json")


@router.get(_SCHEMAS + "/{schema_id}/revisions/{revision_id}/metadata", response_model=None)
def get_metadata_list(
    request: Request, node: NodeOf, schema_id: str, revision_id: str, page: EbsiPageQuery
) -> Response:
    """The metadata documents of a revision, oldest first."""
    found = metadata_of(node, schema_id_of(schema_id), _hash(revision_id))
    names = ["0x" + one.metadata_id.hex() for one in found[page.offset : page.offset + page.size]]
    items = [{"metadataId": name, "href": f"{_here(request)}/{name}"} for name in names]
    return json_answer(request, ebsi_collection(request, page, items=items, total=len(found)))


@router.get(_SCHEMAS + "/{schema_id}/revisions/{revision_id}/metadata/{metadata_id}", response_model=None)
def get_metadata(
    request: Request, node: NodeOf, schema_id: str, revision_id: str, metadata_id: str
) -> Response:
    """One metadata document, byte for byte as registered."""
    found = metadata_document(node, schema_id_of(schema_id), _hash(revision_id), _hash(metadata_id))
    return immutable_answer(request, found.content, media_type="application/ld+json")


@router.post("/trusted-schemas-registry/v3/jsonrpc", response_model=None, openapi_extra=JSON_RPC)
async def post_jsonrpc(request: Request, node: NodeOf) -> Response:
    """Build an unsigned transaction (a method of the contract), or send one signed."""
    return await answer_call(
        request, lambda call: serve_call(node, TRUSTED_SCHEMAS_REGISTRY, call.method, call.params)
    )


def schema_id_of(text: str) -> bytes:
    """Return the 32 bytes of a schema's id, in base58btc (`z…`) or in hexadecimal (`0x…`).

    Raises:
        InvalidParameter: it is neither.
    """
    if text.startswith("0x"):
        return _hash(text)
    try:
        content = decode_base58btc(text)
    except InvalidEncoding as error:
        raise InvalidParameter(
            "A schema id is z and base58btc, or 0x and 64 hexadecimal characters."
        ) from error
    if len(content) != _ID_SIZE:
        raise InvalidParameter("A schema id is 32 bytes.")
    return content


def _hash(text: str) -> bytes:
    return hash_parameter(text.removeprefix("0x").lower(), name="id")


def _here(request: Request) -> str:
    return str(request.url.replace(query=""))
