"""Names are compared by words, without case and accents, and what states no name makes no words."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from credentials.securing.jose import sign_compact
from node.db.name_words import LONGEST_WORD, MOST_WORDS, name_words, words_of_credential


def credential(claims: object) -> bytes:
    header = {"alg": "ES256", "kid": "did:ebsi:x#y"}
    key = derive_private_key(7, SECP256R1())
    return sign_compact(header=header, payload=json.dumps(claims).encode(), key=key).encode()


def named(name: object) -> bytes:
    return credential({"vc": {"credentialSubject": {"name": name}}})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kaunas University", ["kaunas", "university"]),
        ("KAUNO  technologijos-universitetas", ["kauno", "technologijos", "universitetas"]),
        ("Šiaulių", ["siauliu"]),
        ("Straße", ["strasse"]),
        ("Université, Université", ["universite"]),
        ("Πανεπιστήμιο 2", ["πανεπιστημιο", "2"]),
        ("北京大学", ["北京大学"]),
        ("<script>&%_", ["script"]),
        ("\U0001f393 \U00010d50", []),
        ("", []),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert [word.decode() for word in name_words(text)] == words


def test_words_are_bounded_in_number_and_length() -> None:
    assert len(name_words(" ".join(map(str, range(60))))) == MOST_WORDS
    assert max(map(len, name_words("x" * 150))) == LONGEST_WORD


def test_the_words_of_a_credential_are_those_of_the_name_it_states() -> None:
    assert words_of_credential(named("Trento University")) == [b"trento", b"university"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JWT",
        b"\xff\xfe",
        credential([]),
        credential({}),
        credential({"vc": 7}),
        credential({"vc": {"credentialSubject": []}}),
        named(None),
        named(["x"]),
        named(""),
        named("x" * 201),
        named("line\nbreak"),
        named("\ud800"),
        b"e30.bm90IGpzb24.AA",
    ],
)
def test_what_states_no_name_makes_no_words(body: bytes) -> None:
    assert words_of_credential(body) == []
