"""Credentials of status lists: read strictly, and believed only if their issuer signed them."""

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.status_list import BITSTRING_STATUS_LIST, MAX_SIZE, STATUS_LIST_2021
from credentials.errors import StatusListRefused, Unavailable
from credentials.securing.jose import sign_compact
from credentials.status_list_credential import (
    CREDENTIAL_OF,
    SignedList,
    check_list_signature,
    read_status_list,
    verify_status_list,
)
from did.base64url import encode_base64url
from tests.credentials.checks.status_cases import INDEX, Desk
from tests.credentials.credential_makers import CONTEXTS, sign
from tests.credentials.ledger import Ledger

Edit = Callable[[dict[str, Any]], object]

STRANGER = "did:key:zSomebody"


def multibase_of(octets: bytes) -> str:
    """The `encodedList` of a BitstringStatusList."""
    return "u" + encode_base64url(gzip.compress(octets))


def stranger_list(**changes: Any) -> bytes:
    """A list of the data model 2.0 with as few members as it may have; None takes one out."""
    subject = {
        "type": BITSTRING_STATUS_LIST,
        "statusPurpose": "revocation",
        "encodedList": multibase_of(bytes(16_384)),
    }
    members = {
        "@context": [CONTEXTS["2.0"]],
        "id": "https://university.example/lists/1",
        "type": ["VerifiableCredential", CREDENTIAL_OF[BITSTRING_STATUS_LIST]],
        "issuer": STRANGER,
        "credentialSubject": subject,
        **changes,
    }
    payload = json.dumps({name: value for name, value in members.items() if value is not None}).encode()
    header = {"typ": "vc+jwt", "kid": f"{members['issuer']}#zSomebody"}
    return sign_compact(header=header, payload=payload, key=Ledger().key().private).encode()


def refused(document: bytes) -> str:
    """The word for why it is no list."""
    with pytest.raises(StatusListRefused) as raised:
        read_status_list(document)
    assert str(raised.value) == raised.value.sentence
    return raised.value.reason


@pytest.mark.parametrize("kind", [STATUS_LIST_2021, BITSTRING_STATUS_LIST])
@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_a_list_is_read_from_either_data_model(kind: str, version: str) -> None:
    desk = Desk(kind=kind)
    start = desk.now
    read = read_status_list(desk.publish(INDEX, version=version))
    assert read.issuer == desk.university.did
    assert read.url == desk.url
    assert read.verification_method == desk.university.kid
    assert read.status_list.list_type == kind
    assert read.status_list.bits.count() == read.status_list.bits.get(INDEX) == 1
    assert (read.valid_from, read.valid_until) == (start, start + 30 * 86_400)


def test_the_tightest_of_all_dates_count() -> None:
    desk = Desk(kind=BITSTRING_STATUS_LIST)
    start, end = desk.now, desk.now + 3600
    read = read_status_list(desk.publish(version="2.0", claims={"nbf": start + 60, "exp": end}))
    assert (read.valid_from, read.valid_until) == (start + 60, end)


def test_a_list_may_say_nothing_of_its_validity() -> None:
    read = read_status_list(stranger_list())
    assert read.issuer == STRANGER
    assert read.valid_from is None
    assert read.valid_until is None


def test_the_standards_own_list_is_read(vectors: Path) -> None:
    example = json.loads((vectors / "w3c-bitstring-status-list" / "spec-examples.json").read_bytes())["list"]
    read = read_status_list(stranger_list(**{**example, "issuer": STRANGER}))
    assert read.url == example["id"]
    assert read.status_list.bits.count() == 0


