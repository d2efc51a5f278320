"""Where credentials of three shapes have the European elements, and how each place is read.

The shapes are the European Learning Model 3 (`elm`: claims within the subject), EBSI's (`ebsi`: the model's
members in the subject itself, or the earlier model's under `achieved`), and Open Badges 3.0 (`open-badges`:
an achievement within the subject).
"""

from dataclasses import dataclass
from typing import Final, Literal

from . import microcredential_badges as badges
from . import microcredential_concepts as concepts
from . import microcredential_values as values
from .microcredential_badges import Kind
from .microcredential_values import Reading, Unreadable

Shape = Literal["elm", "ebsi", "open-badges"]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A path at which an element may stand, and how its value is read there; each is one of its own.

    Attributes:
        path: names of members from the credential on, with dots; lists stand for their elements.
        shape: of the credentials that have it there.
        read: reads one value.
        above: whether `read` gets the object that holds the last member, because that says what it means.
    """

    path: str
    shape: Shape
    read: Kind
    above: bool = False


CLAIM: Final = "credentialSubject.hasClaim"
ACHIEVED: Final = "credentialSubject.achieved"
ACHIEVEMENT: Final = "credentialSubject.achievement"
_EARLIER: Final = "learningSpecificationReferences.qualification"

_Row = tuple[str, str, Kind]

_OF_CLAIM: Final[tuple[_Row, ...]] = (
    ("title", "title", values.read_text),
    ("title", "specifiedBy.title", values.read_text),
    ("country", "awardedBy.awardingBody.location.address.countryCode", concepts.read_country),
    ("country", "awardedBy.awardingBody.location.spatialCode", concepts.read_country),
    ("awarding_body", "awardedBy.awardingBody.legalName", values.read_text),
    ("awarding_body", "awardedBy.awardingBody.prefLabel", values.read_text),
    ("date_of_issuing", "awardedBy.awardingDate", values.read_date),
    ("learning_outcomes", "specifiedBy.learningOutcome.title", values.read_text),
    ("learning_outcomes", "specifiedBy.learningOutcomeSummary", values.read_text),
    ("workload", "specifiedBy.creditPoint.point", concepts.read_credit_point),
    ("workload", "creditReceived.point", concepts.read_credit_point),
    ("workload", "specifiedBy.volumeOfLearning", values.read_hours),
    ("workload", "workload", values.read_hours),
    ("level", "specifiedBy.eqfLevel", concepts.read_eqf),
    ("level", "specifiedBy.nqfLevel", concepts.read_national_level),
    ("level", "specifiedBy.educationLevel", concepts.read_cycle),
    ("assessment", "provenBy.specifiedBy.dcType", values.read_text),
    ("assessment", "provenBy.specifiedBy.title", values.read_text),
    ("participation", "specifiedBy.mode", values.read_text),
    ("participation", "influencedBy.specifiedBy.mode", values.read_text),
    ("quality_assurance", "awardedBy.awardingBody.accreditation", values.read_text),
    ("quality_assurance", "specifiedBy.accreditation", values.read_text),
    ("prerequisites", "specifiedBy.entryRequirement", values.read_text),
    ("supervision", "provenBy.idVerification", values.read_text),
    ("grade", "provenBy.grade", concepts.read_grade),
    ("stackability", "specifiedBy.isPartialQualification", concepts.read_stackable),
    ("stackability", "specifiedBy.isPartOf.title", concepts.read_larger),
    ("stackability", "isPartOf.title", concepts.read_larger),
    ("stackability", "entitlesTo.title", concepts.read_larger),
    ("further", "description", values.read_text),
    ("further", "additionalNote", values.read_text),
    ("further", "specifiedBy.additionalNote", values.read_text),
    ("further", "specifiedBy.homepage", values.read_text),
    ("further", "specifiedBy.supplementaryDocument", values.read_text),
    ("skills", "specifiedBy.learningOutcome.relatedESCOSkill", concepts.read_skill),
    ("skills", "specifiedBy.learningOutcome.relatedSkill", concepts.read_skill_if_escos),
    ("fields", "specifiedBy.thematicArea", concepts.read_isced),
    ("setting", "specifiedBy.learningSetting", concepts.read_setting),
)
"""Members of a claim of ELM 3: under `hasClaim`, and in EBSI's shape in the subject itself."""

