"""JSON Schemas of answers for OpenAPI: members that are always there; more may be added."""

from typing import Any, Final

from did.document import JSON, JSON_LD

Schema = dict[str, Any]

HASH: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
PREFIXED_HASH: Final[Schema] = {"type": "string", "pattern": "^0x[0-9a-f]{64}$"}
TEXT: Final[Schema] = {"type": "string"}
TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
WHOLE: Final[Schema] = {"type": "integer", "minimum": 0}
WHOLE_OR_NULL: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
TIME: Final[Schema] = {"type": "string", "format": "date-time"}
TIME_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
TRUTH: Final[Schema] = {"type": "boolean"}
ANY_OBJECT: Final[Schema] = {"type": "object"}


def an_object(**properties: Schema) -> Schema:
    """Return the schema of an object that always has these members (`from_` is `from`)."""
    named = {name.rstrip("_"): schema for name, schema in properties.items()}
    return {"type": "object", "required": list(named), "properties": named}


def a_list(items: Schema) -> Schema:
    """Return the schema of an array of `items`."""
    return {"type": "array", "items": items}


PROBLEM: Final = an_object(
    type=TEXT,
    title=TEXT,
    status={"type": "integer", "minimum": 400, "maximum": 599},
    detail=TEXT,
    code={"type": "string", "pattern": "^[a-z][A-Za-z]*$"},
)
"""RFC 9457 section 3.1, with `code`."""
AS_OF: Final = an_object(
    block=WHOLE_OR_NULL, blockTime=TIME_OR_NULL, size=WHOLE, lagSeconds={"type": ["number", "null"]}
)
RPC_ID: Final[Schema] = {"type": ["string", "integer", "null"]}
RPC_RESULT: Final = an_object(jsonrpc={"const": "2.0"}, id=RPC_ID, result={})
RPC_ERROR: Final = an_object(
    jsonrpc={"const": "2.0"}, id=RPC_ID, error=an_object(code={"type": "integer"}, message=TEXT)
)

OAUTH_ERROR: Final = an_object(error=TEXT, error_description=TEXT)
"""RFC 6749 section 5.2."""

_LINK: Final = an_object(
    did=TEXT, name=TEXT_OR_NULL, attributeId=HASH, issuerType=TEXT, since=TIME_OR_NULL, until=TIME_OR_NULL
)
_ACCREDITATION: Final = an_object(inForce=TRUTH, root=TEXT_OR_NULL, links=a_list(_LINK), sentence=TEXT)
_ENTRY: Final = an_object(index=WHOLE, kind=TEXT, subject=HASH)
_PATH: Final = a_list(HASH)
_COMMON: Final = an_object(
    batch=an_object(did=TEXT, attributeId=HASH, root=HASH, size=WHOLE),
    entry=_ENTRY,
    log=an_object(index=WHOLE, size=WHOLE, path=_PATH),
    accreditation=a_list(an_object(entry=_ENTRY, path=_PATH)),
    checkpoint=TEXT,
)
_ANCHOR: Final = an_object(
    issuer=an_object(did=TEXT, name=TEXT_OR_NULL),
    anchoredAt=TIME,
    state={"enum": ["anchored", "final"]},
    accreditation=an_object(then=_ACCREDITATION, now=_ACCREDITATION),
    receipt=_COMMON,
)
BATCH: Final = an_object(
    did=TEXT,
    attributeId=HASH,
    root=HASH,
    size=WHOLE,
    state={"enum": ["accepted", "submitted", "anchored", "final", "failed", "expired"]},
    leaves={"enum": ["held", "malformed", "unavailable"]},
    acceptedAt=TIME_OR_NULL,
    expiresAt=TIME_OR_NULL,
    transactionHash={"type": ["string", "null"]},
    anchoredAt=TIME_OR_NULL,
    blockNumber=WHOLE_OR_NULL,
    reason=TEXT_OR_NULL,
    asOf=AS_OF,
)


def _page(items: Schema) -> Schema:
    return an_object(items=a_list(items), next=TEXT_OR_NULL, asOf=AS_OF)


def ebsi_page(**item: Schema) -> Schema:
    """Return the schema of one page of an EBSI collection, whose items have these members and `href`."""
    return _page_of(an_object(**item, href=TEXT))


def _page_of(item: Schema) -> Schema:
    return an_object(
        self=TEXT,
        items=a_list(item),
        total=WHOLE,
        pageSize=WHOLE,
        links=an_object(first=TEXT, prev=TEXT, next=TEXT, last=TEXT),
    )


