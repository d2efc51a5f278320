"""The schemas of the scenario, and what its accreditations cover: micro-credentials in three vocabularies."""

from __future__ import annotations

import hashlib
import json

from did.multibase import encode_base58btc
from node.client.accreditation import ORIGIN, AccreditedFor


def _name(schema: bytes) -> str:
    """The id by which a registry has it: its SHA-256, as multibase."""
    return encode_base58btc(hashlib.sha256(schema).digest())


def schema_url(name: str) -> str:
    """Return where EBSI's registry has the schema of that name: also the `vct` of an SD-JWT VC."""
    return f"{ORIGIN}/trusted-schemas-registry/v3/schemas/{name}"


SCHEMA = json.dumps(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Micro-credential of a university alliance (example)",
        "type": "object",
        "required": ["credentialSubject"],
        "properties": {
            "credentialSubject": {
                "type": "object",
                "required": ["id", "hasClaim"],
                "properties": {
                    "hasClaim": {"type": "object", "required": ["title", "awardedBy", "specifiedBy"]}
                },
            }
        },
    },
    indent=1,
).encode()
"""Of micro-credentials in the words of the European Learning Model."""

BADGE_SCHEMA = json.dumps(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Open Badge 3.0 of a university alliance (example)",
        "type": "object",
        "required": ["credentialSubject"],
        "properties": {
            "credentialSubject": {
                "type": "object",
                "required": ["id", "achievement"],
                "properties": {"achievement": {"type": "object", "required": ["name", "criteria"]}},
            }
        },
    },
    indent=1,
).encode()
CLAIMS_SCHEMA = json.dumps(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Micro-credential of a university alliance as an SD-JWT VC (example)",
        "type": "object",
        "required": ["iss", "sub", "vct", "title", "awardingBody"],
        "properties": {"title": {"type": "string"}, "awardingBody": {"type": "string"}},
    },
    indent=1,
).encode()


SCHEMA_NAME, BADGE_SCHEMA_NAME = _name(SCHEMA), _name(BADGE_SCHEMA)
VCT = schema_url(_name(CLAIMS_SCHEMA))
"""Type of the SD-JWT VCs, and the address of their schema."""
SCHEMAS = tuple(
    (
        hashlib.sha256(schema).digest(),
        schema,
        json.dumps({"title": json.loads(schema)["title"], "language": "en"}).encode(),
    )
    for schema in (SCHEMA, BADGE_SCHEMA, CLAIMS_SCHEMA)
)
"""Every schema as the operator of the scenario registers it: id, content, metadata."""
TYPES = ("EuropeanDigitalCredential", "MicroCredential")
"""Of a micro-credential, after those that every credential of EBSI's has."""
BADGE_TYPE = "OpenBadgeCredential"
COVERED = AccreditedFor(SCHEMA_NAME, ("VerifiableCredential", "VerifiableAttestation", *TYPES))
"""What the micro-credentials of the scenario are issued under."""
ALL_COVERED = (
    COVERED,
    AccreditedFor(BADGE_SCHEMA_NAME, ("VerifiableCredential", BADGE_TYPE)),
    AccreditedFor(_name(CLAIMS_SCHEMA), (VCT,)),
)
"""What every accreditation of the scenario covers."""
