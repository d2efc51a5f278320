"""Digests: one for every presentation of a document, none for what is not signed."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from anchoring.digest import SecuredDigest, file_hash, salted_digest, secured_digest, secured_digests
from anchoring.errors import MalformedDocument, NotSecured
from anchoring.merkle import MerkleTree


def _b64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


HEADER = _b64(b'{"alg":"ES256","typ":"vc+jwt"}')
LOOSE_HEADER = _b64(b'{"alg":"ES256"} ')[:-1] + "B"  # the last character's unused bits are not zero
PAYLOAD = _b64(b'{"id":"urn:uuid:0b6a3e0e-7b1c-4a53-9b2f-3c1e5d6f7a8b"}')
SIGNATURE = _b64(bytes(range(64)))
COMPACT = f"{HEADER}.{PAYLOAD}.{SIGNATURE}"
DIGEST = sha256(COMPACT.encode()).digest()
FLATTENED: dict[str, object] = {"payload": PAYLOAD, "protected": HEADER, "signature": SIGNATURE}
GENERAL: dict[str, object] = {
    "payload": PAYLOAD,
    "signatures": [{"protected": HEADER, "signature": SIGNATURE}],
}
PROOF: dict[str, object] = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "proofValue": "z3F",
}
JSON_LD: dict[str, object] = {"@context": ["https://www.w3.org/ns/credentials/v2"], "proof": PROOF}


def _print(value: object) -> bytes:
    return json.dumps(value).encode()


def _with_header(header: bytes, payload: str = PAYLOAD) -> bytes:
    return f"{_b64(header)}.{payload}.{SIGNATURE}".encode()


@pytest.mark.parametrize(
    "document",
    [
        COMPACT.encode(),
        f" {COMPACT}\r\n".encode(),
        _print(FLATTENED),
        json.dumps(FLATTENED, indent=4).encode() + b"\n",
        _print({**FLATTENED, "header": {"etsiU": ["abc"]}}),
        _print(GENERAL),
        _print({**GENERAL, "signatures": [{"protected": HEADER, "signature": SIGNATURE, "header": {}}]}),
    ],
)
def test_a_jws_has_one_digest_in_every_serialisation(document: bytes) -> None:
    assert secured_digest(document) == SecuredDigest(DIGEST, "jws")


def test_unprotected_headers_may_grow_without_changing_the_digest() -> None:
    grown = {**FLATTENED, "header": {"etsiU": ["timestamp", "later timestamp"]}}
    assert secured_digest(_print(grown)) == secured_digest(_print(FLATTENED))


@pytest.mark.parametrize("disclosed", ["~", "~WyJhIl0~", "~WyJhIl0~WyJiIl0~", "~WyJhIl0~eyJh.eyJi.c2ln"])
def test_every_presentation_of_an_sd_jwt_meets_the_same_anchor(disclosed: str) -> None:
    assert secured_digest(f"{COMPACT}{disclosed}".encode()) == SecuredDigest(DIGEST, "sd-jwt")


def test_json_ld_counts_as_its_whole_canonical_form() -> None:
    for document in (_print(JSON_LD), json.dumps(JSON_LD, indent=3, sort_keys=True).encode() + b"\n"):
        assert secured_digest(document) == SecuredDigest(
            sha256(rfc8785.dumps(JSON_LD)).digest(),  # type: ignore[arg-type]  # JSON
            "json-ld",
        )
    other = {**JSON_LD, "proof": {**PROOF, "proofValue": "z3G"}}
    assert secured_digest(_print(other)).digest != secured_digest(_print(JSON_LD)).digest
    several = {**JSON_LD, "proof": [PROOF, {"type": "Old", "jws": "a..b"}]}
    assert secured_digest(_print(several)).form == "json-ld"


def test_a_payload_that_is_not_encoded_counts_as_it_stands() -> None:
    protected = _b64(b'{"alg":"RS256","b64":false,"crit":["b64"]}')
    payload = '{"name":"Žalgiris. One, two"}'
    document = _print({"payload": payload, "protected": protected, "signature": SIGNATURE})
    expected = sha256(f"{protected}.{payload}.{SIGNATURE}".encode()).digest()
    assert secured_digest(document) == SecuredDigest(expected, "jws")
    compact = f"{protected}.plain.{SIGNATURE}".encode()
    assert secured_digest(compact) == SecuredDigest(sha256(compact).digest(), "jws")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"%PDF-1.7\n\xff\xfe",
        b"{\\rtf1 not JSON}",
        b"[1, 2]",
        b"one.two.three",
        b"..",
        b"~",
        b"a.b",
        _print({"title": "unsigned"}),
        _print({"proof": None}),
        _print({"proof": []}),
        _print({"proof": {}}),
        _print({"proof": "z3F"}),
        _print({"proof": {"type": "DataIntegrityProof"}}),
        _print({"proof": {"type": "DataIntegrityProof", "proofValue": ""}}),
        _print({"proof": {"proofValue": "z3F"}}),
        _print({"proof": [PROOF, {}]}),
        f"{HEADER}.{PAYLOAD}.".encode(),
        f"{HEADER}.{PAYLOAD}.~".encode(),
        _print({**FLATTENED, "signature": ""}),
        _print({**GENERAL, "signatures": []}),
        _with_header(b'{"alg":"none"}'),
        _with_header(b'{"alg":"NONE"}'),
        _with_header(b'{"typ":"JWT"}'),
        _with_header(b'{"alg":1}'),
        _with_header(b'["alg"]'),
        _with_header(b'{"alg":"ES256","alg":"none"}'),
        _with_header(b"\xff"),
        f"A.{PAYLOAD}.{SIGNATURE}".encode(),
        f"{COMPACT}.{SIGNATURE}.{SIGNATURE}".encode(),
        f"{COMPACT}~a b".encode(),
    ],
)
def test_what_is_not_signed_is_not_secured(document: bytes) -> None:
    with pytest.raises(NotSecured):
        secured_digest(document)


@pytest.mark.parametrize(
    "document",
    [
        b'{"proof": ',
        b'{"a": 1, "a": 2}',
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a":' + b"[" * 100 + b"]" * 100 + b"}",
        _print({**FLATTENED, "proof": PROOF}),
        _print({**FLATTENED, "title": "surplus"}),
        _print({**FLATTENED, **GENERAL}),
        _print({**GENERAL, "signatures": [{"protected": HEADER, "signature": SIGNATURE}] * 2}),
        _print({**GENERAL, "signatures": {"protected": HEADER}}),
        _print({**GENERAL, "signatures": ["x"]}),
        _print({**GENERAL, "signatures": [{"protected": HEADER, "signature": SIGNATURE, "x": 1}]}),
        _print({"payload": PAYLOAD, "signature": SIGNATURE}),
        _print({"payload": PAYLOAD, "header": {"alg": "ES256"}, "signature": SIGNATURE}),
        _print({**FLATTENED, "header": {"alg": "ES256"}}),
        _print({**FLATTENED, "header": {"b64": False}}),
        _print({**FLATTENED, "header": []}),
        _print({**FLATTENED, "signature": "ä"}),
        _print({**FLATTENED, "signature": SIGNATURE + "="}),
        _print({**FLATTENED, "signature": "A"}),
        _print({**FLATTENED, "signature": None}),
        _print({**FLATTENED, "payload": None}),
        _print({**FLATTENED, "payload": ""}),
        _print({**FLATTENED, "payload": "not base64url!"}),
        _print({**FLATTENED, "payload": "ä"}),
        _print({"protected": HEADER, "signature": SIGNATURE}),
        f"{HEADER}..{SIGNATURE}".encode(),
        f"{HEADER}.{PAYLOAD[:-1]}.{SIGNATURE}".encode(),
        f"{HEADER}.AB.{SIGNATURE}".encode(),
        f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-1]}B".encode(),
        f"{LOOSE_HEADER}.{PAYLOAD}.{SIGNATURE}".encode(),
        _with_header(b'{"alg":"ES256","b64":"false","crit":["b64"]}'),
        _with_header(b'{"alg":"ES256","b64":false}'),
        _with_header(b'{"alg":"ES256","b64":false,"crit":"b64"}'),
        _with_header(b'{"alg":"ES256","x":"' + b"x" * 60_000 + b'"}'),
        json.dumps(JSON_LD).replace("z3F", "\\ud800").encode(),
        _print({**JSON_LD, "credits": 2**60}),
    ],
)
def test_a_claimed_form_that_the_bytes_do_not_have_is_refused(document: bytes) -> None:
    with pytest.raises(MalformedDocument):
        secured_digest(document)


def test_half_a_surrogate_pair_in_a_payload_is_refused() -> None:
    protected = _b64(b'{"alg":"RS256","b64":false,"crit":["b64"]}')
    document = _print({"payload": "\ud800", "protected": protected, "signature": SIGNATURE})
    with pytest.raises(MalformedDocument, match="surrogate"):
        secured_digest(document)


def test_documents_are_bounded() -> None:
    assert secured_digest(COMPACT.encode(), max_size=len(COMPACT)).digest == DIGEST
    with pytest.raises(MalformedDocument, match="at most"):
        secured_digest(COMPACT.encode(), max_size=len(COMPACT) - 1)


def test_many_digests_are_those_of_each() -> None:
    documents = [COMPACT.encode(), _print(JSON_LD), f"{COMPACT}~".encode(), f"{COMPACT}\n".encode()]
    assert list(secured_digests(documents)) == [secured_digest(document).digest for document in documents]
    with pytest.raises(MalformedDocument):
        list(secured_digests(documents, max_size=10))
    with pytest.raises(NotSecured):
        list(secured_digests([b"plain"]))


VARIANTS = [
    COMPACT,
    f"{COMPACT}~",
    f" {COMPACT}",
    f"{HEADER}.{PAYLOAD}.",
    f"{HEADER}..{SIGNATURE}",
    f"{HEADER}.",
    HEADER,
    f"{HEADER}.{SIGNATURE}",
    f"{HEADER}.a-b_.{SIGNATURE}",
    f"{HEADER}.AB.{SIGNATURE}",
    f"{HEADER}.A.{SIGNATURE}",
    f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-1]}B",
    f"{HEADER}.{PAYLOAD}.{SIGNATURE}!",
    f"{HEADER}.{PAYLOAD}.{PAYLOAD}.{SIGNATURE}",
    f"{_b64(b'{}')}.{PAYLOAD}.{SIGNATURE}",
    json.dumps(FLATTENED),
    "",
]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("before", [COMPACT, f"{COMPACT}~", json.dumps(FLATTENED)])
def test_what_came_before_changes_no_verdict(before: str, variant: str) -> None:
    def ask(*documents: str) -> bytes | type[Exception]:
        try:
            return list(secured_digests(document.encode() for document in documents))[-1]
        except (NotSecured, MalformedDocument) as error:
            return type(error)

    assert ask(before, variant) == ask(variant)


@given(st.binary(max_size=200))
def test_arbitrary_files_are_not_secured(document: bytes) -> None:
    with pytest.raises((NotSecured, MalformedDocument)):
        secured_digest(document)


@given(st.integers(0, len(COMPACT) - 1), st.integers(0, 6))
def test_no_changed_character_keeps_the_digest(place: int, bit: int) -> None:
    document = bytearray(COMPACT.encode())
    document[place] ^= 1 << bit
    try:
        digest = secured_digest(bytes(document)).digest
    except (NotSecured, MalformedDocument):
        return
    assert digest != DIGEST


def test_a_salted_digest_is_that_of_salt_and_file() -> None:
    salt, hashed = bytes(range(32)), file_hash(b"%PDF")
    assert hashed == sha256(b"%PDF").digest()
    assert salted_digest(salt=salt, file_hash=hashed) == sha256(salt + hashed).digest()
    assert salted_digest(salt=hashed, file_hash=salt) != salted_digest(salt=salt, file_hash=hashed)
    for wrong in (salt[:-1], salt + b"\0", b""):
        with pytest.raises(MalformedDocument, match="32 bytes each"):
            salted_digest(salt=wrong, file_hash=hashed)
        with pytest.raises(MalformedDocument, match="32 bytes each"):
            salted_digest(salt=salt, file_hash=wrong)


def test_an_inner_node_offered_as_a_document_is_not_secured() -> None:
    tree = MerkleTree.from_leaves(bytes(31) + b"\x01" + bytes(31) + b"\x02")
    for document in (tree.level(0), b"\x01" + tree.level(0), tree.root):
        with pytest.raises(NotSecured):
            secured_digest(document)
