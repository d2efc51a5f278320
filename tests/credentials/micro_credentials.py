"""Micro-credentials in the three shapes, with all that each shape can say; invented for these tests."""

from typing import Any

ESCO = "http://data.europa.eu/esco/skill/5fd5c985-eaaa-47aa-8314-62359c54505a"
SNB = "http://data.europa.eu/snb"
COUNTRY = "http://publications.europa.eu/resource/authority/country/ITA"

SPECIFICATION: dict[str, Any] = {
    "title": {"en": "Teamwork"},
    "learningOutcome": [
        {
            "title": {"en": "Leads a team", "de": "Leitet ein Team"},
            "relatedESCOSkill": {"id": ESCO, "prefLabel": {"en": "lead a team"}},
            "relatedSkill": [{"id": f"{SNB}/dcf/1", "prefLabel": {"en": "Working together"}}],
        }
    ],
    "creditPoint": {
        "framework": {"id": f"{SNB}/education-credit/6fcec5c5af"},
        "point": "2.5",
    },
    "volumeOfLearning": "PT62H30M",
    "eqfLevel": {"id": f"{SNB}/eqf/6", "prefLabel": {"en": "Level 6"}},
    "nqfLevel": {"prefLabel": {"en": "QF-EHEA first cycle"}},
    "mode": [{"id": f"{SNB}/learning-assessment/1", "prefLabel": {"en": "Blended"}}],
    "accreditation": {"id": "urn:accreditation:1"},
    "entryRequirement": {"noteLiteral": {"en": "A school leaving certificate"}},
    "isPartialQualification": True,
    "thematicArea": [{"id": f"{SNB}/isced-f/0413", "prefLabel": {"en": "Management"}}],
    "learningSetting": {"id": f"{SNB}/learning-setting/6fd4685715"},
    "homepage": {"contentURL": "https://university.example/teamwork"},
}

ACHIEVEMENT: dict[str, Any] = {
    "type": "LearningAchievement",
    "title": {"en": "Teamwork", "de": "Teamarbeit"},
    "awardedBy": {
        "awardingBody": {
            "legalName": {"en": "University"},
            "location": [{"address": {"countryCode": {"id": COUNTRY, "prefLabel": {"en": "Italy"}}}}],
        },
        "awardingDate": "2026-11-21T10:00:00Z",
    },
    "specifiedBy": SPECIFICATION,
    "provenBy": {
        "specifiedBy": {"dcType": {"prefLabel": {"en": "written examination"}}},
        "idVerification": {"prefLabel": {"en": "Supervised on site"}},
        "grade": {"noteLiteral": {"en": "28/30"}},
    },
}

ELM: dict[str, Any] = {
    "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
    "validFrom": "2026-11-22T00:00:00Z",
    "credentialSubject": {
        "id": "did:key:z1",
        "givenName": {"en": "Ana"},
        "familyName": {"en": "Andrei"},
        "hasClaim": ACHIEVEMENT,
    },
}

EBSI: dict[str, Any] = {
    "type": ["VerifiableCredential", "VerifiableAttestation"],
    "issuer": {"id": "did:ebsi:zZeKyEJfUTGwajhNyNX928z", "legalName": "University"},
    "issuanceDate": "2026-11-22T00:00:00Z",
    "credentialSubject": {"id": "did:key:z1", "fullName": "Ana Andrei", **ACHIEVEMENT},
}

