"""`ankyra credential show`: what a person reads, of each form, and never a verdict."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from node.client.issuing import Signer
from node.client.keys import new_key
from tests.credentials.micro_credentials import BADGE, ELM, changed
from tests.credentials.securing.credentials import json_ld, members_2_0, signed
from tests.node.cli.conftest import Type
from tests.node.client.credentials import signed_credential

ISSUED = members_2_0(credentialSubject=ELM["credentialSubject"])
CLAIM = "credentialSubject.hasClaim"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(members: Any, name: str = "credential.json") -> Path:
        path = tmp_path / name
        path.write_bytes(members if isinstance(members, bytes) else json.dumps(members).encode())
        return path

    return written


def _lines(printed: str) -> dict[str, str]:
    """First column → second, of the lines that have both."""
    cells = (line.split("  ", 1) for line in printed.splitlines() if "  " in line.strip())
    return {row[0].strip(): row[1].strip() for row in cells if row[0].strip()}


def test_a_signed_micro_credential_is_told_as_a_person_reads_it(type_in: Type, write: Any) -> None:
    shown = type_in("credential", "show", write(signed(ISSUED, typ="vc+jwt"), "0001.jwt"))
    assert shown.code == 0, shown.err
    assert shown.out.startswith("Nothing was verified")
    assert "Nobody signed this" not in shown.out
    told = _lines(shown.out)
    assert told["who"] == "Ana Andrei"
    assert told["what"] == "Teamwork"
    assert told["awarded by"] == "University"
    assert told["where"] == "Italy"
    assert told["when"] == "2026-11-21 10:00 UTC"
    assert told["outcomes"] == "Leads a team"
    assert told["workload"] == "2.5 ECTS"
    assert told["level"] == "EQF level 6"
    assert told["grade"] == "28/30"
    assert told["stackable"] == "part of a larger qualification"
    assert told["form"] == "data model 2.0, vc-jose"
    assert "It has all standard elements of a European micro-credential." in shown.out


def test_other_forms_and_unsigned_json_are_shown(type_in: Type, write: Any) -> None:
    shown = type_in("credential", "show", write(json_ld()))
    assert (shown.code, "key" in _lines(shown.out)) == (0, True)
    unsigned = type_in("credential", "show", write(BADGE))
    assert unsigned.code == 0, unsigned.err
    assert "Nobody signed this" in unsigned.out
    told = _lines(unsigned.out)
    assert (told["who"], told["workload"], told["level"]) == ("Ana Andrei", "3 ECTS", "EQF level 7")
    assert "digest" not in told
    wrapped = type_in("credential", "show", write({"credential": ELM, "deliveryDetails": {}}))
    assert _lines(wrapped.out)["what"] == "Teamwork"


def test_the_language_asked_for_is_shown(type_in: Type, write: Any) -> None:
    path = write(ELM)
    assert _lines(type_in("credential", "show", path, "--language", "de").out)["what"] == "Teamarbeit"
    refused = type_in("credential", "show", path, "--language", "every language")
    assert (refused.code, "--language is a language tag" in refused.err) == (2, True)


def test_what_is_missing_or_malformed_is_told(type_in: Type, write: Any) -> None:
    broken = changed(changed(ELM, f"{CLAIM}.specifiedBy.creditPoint.point", "six"), f"{CLAIM}.provenBy", ...)
    shown = type_in("credential", "show", write(broken))
    assert shown.code == 0
    assert "Missing of the European standard elements: type of assessment." in shown.out
    assert f"Malformed, notional workload: “six” is no number of credits ({CLAIM}.specifiedBy" in shown.out
    assert "It has all standard elements" not in shown.out
    levels = changed(ELM, CLAIM, [{"specifiedBy": {"eqfLevel": level}} for level in (5, 6)])
    assert "It names several EQF levels: none is taken." in type_in("credential", "show", write(levels)).out


def test_json_has_the_values_and_says_that_nothing_was_verified(type_in: Type, write: Any) -> None:
    printed = json.loads(type_in("credential", "show", write(ELM), "--json").out)
    assert (printed["verified"], printed["signed"]) == (False, False)
    assert (printed["microCredential"]["ects"], printed["microCredential"]["eqfLevel"]) == ("2.5", 6)
    assert "digest" not in printed
    card = {
        "type": "StudentCard",
        "issuer": "did:web:a",
        "credentialSubject": {"name": "Ana", "title": "Card"},
    }
    printed = json.loads(type_in("credential", "show", write(card), "--json").out)
    assert (printed["microCredential"], printed["subjectName"], printed["types"]) == (
        None,
        "Ana",
        ["StudentCard"],
    )
    assert printed["issuer"] == {"did": "did:web:a", "id": "did:web:a", "name": None}


def test_other_credentials_are_shown_without_elements(type_in: Type, write: Any) -> None:
    card = {
        "issuer": {"id": "did:web:a", "name": "Library"},
        "credentialSubject": [{"name": "Ana", "title": "Card"}],
    }
    told = _lines(type_in("credential", "show", write(card)).out)
    assert (told["name"], told["title"], told["issuer"]) == ("Ana", "Card", "Library  did:web:a")
    assert "who" not in told
    nameless = type_in("credential", "show", write({"credentialSubject": {"id": "did:key:z1"}}))
    assert nameless.code == 0


def test_nothing_of_a_credential_commands_a_terminal(type_in: Type, write: Any) -> None:
    evil = "\x1b[2J\x9b2J\u202e\u2066\U000e0041Ona\n\x07"
    members = changed(changed(ELM, f"{CLAIM}.title", {"en": evil}), "credentialSubject.fullName", evil)
    members = changed(
        changed(members, f"{CLAIM}.specifiedBy.eqfLevel", evil), "issuer", {"id": evil, "name": evil}
    )
    for path in (write(members), write({**members, "type": [evil]})):
        for asked in ((), ("--json",)):
            shown = type_in("credential", "show", path, *asked)
            assert shown.code == 0, shown.err
            assert "Ona" in shown.out
            assert [one for one in shown.out if not one.isprintable() and one != "\n"] == []


def test_a_jwt_of_the_short_form_keeps_its_title(type_in: Type, tmp_path: Path) -> None:
    signer = Signer.of("did:ebsi:zZeKyEJfUTGwajhNyNX928z", new_key("P-256", random=os.urandom))
    path = tmp_path / "credential.jwt"
    path.write_text(signed_credential(signer, now=datetime(2026, 11, 21, tzinfo=UTC)))
    shown = type_in("credential", "show", path)
    assert _lines(shown.out)["what"] == "Algebra"
    assert "Missing of the European standard elements: country of the issuer, awarding body" in shown.out


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b"[]", b'{"proof": {}, "credentialSubject": {}}', b"%PDF-1.7"]
)
def test_what_is_no_credential_is_refused_in_one_line(type_in: Type, write: Any, content: bytes) -> None:
    refused = type_in("credential", "show", write(content))
    assert (refused.code, refused.out) == (1, "")
    assert "Traceback" not in refused.err
