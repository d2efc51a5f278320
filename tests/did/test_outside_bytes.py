"""Whatever strangers send: every parser of this room answers, or raises an error of this room."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.base64url import decode_base64url
from did.document import JSON_LD
from did.errors import DidError
from did.json_text import parse_object
from did.jwk import jwk_from_raw_secp256k1, public_key
from did.methods.ebsi import new_did
from did.methods.jwk import did_jwk_from_jwk, jwk_from_did_jwk
from did.methods.key import did_key_from_jwk, jwk_from_did_key
from did.methods.web import document_of_did_web, location_of_did_web
from did.multibase import decode_base58btc, decode_varint, encode_base58btc
from did.resolution import resolve
from did.syntax import parse_did, parse_did_url, parse_ebsi_did
from tests.corruptions import as_mapping, corrupted_bytes, corrupted_json, corrupted_text

from .sample_keys import JWKS, raw_secp256k1

WEB = "did:web:university.example:registrar"
DOCUMENT = {
    "@context": ["https://www.w3.org/ns/did/v1"],
    "id": WEB,
    "verificationMethod": [
        {"id": f"{WEB}#{name}", "type": "JsonWebKey2020", "controller": WEB, "publicKeyJwk": jwk}
        for name, jwk in JWKS.items()
    ],
    "assertionMethod": [f"{WEB}#P-256"],
}
EBSI, KEY, JWK = new_did(bytes(16)), did_key_from_jwk(JWKS["P-256"]), did_jwk_from_jwk(JWKS["Ed25519"])
DIDS = corrupted_text(EBSI, KEY, JWK, WEB, f"{EBSI}#keys-1", f"{WEB}%3A8443", "did:example:a?b=c#d")

READERS: dict[str, tuple[Callable[[Any], object], st.SearchStrategy[Any]]] = {
    "did": (parse_did, DIDS),
    "did-url": (parse_did_url, DIDS),
    "ebsi-did": (parse_ebsi_did, DIDS),
    "did-key": (jwk_from_did_key, DIDS),
    "did-jwk": (jwk_from_did_jwk, DIDS),
    "did-web": (location_of_did_web, DIDS),
    "base58btc": (decode_base58btc, corrupted_text(encode_base58btc(bytes(range(40))))),
    "varint": (decode_varint, corrupted_bytes(b"\x80\x24", b"\xff" * 12)),
    "base64url": (lambda text: decode_base64url(text, max_bytes=64), corrupted_text("AAECAw", "_-8")),
    "json-text": (
        lambda text: parse_object(text, max_bytes=65_536),
        corrupted_bytes(json.dumps(DOCUMENT).encode(), b'{"a":1,"a":2}'),
    ),
    "jwk": (
        lambda value: public_key(as_mapping(value)),
        st.sampled_from(list(JWKS)).flatmap(lambda name: corrupted_json(JWKS[name])),
    ),
    "secp256k1": (jwk_from_raw_secp256k1, corrupted_bytes(raw_secp256k1(7))),
    "web-document": (
        lambda value: document_of_did_web(WEB, json.dumps(value).encode()),
        corrupted_json(DOCUMENT),
    ),
    "web-document-bytes": (
        lambda content: document_of_did_web(WEB, content),
        corrupted_bytes(json.dumps(DOCUMENT).encode()),
    ),
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_parser_answers_or_raises_an_error_of_its_room(name: str, data: st.DataObject) -> None:
    read, given_to_it = READERS[name]
    value = data.draw(given_to_it)
    with suppress(DidError):
        read(value)


@given(DIDS, DIDS, st.sampled_from([JSON_LD, "text/html", ""]))
def test_resolving_says_in_its_result_what_is_wrong(did: str, version: str, accept: str) -> None:
    result = resolve(did, changes_of=lambda _: (), now=1_795_255_200, accept=accept, version_id=version)
    assert result.error is None or isinstance(result.error, DidError)


@pytest.mark.parametrize("specimen", [EBSI, KEY, JWK, WEB])
def test_the_specimens_themselves_are_read(specimen: str) -> None:
    assert parse_did(specimen) == specimen
