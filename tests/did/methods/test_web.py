import json
from typing import Any

import pytest

from did.errors import InvalidDid, InvalidDidDocument
from did.methods.key import did_key_from_jwk
from did.methods.web import MAX_DOCUMENT_BYTES, document_of_did_web, location_of_did_web
from tests.did.sample_keys import JWKS

DID = "did:web:uni.example"
KEY = {"id": f"{DID}#a", "type": "JsonWebKey2020", "controller": DID, "publicKeyJwk": JWKS["P-256"]}


def _text(**members: Any) -> bytes:
    return json.dumps(
        {"id": DID, "verificationMethod": [KEY], "assertionMethod": [KEY["id"]], **members}
    ).encode()


@pytest.mark.parametrize(
    ("did", "host", "path"),
    [
        ("did:web:uni.example", "uni.example", "/.well-known/did.json"),
        ("did:web:uni.example:faculty:music", "uni.example", "/faculty/music/did.json"),
        ("did:web:uni.example%3A8443", "uni.example:8443", "/.well-known/did.json"),
        ("did:web:127.0.0.1%3a80:x", "127.0.0.1:80", "/x/did.json"),
    ],
)
def test_the_did_alone_says_where_its_document_is(did: str, host: str, path: str) -> None:
    location = location_of_did_web(did)
    assert (location.host, location.path) == (host, path)


@pytest.mark.parametrize(
    "did",
    [
        "did:key:zabc",
        "did:web:UNI.example",
        "did:web:uni..example",
        "did:web:-uni.example",
        "did:web:uni.example%3A",
        "did:web:uni.example%3A099999",
        "did:web:uni.example%2Fx",
        "did:web:user%40uni.example",
        "did:web:uni.example:..:secret",
        "did:web:uni.example:.well-known",
        "did:web:uni.example:a%2Fb",
        "did:web:uni.example::a",
        "did:web:" + ".".join(["a" * 60] * 5),
    ],
)
def test_no_did_leads_anywhere_else_than_it_says(did: str) -> None:
    with pytest.raises(InvalidDid):
        location_of_did_web(did)


def test_keys_are_read_in_every_form_that_is_handled_and_others_are_left_out() -> None:
    multikey = did_key_from_jwk(JWKS["Ed25519"]).removeprefix("did:key:")
    methods: list[dict[str, Any]] = [
        KEY,
        {
            "id": "#b",
            "type": "Ed25519VerificationKey2020",
            "controller": DID,
            "publicKeyMultibase": multikey,
        },
        {
            "id": "#c",
            "type": "Ed25519VerificationKey2018",
            "controller": DID,
            "publicKeyBase58": "abc",
        },
        {
            "id": "#d",
            "type": "JsonWebKey2020",
            "controller": DID,
            "publicKeyJwk": {"kty": "oct", "k": "AA"},
        },
    ]
    ids = [KEY["id"], "#b", "#c", "#d", "#nobody"]
    document = document_of_did_web(DID, _text(verificationMethod=methods, assertionMethod=ids))
    assert [(one.id, one.public_key_jwk) for one in document.verification_methods("assertionMethod")] == [
        (f"{DID}#a", JWKS["P-256"]),
        (f"{DID}#b", JWKS["Ed25519"]),
    ]


def test_a_key_embedded_in_a_relationship_stands_under_it_alone() -> None:
    embedded = {**KEY, "id": "#e", "publicKeyJwk": JWKS["P-384"]}
    document = document_of_did_web(DID, _text(assertionMethod=[embedded], authentication=["#a"]))
    assert [one.id for one in document.verification_methods("assertionMethod")] == [f"{DID}#e"]
    assert [one.id for one in document.verification_methods("authentication")] == [f"{DID}#a"]


def test_members_that_no_method_governs_are_kept() -> None:
    document = document_of_did_web(DID, _text(service=[{"id": "#s"}], **{"@context": ["x"]}))
    assert document.context == ["x"]
    assert dict(document.properties) == {"service": [{"id": "#s"}]}


@pytest.mark.parametrize(
    "text",
    [
        b"<html>",
        b"[]",
        _text(id="did:web:other.example"),
        _text(verificationMethod={}),
        _text(verificationMethod=[KEY] * 65),
        _text(verificationMethod=[KEY, KEY]),
        _text(assertionMethod=[{**KEY, "publicKeyJwk": JWKS["P-384"]}]),
        _text(assertionMethod=[7]),
        _text(verificationMethod=[{**KEY, "controller": None}]),
        _text(verificationMethod=[{**KEY, "id": 7}]),
        _text(verificationMethod=[{**KEY, "id": "a key"}]),
        _text(verificationMethod=[{**KEY, "id": DID}]),
        _text(verificationMethod=[{**KEY, "id": "#"}]),
        _text(padding="x" * MAX_DOCUMENT_BYTES),
    ],
)
def test_what_is_no_document_of_the_did_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidDidDocument) as caught:
        document_of_did_web(DID, text)
    assert caught.value.code == "invalidDidDocument"
    assert caught.value.reason in str(caught.value)
