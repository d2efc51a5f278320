import json
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import NotJudged
from credentials.securing.reading import read_secured
from node.client.documents import Document, read_document
from node.client.errors import Unusable
from node.client.judged_form import judged_form
from node.client.unsigned_parts import unsigned_beside
from tests.credentials.securing.credentials import vc_jwt
from tests.credentials.securing.sealed import sealed

DID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
LINKED_DATA: dict[str, Any] = {
    "@context": ["https://www.w3.org/2018/credentials/v1"],
    "type": ["VerifiableCredential"],
    "issuer": DID,
    "issuanceDate": "2026-11-22T00:00:00Z",
    "credentialSubject": {"id": DID, "name": "Ķēniņš"},
}
PROOF = {
    "type": "Ed25519Signature2020",
    "verificationMethod": f"{DID}#1",
    "proofPurpose": "assertionMethod",
    "proofValue": "z1",
}


def document(path: Path, content: object) -> Document:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    read = read_document(path)
    assert isinstance(read, Document)
    return read


def test_linked_data_with_a_proof_is_judged_as_it_stands(tmp_path: Path) -> None:
    read = document(tmp_path / "c.jsonld", LINKED_DATA | {"proof": PROOF})
    assert json.loads(judged_form(read)) == LINKED_DATA | {"proof": PROOF}


def test_a_credential_that_breaks_its_models_rules_is_judged_all_the_same(tmp_path: Path) -> None:
    read = document(tmp_path / "c.jsonld", LINKED_DATA | {"issuer": "nobody", "proof": PROOF})
    assert "nobody" in judged_form(read)


def test_what_no_verdict_is_given_on_is_told(tmp_path: Path) -> None:
    elsewhere = sealed(form="flattened", x5c=None)
    with pytest.raises(NotJudged, match="x5c"):
        judged_form(document(tmp_path / "c.json", json.loads(elsewhere)))


def test_only_the_bytes_whose_digest_was_taken_are_judged(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonld"
    read = document(path, LINKED_DATA | {"proof": PROOF})
    for content in (json.dumps(LINKED_DATA | {"proof": PROOF, "id": "urn:x"}), "no credential"):
        path.write_text(content)
        with pytest.raises(Unusable, match="being changed"):
            judged_form(read)
    path.unlink()
    with pytest.raises(Unusable, match="cannot read"):
        judged_form(read)


def test_a_seal_is_judged_as_json_with_the_evidence_added_to_it_and_without_words(tmp_path: Path) -> None:
    for encoded in (True, False):
        for unprotected, kept in (
            (None, None),
            ({}, None),
            ({"etsiU": [{"sigTst": {}}]}, {"etsiU": [{"sigTst": {}}]}),
            ({"etsiU": [], "note": "added by anybody"}, {"etsiU": []}),
        ):
            text = sealed(form="general", encoded=encoded, unprotected=unprotected)
            judged = judged_form(document(tmp_path / "c.json", json.loads(text)))
            part = json.loads(text)["signatures"][0]
            expected = {"payload": json.loads(text)["payload"], **part}
            expected.pop("header", None)
            assert json.loads(judged) == expected | ({} if kept is None else {"header": kept})
            assert read_secured(judged.encode()).digest == read_secured(sealed_part(text)).digest


def sealed_part(text: bytes) -> bytes:
    members = json.loads(text)
    members["signatures"][0].pop("header", None)
    return json.dumps(members).encode()


def test_a_jws_in_json_that_is_no_seal_is_judged_in_its_compact_form(tmp_path: Path) -> None:
    compact = vc_jwt().decode()
    protected, payload, signature = compact.split(".")
    flattened = {"payload": payload, "protected": protected, "signature": signature}
    headers: tuple[dict[str, Any], ...] = ({}, {"header": {"etsiU": []}}, {"header": {"note": "x"}})
    for header in headers:
        assert judged_form(document(tmp_path / "c.json", flattened | header)) == compact


def test_what_was_added_to_a_seal_is_told_by_its_verdict_and_words_are_not(tmp_path: Path) -> None:
    for unprotected, beside in (
        ({}, "nothing"),
        ({"etsiU": []}, "added"),
        ({"etsiU": [], "note": "x"}, "words"),
    ):
        text = sealed(form="flattened", unprotected=unprotected)
        assert unsigned_beside(document(tmp_path / "c.json", json.loads(text))) == beside
    protected, payload, signature = vc_jwt().decode().split(".")
    flattened = {"payload": payload, "protected": protected, "signature": signature}
    jwt = document(tmp_path / "c.json", flattened | {"header": {"etsiU": []}})
    assert unsigned_beside(jwt) == "evidence"
