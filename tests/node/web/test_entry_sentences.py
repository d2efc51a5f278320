"""An entry is told in the language of the page, and in English as the API tells it."""

import re
from html import unescape

import pytest

from anchoring.entry import KINDS, Entry, encode_payload, subject_of
from anchoring.sentences import sentence
from node.web.entry_sentences import SENTENCES, told
from node.web.languages import Language

_MARKUP = re.compile(r"<[^>]+>")
_VALUES = {
    "string": "ω text",
    "bytes": b"\x01" * 40,
    "bytes32": b"\x02" * 32,
    "address": b"\x03" * 20,
    "uint64": 1_800_000_000,
    "uint256": 7,
    "uint8": 0,
    "bool": True,
    "string[]": ["one", "two"],
    "bytes[]": [b"\x04"],
    "uint256[]": [1],
    "address[]": [b"\x05" * 20],
    "bytes32[]": [b"\x06" * 32],
}


def entry(kind: str, **change: object) -> Entry:
    fields = {name: _VALUES[abi_type] for abi_type, name in KINDS[kind].fields} | change
    return Entry(
        index=1,
        kind=kind,
        subject=subject_of(kind, fields),
        previous=bytes(32),
        time=1_800_000_000,
        actor=bytes(20),
        parent=bytes(32),
        payload=encode_payload(kind, fields),
    )


def words(text: str) -> list[str]:
    """The words that stand in a sentence whatever its values are."""
    plain = unescape(_MARKUP.sub("", text))
    return [word for word in re.findall(r"[a-zA-Z']+", plain) if word.lower() not in {"utc", "jan"}]


def plain_words(text: str) -> list[str]:
    return [word for word in words(text) if not re.fullmatch(r"[0-9a-fx]+", word)]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_told_as_the_api_tells_it(kind: str) -> None:
    given = {"issuerType": 3, "taoDid": "text of another"} if kind == "issuer.attribute.metadata" else {}
    made = entry(kind, **given)
    assert plain_words(str(told(made, Language("en")))) == plain_words(sentence(made))


@pytest.mark.parametrize("issuer_type", [0, 1, 2, 3, 4, 9])
def test_every_role_is_told(issuer_type: int) -> None:
    did = "did:ebsi:zsSBQCFzCJATEujq4saRiYc"
    made = entry("issuer.attribute.metadata", issuerType=issuer_type, did=did, taoDid=did)
    assert "accreditation" in told(made, Language("en"))


def test_what_strangers_wrote_is_escaped_cut_and_without_control_characters() -> None:
    made = entry("policy.inserted", policyName="<b>\x07" + "x" * 500)
    text = str(told(made, Language("en")))
    assert "&lt;b&gt;\N{REPLACEMENT CHARACTER}" in text
    assert "<b>" not in text
    assert len(text) < 300


def test_no_time_beyond_all_calendars_is_written() -> None:
    made = entry("did.method.expired", notAfter=2**64 - 1)
    assert str(told(made, Language("en"))).endswith("is to expire at no set time.")


def test_it_is_told_in_lithuanian_too() -> None:
    made = entry("anchor.batch")
    assert set(SENTENCES) | {"issuer.attribute.metadata", "log.opened"} == set(KINDS)
    assert "ω text" in told(made, Language("lt"))