_OF_EARLIER: Final[tuple[_Row, ...]] = (
    ("title", "title", values.read_text),
    ("country", "wasAwardedBy.awardingLocation", concepts.read_country),
    ("awarding_body", "wasAwardedBy.awardingBody", values.read_text),
    ("date_of_issuing", "wasAwardedBy.awardingDate", values.read_date),
    ("learning_outcomes", "specifiedBy.learningOutcome", values.read_text),
    ("learning_outcomes", "specifiedBy.learningOutcomeDescription", values.read_text),
    ("workload", "specifiedBy.eCTSCreditPoints", concepts.read_ects),
    ("workload", "specifiedBy.ECTSCreditPoints", concepts.read_ects),
    ("workload", "specifiedBy.volumeOfLearning", values.read_hours),
    ("level", "specifiedBy.eqfLevel", concepts.read_eqf),
    ("level", "specifiedBy.nqfLevel", concepts.read_national_level),
    ("level", "specifiedBy.educationLevel", concepts.read_cycle),
    ("assessment", "wasDerivedFrom.specifiedBy.assessmentType", values.read_text),
    ("assessment", "wasDerivedFrom.title", values.read_text),
    ("participation", "specifiedBy.mode", values.read_text),
    ("participation", "wasInfluencedBy.specifiedBy.mode", values.read_text),
    ("quality_assurance", "specifiedBy.hasAccreditation", values.read_text),
    ("prerequisites", "specifiedBy.entryRequirementsNote", values.read_text),
    ("supervision", "wasDerivedFrom.idVerification", values.read_text),
    ("grade", "wasDerivedFrom.grade", concepts.read_grade),
    ("stackability", "specifiedBy.isPartialQualification", concepts.read_stackable),
    ("stackability", "entitlesTo.title", concepts.read_larger),
    ("further", "definition", values.read_text),
    ("further", "additionalNote", values.read_text),
    ("further", "specifiedBy.supplementaryDocument", values.read_text),
    ("skills", "specifiedBy.learningOutcome.relatedESCOSkill", concepts.read_skill),
    ("fields", "specifiedBy.iSCEDFCode", concepts.read_isced),
    ("fields", "specifiedBy.iscedFCode", concepts.read_isced),
    ("setting", "specifiedBy.learningSetting", concepts.read_setting),
)
"""Members of a learning achievement of EBSI's diploma schemas, after the model before ELM 3."""

_OF_EBSI: Final[tuple[_Row, ...]] = (
    ("learner", "credentialSubject.@id", values.read_address),
    ("learner", "credentialSubject.currentFamilyName", values.read_text),
    ("title", "learningAchievement.title", values.read_text),
    ("title", f"{_EARLIER}.title", values.read_text),
    ("level", f"{_EARLIER}.eqfLevel", concepts.read_eqf),
    ("workload", "credentialSubject.ECTSCreditPoints", concepts.read_ects),
    ("level", "credentialSubject.eqfLevel", concepts.read_eqf),
    ("learning_outcomes", "credentialSubject.learningOutcome", values.read_text),
)
"""Members that stand in EBSI's earliest examples, and in the subject without a specification around them."""

_OF_ISSUER: Final[tuple[_Row, ...]] = (
    ("country", "issuer.location.address.countryCode", concepts.read_country),
    ("country", "issuer.location.spatialCode", concepts.read_country),
    ("country", "issuer.eIDASIdentifier.spatial", concepts.read_country),
    ("country", "issuer.registration.spatial", concepts.read_country),
    ("awarding_body", "issuer.legalName", values.read_text),
    ("quality_assurance", "issuer.accreditation", values.read_text),
)
"""What an issuer says of itself, where it is the awarding body that no claim names."""