@pytest.mark.parametrize(("name", "marked"), [("empty", 0), ("revoked-1-4", 2)])
def test_ebsis_own_lists_are_read(vectors: Path, name: str, marked: int) -> None:
    folder = vectors / "ebsi" / "vcdm1.1-revocation-statuslist-schema-1.3.0"
    members = json.loads((folder / f"examples_issuer-revocation-{name}-bitstring.json").read_bytes())
    issuer = members["issuer"]
    members["validFrom"] = members["issuanceDate"]  # the examples break this rule of EBSI's own library
    read = read_status_list(sign(members, private_key=Ledger().key().private, kid=f"{issuer}#k"))
    assert (read.issuer, read.url) == (issuer, members["id"])
    assert read.status_list.bits.count() == marked


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "malformed_list"),
        ({"type": ["VerifiableCredential"]}, "malformed_list"),
        ({"type": ["VerifiableCredential", "StatusList2021Credential"]}, "malformed_list"),
        ({"credentialSubject": [{"type": BITSTRING_STATUS_LIST}, {"id": "urn:x:1"}]}, "malformed_list"),
        ({"credentialSubject": {"type": "Person"}}, "malformed_list"),
        ({"credentialSubject": None}, "malformed_list"),
        ({"issuer": [STRANGER, "did:key:zOther"]}, "malformed_list"),
        ({"@context": ["https://university.example/v1"]}, "malformed_list"),
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_what_is_no_credential_of_one_list_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert refused(stranger_list(**changes)) == reason


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        (multibase_of(bytes(16_383)), "list_too_short"),
        (multibase_of(b""), "list_too_short"),
        (multibase_of(bytes(MAX_SIZE + 1)), "malformed_list"),
        (multibase_of(bytes(64 * MAX_SIZE)), "malformed_list"),
        (multibase_of(bytes(16_384))[:-8], "malformed_list"),
        (base64.b64encode(gzip.compress(bytes(16_384))).decode(), "malformed_list"),
        ("", "malformed_list"),
        (None, "malformed_list"),
    ],
    ids=["one octet short", "empty", "one octet long", "bomb", "cut off", "base64", "no text", "null"],
)
def test_a_list_that_is_short_or_a_bomb_or_none_is_refused(encoded: str | None, reason: str) -> None:
    subject = {"type": BITSTRING_STATUS_LIST, "statusPurpose": "revocation", "encodedList": encoded}
    assert refused(stranger_list(credentialSubject=subject)) == reason


@pytest.mark.parametrize(
    "text",
    [b"", b"..", b"no list", b"{}", b"\xff" * 99, b"a" * (MAX_SIZE + 1)],
    ids=lambda text: repr(text[:9]),
)
def test_what_is_no_credential_at_all_is_refused(text: bytes) -> None:
    assert refused(text) == "malformed_list"


@given(st.binary(max_size=200))
def test_whatever_is_published_is_a_list_or_refused_or_not_judged(text: bytes) -> None:
    with pytest.raises((StatusListRefused, Unavailable)):
        read_status_list(text)


def test_a_list_that_is_secured_otherwise_is_unknown_and_not_wrong() -> None:
    with pytest.raises(Unavailable, match="not judged"):
        read_status_list(stranger_list() + b"~")
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": f"{STRANGER}#zSomebody",
        "proofPurpose": "assertionMethod",
        "proofValue": "z1",
    }
    document = {
        "@context": [CONTEXTS["2.0"]],
        "id": "https://university.example/lists/1",
        "type": ["VerifiableCredential", CREDENTIAL_OF[BITSTRING_STATUS_LIST]],
        "issuer": STRANGER,
        "credentialSubject": {"type": BITSTRING_STATUS_LIST},
        "proof": proof,
    }
    with pytest.raises(Unavailable, match="no JWT"):
        read_status_list(json.dumps(document).encode())


def handed_in(desk: Desk, document: bytes, *, at: int | None = None) -> SignedList:
    """The list as a node judges it that has yet to be published."""
    at = desk.now if at is None else at
    return verify_status_list(document, ports=desk.ports(), index_before=None, at=at)


def test_a_list_handed_in_is_judged_by_the_present() -> None:
    desk = Desk()
    text = desk.publish()
    old = desk.university.key
    assert handed_in(desk, text).url == desk.url
    desk.world.roll_key(desk.university)
    with pytest.raises(StatusListRefused) as raised:
        handed_in(desk, text)
    assert raised.value.reason == "list_key_refused"
    before = desk.now - 120
    assert handed_in(desk, text, at=before).verification_method == f"{desk.university.did}#{old.fragment}"


def test_a_list_handed_in_is_refused_if_another_key_signed_it() -> None:
    desk = Desk()
    text = desk.publish(key=desk.world.key(), header={"kid": desk.university.kid})
    with pytest.raises(StatusListRefused) as raised:
        handed_in(desk, text)
    assert raised.value.reason == "list_signature_mismatch"
    with pytest.raises(StatusListRefused):
        check_list_signature(text, desk.university.key.jwk)
    assert check_list_signature(desk.publish(), desk.university.key.jwk)


def test_a_list_of_a_key_that_nobody_registered_is_refused() -> None:
    desk = Desk()
    text = desk.publish(header={"kid": f"{desk.university.did}#other"})
    with pytest.raises(StatusListRefused) as raised:
        handed_in(desk, text)
    assert raised.value.reason == "list_key_refused"


def test_a_list_of_an_issuer_whose_keys_are_unknown_here_is_unknown() -> None:
    desk = Desk()
    text = stranger_list(issuer="did:web:university.example")
    with pytest.raises(Unavailable):
        handed_in(desk, text)
