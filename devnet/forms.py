"""One micro-credential in each form that verifiers are handed: for the step that shows them all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from credentials.model import CONTEXT_1_1, CONTEXT_2_0
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.securing.jades_signing import seal
from credentials.securing.sd_jwt_issuing import SALT_LENGTH, Selectively, issue_sd_jwt
from devnet.content import COURSES, subjects
from devnet.older_proof import KIND, issue_with_older_proof
from devnet.schemas import BADGE_SCHEMA_NAME, BADGE_TYPE, SCHEMA_NAME, TYPES, VCT, schema_url
from devnet.seal_certificates import seal_certificates
from devnet.wallet import Wallet
from node.client.issuing import SCHEMA_TYPES, Signer, credential_members, rfc3339, sign_credential
from node.client.vc_jose import sign_vc_jose
from node.foreign.rdf_canonical import canonical_nquads

FORMS: Final[Mapping[str, str]] = {
    "vc_jwt": "VC-JWT of the data model 1.1, as EBSI has it",
    "vc_jose": "vc+jwt of the data model 2.0",
    "eddsa_jcs": "JSON-LD, Data Integrity eddsa-jcs-2022",
    "ecdsa_rdfc": "JSON-LD, Data Integrity ecdsa-rdfc-2019",
    "open_badge": "Open Badge 3.0, Data Integrity ecdsa-rdfc-2019",
    "jades": "European Digital Credential, JAdES seal",
    "sd_jwt_vc": "SD-JWT VC, shown with key binding",
    "vp_jwt": "VC-JWT, shown in a VP JWT",
    "vp_json_ld": "Open Badge 3.0, shown in a JSON-LD presentation",
    "older_proof": f"JSON-LD 1.1, {KIND}, judged by didkit",
}
"""Every form by its name here, and as people read it."""
WITHHELD: Final = ("grade",)
"""Claims of the SD-JWT VC that its holder keeps to itself."""

_UNDEFINED_TERMS: Final = "https://www.w3.org/ns/credentials/undefined-terms/v2"
_OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_EXAMPLES: Final = "https://www.w3.org/2018/credentials/examples/v1"
_ESCO: Final = "http://data.europa.eu/esco/skill"
_DECOYS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Who awards what to whom, and when.

    Attributes:
        awarding_body: its name.
        es256: signs for it by its P-256 key.
        ed25519: signs for it by an Ed25519 key.
        wallet: of the learner.
        now: time of the award.
    """

    awarding_body: str
    es256: Signer
    ed25519: Signer
    wallet: Wallet
    now: datetime

    def subject(self) -> dict[str, Any]:
        """Return what is said of the learner, in the words of the European Learning Model."""
        (said,) = subjects(
            1,
            did=self.es256.did,
            awarding_body=self.awarding_body,
            holders=(self.wallet.did,),
            now=self.now,
        )
        return said


def issued_forms(award: Award) -> dict[str, str]:
    """Return what the university issues, by form: all that is anchored."""
    micro = _members(award, [CONTEXT_2_0, _UNDEFINED_TERMS], TYPES, SCHEMA_NAME, award.subject())
    return {
        "vc_jwt": sign_credential(_ebsi_members(award), signer=award.es256),
        "vc_jose": sign_vc_jose(
            _members(award, [CONTEXT_2_0], TYPES, SCHEMA_NAME, award.subject()), signer=award.es256
        ),
        "eddsa_jcs": _proved(micro | {"id": uuid4().urn}, award.ed25519, "eddsa-jcs-2022", award.now),
        "ecdsa_rdfc": _proved(micro, award.es256, "ecdsa-rdfc-2019", award.now),
        "open_badge": _proved(_badge(award), award.es256, "ecdsa-rdfc-2019", award.now),
        "jades": seal(
            _ebsi_members(award),
            key=award.es256.key,
            certificates=seal_certificates(
                award.es256.key.public_jwk, organisation=award.awarding_body, now=award.now
            ),
            at=award.now,
            kid=award.es256.kid,
        ),
        "sd_jwt_vc": _sd_jwt_vc(award),
    }


def older_credential(wallet: Wallet, *, now: datetime) -> str:
    """Return a credential by a school that no ledger knows: its DID is its key.

    Raises:
        CommandFailed: didkit refused.
    """
    members = {
        "@context": [CONTEXT_1_1, _EXAMPLES],
        "id": uuid4().urn,
        "type": ["VerifiableCredential", "UniversityDegreeCredential"],
        "issuanceDate": rfc3339(now),
        "credentialSubject": {
            "id": wallet.did,
            "degree": {"type": "BachelorDegree", "name": "Bachelor of an older kind (example)"},
        },
    }
    return issue_with_older_proof(members, secret=os.urandom(32))


def _ebsi_members(award: Award) -> dict[str, Any]:
    return credential_members(
        identifier=os.urandom(16),
        types=TYPES,
        issuer=award.es256.did,
        subject=award.subject(),
        schema=schema_url(SCHEMA_NAME),
        now=award.now,
        expires=None,
    )


def _members(
    award: Award,
    contexts: Sequence[str],
    types: Sequence[str],
    schema: str,
    subject: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "@context": list(contexts),
        "id": uuid4().urn,
        "type": ["VerifiableCredential", *types],
        "issuer": award.es256.did,
        "validFrom": rfc3339(award.now),
        "credentialSubject": dict(subject),
        "credentialSchema": {"id": schema_url(schema), "type": SCHEMA_TYPES["2.0"]},
    }


def _badge(award: Award) -> dict[str, Any]:
    course = COURSES[0]
    achievement = {
        "id": uuid4().urn,
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": course.title,
        "description": course.outcome,
        "criteria": {"narrative": "A project and a report."},
        "alignment": [
            {"type": ["Alignment"], "targetName": label, "targetUrl": f"{_ESCO}/{key}"}
            for key, label in course.skills
        ],
    }
    subject = {"id": award.wallet.did, "type": ["AchievementSubject"], "achievement": achievement}
    badge = _members(award, [CONTEXT_2_0, _OPEN_BADGES], [BADGE_TYPE], BADGE_SCHEMA_NAME, subject)
    issuer = {"id": award.es256.did, "type": ["Profile"], "name": award.awarding_body}
    return badge | {"issuer": issuer, "name": course.title}


def _sd_jwt_vc(award: Award) -> str:
    course, seconds = COURSES[0], int(award.now.timestamp())
    claims = {
        "iss": award.es256.did,
        "vct": VCT,
        "iat": seconds,
        "nbf": seconds,
        "sub": award.wallet.did,
        "cnf": {"jwk": award.wallet.public_jwk},
        "title": course.title,
        "awardingBody": award.awarding_body,
        "ects": Selectively(course.ects),
        "grade": Selectively("with distinction"),
    }
    return issue_sd_jwt(
        claims,
        header={"typ": "dc+sd-jwt", "kid": award.es256.kid},
        key=award.es256.key,
        salt=lambda: os.urandom(SALT_LENGTH),
        decoys=_DECOYS,
    )


def _proved(members: Mapping[str, Any], signer: Signer, cryptosuite: str, now: datetime) -> str:
    proved = sign_data_integrity(
        members,
        key=signer.key,
        verification_method=signer.kid,
        cryptosuite=cryptosuite,
        canonical=_Canonical(),
        created=now,
    )
    return json.dumps(proved, ensure_ascii=False, indent=1)


class _Canonical:
    """`credentials.ports.CanonicalRdf` in this very process: what is canonicalised here was made here."""

    def canonical_rdf(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[bytes]:
        return [canonical_nquads(document).encode() for document in documents]
