"""What a course template says of each learner, in the members of the European Learning Model 3."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from node.client import course_vocabularies as vocabularies
from node.client.course_vocabularies import Vocabulary

_SETTINGS: Final = {"formal": "formal learning", "non-formal": "non-formal learning"}
_CREDIT: Final = "European Credit Transfer System"
_MINUTES: Final = 60


def claim_of(members: Mapping[str, Any]) -> dict[str, Any]:
    """The learning achievement of the course, without what only a row says: date and grade.

    Args:
        members: of a course template.
    """
    title = dict(members["title"])
    claim: dict[str, Any] = {"type": "LearningAchievement", "title": title}
    if "description" in members:
        claim["description"] = dict(members["description"])
    if "additional_note" in members:
        claim["additionalNote"] = _note(members["additional_note"])
    claim["awardedBy"] = {"type": "AwardingProcess", "awardingBody": body_of(members["awarding_body"])}
    claim["provenBy"] = _assessment(members)
    claim["specifiedBy"] = _specification(members)
    return claim


def body_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The awarding body as an organisation of ELM."""
    made = {"id": body["id"]} if "id" in body else {}
    made |= {"type": "Organisation", "legalName": dict(body["legal_name"])} | _located(body["country"])
    for name, member in (("eidas_identifier", "eIDASIdentifier"), ("registration", "registration")):
        if name in body:
            spatial = _country(body["country"])
            made[member] = {"type": "LegalIdentifier", "notation": body[name], "spatial": spatial}
    if "homepage" in body:
        made["homepage"] = _web(body["homepage"])
    return made


def _located(country: str) -> dict[str, Any]:
    address = {"type": "Address", "countryCode": _country(country)}
    return {"location": {"type": "Location", "address": address}}


def _country(code: str) -> dict[str, Any]:
    name = vocabularies.COUNTRY_NAMES.get(code)
    return vocabularies.COUNTRY.concept(code, {"en": name} if name else None)


def _concept(vocabulary: Vocabulary, held: Mapping[str, Any]) -> dict[str, Any]:
    return vocabulary.concept(held["code"], held.get("label"))


def _word(vocabulary: Vocabulary, word: str) -> dict[str, Any]:
    return vocabulary.concept(vocabulary.words[word], {"en": word})


def _note(held: Mapping[str, str]) -> dict[str, Any]:
    return {"type": "Note", "noteLiteral": dict(held)}


def _web(address: str) -> dict[str, Any]:
    return {"type": "WebResource", "contentURL": address}


def _assessment(members: Mapping[str, Any]) -> dict[str, Any]:
    held = members["assessment"]
    kind = _concept(vocabularies.ASSESSMENT, held["type"])
    title = dict(held.get("title", held["type"]["label"]))
    made: dict[str, Any] = {"type": "LearningAssessment", "title": title}
    if "supervision" in members:
        made["idVerification"] = _concept(vocabularies.SUPERVISION, members["supervision"])
    specification = {"type": "LearningAssessmentSpecification", "title": title, "dcType": kind}
    return made | {"specifiedBy": specification}


def _specification(members: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "Qualification", "title": dict(members["title"])}
    made["learningOutcome"] = [_outcome(one) for one in members["learning_outcomes"]]
    workload, level = members["workload"], members["level"]
    if "ects" in workload:
        framework = _word(vocabularies.CREDIT, _CREDIT)
        made["creditPoint"] = {"type": "CreditPoint", "framework": framework, "point": workload["ects"]}
    if "hours" in workload:
        made["volumeOfLearning"] = _duration(workload["hours"])
    if "eqf" in level:
        made["eqfLevel"] = _word(vocabularies.EQF, f"Level {level['eqf']}")
    if "qf_ehea" in level:
        made["educationLevel"] = {"type": "Concept", "prefLabel": {"en": f"QF-EHEA {level['qf_ehea']}"}}
    made["mode"] = _concept(vocabularies.MODE, members["mode"])
    made["learningSetting"] = _word(vocabularies.SETTING, _SETTINGS[members["learning_setting"]])
    made["accreditation"] = _accreditation(members["quality_assurance"])
    if "fields" in members:
        made["thematicArea"] = [_concept(vocabularies.ISCED_F, one) for one in members["fields"]]
    if "prerequisites" in members:
        made["entryRequirement"] = _note(members["prerequisites"])
    stackability = members.get("stackability", {})
    if "partial" in stackability:
        made["isPartialQualification"] = stackability["partial"]
    if "towards" in stackability:  # of the specification: nobody has achieved the larger thing by this
        made["isPartOf"] = {"type": "Qualification", "title": dict(stackability["towards"])}
    if "homepage" in members:
        made["homepage"] = _web(members["homepage"])
    return made


def _outcome(held: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "LearningOutcome", "title": dict(held["title"])}
    if "skills" in held:
        made["relatedESCOSkill"] = [_concept(vocabularies.ESCO_SKILL, one) for one in held["skills"]]
    return made


def _accreditation(held: Mapping[str, Any]) -> dict[str, Any]:
    made = {"id": held["id"]} if "id" in held else {}
    return made | {
        "type": "Accreditation",
        "title": dict(held["title"]),
        "dcType": _concept(vocabularies.ACCREDITATION, held["type"]),
        "accreditingAgent": {
            "type": "Organisation",
            "legalName": dict(held["agency"]["legal_name"]),
            **_located(held["agency"]["country"]),
        },
    }


def _duration(hours: str) -> str:
    """`PT62H30M` of `62.5` (ISO 8601); what is less than a minute is rounded."""
    minutes = round(Decimal(hours) * _MINUTES)
    whole, rest = divmod(max(minutes, 1), _MINUTES)
    return f"PT{f'{whole}H' if whole else ''}{f'{rest}M' if rest else ''}"