_OF_BADGE: Final[tuple[_Row, ...]] = (
    ("learner", "credentialSubject.identifier", badges.read_identity),
    ("title", f"{ACHIEVEMENT}.name", values.read_text),
    ("country", f"{ACHIEVEMENT}.creator.address.addressCountryCode", badges.read_profile_country),
    ("country", "issuer.address.addressCountryCode", badges.read_profile_country),
    ("country", "issuer.parentOrg.address.addressCountryCode", badges.read_profile_country),
    ("country", "issuer.address.addressCountry", concepts.read_country_name),
    ("country", "issuer.address.addressRegion", concepts.read_country_name),
    ("awarding_body", f"{ACHIEVEMENT}.creator.name", values.read_text),
    ("awarding_body", "issuer.name", values.read_text),
    ("awarding_body", "issuer.parentOrg.name", values.read_text),
    ("date_of_issuing", "awardedDate", values.read_date),
    ("learning_outcomes", f"{ACHIEVEMENT}.alignment", badges.align_outcome),
    ("learning_outcomes", f"{ACHIEVEMENT}.criteria.narrative", values.read_text),
    ("workload", "credentialSubject.creditsEarned", badges.read_credits_earned),
    ("workload", f"{ACHIEVEMENT}.creditsAvailable", badges.read_credits_available),
    ("level", f"{ACHIEVEMENT}.alignment", badges.align_eqf),
    ("level", f"{ACHIEVEMENT}.alignment", badges.align_cycle),
    ("assessment", f"{ACHIEVEMENT}.alignment", badges.align_assessment),
    ("assessment", f"{ACHIEVEMENT}.resultDescription.name", values.read_text),
    ("assessment", "evidence.genre", values.read_text),
    ("assessment", "evidence.name", values.read_text),
    ("participation", f"{ACHIEVEMENT}.alignment", badges.align_mode),
    ("quality_assurance", f"{ACHIEVEMENT}.endorsement", values.read_presence),
    ("quality_assurance", f"{ACHIEVEMENT}.endorsementJwt", values.read_presence),
    ("quality_assurance", "issuer.endorsement", values.read_presence),
    ("quality_assurance", "issuer.endorsementJwt", values.read_presence),
    ("supervision", f"{ACHIEVEMENT}.alignment", badges.align_supervision),
    ("grade", "credentialSubject.result", concepts.read_grade),
    ("stackability", f"{ACHIEVEMENT}.alignment", badges.align_larger),
    ("further", f"{ACHIEVEMENT}.description", values.read_text),
    ("further", f"{ACHIEVEMENT}.criteria.id", values.read_address),
    ("further", "credentialSubject.narrative", values.read_text),
    ("skills", f"{ACHIEVEMENT}.alignment", badges.align_skill),
    ("fields", f"{ACHIEVEMENT}.alignment", badges.align_isced),
    ("setting", f"{ACHIEVEMENT}.alignment", badges.align_setting),
)

_OF_LEARNER: Final[tuple[_Row, ...]] = (
    ("learner", "credentialSubject.id", values.read_address),
    ("learner", "credentialSubject.fullName", values.read_text),
    ("learner", "credentialSubject.familyName", values.read_text),
)
_OF_DATES: Final[tuple[_Row, ...]] = tuple(
    ("date_of_issuing", name, values.read_date) for name in ("issued", "issuanceDate", "validFrom")
)
NEED_WHAT_HOLDS_THEM: Final = frozenset(
    {concepts.read_credit_point, badges.read_credits_available, badges.read_credits_earned}
)

ROWS: Final[tuple[tuple[Shape, str, tuple[_Row, ...]], ...]] = (
    ("elm", "", _OF_LEARNER),
    ("elm", f"{CLAIM}.", _OF_CLAIM),
    ("ebsi", "credentialSubject.", _OF_CLAIM),
    ("ebsi", f"{ACHIEVED}.", _OF_EARLIER),
    ("ebsi", "", _OF_EBSI),
    ("open-badges", "", _OF_BADGE),
    ("elm", "", _OF_ISSUER),
    ("elm", "", _OF_DATES),
)
"""In the order in which one place goes before another."""


def read_claim(value: object, language: str) -> Reading | Unreadable | None:
    """That there is a claim, as far as it says anything; its value is the first type that it names."""
    if (found := values.read_presence(value, language)) is None or not isinstance(value, dict):
        return found
    kind = value.get("type")
    return Reading("given", kind[0] if isinstance(kind, list) and kind else kind)


def read_achievement(value: object, language: str) -> Reading | Unreadable | None:
    """That there is an achievement of Open Badges, or a specification: an object, no name alone."""
    return values.read_presence(value, language) if isinstance(value, dict) else None


CLAIMS: Final = (
    Place(CLAIM, "elm", read_claim),
    Place(ACHIEVEMENT, "open-badges", read_achievement),
    Place(ACHIEVED, "ebsi", read_achievement),
    Place("credentialSubject.specifiedBy", "ebsi", read_achievement),
    Place("learningAchievement", "ebsi", read_achievement),
)
"""Places of which one tells a micro-credential, whatever its types; the first one found tells its shape."""
