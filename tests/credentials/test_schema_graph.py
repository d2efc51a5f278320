"""Which parts of a schema apply to what: every reference leads where the library's own would, or nowhere."""

from typing import Any

import pytest

from credentials.errors import UnusableSchema
from credentials.schema_graph import MAX_PARTS, MAX_PATTERNS, Part, read_graph


def _load(url: str) -> Any:
    return {"https://other.example/s": {"$defs": {"a": True}, "not": {"$ref": "#/$defs/a"}}}[url]


def _parts(schema: Any) -> tuple[Part, ...]:
    return read_graph(schema, _load)


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_alternatives_apply_to_the_same_value(keyword: str) -> None:
    assert _parts({keyword: [True, {}, {}]})[0].here.total() == 3


def test_conditions_and_dependencies_apply_to_the_same_value() -> None:
    schema = {
        "not": {},
        "if": {},
        "then": {},
        "else": {},
        "dependentSchemas": {"a": {}},
        "dependencies": {"a": ["b"]},
    }
    assert _parts(schema)[0].here.total() == 6


def test_one_part_named_twice_is_one_part_that_applies_twice() -> None:
    reference = {"$ref": "#/$defs/a"}
    parts = _parts({"allOf": [reference, reference], "$defs": {"a": {}}})
    assert sorted(part.here.total() for part in parts) == [0, 1, 2]


def test_members_and_elements_are_told_apart() -> None:
    root = _parts(
        {
            "properties": {"a": {}, "b": {}},
            "patternProperties": {"^c": {}},
            "additionalProperties": False,
            "propertyNames": {},
            "prefixItems": [{}, {}],
            "items": {},
            "contains": {},
        }
    )[0]
    assert list(root.members) == ["a", "b"]
    counts = [root.all_members, root.other_members, root.names, root.prefix, root.rest, root.all_elements]
    assert [len(numbers) for numbers in counts] == [1, 1, 1, 2, 1, 1]
    assert len([*root.inside()]) == 9


def test_elements_of_earlier_drafts_are_by_place_too() -> None:
    root = _parts({"items": [{}, {}], "additionalItems": {}})[0]
    assert (len(root.prefix), len(root.rest)) == (2, 1)


def test_what_is_left_unevaluated_is_told_by_looking_again() -> None:
    root = _parts({"allOf": [{}], "unevaluatedProperties": {}, "unevaluatedItems": {}})[0]
    assert root.here.total() > 1
    assert (len(root.all_members), len(root.all_elements)) == (1, 1)


@pytest.mark.parametrize(
    "reference",
    [
        "#",
        "#/$defs/a",
        "#/$defs/a~1b~0%25",
        "#/allOf/1",
        "#named",
        "#moving",
        "#whole",
        "https://other.example/s",
        "https://other.example/s#/not",
    ],
)
def test_references_are_followed(reference: str) -> None:
    schema = {
        "$id": "https://registry.example/s",
        "$anchor": "whole",
        "$defs": {"a": {}, "a/b~%": {}, "b": {"$anchor": "named"}, "c": {"$dynamicAnchor": "moving"}},
        "allOf": [True, {}],
        "properties": {"x": {"$ref": reference}},
    }
    parts = _parts(schema)
    (target,) = parts[parts[0].members["x"]].here
    assert 0 <= target < len(parts)


def test_anchors_of_one_document_are_told_apart() -> None:
    named = {"a": {"$anchor": "a"}, "b": {"$anchor": "b", "not": True}}
    parts = _parts({"allOf": [{"$ref": "#a"}, {"$ref": "#b"}], "$defs": named})
    assert sorted(part.here.total() for part in parts) == [0, 0, 1, 1, 1, 2]


def test_another_document_is_loaded_once() -> None:
    loaded: list[str] = []

    def load(url: str) -> Any:
        loaded.append(url)
        return _load(url)

    url = "https://other.example/s"
    read_graph({"allOf": [{"$ref": url}, {"$ref": f"{url}#/not"}]}, load)
    assert loaded == [url]


@pytest.mark.parametrize(
    "reference",
    [
        "#/nowhere",
        "#nowhere",
        "#twice",
        "#/allOf/01",
        "#/allOf/-1",
        "#/allOf/7",
        "#/$id/x",
        "#/%ff",
        "#/allOf/x",
    ],
)
def test_references_to_nothing_are_refused(reference: str) -> None:
    twice = {"a": {"$anchor": "twice"}, "b": {"$anchor": "twice"}}
    with pytest.raises(UnusableSchema):
        _parts({"$id": "https://x.example/", "$ref": reference, "allOf": [{}], "$defs": twice})


@pytest.mark.parametrize(
    "within",
    [{"$id": "https://x.example/"}, {"$schema": "http://json-schema.org/draft-07/schema#"}],
)
def test_a_document_in_a_document_is_refused(within: dict[str, str]) -> None:
    """Play the attack: `#` there leads to the inner document for one reader, to the outer for another."""
    with pytest.raises(UnusableSchema, match="name of its own"):
        _parts({"$defs": {"a": within}})


def test_the_fourth_draft_names_parts_by_another_word() -> None:
    named = {"$defs": {"a": {"id": "https://x.example/"}}}
    assert _parts(named)
    with pytest.raises(UnusableSchema, match="name of its own"):
        _parts({"$schema": "http://json-schema.org/draft-04/schema#"} | named)


@pytest.mark.parametrize("keyword", ["$dynamicRef", "$recursiveRef"])
def test_what_depends_on_who_asks_is_refused(keyword: str) -> None:
    with pytest.raises(UnusableSchema, match="who asks"):
        _parts({"not": {keyword: "#"}})


def test_no_schema_has_parts_without_end() -> None:
    with pytest.raises(UnusableSchema, match=str(MAX_PARTS)):
        _parts({"allOf": [True] * MAX_PARTS})


def test_no_schema_has_patterns_without_end() -> None:
    """Play the attack: to make ready a thousand patterns of all letters there are takes seconds."""
    patterns = {f"a{number}": {"pattern": "a"} for number in range(MAX_PATTERNS - 1)}
    assert _parts({"properties": patterns, "pattern": "b"})
    with pytest.raises(UnusableSchema, match=str(MAX_PATTERNS)):
        _parts({"properties": patterns, "patternProperties": {"b": True, "c": True}})


def test_costly_keywords_weigh_more() -> None:
    plain, listed, divided, pattern, delicate = (
        _parts(schema)[0].weight
        for schema in (
            {},
            {"enum": [["a", {"b": "c"}]] * 10},
            {"multipleOf": 0.1},
            {"pattern": "^a+$"},
            {"patternProperties": {"^(?=a)(a|a)*$": True}},
        )
    )
    assert plain < pattern < listed < divided < delicate
