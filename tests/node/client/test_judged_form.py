import json
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import NotJudged
from node.client.documents import Document, read_document
from node.client.errors import Unusable
from node.client.judged_form import judged_form

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


def test_several_proofs_are_not_judged_yet(tmp_path: Path) -> None:
    with pytest.raises(NotJudged, match="several proofs"):
        judged_form(document(tmp_path / "c.jsonld", LINKED_DATA | {"proof": [PROOF, PROOF]}))


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
