"""What the universities of the scenario issue: micro-credentials of the European Learning Model, and a PDF.

Courses, learners and grades are invented. The elements are those that the Council Recommendation of 16 June
2022 on micro-credentials asks for, in the words of the European Learning Model 3; skills, levels and fields
are named by ESCO, the EQF and ISCED-F.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from devnet.errors import StateUnusable
from devnet.pdf import one_page
from devnet.schemas import SCHEMA_NAME, TYPES, schema_url
from did.jwk import jwk_from_public_key
from did.methods.key import did_key_jcs_from_jwk
from node.client.issuing import Signer, credential_members, rfc3339, sign_credential

VECTORS_VARIABLE = "ANKYRA_VECTORS"
LEARNERS = 200
_SAMPLES = "Sample-MC-*"
UNSIGNED = "unsigned"
"""In the name of each sample that carries no signature."""

_SNB = "http://data.europa.eu/snb"
_ESCO = "http://data.europa.eu/esco/skill"
LITHUANIA = "LTU"
_LITHUANIA = {
    "id": f"http://publications.europa.eu/resource/authority/country/{LITHUANIA}",
    "type": "Concept",
    "prefLabel": {"en": "Lithuania"},
}


@dataclass(frozen=True, slots=True)
class Course:
    """What a micro-credential is for; `ects` is in credits of 25 to 30 hours, `skills` are ESCO's."""

    title: str
    outcome: str
    ects: str
    eqf: int
    isced_f: tuple[str, str]
    skills: tuple[tuple[str, str], ...]


COURSES = (
    Course(
        "Digital Content for Public Audiences",
        "Plans, produces and publishes digital content for a chosen audience",
        "3",
        6,
        ("0211", "Audio-visual techniques and media production"),
        (
            ("5fd5c985-eaaa-47aa-8314-62359c54505a", "develop digital content"),
            ("80f308e6-0e09-404a-80cd-ec5f50f6f304", "communicate with target community"),
        ),
    ),
    Course(
        "Creative Teamwork Across Borders",
        "Leads a mixed international team from a question to a tested proposal",
        "2",
        6,
        ("0031", "Personal skills and development"),
        (
            ("ccdf3597-5c80-410f-896d-e1bdfa223de9", "stimulate creativity in the team"),
            ("326809fc-238d-40c2-881e-40042f7f2f0d", "establish collaborative relations"),
        ),
    ),
    Course(
        "Challenge-Based Learning with Cities",
        "Works with a city on one of its own problems and answers for the result",
        "6",
        7,
        ("0413", "Management and administration"),
        (
            ("326809fc-238d-40c2-881e-40042f7f2f0d", "establish collaborative relations"),
            ("80f308e6-0e09-404a-80cd-ec5f50f6f304", "communicate with target community"),
        ),
    ),
)


def learners(count: int, *, random: Callable[[int], bytes]) -> tuple[str, ...]:
    """Return did:key identifiers of learners, in EBSI's form for natural persons; their keys are dropped.

    Args:
        count: how many.
        random: gives so many random bytes.
    """
    return tuple(_learner(random(31)) for _ in range(count))


def micro_credentials(
    count: int,
    *,
    signer: Signer,
    awarding_body: str,
    holders: tuple[str, ...],
    now: datetime,
    random: Callable[[int], bytes],
) -> Iterator[str]:
    """Yield `count` signed micro-credentials as compact JWTs, each with a random UUID of its own.

    Args:
        count: how many.
        signer: of the awarding body.
        awarding_body: its name.
        holders: DIDs of learners; one of them gets several if there are fewer than `count`.
        now: time of issue.
        random: gives so many random bytes; an `id` holds 122 bits of them.
    """
    schema = schema_url(SCHEMA_NAME)
    for subject in subjects(count, did=signer.did, awarding_body=awarding_body, holders=holders, now=now):
        credential = credential_members(
            identifier=random(16),
            types=TYPES,
            issuer=signer.did,
            subject=subject,
            schema=schema,
            now=now,
            expires=None,
        )
        yield sign_credential(credential, signer=signer)


