"""Whatever the author of a credential writes: it is read, or refused by an error of these rooms."""

import base64
import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.errors import AnchoringError
from credentials.errors import CredentialsError
from credentials.microcredential import paths_present
from credentials.model import parse_credential
from credentials.moments import parse_moment
from credentials.registered_schema import compile_schema
from credentials.registry_urls import RegistryUrls
from credentials.scope import read_scope
from credentials.securing.claims import read_claims
from credentials.securing.jose import parse_compact, verify_parsed
from credentials.securing.reading import read_secured
from credentials.status_list_credential import read_status_list
from did.errors import DidError
from did.jwk import jwk_from_public_key
from tests.corruptions import as_mapping, corrupted_bytes, corrupted_json, corrupted_text

from .securing.credentials import (
    AT,
    EBSI,
    claims_of,
    compact,
    json_ld,
    members_1_1,
    members_2_0,
    signed,
    vc_jose,
    vc_jwt,
)
from .securing.keys import PRIVATE_KEYS

URLS = RegistryUrls(("https://registry.ankyra.invalid",))
SCHEMA = "https://registry.ankyra.invalid/trusted-schemas-registry/v3/schemas/0x" + "ab" * 32
ATTRIBUTE = (
    f"https://registry.ankyra.invalid/trusted-issuers-registry/v5/issuers/{EBSI}/attributes/{'ab' * 32}"
)
SCOPE = [{"schemaId": SCHEMA, "types": ["VerifiableCredential", "Diploma"], "limitJurisdiction": "EUR"}]
HEADER = {"alg": "ES256", "typ": "JWT", "kid": f"{EBSI}#key-1"}
LIST = members_2_0(
    type=["VerifiableCredential", "BitstringStatusListCredential"],
    credentialSubject={
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": "u" + base64.urlsafe_b64encode(gzip.compress(bytes(16_384))).decode().rstrip("="),
    },
)
JSON_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string", "pattern": "^a+$"}, "b": {"$ref": "#/$defs/c"}},
    "$defs": {"c": {"anyOf": [{"minimum": 1}, {"items": {"$ref": "#/$defs/c"}}]}},
}
PUBLIC = jwk_from_public_key(PRIVATE_KEYS["ES256"].public_key())  # type: ignore[union-attr] # no raw secret
SPECIMENS = (vc_jwt(), vc_jose(), json_ld(), signed(LIST, typ="vc+jwt"))


def _in_a_jwt(value: Any) -> bytes:
    return compact(HEADER, json.dumps(value).encode())


def _verified(text: bytes) -> None:
    verify_parsed(parse_compact(text.decode("latin-1")), jwk=PUBLIC)


def _judged(content: bytes) -> object:
    def none_other(url: str) -> bytes:
        raise CredentialsError(url)

    document = members_2_0()
    compiled = compile_schema(content, base=SCHEMA, retrieve=none_other)
    return compiled.validator and compiled.violation(document, size=len(json.dumps(document)))


READERS: dict[str, tuple[Callable[[Any], object], st.SearchStrategy[Any]]] = {
    "document": (read_secured, corrupted_bytes(*SPECIMENS)),
    "claims-1.1": (lambda value: read_secured(_in_a_jwt(value)), corrupted_json(claims_of(members_1_1()))),
    "claims-2.0": (
        lambda value: read_secured(compact(HEADER | {"typ": "vc+jwt"}, json.dumps(value).encode())),
        corrupted_json(members_2_0()),
    ),
    "json-ld": (
        lambda value: read_secured(json.dumps(value).encode()),
        corrupted_json(json.loads(json_ld())),
    ),
    "header": (
        lambda value: read_secured(compact(json.dumps(value).encode(), b"{}")),
        corrupted_json(HEADER),
    ),
    "compact": (_verified, corrupted_bytes(vc_jwt())),
    "claims": (lambda value: read_claims(as_mapping(value), header=HEADER), corrupted_json(claims_of({}))),
    "credential-1.1": (lambda value: parse_credential(as_mapping(value)), corrupted_json(members_1_1())),
    "credential-2.0": (lambda value: parse_credential(as_mapping(value)), corrupted_json(members_2_0())),
    "moment": (
        lambda text: parse_moment(text, name="validFrom"),
        corrupted_text(AT, "2026-11-21T10:00:00.5+01:00"),
    ),
    "scope": (lambda value: read_scope(value, URLS), corrupted_json(SCOPE)),
    "status-list": (read_status_list, corrupted_bytes(SPECIMENS[-1])),
    "status-list-members": (
        lambda value: read_status_list(signed(json.dumps(value).encode(), typ="vc+jwt")),
        corrupted_json(LIST),
    ),
    "paths": (lambda value: paths_present(as_mapping(value)), corrupted_json(members_2_0())),
    "attribute-url": (URLS.attribute, corrupted_text(ATTRIBUTE)),
    "schema-url": (URLS.schema, corrupted_text(SCHEMA)),
    "list-url": (URLS.status_list, corrupted_text(ATTRIBUTE.replace("attributes", "proxies") + "/list")),
    "json-schema": (
        lambda value: _judged(json.dumps(value).encode()),
        corrupted_json(JSON_SCHEMA),
    ),
    "json-schema-bytes": (
        _judged,
        corrupted_bytes(json.dumps(JSON_SCHEMA).encode()),
    ),
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_reader_answers_or_raises_an_error_of_these_rooms(name: str, data: st.DataObject) -> None:
    read, given_to_it = READERS[name]
    value = data.draw(given_to_it)
    with suppress(CredentialsError, AnchoringError, DidError):
        read(value)


@pytest.mark.parametrize("specimen", SPECIMENS[:3])
def test_the_specimens_themselves_are_read(specimen: bytes) -> None:
    assert read_secured(specimen).credential.issuer
