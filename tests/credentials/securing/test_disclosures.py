"""Disclosures in the places of their digests (RFC 9901 section 7.1), and whatever does not belong there."""

import json
from typing import Any

import pytest

from credentials.errors import MalformedSdJwt, UnknownHash
from credentials.securing.disclosures import (
    MAX_DISCLOSURE,
    Disclosed,
    digest_of,
    disclose,
    hash_named,
    parse_disclosure,
)
from did.base64url import encode_base64url
from did.json_text import MAX_CONTAINERS, MAX_DEPTH

from .sd_jwts import digest, disclosure

NAME = disclosure("salt", "name", "Ona")
ELEMENT = disclosure("salt", "LT")


def disclosed(payload: dict[str, Any], *texts: str) -> Disclosed:
    """What the payload says with these disclosures."""
    return disclose(payload, [parse_disclosure(text) for text in texts], hash_name=hash_named(payload))


def _refusal(payload: dict[str, Any], *texts: str) -> str:
    with pytest.raises(MalformedSdJwt) as caught:
        disclosed(payload, *texts)
    return caught.value.reason


def test_the_digests_are_those_of_the_rfc() -> None:
    """The example of RFC 9901 section 4.2.3: over the text as it is, spaces and all."""
    text = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest_of(text, hash_name="sha-256") == "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"
    assert parse_disclosure(text).name == "family_name"
    assert parse_disclosure(text).value == "Möbius"


def test_members_and_elements_take_the_places_of_their_digests() -> None:
    payload = {"a": 1, "_sd": [digest(NAME), "decoy"], "list": ["EE", {"...": digest(ELEMENT)}]}
    found = disclosed(payload, NAME, ELEMENT)
    assert found.members == {"a": 1, "name": "Ona", "list": ["EE", "LT"]}
    assert found.selective == {"name", "list"}
    assert found.withheld == {""}


def test_a_disclosure_lies_within_another() -> None:
    inner = disclosure("salt", "grade", [{"...": digest(ELEMENT)}, 9])
    outer = disclosure("salt", "degree", {"_sd": [digest(inner)]})
    found = disclosed({"_sd": [digest(outer)]}, ELEMENT, inner, outer)
    assert found.members == {"degree": {"grade": ["LT", 9]}}
    assert found.selective == {"degree"}
    alone = disclosed({"_sd": [digest(outer)]}, outer)
    assert alone.members == {"degree": {}}
    assert alone.withheld == {"degree"}


def test_what_is_withheld_leaves_nothing_behind() -> None:
    payload = {"a": {"_sd": ["x"]}, "b": [{"...": "y"}], "_sd_alg": "sha-256", "_sd": []}
    found = disclosed(payload)
    assert found.members == {"a": {}, "b": []}
    assert found.withheld == found.selective == {"a", "b"}


def test_a_disclosure_that_nothing_stands_for_is_not_used() -> None:
    found = disclosed({"_sd": [digest(NAME)]}, NAME, ELEMENT)
    assert found.used == {NAME}


@pytest.mark.parametrize("name", ["sha-256", "sha-384", "sha-512"])
def test_each_hash_is_taken_by_its_name(name: str) -> None:
    assert hash_named({"_sd_alg": name}) == name
    payload = {"_sd_alg": name, "_sd": [digest_of(NAME, hash_name=name)]}
    assert disclosed(payload, NAME).members == {"name": "Ona"}
    assert hash_named({}) == "sha-256"


@pytest.mark.parametrize("name", ["sha-1", "md5", "SHA-256", "none", ""])
def test_no_other_hash_is_taken(name: str) -> None:
    with pytest.raises(UnknownHash, match="not taken here"):
        hash_named({"_sd_alg": name})


@pytest.mark.parametrize("value", [None, 7, ["sha-256"]])
def test_the_name_of_a_hash_is_a_text(value: object) -> None:
    with pytest.raises(MalformedSdJwt, match="is no text"):
        hash_named({"_sd_alg": value})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        NAME + "=",
        encode_base64url(b"[]"),
        encode_base64url(b'{"a":1}'),
        encode_base64url(b'["salt","a",1'),
        encode_base64url(b'["salt",{"a":1,"a":2}]'),
        encode_base64url(b'["salt","a",NaN]'),
        disclosure("salt"),
        disclosure("salt", "a", 1, 2),
        disclosure(7, "a", 1),
        disclosure("salt", 7, 1),
        disclosure("salt", None, 1),
        disclosure("salt", "_sd", ["x"]),
        disclosure("salt", "...", "x"),
        disclosure("salt", "_sd_alg", "sha-256"),
        encode_base64url(b'["salt","a","' + b"x" * MAX_DISCLOSURE + b'"]'),
    ],
    ids=range(17),
)
def test_what_is_no_disclosure_is_refused(text: str) -> None:
    with pytest.raises(MalformedSdJwt, match="a disclosure"):
        parse_disclosure(text)


def test_a_digest_stands_in_one_place_only() -> None:
    both = digest(NAME)
    assert "twice" in _refusal({"_sd": [both, both]}, NAME)
    assert "twice" in _refusal({"_sd": ["decoy"], "a": {"_sd": ["decoy"]}})
    assert "twice" in _refusal({"a": [{"...": "decoy"}], "_sd": ["decoy"]})
    hidden = disclosure("salt", "a", {"_sd": [both]})
    assert "twice" in _refusal({"_sd": [digest(hidden), both]}, NAME, hidden)


def test_a_disclosure_takes_no_member_s_place_and_none_of_another_kind() -> None:
    assert "there already" in _refusal({"name": "Jonas", "_sd": [digest(NAME)]}, NAME)
    again = disclosure("other", "name", "Jonas")
    assert "there already" in _refusal({"_sd": [digest(NAME), digest(again)]}, NAME, again)
    assert "array's element" in _refusal({"_sd": [digest(ELEMENT)]}, ELEMENT)
    assert "of a member" in _refusal({"a": [{"...": digest(NAME)}]}, NAME)


@pytest.mark.parametrize(
    "payload",
    [
        {"...": "x"},
        {"a": {"...": "x"}},
        {"a": {"_sd_alg": "sha-256"}},
        {"_sd": "x"},
        {"_sd": [7]},
        {"_sd": {"x": "y"}},
        {"_sd": None},
        {"a": [{"...": 7}]},
        {"a": [{"...": "x", "b": 1}]},
        {"a": [[{"...": "x", "_sd": []}]]},
    ],
)
def test_reserved_names_stand_only_where_digests_do(payload: dict[str, Any]) -> None:
    assert _refusal(payload)
    assert _refusal({"b": {"c": payload}})


def _tower(levels: int) -> Any:
    return json.loads("[" * levels + "]" * levels)


def test_the_whole_is_bounded_in_depth_and_number_as_each_part_is() -> None:
    inner = disclosure("salt", "b", _tower(MAX_DEPTH - 2))
    deep = disclosure("salt", "a", {"_sd": [digest(inner)]})
    payload = {"_sd": [digest(deep)]}
    assert disclosed(payload, inner, deep).members["a"]["b"]
    assert "nested deeper" in _refusal({"c": {"_sd": [digest(deep)]}}, inner, deep)
    wide = [disclosure("salt", f"m{number}", [[]] * (MAX_CONTAINERS // 2 - 3)) for number in range(3)]
    assert len(disclosed({"_sd": [digest(wide[0]), digest(wide[1])]}, *wide[:2]).members) == 2
    assert "arrays and objects" in _refusal({"_sd": [digest(one) for one in wide]}, *wide)
