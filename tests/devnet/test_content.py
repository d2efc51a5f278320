"""What the universities of the scenario issue is what it says it is."""

import base64
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from anchoring.digest import secured_digest
from anchoring.errors import NotSecured
from credentials.microcredential import MANDATORY, paths_present
from credentials.securing.jose import verify_compact
from devnet.content import certificate, learners, micro_credentials, samples
from devnet.errors import StateUnusable
from devnet.pdf import one_page
from devnet.schemas import SCHEMA_NAME
from did.methods.ebsi import new_did
from did.methods.key import jwk_from_did_key
from node.client.issuing import Signer
from node.client.keys import new_key

NOW = datetime(2026, 11, 14, 10, tzinfo=UTC)
KEY = new_key("P-256", random=os.urandom)
SIGNER = Signer.of(new_did(os.urandom(16)), KEY)


def _issued(count: int) -> list[str]:
    holders = learners(2, random=os.urandom)
    return list(
        micro_credentials(
            count, signer=SIGNER, awarding_body="Kaunas", holders=holders, now=NOW, random=os.urandom
        )
    )


def _claims(jws: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(verify_compact(jws, jwk=KEY.public_jwk, algorithms=("ES256",)))
    return payload


def test_a_micro_credential_says_what_the_recommendation_asks_for() -> None:
    credential = _claims(_issued(1)[0])["vc"]
    achievement = credential["credentialSubject"]["hasClaim"]
    specification = achievement["specifiedBy"]
    assert credential["issuer"] == SIGNER.did == achievement["awardedBy"]["awardingBody"]["id"]
    assert credential["credentialSchema"]["id"].endswith(SCHEMA_NAME)
    assert specification["creditPoint"]["point"].isdigit()
    assert specification["eqfLevel"]["id"] in {f"http://data.europa.eu/snb/eqf/{level}" for level in (6, 7)}
    assert re.fullmatch(r"http://data\.europa\.eu/snb/isced-f/\d{4}", specification["thematicArea"][0]["id"])
    skills = specification["learningOutcome"][0]["relatedESCOSkill"]
    assert all(skill["id"].startswith("http://data.europa.eu/esco/skill/") for skill in skills)
    present = paths_present(credential)
    assert [element.name for element in MANDATORY if element.found_at(present) is None] == []


def test_no_two_micro_credentials_are_the_same() -> None:
    issued = _issued(50)
    assert len({_claims(jws)["jti"] for jws in issued}) == 50
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4.*", _claims(jws)["jti"]) for jws in issued)
    assert len({secured_digest(jws.encode()).digest for jws in issued}) == 50


def test_learners_are_natural_persons_with_keys() -> None:
    found = learners(5, random=os.urandom)
    assert len(set(found)) == 5
    assert {jwk_from_did_key(did)["crv"] for did in found} == {"P-256"}


def test_a_certificate_is_a_pdf_whose_every_object_is_where_its_table_says() -> None:
    file = certificate(awarding_body="Universitat Autònoma (de) Barcelona", now=NOW)
    with pytest.raises(NotSecured):
        secured_digest(file)
    (start,) = re.findall(rb"startxref\n(\d+)\n%%EOF\n\Z", file)
    table = file[int(start) :]
    assert table.startswith(b"xref\n0 7\n0000000000 65535 f \n")
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n \n", table)]
    assert [file[place : place + 7] for place in places] == [b"%d 0 obj" % n for n in range(1, 7)]
    (length, stream) = re.findall(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", file, re.DOTALL)[0]
    assert int(length) == len(stream)
    assert "Universitat Autònoma \\(de\\) Barcelona".encode("latin-1") in stream


def test_a_line_cannot_close_its_string() -> None:
    assert rb"(a\\\(b\)\\) Tj" in one_page(["a\\(b)\\"])


def test_without_vectors_there_are_no_samples_and_a_wrong_folder_is_an_error(tmp_path: Path) -> None:
    assert samples({}) == ()
    with pytest.raises(StateUnusable, match="ANKYRA_VECTORS is set"):
        samples({"ANKYRA_VECTORS": str(tmp_path)})


def test_of_the_samples_of_others_the_sealed_one_has_a_digest_of_its_own(vectors: Path) -> None:
    found = samples({"ANKYRA_VECTORS": str(vectors)})
    forms: dict[str, str] = {}
    for path in found:
        try:
            forms[path.name] = secured_digest(path.read_bytes()).form
        except NotSecured:
            forms[path.name] = "unsigned"
    assert forms["Sample-MC-Annex1-signed.jsonld"] == "jws"
    assert {form for name, form in forms.items() if "unsigned" in name} == {"unsigned"}
    sealed = json.loads((vectors / "elm-v3/Sample-MC-Annex1-signed.jsonld").read_bytes())
    assert b"alg" in base64.urlsafe_b64decode(sealed["signatures"][0]["protected"] + "==")
