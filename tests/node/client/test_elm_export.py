import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from credentials.microcredential import read_micro_credential
from credentials.model import parse_credential
from node.client.course_credential import ELM_CONTEXT
from node.client.course_vocabularies import (
    COUNTRY,
    COUNTRY_NAMES,
    CREDIT,
    ENCODING,
    EQF,
    FILE_TYPE,
    MODE,
    PROFILE,
    SETTING,
    SUPERVISION,
)
from node.client.elm_export import elm_of
from node.client.errors import Refused
from tests.node.client.courses import LEARNER, course, row

ID = bytes(range(16))
EIDAS = ('# eidas_identifier = "…"  # Europass asks for it', 'eidas_identifier = "LT-123456789"')


def exported(
    *changes: tuple[str, str], members: Mapping[str, Any] | None = None, **terms: Any
) -> dict[str, Any]:
    draft = course(*changes, **terms).draft(row(**(members or {})), identifier=ID)
    whole: dict[str, Any] = json.loads(elm_of(draft))
    assert whole.keys() == {"credential"}
    credential: dict[str, Any] = whole["credential"]
    return credential


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from objects(one)
    elif isinstance(value, dict):
        yield value
        for held in value.values():
            yield from objects(held)


@pytest.mark.parametrize("model", ["1.1", "2.0"])
def test_it_says_what_the_credential_says(model: str) -> None:
    draft = course(model=model).draft(row(valid_until="2030-01-01"), identifier=ID)
    export = exported(members={"valid_until": "2030-01-01"}, model=model)
    said, read = read_micro_credential(draft), read_micro_credential(export)
    assert said is not None
    assert read is not None
    assert {one.name: (one.state, one.values) for one in read.elements} == {
        one.name: (one.state, one.values) for one in said.elements
    }
    assert read.to_json() == said.to_json()
    assert export["validUntil"] == export["expirationDate"] == "2030-01-01T00:00:00Z"
    assert export["issued"] == export["validFrom"] == export["issuanceDate"] == "2026-11-22T10:00:00Z"
    assert export["identifier"]["notation"] == draft["id"]
    assert export["id"] == draft["id"].replace("urn:uuid", "urn:credential")


def test_a_credential_that_was_read_is_exported_like_its_draft() -> None:
    draft = course().draft(row(), identifier=ID)
    assert elm_of(parse_credential(draft).members) == elm_of(draft)


def test_it_is_a_european_digital_credential_by_nobody_but_the_awarding_body() -> None:
    export = exported(EIDAS)
    assert export["@context"] == ["https://www.w3.org/2018/credentials/v1", ELM_CONTEXT]
    assert export["type"] == ["VerifiableCredential", "EuropeanDigitalCredential"]
    assert export["credentialSchema"]["type"] == "ShaclValidator2017"
    assert export["issuer"]["legalName"]["en"] == "Example University of Technology"
    assert export["issuer"]["eIDASIdentifier"]["notation"] == "LT-123456789"
    assert export["issuer"] == export["credentialSubject"]["hasClaim"]["awardedBy"]["awardingBody"]
    assert not export.keys() & {"proof", "credentialStatus", "termsOfUse"}
    display = export["displayParameter"]
    assert display["primaryLanguage"]["id"].endswith("/language/ENG")
    assert [one["id"][-3:] for one in display["language"]] == ["ENG", "LIT"]


def test_the_language_of_the_row_is_the_first_that_it_is_shown_in() -> None:
    display = exported(('language = "en"', 'language = "lt"'))["displayParameter"]
    assert display["primaryLanguage"]["id"].endswith("/language/LIT")


def test_everything_with_a_type_has_an_address_and_no_address_is_of_two_things() -> None:
    export = exported(EIDAS)
    addressed: dict[str, dict[str, Any]] = {}
    for one in objects(export):
        if "type" in one:
            known = addressed.setdefault(one["id"], one)
            assert known["type"] == one["type"]
            assert known == one or one["type"] in {"Concept", "ConceptScheme"}
    assert LEARNER in addressed


def test_the_contexts_know_every_member_of_it_and_of_the_credential(vectors: Path) -> None:
    documents = {
        "https://www.w3.org/2018/credentials/v1": vectors / "contexts/credentials-v1.jsonld",
        ELM_CONTEXT: vectors / "elm-v3/edc-ap-context.jsonld",
    }

    def load(url: str, _options: Any = None) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": json.loads(documents[url].read_bytes())}

    dropped: list[str] = []
    for credential in (exported(EIDAS), course(EIDAS).draft(row(), identifier=ID)):
        jsonld.expand(credential, {"documentLoader": load}, on_property_dropped=dropped.append)
    assert dropped == []


def test_it_has_what_the_commissions_sample_for_upload_has(vectors: Path) -> None:
    sample = json.loads((vectors / "elm-v3/Sample-MC-Annex1-unsigned-uploadable.json").read_bytes())
    export = exported(EIDAS)
    assert sample.keys() == {"credential"}
    assert sample["credential"].keys() <= export.keys()
    assert sample["credential"]["displayParameter"].keys() <= export["displayParameter"].keys()
    assert sample["credential"]["credentialSchema"] == export["credentialSchema"]
    assert sample["credential"]["credentialProfiles"]["id"] == export["credentialProfiles"]["id"]
    vocabularies = {one["inScheme"]["id"] for one in objects(sample) if "inScheme" in one}
    ours = {one["inScheme"]["id"] for one in objects(export) if "inScheme" in one}
    not_in_the_sample = {
        "http://data.europa.eu/snb/accreditation/25831c2",
        "http://data.europa.eu/snb/assessment/25831c2",
    }
    assert ours - vocabularies == not_in_the_sample


def test_words_become_the_concepts_that_the_commissions_sample_has(vectors: Path) -> None:
    sample = json.loads((vectors / "elm-v3/Sample-MC-Annex1-unsigned.jsonld").read_bytes())
    theirs = {
        one["prefLabel"]["en"]: one for one in objects(sample) if "prefLabel" in one and "inScheme" in one
    }
    found = 0
    for vocabulary in (MODE, SUPERVISION, SETTING, CREDIT, PROFILE, EQF, ENCODING, FILE_TYPE):
        for word, code in vocabulary.words.items():
            if (known := theirs.get(word)) is not None:
                found += 1
                concept = vocabulary.concept(code)
                assert (concept["id"], concept["inScheme"]) == (known["id"], known["inScheme"])
    assert found == 9
    for code, name in (("IRL", "Ireland"), ("ITA", "Italy"), ("BEL", "Belgium")):
        assert COUNTRY.concept(code)["id"] == theirs[name]["id"]
        assert COUNTRY_NAMES[code] == name


@pytest.mark.parametrize("subject", [None, [], {}, {"hasClaim": []}, {"hasClaim": {"title": {"en": "x"}}}])
def test_what_is_no_achievement_with_an_awarding_body_is_not_exported(subject: Any) -> None:
    with pytest.raises(Refused, match="only a credential of one learning achievement"):
        elm_of({"credentialSubject": subject})
