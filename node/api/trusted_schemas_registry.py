"""EBSI's Trusted Schemas Registry, `/trusted-schemas-registry/v3` (ebsi-api section 4)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from did.errors import InvalidEncoding
from did.multibase import decode_base58btc, encode_base58btc
from node.api.body_schemas import JSON_RPC
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf
from node.api.json_rpc import answer_call
from node.api.listed_content import hexadecimal, listed_content
from node.api.negotiation import negotiate
from node.api.pagination import EbsiPage, EbsiPageQuery
from node.api.parameters import deprecated_parameter, hash_parameter, time_or_none
from node.api.recorded_answers import JSON_MEDIA, Content, RecordedRoute, recorded_answer
from node.db.row_making import SCHEMAS
from node.db.schemas import SchemaChange
from node.services.listed_names import ListedNames, names_in
from node.services.registry_calls import TRUSTED_SCHEMAS_REGISTRY
from node.services.registry_rpc import serve_call
from node.services.trusted_schemas import (
    SchemaDocument,
    latest_schema,
    metadata_document,
    metadata_of,
    revisions_valid_at,
    schema_at_revision,
    schema_revisions,
)
from node.services.view import View

router = APIRouter(route_class=RecordedRoute, tags=["Trusted Schemas Registry (EBSI v3)"])
_SCHEMAS = "/trusted-schemas-registry/v3/schemas"
_REVISIONS = _SCHEMAS + "/{schema_id}/revisions"
_METADATA = _REVISIONS + "/{revision_id}/metadata"
_METADATA_MEDIA = ("application/ld+json", JSON_MEDIA)
_ID_SIZE = 32


@router.get(_SCHEMAS, response_model=None)
def get_schemas(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Registered schemas, in the order of their registration."""

    def made(view: View) -> Content:
        found = names_in(view, SCHEMAS, offset=page.offset, limit=page.size)
        return listed_content(request, page, found, member="schemaId", spell=encode_base58btc)

    return recorded_answer(request, node, made)


@router.get(_SCHEMAS + "/{schema_id}", response_model=None)
def get_schema(
    request: Request,
    node: NodeOf,
    schema_id: str,
    valid_at: Annotated[
        str | None, Query(alias="valid-at", description="RFC 3339 time: the revision recorded last by then.")
    ] = None,
) -> Response:
    """The JSON Schema itself, latest revision, byte for byte as registered."""
    named, at = schema_id_of(schema_id), time_or_none(valid_at, name="valid-at")
    return recorded_answer(request, node, lambda view: _whole(latest_schema(view, named, at=at)))


@router.get(_REVISIONS, response_model=None)
def get_revisions(
    request: Request,
    node: NodeOf,
    schema_id: str,
    page: EbsiPageQuery,
    version: Annotated[str | None, Query(description="`deprecated`: with `valid-at`.")] = None,
    valid_at: Annotated[
        str | None, Query(alias="valid-at", description="RFC 3339 time: those valid then by their metadata.")
    ] = None,
) -> Response:
    """The revisions of a schema, oldest first."""
    named, at = schema_id_of(schema_id), time_or_none(valid_at, name="valid-at")
    if not deprecated_parameter(version) and at is not None:
        raise InvalidParameter("valid-at is taken here with version=deprecated only")

    def made(view: View) -> Content:
        found = schema_revisions(view, named) if at is None else revisions_valid_at(view, named, at)
        return _list(request, page, found, "schemaRevisionId")

    return recorded_answer(request, node, made)


@router.get(_REVISIONS + "/{revision_id}", response_model=None)
def get_revision(request: Request, node: NodeOf, schema_id: str, revision_id: str) -> Response:
    """One revision of a schema, byte for byte as registered; its id is its hash."""
    named, revision = schema_id_of(schema_id), _hash(revision_id)
    return recorded_answer(
        request, node, lambda view: _whole(schema_at_revision(view, named, revision), immutable=True)
    )


@router.get(_METADATA, response_model=None)
def get_metadata_list(
    request: Request, node: NodeOf, schema_id: str, revision_id: str, page: EbsiPageQuery
) -> Response:
    """The metadata documents of a revision, oldest first."""
    named, revision = schema_id_of(schema_id), _hash(revision_id)
    return recorded_answer(
        request, node, lambda view: _list(request, page, metadata_of(view, named, revision), "metadataId")
    )


@router.get(_METADATA + "/{metadata_id}", response_model=None)
def get_metadata(
    request: Request, node: NodeOf, schema_id: str, revision_id: str, metadata_id: str
) -> Response:
    """One metadata document, byte for byte as registered."""
    named, revision, metadata = schema_id_of(schema_id), _hash(revision_id), _hash(metadata_id)
    return recorded_answer(
        request,
        node,
        lambda view: _whole(metadata_document(view, named, revision, metadata), immutable=True),
        media_type=negotiate(request, _METADATA_MEDIA),
    )


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


def _whole(found: SchemaDocument, *, immutable: bool = False) -> Content:
    return Content(found.content, recorded=found.recorded, immutable=immutable)


def _list(request: Request, page: EbsiPage, found: list[SchemaChange], member: str) -> Content:
    """One page of revisions, or of metadata documents, by what their id is called."""
    shown, of_metadata = found[page.offset : page.offset + page.size], member == "metadataId"
    names = [one.metadata_id if of_metadata else one.schema_revision_id for one in shown]
    listed = ListedNames(names, total=len(found), recorded=found[-1].time if found else None)
    return listed_content(request, page, listed, member=member, spell=hexadecimal)
