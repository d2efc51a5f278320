"""Schemas compiled: nothing is fetched, nothing runs away, nothing of the document is repeated."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import Unavailable
from credentials.registered_schema import MAX_REFERENCES, CompiledSchema, compile_schema

BASE = "https://registry.ankyra.invalid/trusted-schemas-registry/v3/schemas/z1"


def _compiled(schema: Any, **registered: Any) -> CompiledSchema:
    kept = {f"https://registry.ankyra.invalid/{name}": value for name, value in registered.items()}

    def retrieve(uri: str) -> bytes | None:
        return json.dumps(kept[uri]).encode() if uri in kept else None

    return compile_schema(json.dumps(schema).encode(), base=BASE, retrieve=retrieve)


def test_a_violation_names_place_and_keyword() -> None:
    compiled = _compiled({"properties": {"a": {"items": {"type": "string"}}}})
    found = compiled.violation({"a": ["x", {"secret": 1}]})
    assert found is not None
    assert (found.place, found.keyword) == ("/a/1", "type")
    assert found.message == 'the value is not of type "string"'
    assert compiled.violation({"a": ["x"]}) is None


def test_a_schema_that_allows_nothing_has_no_keyword() -> None:
    found = _compiled(schema=False).violation({})
    assert found is not None
    assert found.place == ""


def test_formats_are_asserted() -> None:
    compiled = _compiled({"properties": {"d": {"format": "date-time"}, "u": {"format": "uri"}}})
    assert compiled.violation({"d": "2026-11-21T10:00:00Z", "u": "https://example.org"}) is None
    assert compiled.violation({"d": "yesterday"}) is not None
    assert compiled.violation({"u": "no uri"}) is not None


def test_earlier_drafts_are_read_as_they_were() -> None:
    compiled = _compiled({"$schema": "http://json-schema.org/draft-07/schema#", "minLength": 2})
    assert compiled.violation("a") is not None


@pytest.mark.parametrize(
    "reference",
    ["http://127.0.0.1:9/x", "file:///etc/hostname", "./node_modules/x.json", "ftp://example.org/x"],
)
def test_references_out_of_the_registry_make_a_schema_unusable(reference: str) -> None:
    compiled = _compiled({"$ref": reference})
    assert compiled.unusable is not None
    assert compiled.refers


@pytest.mark.enable_socket
@pytest.mark.parametrize("keyword", ["$ref", "$schema", "$dynamicRef"])
def test_nobody_is_called(keyword: str) -> None:
    """Play the attack: a schema that makes a verifier call home, which the library could do."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        home = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"
        assert _compiled({keyword: home, "properties": {"a": {keyword: home}}}).unusable is not None
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_references_within_the_registry_are_followed() -> None:
    compiled = _compiled(
        {"$ref": "https://registry.ankyra.invalid/other"}, other={"type": "object", "required": ["x"]}
    )
    assert (compiled.unusable, compiled.refers) == (None, True)
    assert compiled.violation({}) is not None


def test_a_long_chain_of_references_is_cut() -> None:
    chain = {
        f"s{place}": {"$ref": f"https://registry.ankyra.invalid/s{place + 1}"}
        for place in range(MAX_REFERENCES + 1)
    }
    compiled = _compiled({"$ref": "https://registry.ankyra.invalid/s0"}, **chain)
    assert compiled.unusable is not None


def test_what_the_registry_raises_is_passed_on() -> None:
    def retrieve(_uri: str) -> bytes | None:
        raise Unavailable("The record does not answer.")

    with pytest.raises(Unavailable):
        compile_schema(b'{"$ref":"https://registry.ankyra.invalid/x"}', base=BASE, retrieve=retrieve)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"type":"strin"}',
        b'{"type":"string","type":"object"}',
        b'{"$schema":"https://example.org/other"}',
        b'{"pattern":"("}',
        b'{"$dynamicRef":"#nowhere"}',
        b'{"const":"\\ud800"}',
        b'{"properties":{"a":' * 60 + b"1" + b"}}" * 60,
        b'{"const":"' + b"x" * 70_000 + b'"}',
    ],
)
def test_what_is_no_schema_is_unusable_and_nothing_is_raised(content: bytes) -> None:
    compiled = compile_schema(content, base=BASE, retrieve=lambda _uri: None)
    assert compiled.validator is None
    assert compiled.unusable
    assert len(compiled.unusable) <= 200


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"anyOf": [{"$ref": "#/$defs/a"}]}}},
        {"properties": {"a": {"pattern": "^(?=a)(a|a)*(?!b)\\1$"}}},
    ],
)
def test_circles_and_costly_patterns_come_to_an_end(schema: Any) -> None:
    compiled = _compiled(schema)
    assert compiled.unusable is None
    compiled.violation({"a": "a" * 1000 + "!"})


def test_ebsis_own_schema_judges_ebsis_own_examples(vectors: Path) -> None:
    folder = vectors / "ebsi" / "vcdm1.1-attestation-schema-1.3.0"
    compiled = compile_schema((folder / "schema.json").read_bytes(), base=BASE, retrieve=lambda _uri: None)
    examples = sorted(folder.glob("examples_*.json"))
    assert examples
    for example in examples:
        document = json.loads(example.read_bytes())
        assert compiled.violation(document) is None, example.name
        assert compiled.violation({**document, "issuanceDate": "yesterday"}) is not None
