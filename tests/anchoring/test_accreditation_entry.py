"""Entries of `credentialStatus` that name an attribute: one type, one URL."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.accreditation_entry import (
    EBSI_ACCREDITATION_ENTRY,
    AccreditationEntry,
    parse_accreditation_entry,
)
from anchoring.errors import AnchoringError, MalformedStatusEntry, UnknownStatusType

URL = "https://registry.example/trusted-issuers-registry/v5/issuers/did:ebsi:z1/attributes/7f"


@pytest.mark.parametrize("to", ["accredit", "attest"])
def test_the_standards_own_examples_are_read(vectors: Path, to: str) -> None:
    file = vectors / "ebsi" / "vcdm1.1-accreditation-schema-1.3.0" / f"examples_accredited-to-{to}.json"
    given = json.loads(file.read_bytes())["credentialStatus"]
    assert parse_accreditation_entry(given).id == given["id"]


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=80))
def test_what_was_printed_is_read_again(rest: str) -> None:
    entry = AccreditationEntry(URL + rest)
    assert parse_accreditation_entry(json.loads(json.dumps(entry.to_json()))) == entry


def test_members_that_mean_nothing_here_are_left_to_the_credential() -> None:
    entry = {"id": URL, "type": EBSI_ACCREDITATION_ENTRY, "name": "mine"}
    assert parse_accreditation_entry(entry) == AccreditationEntry(URL)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        URL,
        {},
        {"type": EBSI_ACCREDITATION_ENTRY},
        {"type": EBSI_ACCREDITATION_ENTRY, "id": 7},
        {"type": EBSI_ACCREDITATION_ENTRY, "id": ""},
        {"type": EBSI_ACCREDITATION_ENTRY, "id": "attributes/7f"},
        {"type": EBSI_ACCREDITATION_ENTRY, "id": f"{URL} "},
        {"type": EBSI_ACCREDITATION_ENTRY, "id": URL + "a" * 2048},
        {"type": [EBSI_ACCREDITATION_ENTRY], "id": URL},
        {"id": URL},
    ],
    ids=lambda entry: f"{str(entry)[:50]}…{str(entry)[-60:]}",
)
def test_what_names_no_attribute_is_refused(entry: object) -> None:
    with pytest.raises(MalformedStatusEntry):
        parse_accreditation_entry(entry)


def test_another_type_is_told_apart() -> None:
    with pytest.raises(UnknownStatusType) as raised:
        parse_accreditation_entry({"type": "StatusList2021Entry", "id": URL})
    assert raised.value.status_type == "StatusList2021Entry"


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda v: st.dictionaries(st.text(), v)))
def test_whatever_is_sent_is_an_entry_or_one_of_the_rooms_errors(entry: object) -> None:
    with pytest.raises(AnchoringError):
        parse_accreditation_entry(entry)
