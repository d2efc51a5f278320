"""The work that a schema asks for is counted as it would be done, and refused before it is done."""

from typing import Any

import pytest

from credentials.errors import UnusableSchema
from credentials.schema_graph import read_graph
from credentials.schema_work import MAX_CHAINED, Bounds, Work, bound_work


def _bounds(schema: Any) -> Bounds:
    return bound_work(read_graph(schema, dict[str, Any]().__getitem__))


def _evaluations(schema: Any, document: Any) -> int:
    work = _bounds(schema).work(document)
    assert work is not None
    return work.evaluations


def _nested(levels: int) -> Any:
    document: dict[str, Any] = {}
    for _ in range(levels):
        document = {"part": document}
    return document


def test_a_part_is_counted_for_each_value_that_it_reaches() -> None:
    assert _evaluations({"items": {"type": "string"}}, ["a"] * 5) == 6
    assert _evaluations({"items": {"type": "string"}}, {"a": 1}) == 1
    assert _evaluations({"properties": {"a": {}}, "additionalProperties": {}}, {"a": 1, "b": 2}) == 3
    assert _evaluations({"properties": {"a": {}}, "propertyNames": {}}, {"a": 1, "b": 2}) == 4
    assert _evaluations({"patternProperties": {"^a": {}}}, {"a": 1, "b": 2}) == 3
    assert _evaluations({"prefixItems": [{}], "items": {"not": {}}, "contains": {}}, [1, 2]) == 6
    assert _evaluations({"prefixItems": [{}]}, [1, 2]) == 2
    assert _evaluations({"allOf": [{"$ref": "#/$defs/a"}] * 3, "$defs": {"a": {}}}, 1) == 7


def test_long_texts_weigh_more() -> None:
    bounds = _bounds({"pattern": "^a$"})
    short, long = bounds.work("a"), bounds.work("a" * 6400)
    assert short is not None
    assert long == Work(1, 101 * short.weight)


def test_a_schema_that_doubles_about_one_value_is_refused() -> None:
    """Play the attack: 28 definitions of which each applies the next twice hold the process for hours."""
    defs: dict[str, Any] = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(28)}
    with pytest.raises(UnusableSchema, match="apply to one value"):
        _bounds({"$ref": "#/$defs/d0", "$defs": {**defs, "d28": {}}})


def test_a_schema_that_looks_again_at_each_of_many_levels_is_refused() -> None:
    """Play the attack: each `unevaluatedProperties` evaluates anew what lies below it."""
    schema: dict[str, Any] = {"properties": {"a": True}}
    for _ in range(20):
        schema = {"allOf": [schema], "unevaluatedProperties": False}
    with pytest.raises(UnusableSchema, match="apply to one value"):
        _bounds(schema)


def test_a_long_row_of_references_is_refused() -> None:
    defs: dict[str, Any] = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(MAX_CHAINED)}
    with pytest.raises(UnusableSchema, match="apply to one value"):
        _bounds({"$ref": "#/$defs/d0", "$defs": {**defs, f"d{MAX_CHAINED}": {}}})


def test_a_part_that_applies_itself_to_the_same_value_is_refused() -> None:
    with pytest.raises(UnusableSchema, match="back to itself"):
        _bounds({"anyOf": [{"$ref": "#"}]})


def test_ordinary_recursion_stays_usable() -> None:
    """A tree of parts, each a part or a list of parts, as learning achievements are written."""
    tree = {"properties": {"part": {"anyOf": [{"$ref": "#"}, {"type": "array", "items": {"$ref": "#"}}]}}}
    bounds = _bounds(tree)
    assert bounds.unfolded is None
    assert not bounds.is_light(2)
    assert _evaluations(tree, _nested(28)) == 1 + 4 * 28


def test_recursion_that_doubles_is_judged_by_the_document() -> None:
    """Play the attack: two branches that both go down, and thirty levels."""
    part = {"properties": {"part": {"$ref": "#"}}}
    bounds = _bounds({"anyOf": [part, part]})
    assert bounds.work(_nested(3)) is not None
    assert bounds.work(_nested(30)) is None


def test_what_takes_long_to_count_is_not_counted() -> None:
    assert _bounds({"items": {}}).work([1] * 100_001) is None


def test_a_small_schema_is_light_for_any_document() -> None:
    assert _bounds({"type": "object"}).is_light(1024 * 1024)
    assert not _bounds({"enum": list(range(100))}).is_light(1024 * 1024)


def test_what_unfolds_too_far_is_light_for_none() -> None:
    """A graph without circles whose ways to its last part double at each level of a document."""
    defs: dict[str, Any] = {
        f"d{n}": {"properties": {name: {"$ref": f"#/$defs/d{n + 1}"} for name in "ab"}} for n in range(30)
    }
    bounds = _bounds({"$ref": "#/$defs/d0", "$defs": {**defs, "d30": {}}})
    assert bounds.unfolded is None
    assert not bounds.is_light(2)
    assert bounds.work({"a": {"b": {"a": 1}}}) is not None
