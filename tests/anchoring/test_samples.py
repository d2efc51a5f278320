"""Digests of documents that nobody here made; read where ANKYRA_VECTORS points, never copied."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785

from anchoring.digest import SecuredDigest, secured_digest
from anchoring.errors import NotSecured


def test_the_commissions_sealed_sample_counts_by_its_jws(vectors: Path) -> None:
    document = (vectors / "elm-v3" / "Sample-MC-Annex1-signed.jsonld").read_bytes()
    jws = json.loads(document)
    (part,) = jws["signatures"]
    signed = ".".join((part["protected"], jws["payload"], part["signature"])).encode()
    assert secured_digest(document) == SecuredDigest(sha256(signed).digest(), "jws")
    del part["header"]
    assert secured_digest(json.dumps(jws).encode()).digest == sha256(signed).digest()


def test_the_commissions_unsigned_samples_are_not_secured(vectors: Path) -> None:
    samples = sorted((vectors / "elm-v3").glob("*unsigned*"))
    assert len(samples) >= 4
    for sample in samples:
        with pytest.raises(NotSecured):
            secured_digest(sample.read_bytes())


def test_the_ietf_sd_jwts_count_by_their_issuers_part(vectors: Path) -> None:
    examples = json.loads((vectors / "ietf-sd-jwt" / "vectors.json").read_bytes())
    presented = [example["sd_jwt"] for example in examples if "sd_jwt" in example]
    assert presented
    for text in presented:
        expected = sha256(text.partition("~")[0].encode()).digest()
        assert secured_digest(text.encode()) == SecuredDigest(expected, "sd-jwt")


def test_the_w3c_signed_credentials_count_by_their_canonical_form(vectors: Path) -> None:
    signed = sorted(vectors.glob("w3c-vc-di-*/**/signed*.json"))
    assert len(signed) >= 5
    for path in signed:
        expected = sha256(rfc8785.dumps(json.loads(path.read_bytes()))).digest()
        assert secured_digest(path.read_bytes()) == SecuredDigest(expected, "json-ld")
