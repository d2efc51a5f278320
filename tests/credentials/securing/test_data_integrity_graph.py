from typing import Any

import pytest

from credentials.errors import Unavailable
from credentials.securing.data_integrity_graph import MAX_VALUES, require_whole

from .data_integrity_cases import document, signed_by, signer, verify_document

THING = {"id": "urn:thing", "type": "Thing", "name": "x"}


def _with(value: Any) -> dict[str, Any]:
    return document(signer(), credentialSubject={"id": "urn:subject", "of": value})


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "empty member"),
        ([], "empty list"),
        ({}, "empty object"),
        ([[1]], "list in a list"),
        ({"a": {"b": [None]}}, "empty member"),
        ({"@value": "x", "@direction": "rtl"}, "@direction"),
        ({"@set": ["x"]}, "@set"),
        ({"id": "_:b0", "name": "x"}, "id that is none"),
        ({"type": "https://example.org/T"}, "written as an IRI"),
        ({"type": ["T", "ob:T"]}, "written as an IRI"),
        (["x", "x"], "one thing twice"),
        ([5, "5"], "one thing twice"),
        (["x", {"@value": "x"}], "one thing twice"),
        ([THING, THING], "one thing twice"),
        ({"a": THING, "b": {**THING, "name": "y"}}, "in two places"),
        ({"a": {**THING, "more": 1}, "b": {**THING, "other": 1}}, "in two places"),
        ("bell \x07", "control character"),
        ([1.5] * 2, "one thing twice"),
        ([1, 1.0], "one thing twice"),
        (0.12345678901234568, "more digits"),
        ([2**53], "more digits"),
        ({"@value": "x", "@language": "eN"}, "unusual case"),
        ({"@value": "x", "@language": "en-gb"}, "unusual case"),
        ({"@value": "x", "@language": "sr-latn"}, "unusual case"),
    ],
)
def test_what_a_graph_does_not_hold_is_not_judged(value: Any, sentence: str) -> None:
    with pytest.raises(Unavailable, match=sentence):
        require_whole(_with(value))


@pytest.mark.parametrize(
    "value",
    [
        ["x", "y", 1, 2.5, True],
        [{"name": "x"}, {"name": "x"}],
        {"@value": "2026-11-21", "@type": "http://www.w3.org/2001/XMLSchema#date"},
        {"@value": "2026-11-21", "@type": "xsd:date"},
        {"a": THING, "b": {"id": "urn:thing"}, "c": "urn:thing"},
        {"a": THING, "b": dict(THING), "c": {"id": "urn:thing", "name": "x"}},
        [{"@value": "x", "@language": "en"}, {"@value": "x", "@language": "lt"}],
        {"@list": ["a", "b"]},
        [0.1, 0.25, 1e300, 2**53 - 1, -5],
        {"@value": "x", "@language": "sr-Latn-RS"},
        {"@value": "x", "@language": "en-GB"},
        {"@value": "x", "@language": "sl-rozaj"},
        {"@value": "x"},
        {"id": 7},
        "tab\tand\nline",
    ],
)
def test_what_a_graph_holds_is_judged(value: Any) -> None:
    require_whole(_with(value))


def test_only_so_many_values_are_looked_at() -> None:
    require_whole({"name": [str(number) for number in range(MAX_VALUES - 1)]})
    with pytest.raises(Unavailable, match=f"more than {MAX_VALUES} values"):
        require_whole({"name": [str(number) for number in range(MAX_VALUES)]})


def test_a_proof_over_rdf_is_looked_at_so_and_one_over_json_is_not() -> None:
    by = signer()
    with pytest.raises(Unavailable, match="empty list"):
        signed_by(by, "eddsa-rdfc-2022", document(by, evidence=[]))
    verify_document(signed_by(by, "eddsa-jcs-2022", document(by, note=[])), by=by)
    secured = signed_by(by, "eddsa-rdfc-2022")
    secured["refreshService"] = []
    with pytest.raises(Unavailable, match="empty list"):
        verify_document(secured, by=by)
