import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.errors import InvalidJson
from did.json_text import parse_object
from node.client import issue_printing
from node.client.errors import Refused
from node.client.issue_printing import SharedPrinter
from node.client.issue_reading_back import ReadingBack, read_back
from node.client.issuing import Signer, sign_credential
from node.client.keys import PrivateKey

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def dumped(members: dict[str, Any]) -> bytes:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=4), VALUES)
def test_what_is_printed_is_what_json_would_print(several: list[dict[str, Any]], shared: Any) -> None:
    printer = SharedPrinter()
    for _ in range(3):
        for members in several:
            whole = {**members, "shared": {"by": shared}, "\0": [shared, shared]}
            text, _ = printer.print(whole)
            assert text == dumped(whole)


def test_a_part_that_others_share_is_told_by_its_number_and_others_by_how_they_lie_in_one_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printer, course = SharedPrinter(), {"title": ["Algebra"]}
    printer.print({"course": course})
    shapes = [printer.print({"id": str(number), "course": course, "x": [{}]})[1] for number in range(3)]
    assert shapes[0] == shapes[1] == shapes[2]
    assert printer.print({"course": course, "x": [[]]})[1] != shapes[0]
    assert printer.print({"course": deepcopy(course), "x": [{}]})[1] != shapes[0]
    monkeypatch.setattr(issue_printing, "_MOST_KEPT", 0)
    monkeypatch.setattr(issue_printing, "_MOST_MET", 0)
    for _ in range(3):
        assert printer.print({"course": course, "x": [{}]})[0] == dumped({"course": course, "x": [{}]})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"x": float("nan")}])
def test_what_json_cannot_say_is_not_printed(value: Any) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        SharedPrinter().print({"value": value})


def test_what_is_no_json_at_all_is_not_printed() -> None:
    with pytest.raises(TypeError):
        SharedPrinter().print({"value": object()})


SIGNER = Signer.of("did:ebsi:zbM8cCuoBMFNLeQyLiVFyxw", PrivateKey("P-256", bytes(31) + b"\x07"))
SCHEMA = "https://registry.example/trusted-schemas-registry/v3/schemas/z1"


def draft(**other: Any) -> dict[str, Any]:
    at = "2026-11-22T10:00:00Z"
    return {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
        "type": ["VerifiableCredential", "VerifiableAttestation", "MicroCredential"],
        "issuer": SIGNER.did,
        "issuanceDate": at,
        "issued": at,
        "validFrom": at,
        "credentialSubject": {"id": "did:key:z2dmzD81cg", "familyName": "Petraitė"},
        "credentialSchema": {"id": SCHEMA, "type": "FullJsonSchemaValidator2021"},
        **other,
    }


def text_of(members: dict[str, Any]) -> bytes:
    return sign_credential(members, signer=SIGNER).encode()


def test_one_of_each_shape_is_read_back_wholly_and_others_only_if_they_are_like_it() -> None:
    reading = ReadingBack()
    reading.check(text_of(draft()), draft(), shape=(1,))
    other = draft(id="urn:uuid:00000000-0000-4000-8000-000000000001")
    reading.check(b"never read", other, shape=(1,))
    for unlike in (
        draft(id="no uri"),
        draft(type=["VerifiableCredential"]),
        draft(name="more"),
        draft(credentialSubject={"id": "did:key:z2dmzD81cg", "other": "x"}),
        draft(credentialSubject={"id": "nobody at all", "familyName": "x"}),
    ):
        with pytest.raises(Refused):
            reading.check(b"never read", unlike, shape=(1,))
    for shape in ((2,), None):
        with pytest.raises(Refused):
            reading.check(b"never read", other, shape=shape)


def test_what_would_be_read_as_something_else_is_refused() -> None:
    assert read_back(text_of(draft()), draft()).mechanism == "vc-jwt"
    with pytest.raises(Refused, match="something else"):
        read_back(text_of(draft()), draft(name="another"))
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    with pytest.raises(InvalidJson):
        parse_object(dumped({"deep": deep}), max_bytes=1000)
    with pytest.raises(Refused, match="levels"):
        read_back(text_of(draft(deep=deep)), draft(deep=deep))
