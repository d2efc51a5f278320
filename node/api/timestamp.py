"""EBSI's Timestamp API, `/timestamp/v4` (ebsi-api section 6)."""

import base64
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from did.base64url import decode_base64url, encode_base64url
from did.errors import InvalidEncoding
from did.multihash import CODES, decode_multihash, encode_multihash
from node.api.body_schemas import JSON_RPC
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf, address, rfc3339
from node.api.json_rpc import answer_call
from node.api.listed_content import counted_content, hexadecimal, listed_content
from node.api.pagination import EbsiPageQuery
from node.api.parameters import ValidAt, size_parameter, time_or_none
from node.api.recorded_answers import Content, RecordedRoute, recorded_answer
from node.db.row_making import TIMESTAMPS
from node.db.timestamps import count_hash_algorithms
from node.services.listed_names import names_in
from node.services.registry_rpc import serve_call
from node.services.timestamp_calls import TIMESTAMP
from node.services.timestamps import (
    count_versions,
    hash_algorithm_in,
    listed_records,
    record_in,
    timestamp_in,
    version_in,
)
from node.services.view import View

router = APIRouter(route_class=RecordedRoute, tags=["Timestamp (EBSI v4)"])
_SERVICE = "/timestamp/v4"
_RECORD = _SERVICE + "/records/{record_id}"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_HASH = re.compile(r"0x(?:[0-9a-fA-F]{2}){1,512}", re.ASCII)
_HASH_SIZE = 32
_SHA2_256 = CODES["sha2-256"]