EBSI_EARLIER: dict[str, Any] = {
    "type": ["VerifiableCredential", "VerifiableAttestation"],
    "issuer": "did:ebsi:zZeKyEJfUTGwajhNyNX928z",
    "issuanceDate": "2026-11-22T00:00:00Z",
    "credentialSubject": {
        "id": "did:key:z1",
        "firstName": "Ana",
        "familyName": "Andrei",
        "achieved": [
            {
                "title": "Teamwork",
                "wasAwardedBy": {
                    "awardingBody": ["did:ebsi:zZeKyEJfUTGwajhNyNX928z"],
                    "awardingDate": "2026-11-21",
                    "awardingLocation": [COUNTRY],
                },
                "specifiedBy": [
                    {
                        "eCTSCreditPoints": 5,
                        "volumeOfLearning": "125",
                        "eqfLevel": 7,
                        "iSCEDFCode": ["0413"],
                        "learningOutcomeDescription": "Leads a team",
                        "learningOutcome": [{"name": "Leads", "relatedESCOSkill": [ESCO]}],
                        "mode": ["online"],
                        "learningSetting": "non-formal",
                        "entryRequirementsNote": "None",
                        "hasAccreditation": ["urn:accreditation:1"],
                    }
                ],
                "wasDerivedFrom": [
                    {"title": "Project", "grade": "A", "idVerification": "https://verified.example/"}
                ],
                "entitlesTo": [{"title": "Module 2 of the master's programme"}],
            }
        ],
    },
}


def alignment(framework: str, **members: str) -> dict[str, Any]:
    """One alignment of Open Badges 3.0."""
    return {"type": ["Alignment"], "targetFramework": framework, **members}


BADGE: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {
        "id": "did:web:university.example",
        "type": ["Profile"],
        "name": "University",
        "address": {"type": ["Address"], "addressCountry": "Netherlands", "addressCountryCode": "NL"},
        "endorsementJwt": ["e30.e30.AA"],
    },
    "validFrom": "2026-11-22T00:00:00Z",
    "awardedDate": "2026-11-21T00:00:00Z",
    "evidence": [{"type": ["Evidence"], "genre": "Project", "name": "Report of a team"}],
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": "Ana Andrei",
                "identityType": "name",
            }
        ],
        "result": [{"type": ["Result"], "resultDescription": "urn:result:1", "value": "8.5"}],
        "achievement": {
            "id": "urn:achievement:1",
            "type": ["Achievement"],
            "achievementType": "MicroCredential",
            "name": "Teamwork",
            "description": "A short course on working together",
            "criteria": {"id": "https://university.example/c", "narrative": "Led a team for a term"},
            "creditsAvailable": 3.0,
            "resultDescription": [
                {
                    "id": "urn:result:1",
                    "type": ["ResultDescription"],
                    "name": "Final mark",
                    "resultType": "RawScore",
                }
            ],
            "alignment": [
                alignment("ESCO", targetName="lead a team", targetUrl=ESCO),
                alignment(
                    "European Qualifications Framework",
                    targetName="Level 7",
                    targetUrl=f"{SNB}/eqf/7",
                    targetCode="7",
                ),
                alignment(
                    "QF-EHEA", targetName="Second cycle", targetUrl="https://ehea.info/", targetCode="2"
                ),
                alignment("ISCED-F", targetName="Management", targetUrl=f"{SNB}/isced-f/0413"),
                alignment("Modes", targetName="Online", targetUrl=f"{SNB}/learning-assessment/920fbb3cbe"),
                alignment("Settings", targetName="formal", targetUrl=f"{SNB}/learning-setting/6fd4685715"),
                alignment("Checks", targetName="Proctored", targetUrl=f"{SNB}/supervision-verification/1"),
                alignment("Assessments", targetName="Portfolio", targetUrl=f"{SNB}/assessment/1"),
                alignment(
                    "Programmes",
                    targetName="Master of Management",
                    targetUrl="https://university.example/master",
                    targetType="ceterms:Credential",
                ),
            ],
        },
    },
}


def changed(members: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at the path; lists are entered at their first element; `...` removes it."""
    head, _, rest = path.partition(".")
    inner = members.get(head)
    if rest:
        if isinstance(inner, list):
            return {**members, head: [changed(inner[0], rest, value), *inner[1:]]}
        return {**members, head: changed(inner or {}, rest, value)}
    if value is ...:
        return {name: held for name, held in members.items() if name != head}
    return {**members, head: value}
