"""Open Badges of the data models 1.1 and 2.0 with ten skills each, in terms of the shipped contexts."""

import json
from typing import Any, Final

from credentials.model import CONTEXT_1_1, CONTEXT_2_0
from did.multibase import encode_base58btc
from tests.credentials.securing.data_integrity_cases import signer

_OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context"
OPEN_BADGES_1_1: Final = f"{_OPEN_BADGES}.json"
OPEN_BADGES_2_0: Final = f"{_OPEN_BADGES}-3.0.3.json"
SKILLS: Final = 10


def badge(issuer: str, *, model: str = "2.0", skills: int = SKILLS, **others: Any) -> dict[str, Any]:
    """The badge without a proof; None takes a member away."""
    older = model == "1.1"
    made = {
        "@context": [CONTEXT_1_1, OPEN_BADGES_1_1] if older else [CONTEXT_2_0, OPEN_BADGES_2_0],
        "id": "urn:uuid:1e5d8a3c-7c0a-4a1e-9d51-2f6f0f6f7a10",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": "Profile", "name": "University of the North"},
        "issuanceDate" if older else "validFrom": "2026-01-01T00:00:00Z",
        "name": "Data for Teachers",
        "credentialSubject": {
            "id": "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
            "type": "AchievementSubject",
            "achievement": {
                "id": "urn:uuid:5b6f2b9e-93c0-4ff9-8d8a-a0d0c1f6a001",
                "type": "Achievement",
                "name": "Data for Teachers",
                "description": "Reads and explains what a class's data say.",
                "criteria": {"narrative": "A project and an oral examination."},
                "alignment": [_skill(number) for number in range(skills)],
            },
        },
        **others,
    }
    return {name: value for name, value in made.items() if value is not None}


def poison(issuer: str) -> dict[str, Any]:
    """A badge of nodes without names that look alike, below two that do: each order of them is tried."""
    skills = [{"type": "Alignment", "targetName": "x"} for _ in range(12)]
    subject = {"type": "AchievementSubject", "achievement": {"type": "Achievement", "alignment": skills}}
    return badge(issuer, credentialSubject=[subject, subject])


def poisoned() -> bytes:
    """That badge with a proof that nobody made: its graph is told apart before anybody looks at the proof."""
    by = signer("ES256")
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-rdfc-2019",
        "verificationMethod": by.kid,
        "proofPurpose": "assertionMethod",
        "proofValue": encode_base58btc(bytes(64)),
    }
    return json.dumps({**poison(by.did), "proof": proof}).encode()


def _skill(number: int) -> dict[str, Any]:
    return {
        "type": "Alignment",
        "targetName": f"skill {number}",
        "targetUrl": f"http://data.europa.eu/esco/skill/{number:08d}",
    }
