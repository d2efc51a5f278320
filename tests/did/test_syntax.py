import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.errors import InvalidDid, InvalidDidUrl
from did.methods.ebsi import is_ebsi_did, new_did
from did.multibase import encode_base58btc
from did.syntax import DidUrl, method_of, parse_did, parse_did_url, parse_ebsi_did

IDENTIFIERS = st.from_regex(r"([a-zA-Z0-9._-]|%[0-9A-F]{2})+(:[a-zA-Z0-9._-]+)?", fullmatch=True)
PARTS = st.from_regex(r"([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9a-f]{2}){0,5}", fullmatch=True)


@pytest.mark.parametrize(
    "text",
    ["did:example:123", "did:a1:x:y:z", "did:web:localhost%3A80:a", "did:x::y", "did:x:a.b-c_d", "did:x:%aF"],
)
def test_what_the_grammar_makes_is_a_did(text: str) -> None:
    assert parse_did(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did",
        "did:",
        "did:x",
        "did:x:",
        "did:x:a:",
        "did::a",
        "DID:x:a",
        "did:X:a",
        "did:x:a\n",
        " did:x:a",
        "did:x:a/b",
        "did:x:a#b",
        "did:x:%4",
        "did:x:é",
        "did:x:a" + "b" * 2048,
    ],
)
def test_what_it_does_not_make_is_none(text: str) -> None:
    with pytest.raises(InvalidDid):
        parse_did(text)


def test_the_method_stands_between_the_colons() -> None:
    assert method_of(parse_did("did:web:a:b")) == "web"


@given(IDENTIFIERS, st.lists(PARTS, max_size=3), st.none() | PARTS, st.none() | PARTS)
def test_a_did_url_prints_what_was_parsed(
    identifier: str, segments: list[str], query: str | None, fragment: str | None
) -> None:
    url = DidUrl(parse_did(f"did:m1:{identifier}"), "".join("/" + s for s in segments), query, fragment)
    assert parse_did_url(str(url)) == url


def test_an_empty_fragment_is_not_an_absent_one() -> None:
    assert parse_did_url("did:x:a#").fragment == ""
    assert parse_did_url("did:x:a").fragment is None
    assert parse_did_url("did:x:a?").query == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did:x:a#b#c",
        "did:x:a# ",
        "did:x:a b",
        "did:x:a#b\n",
        "#b",
        "did:x:a?%g0",
        "did:x:a#" + "b" * 4096,
        "did:x:" + "b" * 2048 + "#a",
    ],
)
def test_what_is_no_did_url_is_refused(text: str) -> None:
    with pytest.raises(InvalidDidUrl):
        parse_did_url(text)


@given(st.binary(min_size=16, max_size=16))
def test_every_new_did_is_a_did_ebsi_of_31_to_33_characters(random16: bytes) -> None:
    did = new_did(random16)
    assert parse_ebsi_did(did) == did
    assert is_ebsi_did(did)
    assert 31 <= len(did) <= 33


def test_the_example_of_ebsi_is_accepted() -> None:
    assert is_ebsi_did("did:ebsi:zZeKyEJfUTGwajhNyNX928z")


def test_version_2_is_refused_by_name() -> None:
    with pytest.raises(InvalidDid, match="version 2 is withdrawn"):
        parse_ebsi_did("did:ebsi:" + encode_base58btc(b"\x02" + bytes(range(32))))


@pytest.mark.parametrize(
    "raw", [b"\x01" + bytes(15), b"\x01" + bytes(17), b"\x00" + bytes(16), b"\x02" + bytes(16), b"\x01"]
)
def test_another_version_or_length_is_refused(raw: bytes) -> None:
    assert not is_ebsi_did("did:ebsi:" + encode_base58btc(raw))


@pytest.mark.parametrize(
    "text",
    [
        "did:web:zZeKyEJfUTGwajhNyNX928z",
        "did:ebsi:ZeKyEJfUTGwajhNyNX928z",
        "did:ebsi:z1ZeKyEJfUTGwajhNyNX928z",
        "did:ebsi:test:zZeKyEJfUTGwajhNyNX928z",
        "did:ebsi:zZeKyEJfUTGwajhNyNX928z#k",
        "did:ebsi:zZeKyEJfUTGwajhNyNX928zz",
        "did:ebsi:zZeKyEJfUTGwajhNyNX9280",
        "did:ebsi:z",
    ],
)
def test_another_spelling_is_no_did_ebsi(text: str) -> None:
    with pytest.raises(InvalidDid):
        parse_ebsi_did(text)


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_new_did_needs_16_bytes(length: int) -> None:
    with pytest.raises(InvalidDid):
        new_did(bytes(length))
