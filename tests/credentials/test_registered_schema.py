"""Schemas compiled: nothing is fetched, nothing runs away, nothing of the document is repeated."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import TooMuchWork, Unavailable
from credentials.registered_schema import MAX_REFERENCES, SOMEWHERE, CompiledSchema, compile_schema
from tests.credentials.world import SCHEMA

OTHER = "https://registry.ankyra.invalid/other"
BASE = "https://registry.ankyra.invalid/trusted-schemas-registry/v3/schemas/z1"


def _compiled(schema: Any, **registered: Any) -> CompiledSchema:
    kept = {f"https://registry.ankyra.invalid/{name}": value for name, value in registered.items()}

    def retrieve(uri: str) -> bytes | None:
        return json.dumps(kept[uri]).encode() if uri in kept else None

    return compile_schema(json.dumps(schema).encode(), base=BASE, retrieve=retrieve)


def test_a_violation_names_place_and_keyword() -> None:
    compiled = _compiled({"properties": {"a": {"items": {"type": "string"}}}})
    found = compiled.violation({"a": ["x", {"secret": 1}]}, size=1000)
    assert found is not None
    assert (found.place, found.keyword) == ("/a/1", "type")
    assert found.message == 'the value is not of type "string"'
    assert compiled.violation({"a": ["x"]}, size=1000) is None


def test_a_schema_that_allows_nothing_has_no_keyword() -> None:
    found = _compiled(schema=False).violation({}, size=1000)
    assert found is not None
    assert found.place == ""


def test_formats_are_asserted() -> None:
    compiled = _compiled({"properties": {"d": {"format": "date-time"}, "u": {"format": "uri"}}})
    assert compiled.violation({"d": "2026-11-21T10:00:00Z", "u": "https://example.org"}, size=1000) is None
    assert compiled.violation({"d": "yesterday"}, size=1000) is not None
    assert compiled.violation({"u": "no uri"}, size=1000) is not None


def test_earlier_drafts_are_read_as_they_were() -> None:
    compiled = _compiled({"$schema": "http://json-schema.org/draft-07/schema#", "minLength": 2})
    assert compiled.violation("a", size=1000) is not None


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
    assert compiled.violation({}, size=1000) is not None


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
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}},
        },
        {"$dynamicRef": "#a", "$dynamicAnchor": "a"},
    ],
)
def test_a_circle_about_one_value_makes_a_schema_unusable(schema: Any) -> None:
    assert _compiled(schema).unusable


def test_a_schema_that_is_never_asked_for_may_be_a_circle() -> None:
    assert _compiled({"$defs": {"a": {"$ref": "#/$defs/a"}}}).unusable is None


def test_a_costly_pattern_comes_to_an_end_and_not_many_are_begun() -> None:
    """Play the attack: one document makes the verifier go back in twenty thousand texts."""
    compiled = _compiled({"items": {"pattern": "^(?=a)(a|a)*(?!b)\\1$"}})
    assert compiled.violation(["a" * 1000 + "!"], size=1005) is not None
    with pytest.raises(TooMuchWork):
        compiled.violation(["a" * 40] * 20_000, size=860_000)


def test_a_reference_that_the_library_takes_for_another_schema_makes_it_unusable() -> None:
    """Play the attack: what is counted is a small schema, what is evaluated is one that doubles."""
    other = "https://registry.ankyra.invalid/other"
    compiled = _compiled({"$id": other, "properties": {"a": {"$ref": other}}}, other={"type": "object"})
    assert compiled.unusable == "it refers to a schema by a name that may lead elsewhere"


def test_a_place_is_not_looked_for_where_that_takes_memory() -> None:
    """Play the attack: what each part said on the way was kept, with a copy of what it was said of."""
    compiled = _compiled({"anyOf": [{"required": [f"q{number}"]} for number in range(1000)]})
    assert compiled.violation({"a": ["x"] * 2000}, size=10_000) is SOMEWHERE
    found = compiled.violation({"a": ["x"]}, size=11)
    assert found is not None
    assert found.keyword == "anyOf"
    assert _compiled({"items": {"type": "string"}}).violation([1] * 200_000, size=600_000) is SOMEWHERE


def test_a_small_document_that_doubles_its_way_is_not_looked_through() -> None:
    part = {"properties": {"part": {"$ref": "#/$defs/n"}}}
    branches = [part | {"required": ["title"]}, part | {"required": ["name"]}]
    compiled = _compiled({"$ref": "#/$defs/n", "$defs": {"n": {"anyOf": branches}}})
    document: dict[str, Any] = {}
    for _ in range(12):
        document = {"part": document}
    assert compiled.violation(document, size=150) is SOMEWHERE
    for _ in range(16):
        document = {"part": document}
    with pytest.raises(TooMuchWork):
        compiled.violation(document, size=350)


def test_a_large_document_is_refused_in_little_memory() -> None:
    """Play the attack: 1 MB of empty objects under two alternatives took 700 MB."""
    code = """
import json, resource
from credentials.errors import TooMuchWork
from credentials.registered_schema import compile_schema
one = {"type": "object", "required": ["title"]}
schema = json.dumps({"properties": {"a": {"anyOf": [one, {"type": "array", "items": one}]}}}).encode()
compiled = compile_schema(schema, base="https://registry.ankyra.invalid/s", retrieve=lambda _url: None)
for count in (250_000, 2_000):
    document = {"a": [{}] * count}
    held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + (64 << 20), -1))
    try:
        print(compiled.violation(document, size=4 * count + 8).message)
    except TooMuchWork:
        print("too much work")
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["too much work", SOMEWHERE.message]


def test_ebsis_own_schema_judges_ebsis_own_examples(vectors: Path) -> None:
    folder = vectors / "ebsi" / "vcdm1.1-attestation-schema-1.3.0"
    compiled = compile_schema((folder / "schema.json").read_bytes(), base=BASE, retrieve=lambda _uri: None)
    examples = sorted(folder.glob("examples_*.json"))
    assert examples
    for example in examples:
        document = json.loads(example.read_bytes())
        assert compiled.violation(document, size=1000) is None, example.name
        assert compiled.violation({**document, "issuanceDate": "yesterday"}, size=1000) is not None


def test_what_registries_hold_is_light_for_what_issuers_write(vectors: Path) -> None:
    for schema in [path.read_bytes() for path in sorted((vectors / "ebsi").glob("*/schema.json"))] + [SCHEMA]:
        compiled = compile_schema(
            schema.replace(
                b"./node_modules/@cef-ebsi/vcdm1.1-attestation-schema/schema.json", OTHER.encode()
            ),
            base=BASE,
            retrieve=lambda _url: (
                vectors / "ebsi/vcdm1.1-attestation-schema-1.3.0/schema.json"
            ).read_bytes(),
        )
        assert compiled.bounds is not None, compiled.unusable
        assert compiled.bounds.is_light(16 * 1024)