def subjects(
    count: int, *, did: str, awarding_body: str, holders: tuple[str, ...], now: datetime
) -> Iterator[dict[str, Any]]:
    """Yield what `count` micro-credentials say of their holders.

    Args:
        count: how many.
        did: of the awarding body.
        awarding_body: its name.
        holders: DIDs of learners; one of them gets several if there are fewer than `count`.
        now: time of the award.
    """
    for place in range(count):
        yield {
            "id": holders[place % len(holders)],
            "type": "Person",
            "hasClaim": _achievement(COURSES[place % len(COURSES)], did, awarding_body, now),
        }


def certificate(*, awarding_body: str, now: datetime) -> bytes:
    """Return a PDF without any signature, which can only be anchored salted."""
    course = COURSES[0]
    return one_page(
        [
            "Certificate of attendance (example)",
            course.title,
            f"{awarding_body} confirms the attendance of a learner of this example.",
            f"{course.ects} ECTS credits, EQF level {course.eqf}, ISCED-F {course.isced_f[0]}",
            now.strftime("%Y-%m-%d"),
        ]
    )


def samples(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the European Commission's own sample micro-credentials; none if `ANKYRA_VECTORS` is unset.

    Raises:
        StateUnusable: the variable is set, and the folder it names holds none.
    """
    named = environment.get(VECTORS_VARIABLE)
    if not named:
        return ()
    folder = Path(named) / "elm-v3"
    found = tuple(sorted(path for path in folder.glob(_SAMPLES) if path.is_file()))
    if not found:
        raise StateUnusable(folder, f"{VECTORS_VARIABLE} is set, but there are no {_SAMPLES} files in it")
    return found


def _learner(secret: bytes) -> str:
    """31 random bytes are always a scalar of the curve, up to the one that is zero."""
    key = derive_private_key(int.from_bytes(b"\x01" + secret, "big"), SECP256R1())
    return did_key_jcs_from_jwk(jwk_from_public_key(key.public_key()))


def _achievement(course: Course, did: str, awarding_body: str, now: datetime) -> dict[str, Any]:
    code, field = course.isced_f
    return {
        "type": "LearningAchievement",
        "title": {"en": course.title},
        "awardedBy": {
            "type": "AwardingProcess",
            "awardingBody": {
                "id": did,
                "type": "Organisation",
                "legalName": {"en": awarding_body},
                "location": {"type": "Location", "address": {"type": "Address", "countryCode": _LITHUANIA}},
                "accreditation": {
                    "type": "Accreditation",
                    "title": {"en": "External quality assurance of the institution (example)"},
                },
            },
            "awardingDate": rfc3339(now),
        },
        "provenBy": {
            "type": "LearningAssessment",
            "title": {"en": course.title},
            "specifiedBy": {"type": "LearningAssessmentSpecification", "title": {"en": "Project and report"}},
        },
        "specifiedBy": {
            "type": "Qualification",
            "title": {"en": course.title},
            "dcType": _concept(f"{_SNB}/learning-opportunity/74a4a268e8", "Short learning programme"),
            "eqfLevel": _concept(f"{_SNB}/eqf/{course.eqf}", f"Level {course.eqf}"),
            "thematicArea": [_concept(f"{_SNB}/isced-f/{code}", field)],
            "creditPoint": {
                "type": "CreditPoint",
                "framework": _concept(
                    f"{_SNB}/education-credit/6fcec5c5af", "European Credit Transfer System"
                ),
                "point": course.ects,
            },
            "mode": [_concept(f"{_SNB}/learning-assessment/e92d221e4d", "Blended")],
            "learningOutcome": [
                {
                    "type": "LearningOutcome",
                    "title": {"en": course.outcome},
                    "relatedESCOSkill": [_concept(f"{_ESCO}/{key}", label) for key, label in course.skills],
                }
            ],
        },
    }


def _concept(identifier: str, label: str) -> dict[str, Any]:
    return {"id": identifier, "type": "Concept", "prefLabel": {"en": label}}
