"""`ankyra credential show` of what is no single credential of W3C: presentations, seals, SD-JWT VC."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from credentials.securing.reading import MAX_SIZE
from tests.credentials.micro_credentials import ELM
from tests.credentials.presentations import enveloped, presentation
from tests.credentials.securing.credentials import (
    EBSI,
    LEARNER,
    json_ld,
    members_1_1,
    members_2_0,
    proof,
    signed,
    vc_jwt,
)
from tests.credentials.securing.sd_jwts import ISSUER, VCT, issued
from tests.credentials.securing.sealed import URN, sealed
from tests.node.cli.conftest import Type

Write = Callable[[Any], Path]
MICRO = signed(members_2_0(credentialSubject=ELM["credentialSubject"]), typ="vc+jwt")
NOBODY = "Nobody signed this presentation"
TWO = presentation(LEARNER, [MICRO, issued().encode()], version="2.0")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: Any) -> Path:
        path = tmp_path / "shown"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return written


def _jwt_of_1_1() -> bytes:
    shown = presentation(LEARNER, [vc_jwt(), json.loads(json_ld())])
    return signed({"iss": LEARNER, "nonce": "n-1", "aud": "https://a.example", "vp": shown})


PRESENTATIONS = {
    "unsigned": TWO,
    "vp-jose": signed(TWO, typ="vp+jwt"),
    "enveloped": enveloped(
        signed(TWO, typ="vp+jwt").decode(), media_type="application/vp+jwt", kind="Presentation"
    ),
    "embedded proof": {**TWO, "proof": proof(LEARNER, proofPurpose="authentication")},
    "of a kind that is not judged": {**TWO, "proof": [proof(LEARNER), proof(LEARNER)]},
}


@pytest.mark.parametrize("form", PRESENTATIONS)
def test_each_credential_of_a_presentation_is_shown_under_a_heading(
    type_in: Type, write: Write, form: str
) -> None:
    path = write(PRESENTATIONS[form])
    shown = type_in("credential", "show", path)
    assert shown.code == 0, shown.err
    first, second = shown.out.partition("Credential 2 of 2")[::2]
    assert shown.out.startswith("Nothing was verified")
    assert "A presentation of 2 credentials" in first
    assert ("Credential 1 of 2" in first, "Teamwork" in first, VCT in first) == (True, True, False)
    assert (VCT in second, "Teamwork" in second) == (True, False)
    assert (NOBODY in shown.out) is (form == "unsigned")
    assert ("cannot judge it as a presentation" in shown.out) is (form == "of a kind that is not judged")
    printed = json.loads(type_in("credential", "show", path, "--json").out)
    assert (printed["verified"], printed["signed"]) == (False, form != "unsigned")
    assert [one["mechanism"] for one in printed["credentials"]] == ["vc-jose", "sd-jwt-vc"]


def test_a_presentation_of_1_1_says_who_shows_it_and_to_whom(type_in: Type, write: Write) -> None:
    path = write(_jwt_of_1_1())
    shown = type_in("credential", "show", path)
    for said in (LEARNER, "https://a.example", "n-1", "data model 1.1, vp-jwt", "Credential 2 of 2"):
        assert said in shown.out
    said = json.loads(type_in("credential", "show", path, "--json").out)["presentation"]
    assert (said["holder"], said["nonce"], said["audience"]) == (LEARNER, "n-1", ["https://a.example"])
    assert (said["form"], said["remark"]) == ("vp-jwt", None)


def test_what_cannot_be_read_hides_no_other_credential(type_in: Type, write: Write) -> None:
    inner = signed(TWO, typ="vp+jwt").decode()
    unsigned = {name: value for name, value in json.loads(json_ld()).items() if name != "proof"}
    path = write(presentation(LEARNER, [enveloped(inner), unsigned], version="2.0"))
    shown = type_in("credential", "show", path)
    assert shown.code == 1
    assert "a presentation in the place of a credential is not judged" in shown.out
    second = shown.out.partition("Credential 2 of 2")[2]
    assert ("Nobody signed this: anybody could have written it" in second, EBSI in shown.out) == (True, False)
    printed = type_in("credential", "show", path, "--json")
    problem, read = json.loads(printed.out)["credentials"]
    assert (printed.code, "presentation" in problem["problem"], read["signed"]) == (1, True, False)


def test_a_presentation_without_credentials_or_with_broken_rules_is_told(type_in: Type, write: Write) -> None:
    none = type_in("credential", "show", write(presentation(LEARNER, [])))
    assert (none.code, "A presentation without a credential" in none.out) == (0, True)
    for broken in ({**TWO, "holder": "nobody"}, presentation(LEARNER, [vc_jwt()] * 101)):
        refused = type_in("credential", "show", write(broken))
        assert (refused.code, refused.out) == (1, "")


def test_a_seal_says_whom_its_document_names_and_who_sealed_it(type_in: Type, write: Write) -> None:
    path = write(sealed())
    lines = type_in("credential", "show", path).out.splitlines()
    assert f"issuer     University of Somewhere  {URN}" in lines
    assert "sealed by  University of Somewhere  VATES-A00000000" in lines
    printed = json.loads(type_in("credential", "show", path, "--json").out)
    assert printed["issuer"] == {"did": None, "id": URN, "name": "University of Somewhere"}
    assert printed["sealedBy"] == "University of Somewhere  VATES-A00000000"
    assert json.loads(type_in("credential", "show", write(MICRO), "--json").out)["sealedBy"] is None


def test_claims_that_no_model_names_are_shown_of_an_sd_jwt_vc(type_in: Type, write: Write) -> None:
    path = write(issued().encode())
    out = type_in("credential", "show", path).out
    rows = [line.split() for line in out.partition("Further claims")[2].splitlines()]
    assert ["degree", "/", "name", "Master"] in rows
    assert ["skills", "2", "writing"] in rows
    printed = json.loads(type_in("credential", "show", path, "--json").out)
    assert {"path": "degree / ects", "value": "120"} in printed["furtherClaims"]["claims"]
    assert printed["issuer"]["did"] == ISSUER
    named = issued({"iss": ISSUER, "vct": VCT, "iat": 1_795_000_000, "name": "Ona", "title": "Card", "x": 1})
    printed = json.loads(type_in("credential", "show", write(named.encode()), "--json").out)
    assert printed["furtherClaims"] == {"claims": [{"path": "x", "value": "1"}], "more": False}


def test_many_claims_are_cut_off_and_nothing_of_them_commands_a_terminal(type_in: Type, write: Write) -> None:
    claims = {f"c{number}\x1b[2J": "\x9b2J\u202e" for number in range(100)}
    path = write(issued({"iss": ISSUER, "vct": VCT, "iat": 1_795_000_000, **claims}).encode())
    shown = type_in("credential", "show", path)
    assert "… and more, which are not shown." in shown.out
    assert [one for one in shown.out if not one.isprintable() and one != "\n"] == []


ABROAD = {"issuer": "https://university.example/issuers/1", "credentialSubject": ELM["credentialSubject"]}


@pytest.mark.parametrize(
    "content",
    [
        signed(members_2_0(**ABROAD), typ="vc+jwt"),
        signed({"vc": members_1_1(**ABROAD)}),
        {**members_2_0(**ABROAD), "proof": proof(LEARNER)},
    ],
    ids=["vc-jose", "vc-jwt", "proof"],
)
def test_what_no_verdict_is_given_on_is_shown_and_said_so(type_in: Type, write: Write, content: Any) -> None:
    path = write(content)
    shown = type_in("credential", "show", path)
    assert shown.code == 0, shown.err
    for said in ("No verdict can be given on it here: its issuer is a web address", "Teamwork"):
        assert said in shown.out
    assert "Nobody signed this" not in shown.out
    printed = json.loads(type_in("credential", "show", path, "--json").out)
    assert (printed["verified"], printed["signed"], printed["microCredential"]["ects"]) == (
        False,
        True,
        "2.5",
    )
    assert printed["issuer"]["id"] == "https://university.example/issuers/1"
    assert "web address" in printed["unjudged"]


@pytest.mark.parametrize(
    "content", [signed({}, typ="kb+jwt"), issued(typ="kb+jwt").encode(), b"e30.e30.e30", b"\xff.a.b"]
)
def test_what_no_verdict_is_given_on_and_is_no_credential_is_refused(
    type_in: Type, write: Write, content: bytes
) -> None:
    assert type_in("credential", "show", write(content)).code == 1


def test_a_file_beyond_the_bound_is_said_to_have_more_bytes(type_in: Type, write: Write) -> None:
    refused = type_in("credential", "show", write(b'{"a":"' + b"a" * 2 * MAX_SIZE + b'"}'))
    assert (refused.code, f"it has more than {MAX_SIZE} bytes" in refused.err) == (1, True)