@router.get(_SERVICE + "/hash-algorithms", response_model=None)
def get_hash_algorithms(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Hash algorithms by their numbers; the revoked ones too."""

    def made(view: View) -> Content:
        return counted_content(
            request, page, total=count_hash_algorithms(view.connection), member="hashAlgorithmId"
        )

    return recorded_answer(request, node, made)


@router.get(_SERVICE + "/hash-algorithms/{hash_algorithm_id}", response_model=None)
def get_hash_algorithm(
    request: Request, node: NodeOf, hash_algorithm_id: str, valid_at: ValidAt = None
) -> Response:
    """One hash algorithm, as it was last described."""
    at = time_or_none(valid_at, name="valid-at")
    number = size_parameter(hash_algorithm_id, name="hashAlgorithmId")

    def made(view: View) -> Content:
        found = hash_algorithm_in(view, number, at=at)
        value = {
            "outputLengthBits": found.output_length,
            "ianaName": found.iana_name,
            "oid": found.oid,
            "status": "active" if found.status == 1 else "revoked",
            "multihash": found.multi_hash,  # EBSI's answers spell it so, its requests the other way
            "multiHash": found.multi_hash,
        }
        return Content(value, recorded=found.time)

    return recorded_answer(request, node, made)


@router.get(_SERVICE + "/timestamps", response_model=None)
def get_timestamps(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Stamped hashes, each once, in the order in which they were first stamped."""

    def made(view: View) -> Content:
        found = names_in(view, TIMESTAMPS, offset=page.offset, limit=page.size)
        return listed_content(request, page, found, member="timestampId", spell=_timestamp_id)

    return recorded_answer(request, node, made)


@router.get(_SERVICE + "/timestamps/{timestamp_id}", response_model=None)
def get_timestamp(request: Request, node: NodeOf, timestamp_id: str) -> Response:
    """The first time that a hash was stamped; its id is the multihash of the SHA-256 of the hash."""
    digest = _digest(timestamp_id)

    def made(view: View) -> Content:
        found = timestamp_in(view, digest, timestamp_id=timestamp_id)
        value = {
            "hash": "m" + base64.b64encode(found.multihash).decode().rstrip("="),
            "timestampedBy": address(found.entry.entry.actor),
            "blockNumber": found.entry.block_number,
            "timestamp": rfc3339(found.entry.entry.time).removesuffix("Z") + ".000Z",
            "data": "0x" + found.data.hex(),
            "transactionHash": "0x" + found.entry.transaction_hash.hex(),
        }
        return Content(value, recorded=found.recorded)

    return recorded_answer(request, node, made)


@router.get(_SERVICE + "/records", response_model=None)
def get_records(
    request: Request,
    node: NodeOf,
    page: EbsiPageQuery,
    owner: Annotated[str | None, Query(description="Those that this account owns.")] = None,
    first_version: Annotated[
        str | None,
        Query(
            alias="first-version",
            description="Those whose first version holds this hash (0x…), or the hash of this timestamp.",
        ),
    ] = None,
) -> Response:
    """Records, in the order in which they were made: all, or those that meet each filter given."""
    if owner is not None and not _ADDRESS.fullmatch(owner):
        raise InvalidParameter('["owner must be an Ethereum address"]')
    wanted = None if first_version is None else _first_version(first_version)

    def made(view: View) -> Content:
        found = listed_records(
            view,
            owner=None if owner is None else bytes.fromhex(owner[2:]),
            first_version=wanted,
            offset=page.offset,
            limit=page.size,
        )
        return listed_content(request, page, found, member="recordId", spell=_spelled)

    return recorded_answer(request, node, made)


@router.get(_RECORD, response_model=None)
def get_record(request: Request, node: NodeOf, record_id: str, valid_at: ValidAt = None) -> Response:
    """A record: its owners, and the hashes that its first and its last version hold."""
    named, at = _record_id(record_id), time_or_none(valid_at, name="valid-at")

    def made(view: View) -> Content:
        found = record_in(view, named, named=record_id, at=at)
        value = {
            "ownerIds": _hexadecimal(found.owners),
            "revokedOwnerIds": _hexadecimal(found.revoked_owners),
            "firstVersionTimestamps": _hexadecimal(found.first_version),
            "lastVersionTimestamps": _hexadecimal(found.last_version),
            "totalVersions": found.total_versions,
        }
        return Content(value, recorded=found.recorded)

    return recorded_answer(request, node, made)


@router.get(_RECORD + "/versions", response_model=None)
def get_versions(request: Request, node: NodeOf, record_id: str, page: EbsiPageQuery) -> Response:
    """The versions of a record by their numbers."""
    named = _record_id(record_id)

    def made(view: View) -> Content:
        total = count_versions(view, named, named=record_id)
        return counted_content(request, page, total=total, member="versionId")

    return recorded_answer(request, node, made)


@router.get(_RECORD + "/versions/{version_id}", response_model=None)
def get_version(
    request: Request, node: NodeOf, record_id: str, version_id: str, valid_at: ValidAt = None
) -> Response:
    """One version of a record: the hashes that it holds, and what its owners say of it."""
    at = time_or_none(valid_at, name="valid-at")
    named, number = _record_id(record_id), size_parameter(version_id, name="versionId")

    def made(view: View) -> Content:
        found = version_in(view, named, number, named=record_id, at=at)
        value = {"hashes": _hexadecimal(found.hashes), "info": found.info}
        return Content(value, recorded=found.recorded)

    return recorded_answer(request, node, made)


@router.post(_SERVICE + "/jsonrpc", response_model=None, openapi_extra=JSON_RPC)
async def post_jsonrpc(request: Request, node: NodeOf) -> Response:
    """Build an unsigned transaction (a method of the contract), or send one signed."""
    return await answer_call(request, lambda call: serve_call(node, TIMESTAMP, call.method, call.params))


def _digest(timestamp_id: str) -> bytes:
    """The SHA-256 of the stamped hash, of which a timestamp's id is the multihash, in base64url after `u`."""
    try:
        code, digest = decode_multihash(_multibase(timestamp_id, max_bytes=_HASH_SIZE + 2))
    except InvalidEncoding as error:
        raise InvalidParameter('["timestampId must be a multibase base64url multihash"]') from error
    if code != _SHA2_256 or len(digest) != _HASH_SIZE:
        raise InvalidParameter('["timestampId must be the multihash of a sha2-256"]')
    return digest


def _first_version(text: str) -> bytes:
    if text.startswith("u"):
        return _digest(text)
    if not _HASH.fullmatch(text):
        raise InvalidParameter('["first-version must start with 0x","first-version must be hexadecimal"]')
    return bytes.fromhex(text[2:])


def _record_id(text: str) -> bytes:
    try:
        content = _multibase(text, max_bytes=_HASH_SIZE)
    except InvalidEncoding as error:
        raise InvalidParameter('["recordId must be multibase base64url encoded"]') from error
    if len(content) != _HASH_SIZE:
        raise InvalidParameter('["recordId must be 32 bytes"]')
    return content


def _multibase(text: str, *, max_bytes: int) -> bytes:
    if not text.startswith("u"):
        raise InvalidEncoding("no multibase base64url")
    return decode_base64url(text[1:], max_bytes=max_bytes)


def _timestamp_id(digest: bytes) -> str:
    return _spelled(encode_multihash("sha2-256", digest))


def _spelled(content: bytes) -> str:
    return "u" + encode_base64url(content)


def _hexadecimal(values: list[bytes]) -> list[str]:
    return [hexadecimal(value) for value in values]
