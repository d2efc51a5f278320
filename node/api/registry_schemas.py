"""JSON Schemas of answers for OpenAPI: policies, timestamps, and what all of EBSI's services have alike."""

from typing import Final

from node.api.abi import ABI_PATHS
from node.api.answer_schemas import (
    ANY_OBJECT,
    PREFIXED_HASH,
    TEXT,
    TRUTH,
    WHOLE,
    Schema,
    a_list,
    an_object,
    ebsi_page,
)
from node.api.registry_health import HEALTH_PATHS

_POLICIES: Final = "/trusted-policies-registry/v3"
_TIMESTAMP: Final = "/timestamp/v4"
_OCTETS: Final[Schema] = {"type": "string", "pattern": "^0x([0-9a-f]{2})*$"}
_ADDRESS: Final[Schema] = {"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"}
_MULTIBASE: Final[Schema] = {"type": "string", "pattern": "^u[A-Za-z0-9_-]+$"}
HEALTH_ANSWER: Final = an_object(
    status={"enum": ["ok", "error"]}, info=ANY_OBJECT, error=ANY_OBJECT, details=ANY_OBJECT
)


def _json(schema: Schema) -> dict[str, Schema]:
    return {"application/json": schema}


REGISTRY_ANSWERS: Final[dict[str, dict[str, Schema]]] = {
    f"GET {_POLICIES}/policies": _json(ebsi_page(policyName=TEXT)),
    f"GET {_POLICIES}/policies/{{policy_name}}": _json(
        an_object(policyId=TEXT, policyName=TEXT, description=TEXT, status=TRUTH)
    ),
    f"GET {_POLICIES}/users": _json(ebsi_page(user=_ADDRESS)),
    f"GET {_POLICIES}/users/{{user}}": _json(an_object(user=_ADDRESS, attributes=a_list(TEXT))),
    f"GET {_TIMESTAMP}/hash-algorithms": _json(ebsi_page(hashAlgorithmId=WHOLE)),
    f"GET {_TIMESTAMP}/hash-algorithms/{{hash_algorithm_id}}": _json(
        an_object(
            outputLengthBits=WHOLE,
            ianaName=TEXT,
            oid=TEXT,
            status={"enum": ["active", "revoked"]},
            multihash=TEXT,
            multiHash=TEXT,
        )
    ),
    f"GET {_TIMESTAMP}/timestamps": _json(ebsi_page(timestampId=_MULTIBASE)),
    f"GET {_TIMESTAMP}/timestamps/{{timestamp_id}}": _json(
        an_object(
            hash={"type": "string", "pattern": "^m[A-Za-z0-9+/]+$"},
            timestampedBy=_ADDRESS,
            blockNumber=WHOLE,
            timestamp={"type": "string", "format": "date-time"},
            data=_OCTETS,
            transactionHash=PREFIXED_HASH,
        )
    ),
    f"GET {_TIMESTAMP}/records": _json(ebsi_page(recordId=_MULTIBASE)),
    f"GET {_TIMESTAMP}/records/{{record_id}}": _json(
        an_object(
            ownerIds=a_list(_OCTETS),
            revokedOwnerIds=a_list(_OCTETS),
            firstVersionTimestamps=a_list(_OCTETS),
            lastVersionTimestamps=a_list(_OCTETS),
            totalVersions=WHOLE,
        )
    ),
    f"GET {_TIMESTAMP}/records/{{record_id}}/versions": _json(ebsi_page(versionId=WHOLE)),
    f"GET {_TIMESTAMP}/records/{{record_id}}/versions/{{version_id}}": _json(
        an_object(hashes=a_list(_OCTETS), info=a_list({}))
    ),
    **{f"GET {path}": _json(a_list(ANY_OBJECT)) for path in ABI_PATHS},
    **{f"GET {path}": _json(HEALTH_ANSWER) for path in HEALTH_PATHS},
}
"""Operation → media type → schema of its answer with 200, beside `ANSWERS`."""