_EVENTS: Final = an_object(
    self=TEXT,
    items=a_list(an_object(id=TEXT, event=TEXT, signer=TEXT, timestamp=TEXT, txId=TEXT, blockNumber=TEXT)),
    pageSize=WHOLE,
    links=an_object(first=TEXT, prev=TEXT, next=TEXT),
)
_DID_DOCUMENT: Final = an_object(id=TEXT)
_RESOLUTION: Final = an_object(
    didDocument={"type": ["object", "null"]},
    didDocumentMetadata=ANY_OBJECT,
    didResolutionMetadata=ANY_OBJECT,
)
RESOLUTION_MEDIA: Final = "application/did-resolution"
_RESOLVED: Final = {
    RESOLUTION_MEDIA: _RESOLUTION,
    "application/json": _RESOLUTION,
    "application/ld+json": _RESOLUTION,
    JSON_LD: _DID_DOCUMENT,
    JSON: _DID_DOCUMENT,
}
_REVISION: Final = an_object(hash=HASH, body=TEXT, issuerType=TEXT, tao=TEXT, rootTao=TEXT)
_ATTRIBUTE: Final = an_object(did=TEXT, attribute=_REVISION)
_ISSUER: Final[Schema] = {
    "anyOf": [
        an_object(did=TEXT, attributes=TEXT, hasAttributes=TRUTH),
        an_object(did=TEXT, attributes=a_list(_REVISION)),
    ]
}
_ISSUERS_ATTRIBUTE: Final = an_object(
    attributeId=HASH,
    issuerType=TEXT,
    tao=TEXT,
    rootTao=TEXT,
    revisions=a_list(ANY_OBJECT),
    revisionCount=WHOLE,
)
_COUNT: Final = an_object(count=WHOLE_OR_NULL, suppressed=TRUTH)
_TOLD: Final[dict[str, Schema]] = {
    "statusPublications": WHOLE,
    "unknownPublications": WHOLE,
    "batches": _COUNT,
    "credentials": _COUNT,
    "revoked": _COUNT,
    "suspended": _COUNT,
    "revocationRate": {"type": ["number", "null"], "minimum": 0},
}
_STATISTICS_MONTH: Final = an_object(
    month={"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
    complete=TRUTH,
    issuersRegistered=WHOLE,
    accreditationsGiven=WHOLE,
    accreditationsRevoked=WHOLE,
    **_TOLD,
    issuers=a_list(an_object(did=TEXT, **_TOLD)),
)
_ISSUERS: Final = "/trusted-issuers-registry/v5/issuers"
_SCHEMAS: Final = "/trusted-schemas-registry/v3/schemas"
_BATCH_PATH: Final = "/v1/batches/{did}/{root}/{size}"
_ANY_SCHEMA: Final[Schema] = {"type": ["object", "boolean"]}


def _json(schema: Schema) -> dict[str, Schema]:
    return {"application/json": schema}


ANSWERS: Final[dict[str, dict[str, Schema]]] = {
    "POST /v1/batches": _json(BATCH),
    f"POST {_BATCH_PATH}/transaction": _json(BATCH),
    f"GET {_BATCH_PATH}": _json(BATCH),
    f"GET {_BATCH_PATH}/leaves": {"application/octet-stream": {"type": "string", "format": "binary"}},
    f"GET {_BATCH_PATH}/receipt": _json(_COMMON),
    "GET /v1/anchors/{digest}": _json(
        an_object(
            digest=HASH,
            anchors=a_list(_ANCHOR),
            next=TEXT_OR_NULL,
            batchesUnavailable=a_list(an_object(did=TEXT, root=HASH, size=WHOLE)),
            asOf=AS_OF,
        )
    ),
    "GET /v1/transactions/{transaction_hash}": _json(
        an_object(
            hash=PREFIXED_HASH,
            state={"enum": ["submitted", "anchored", "final", "failed", "expired"]},
            sender=TEXT,
            nonce=WHOLE_OR_NULL,
            contract=TEXT_OR_NULL,
            function=TEXT_OR_NULL,
            did=TEXT_OR_NULL,
            blockNumber=WHOLE_OR_NULL,
            entries=a_list(WHOLE),
            reason=TEXT_OR_NULL,
            asOf=AS_OF,
        )
    ),
    "PUT /v1/status-lists": _json(
        an_object(
            digest=HASH,
            did=TEXT,
            url=TEXT,
            purpose=TEXT,
            bits=WHOLE,
            validFrom=TIME,
            validUntil=TIME,
            state={"enum": ["accepted", "submitted", "anchored", "final", "failed", "expired"]},
            asOf=AS_OF,
        )
    ),
    "GET /v1/history": _json(_page(_ENTRY)) | {"application/x-ndjson": {"type": "string"}},
    "GET /v1/issuers": _json(
        _page(an_object(did=TEXT, name=TEXT_OR_NULL, issuerType=TEXT, inForce=TRUTH, chain=a_list(TEXT)))
    ),
    "GET /v1/issuers/{did}": _json(
        an_object(
            did=TEXT,
            name=TEXT_OR_NULL,
            attributes=a_list(
                an_object(
                    attributeId=HASH, issuerType=TEXT, tao=TEXT, rootTao=TEXT, revisions=a_list(ANY_OBJECT)
                )
            ),
            accreditation=_ACCREDITATION,
            keys=a_list(an_object(id=TEXT, type=TEXT, added=TIME, relationships=a_list(ANY_OBJECT))),
            anchors=an_object(count=WHOLE, digests=WHOLE, first=TIME_OR_NULL, last=TIME_OR_NULL),
            asOf=AS_OF,
        )
    ),
    "GET /v1/statistics": _json(
        an_object(threshold=WHOLE, items=a_list(_STATISTICS_MONTH), next=TEXT_OR_NULL, asOf=AS_OF)
    ),
    "GET /v1/log/checkpoint": {"text/plain": TEXT},
    "GET /v1/log/consistency": _json(an_object(from_=WHOLE, to=WHOLE, path=_PATH)),
    "GET /v1/log/inclusion": _json(an_object(index=WHOLE, size=WHOLE, hash=HASH, path=_PATH, root=HASH)),
    "GET /v1/log/digest": _json(an_object(size=WHOLE, digest=HASH)),
    "GET /v1/deployment": _json(
        an_object(
            name=TEXT,
            chainId=WHOLE,
            registryLog=TEXT,
            contracts={"type": "object", "additionalProperties": TEXT},
            logOrigin=TEXT_OR_NULL,
            origins=a_list(TEXT),
            rootTaos=a_list(TEXT),
        )
    ),
    "GET /v1/payloads/{content_hash}": {"*/*": {}},
    "GET /1.0/identifiers/{did}": _RESOLVED,
    "GET /did-registry/v5/identifiers": _json(ebsi_page(did=TEXT)),
    "GET /did-registry/v5/identifiers/{did}": dict.fromkeys(
        (JSON_LD, JSON, "application/json"), _DID_DOCUMENT
    ),
    "GET /did-registry/v6/identifiers/{did}/events": _json(_EVENTS),
    f"GET {_ISSUERS}": _json(ebsi_page(did=TEXT)),
    f"GET {_ISSUERS}/{{did}}": _json(_ISSUER),
    f"GET {_ISSUERS}/{{did}}/attributes": _json(ebsi_page(id=HASH)),
    f"GET {_ISSUERS}/{{did}}/attributes/{{attribute_id}}": _json(_ATTRIBUTE),
    f"GET {_ISSUERS}/{{did}}/attributes/{{attribute_id}}/revisions": _json(
        {"anyOf": [ebsi_page(id=HASH), _page_of(_REVISION)]}
    ),
    f"GET {_ISSUERS}/{{did}}/attributes/{{attribute_id}}/revisions/{{revision_id}}": _json(_ATTRIBUTE),
    f"GET {_ISSUERS}/{{did}}/proxies": _json(ebsi_page(proxyId=PREFIXED_HASH)),
    f"GET {_ISSUERS}/{{did}}/proxies/{{proxy_id}}": _json({}),
    f"GET {_ISSUERS}/{{did}}/proxies/{{proxy_id}}/{{rest}}": {"text/plain": TEXT},
    f"GET {_SCHEMAS}": _json(ebsi_page(schemaId=TEXT)),
    f"GET {_SCHEMAS}/{{schema_id}}": _json(_ANY_SCHEMA),
    f"GET {_SCHEMAS}/{{schema_id}}/revisions": _json(ebsi_page(schemaRevisionId=PREFIXED_HASH)),
    f"GET {_SCHEMAS}/{{schema_id}}/revisions/{{revision_id}}": _json(_ANY_SCHEMA),
    f"GET {_SCHEMAS}/{{schema_id}}/revisions/{{revision_id}}/metadata": _json(
        ebsi_page(metadataId=PREFIXED_HASH)
    ),
    f"GET {_SCHEMAS}/{{schema_id}}/revisions/{{revision_id}}/metadata/{{metadata_id}}": {
        "application/ld+json": {},
        "application/json": {},
    },
    "POST /ledger/v4/blockchains/besu": _json(
        {"anyOf": [RPC_RESULT, RPC_ERROR, a_list({"anyOf": [RPC_RESULT, RPC_ERROR]})]}
    ),
    "GET /authorisation/v4/.well-known/openid-configuration": _json(
        an_object(issuer=TEXT, token_endpoint=TEXT, jwks_uri=TEXT, scopes_supported=a_list(TEXT))
    ),
    "GET /authorisation/v4/jwks": {"application/jwk-set+json": an_object(keys=a_list(ANY_OBJECT))},
    "GET /authorisation/v4/presentation-definitions": _json(
        an_object(id=TEXT, format=ANY_OBJECT, input_descriptors=a_list(ANY_OBJECT))
    ),
    "POST /authorisation/v4/token": _json(
        an_object(access_token=TEXT, id_token=TEXT, token_type=TEXT, scope=TEXT, expires_in=WHOLE)
    ),
    "GET /healthz": _json(an_object(status={"const": "ok"})),
    "GET /readyz": _json(
        an_object(ready=TRUTH, lagSeconds={"type": ["number", "null"]}, cursor=WHOLE_OR_NULL, size=WHOLE)
    ),
    "GET /metrics": {"text/plain": TEXT},
}
"""Operation → media type → schema of its answer with 200 or 202; what is not here its route describes."""
