"""Words of the European controlled vocabularies that a course template uses, and their URIs.

The concepts are those of the Commission's schemas of the European Learning Model 3 and of its samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_SNB: Final = "http://data.europa.eu/snb/"
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_ESCO: Final = "http://data.europa.eu/esco/"
_SCHEME: Final = "25831c2"
"""The last part of every scheme's URI under `snb`."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A controlled vocabulary.

    Attributes:
        scheme: its own URI.
        within: what its concepts' URIs begin with.
        words: an English word for each concept that a template may name by it, to the end of its URI.
    """

    scheme: str
    within: str
    words: Mapping[str, str]

    def concept(self, code: str, label: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The concept whose URI ends with `code`, as ELM writes it."""
        found: dict[str, Any] = {
            "id": f"{self.within}{code}",
            "type": "Concept",
            "inScheme": {"id": self.scheme, "type": "ConceptScheme"},
        }
        return found | ({"prefLabel": dict(label)} if label else {})


def _of_snb(name: str, words: Mapping[str, str]) -> Vocabulary:
    return Vocabulary(f"{_SNB}{name}/{_SCHEME}", f"{_SNB}{name}/", words)


def _of_authority(name: str, words: Mapping[str, str]) -> Vocabulary:
    return Vocabulary(f"{_AUTHORITY}{name}", f"{_AUTHORITY}{name}/", words)


MODE: Final = _of_snb(
    "learning-assessment",
    {
        "Blended": "e92d221e4d",
        "Online": "920fbb3cbe",
        "Presential": "9191af2ed9",
        "Project based": "7813801c77",
        "Research-Lab based": "ed4c557045",
        "Workbased": "729f3bed4b",
    },
)
"""Modes of learning and assessment."""

ASSESSMENT: Final = _of_snb(
    "assessment",
    {
        "artefact assessment": "de4d165a6c",
        "continuous evaluation": "3484bd7e51",
        "group performance": "56539a6507",
        "level of attendance": "7331eb4762",
        "marked assignment": "2939dae15f",
        "oral examination": "d30284d7df",
        "peer assessment": "19a2e5e671",
        "peer review": "812e3b0ae1",
        "portfolio": "4f03b91c0e",
        "practical assessment": "6a4db9f11d",
        "problem based learning": "c4256a2726",
        "project work": "795dac4096",
        "quiz": "b1b68f6735",
        "written examination": "6e6cb2cc78",
    },
)
SUPERVISION: Final = _of_snb(
    "supervision-verification",
    {
        "Supervised with ID Verification": "70be69aaf9",
        "Unsupervised without ID Verification": "c598449d64",
    },
)
"""Supervision and verification of identity; its other concepts are named by URI and label."""

ACCREDITATION: Final = _of_snb(
    "accreditation",
    {
        "Institutional License": "003293d2ce",
        "Institutional Quality Assurance": "bb4618238e",
        "Program License": "e57dddfcf3",
        "Program Quality Assurance": "820101cba6",
    },
)
SETTING: Final = _of_snb(
    "learning-setting", {"formal learning": "6fd4685715", "non-formal learning": "e207a81fc7"}
)
CREDIT: Final = _of_snb("education-credit", {"European Credit Transfer System": "6fcec5c5af"})
PROFILE: Final = _of_snb("credential", {"Generic": "e34929035b"})
EQF: Final = _of_snb("eqf", {f"Level {level}": str(level) for level in range(1, 9)})
ISCED_F: Final = _of_snb("isced-f", {})
ENCODING: Final = _of_snb("encoding", {"base64": "6146cde7dd"})
FILE_TYPE: Final = _of_authority("file-type", {"PNG": "PNG"})
ESCO_SKILL: Final = Vocabulary(f"{_ESCO}concept-scheme/skills", f"{_ESCO}skill/", {})

COUNTRY: Final = _of_authority("country", {})
# fmt: off
COUNTRY_NAMES: Final[Mapping[str, str]] = {
    "ALB": "Albania", "AND": "Andorra", "AUT": "Austria", "BEL": "Belgium", "BGR": "Bulgaria",
    "BIH": "Bosnia and Herzegovina", "CHE": "Switzerland", "CYP": "Cyprus", "CZE": "Czechia",
    "DEU": "Germany", "DNK": "Denmark", "ESP": "Spain", "EST": "Estonia", "FIN": "Finland", "FRA": "France",
    "GBR": "United Kingdom", "GEO": "Georgia", "GRC": "Greece", "HRV": "Croatia", "HUN": "Hungary",
    "IRL": "Ireland", "ISL": "Iceland", "ITA": "Italy", "LIE": "Liechtenstein", "LTU": "Lithuania",
    "LUX": "Luxembourg", "LVA": "Latvia", "MDA": "Moldova", "MEX": "Mexico", "MKD": "North Macedonia",
    "MLT": "Malta", "MNE": "Montenegro", "NLD": "Netherlands", "NOR": "Norway", "POL": "Poland",
    "PRT": "Portugal", "ROU": "Romania", "SRB": "Serbia", "SVK": "Slovakia", "SVN": "Slovenia",
    "SWE": "Sweden", "TUR": "Türkiye", "UKR": "Ukraine",
}
"""English names of some countries of the vocabulary; the others are shown by their codes."""

LANGUAGE: Final = _of_authority("language", {})
LANGUAGE_CODES: Final[Mapping[str, str]] = {
    "bg": "BUL", "bs": "BOS", "ca": "CAT", "cs": "CES", "cy": "CYM", "da": "DAN", "de": "DEU", "el": "ELL",
    "en": "ENG", "es": "SPA", "et": "EST", "eu": "EUS", "fi": "FIN", "fr": "FRA", "ga": "GLE", "gl": "GLG",
    "hr": "HRV", "hu": "HUN", "is": "ISL", "it": "ITA", "ka": "KAT", "lb": "LTZ", "lt": "LIT", "lv": "LAV",
    "mk": "MKD", "mt": "MLT", "nb": "NOB", "nl": "NLD", "nn": "NNO", "no": "NOR", "pl": "POL", "pt": "POR",
    "ro": "RON", "sk": "SLK", "sl": "SLV", "sq": "SQI", "sr": "SRP", "sv": "SWE", "tr": "TUR", "uk": "UKR",
}
# fmt: on
"""Languages of texts by their tags, to their codes in the vocabulary."""
CYCLES: Final = ("short cycle", "first cycle", "second cycle", "third cycle")
"""Of the QF-EHEA, for which no vocabulary has URIs."""
