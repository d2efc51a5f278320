"""Request bodies for OpenAPI: they are read as bounded streams, which the framework cannot describe."""

from typing import Any

_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _body(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


BATCH = _body(
    ["did", "attributeId", "from", "root", "size", "digests", "jws"],
    {
        "did": {"type": "string", "description": "A did:ebsi of version 1."},
        "attributeId": _HASH,
        "from": {"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"},
        "root": _HASH,
        "size": {"type": "integer", "minimum": 1, "maximum": 1_048_576},
        "digests": {"type": "string", "description": "Base64url of all digests, 32 bytes each, ascending."},
        "jws": {"type": "string", "description": "Compact JWS over attributeId, did, from, root and size."},
    },
)
TRANSACTION = _body(
    ["signedRawTransaction"], {"signedRawTransaction": {"type": "string", "pattern": "^0x([0-9a-fA-F]{2})+$"}}
)
LIST_MEDIA_TYPES = (
    "application/vc+jwt",
    "application/statuslist+jwt",
    "application/jwt",
    "text/plain",
)
"""What a status list credential may be declared as."""
STATUS_LIST = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {"schema": {"type": "string", "description": "A compact JWT."}}
            for media_type in LIST_MEDIA_TYPES
        },
    }
}
JSON_RPC = _body(
    ["jsonrpc", "method", "params"],
    {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": ["string", "integer", "null"]},
        "method": {"type": "string"},
        "params": {"type": "array"},
    },
)
_TOKEN_FIELDS = ("grant_type", "scope", "vp_token", "presentation_submission")
TOKEN = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": list(_TOKEN_FIELDS),
                    "properties": {name: {"type": "string"} for name in _TOKEN_FIELDS},
                    "additionalProperties": False,
                }
            }
        },
    }
}
_JWT = {"schema": {"type": "string", "description": "A compact JWT or an SD-JWT."}}
_JSON_LD = {
    "schema": {"type": "object", "required": ["@context", "proof"], "description": "JSON-LD with its proof."}
}
_JSON_JWS = {"schema": {"type": "object", "required": ["payload"], "description": "A JWS as JSON: a seal."}}
VERIFICATION = _body(
    ["credential"],
    {
        "credential": {
            "type": ["string", "object"],
            "description": "As handed out: a credential or a presentation, a token or JSON-LD with a proof.",
        },
        "asOf": {"type": "string", "format": "date-time"},
        "policy": {
            "type": "object",
            "properties": {"relax": {"type": "array", "items": {"type": "string"}}},
            "additionalProperties": False,
        },
        "receipt": {"type": "object", "description": "Shows an anchor whose batch is not at hand."},
        "expectedNonce": {"type": "string", "maxLength": 256, "description": "Given to the holder."},
        "expectedAudience": {"type": "string", "description": "By which the holder was asked."},
    },
)
VERIFICATION["requestBody"]["content"] |= {
    **dict.fromkeys(
        (
            *("application/vc+jwt", "application/vp+jwt", "application/dc+sd-jwt"),
            *("application/jwt", "text/plain"),
        ),
        _JWT,
    ),
    **dict.fromkeys(("application/vc", "application/vp", "application/ld+json"), _JSON_LD),
    "application/jose+json": _JSON_JWS,
}
