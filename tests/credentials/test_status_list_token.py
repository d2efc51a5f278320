"""Tokens of status lists: read strictly, bounded, and printed as they are read."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.status_list import MAX_SIZE
from credentials.errors import MalformedCredential, StatusListRefused
from credentials.securing.jose import sign_compact
from credentials.securing.reading import read_secured
from credentials.status_list_credential import check_list_signature, read_status_list, verify_status_list
from credentials.status_list_token import TYPE, StatusListToken, is_status_list_token
from did.base64url import encode_base64url
from tests.credentials.ledger import DAY, Ledger
from tests.credentials.token_lists import TokenDesk, token_list

KEY = Ledger().key()
KID = "did:key:zSomebody#zSomebody"
GOOD: dict[str, Any] = {
    "sub": "https://example.com/statuslists/1",
    "iat": 1_686_920_170,
    "exp": 2_291_720_170,
    "ttl": 43_200,
    "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},
}


def token(*, header: dict[str, Any] | None = None, payload: bytes | None = None, **changes: Any) -> bytes:
    """A token with claims changed; None takes one out."""
    claims = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return sign_compact(
        header={"typ": TYPE, "kid": KID} | (header or {}),
        payload=json.dumps(claims).encode() if payload is None else payload,
        key=KEY.private,
    ).encode()


def refused(document: bytes) -> str:
    """The sentence on why it is no list."""
    with pytest.raises(StatusListRefused) as raised:
        read_status_list(document)
    assert raised.value.reason == "malformed_list"
    return raised.value.sentence


def test_the_drafts_example_is_read() -> None:
    read = read_status_list(b" " + token() + b"\n")
    assert isinstance(read, StatusListToken)
    assert (read.issuer, read.url, read.verification_method) == ("did:key:zSomebody", GOOD["sub"], KID)
    assert (read.valid_from, read.valid_until, read.ttl) == (GOOD["iat"], GOOD["exp"], 43_200)
    statuses = "".join(str(read.status_list.bits.get(index)) for index in range(16))
    assert statuses == "1001110111000101"


def test_what_may_be_left_out_may_be_left_out() -> None:
    read = read_status_list(token(exp=None, ttl=None, iss="did:key:zSomebody"))
    assert isinstance(read, StatusListToken)
    assert (read.valid_until, read.ttl) == (None, None)


def test_a_list_signed_here_is_read_here() -> None:
    desk = TokenDesk()
    text = desk.token({3: 1})
    read = verify_status_list(text, ports=desk.ports(), index_before=None, at=desk.now)
    assert isinstance(read, StatusListToken)
    assert read == StatusListToken(
        desk.university.did,
        desk.url,
        desk.university.kid,
        token_list({3: 1}),
        desk.now,
        desk.now + 30 * DAY,
        ttl=43_200,
    )
    assert check_list_signature(text, desk.university.key.jwk)
    with pytest.raises(StatusListRefused) as raised:
        check_list_signature(text, KEY.jwk)
    assert raised.value.reason == "list_signature_mismatch"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sub": None}, "(sub)"),
        ({"sub": 7}, "(sub)"),
        ({"sub": "lists/1"}, "not an absolute URL"),
        ({"iat": None}, "(iat)"),
        ({"iat": "now"}, "iat"),
        ({"exp": "never"}, "exp"),
        ({"exp": 1}, "ends before"),
        ({"nbf": 2_291_720_171}, "ends before"),
        *(({"ttl": ttl}, "ttl") for ttl in (0, -1, "1", True, 2**54)),
        ({"iss": "did:key:zOther"}, "iss"),
        ({"status_list": None}, "one object"),
        ({"status_list": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"}}, "bits"),
        ({"status_list": {"bits": 1, "lst": "AAAA"}}, "not compressed"),
        ({"header": {"kid": "https://example.com/key"}}, "DID"),
        ({"header": {"kid": 7}}, "kid"),
        ({"payload": b"[]"}, "cannot be read"),
        ({"payload": b'{"a":1,"a":2}'}, "cannot be read"),
    ],
    ids=str,
)
def test_what_is_no_token_of_one_list_is_refused(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(token(**changes))


def test_a_jws_that_is_none_is_refused_in_its_own_words() -> None:
    head = token().partition(b".")[0]
    assert "three parts" in refused(head + b".e30")
    assert "cannot be read" in refused(head + b".\xff.")
    unsigned = encode_base64url(json.dumps({"alg": "none", "typ": TYPE, "kid": KID}).encode()).encode()
    assert "none" in refused(unsigned + b"." + token().split(b".")[1] + b".")


def test_bombs_are_refused() -> None:
    bomb = {"bits": 1, "lst": encode_base64url(zlib.compress(bytes(64 * MAX_SIZE)))}
    assert "at most" in refused(token(status_list=bomb))


@pytest.mark.parametrize("typ", [TYPE, "application/statuslist+jwt", "StatusList+JWT"])
def test_the_type_may_be_spelled_in_several_ways(typ: str) -> None:
    assert is_status_list_token(token(header={"typ": typ}))


@pytest.mark.parametrize("typ", ["JWT", "vc+jwt", "statuslist+cwt", 7])
def test_a_token_of_another_type_is_no_list(typ: object) -> None:
    document = token(header={"typ": typ})
    assert not is_status_list_token(document)
    with pytest.raises(Exception, match="status list"):
        read_status_list(document)


def test_a_list_is_no_credential() -> None:
    with pytest.raises(MalformedCredential):
        read_secured(token())


@given(
    st.binary(max_size=200)
    | st.builds(lambda tail: token().partition(b".")[0] + tail, st.binary(max_size=80))
)
def test_whatever_comes_is_refused_or_a_list(document: bytes) -> None:
    if is_status_list_token(document.strip()):
        with pytest.raises(StatusListRefused):
            read_status_list(document)
