"""The shipped contexts: the files that were pinned, and one name for each thing that a verdict looks at."""

import dataclasses
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import Unavailable
from node.foreign import json_ld_contexts
from node.foreign.json_ld_contexts import SHIPPED, context
from tests.did.foreign_vectors import load

FOLDER = files("node.foreign").joinpath("contexts")
ROOT = Path(__file__).resolve().parents[3]
DOUBLED = {
    frozenset({"achievement", "Achievement"}),
    frozenset({"address", "Address"}),
    frozenset({"criteria", "Criteria"}),
    frozenset({"geo", "GeoCoordinates"}),
    frozenset({"image", "Image"}),
    frozenset({"creator", "Profile"}),
}
"""Open Badges gives a property and the class of its values one IRI."""


@pytest.mark.parametrize("address", SHIPPED)
def test_each_file_is_the_one_that_was_pinned(address: str) -> None:
    shipped = SHIPPED[address]
    content = FOLDER.joinpath(shipped.file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == shipped.sha256
    assert context(address) == json.loads(content)


def test_contexts_that_others_keep_too_say_the_same() -> None:
    """Of `ed25519-2020` the repository of the standard has a draft, and npm what is published."""
    kept = {
        one["url"]: name
        for name, one in load("contexts/INDEX.json").items()
        if "/" not in name and one["url"] in SHIPPED
    }
    assert len(kept) == 10
    differing = {address for address, name in kept.items() if load(f"contexts/{name}") != context(address)}
    assert differing == {"https://w3id.org/security/suites/ed25519-2020/v1"}


def test_a_file_that_was_changed_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    address, shipped = next(iter(SHIPPED.items()))
    other = {**SHIPPED, address: dataclasses.replace(shipped, sha256="0" * 64)}
    monkeypatch.setattr(json_ld_contexts, "SHIPPED", other)
    context.cache_clear()
    with pytest.raises(Unavailable, match=shipped.file):
        context(address)
    monkeypatch.undo()
    assert context(address)


def test_there_is_no_file_that_nobody_pinned_and_each_has_its_source_told() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {shipped.file for shipped in SHIPPED.values()}
    told = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for address, shipped in SHIPPED.items():
        row = next(line for line in told.splitlines() if f"`{shipped.file}`" in line)
        assert address in row
        assert shipped.licence in row
        assert shipped.package in row


def test_an_unknown_context_is_none() -> None:
    assert context("https://nobody.example/v1") is None


def _terms(value: Any, prefixes: dict[str, str]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every term with its definition and its IRI, in contexts within contexts too."""
    for one in value if isinstance(value, list) else [value]:
        assert isinstance(one, dict), "a context that names others would have them fetched"
        known = {**prefixes, **{name: iri for name, iri in one.items() if isinstance(iri, str)}}
        for name, defined in one.items():
            if name.startswith("@"):
                assert name in {"@version", "@protected", "@vocab"}
                continue
            definition = {"@id": defined} if isinstance(defined, str) else defined
            yield name, definition, _iri(definition.get("@id", f"undefined:{name}"), known)
            if definition.get("@context") is not None:
                yield from _terms(definition["@context"], known)


def _iri(text: str, prefixes: dict[str, str]) -> str:
    prefix, _, rest = text.partition(":")
    if not rest.startswith("//") and prefix in prefixes and prefixes[prefix] != text:
        return _iri(prefixes[prefix], prefixes) + rest
    return text


def _all_terms() -> Iterator[tuple[str, dict[str, Any], str]]:
    for address in SHIPPED:
        document = context(address)
        assert document is not None
        yield from _terms(document["@context"], {})


def test_no_thing_has_two_names() -> None:
    """⚑ A holder could write a status under its second name: signed as before, and nobody would find it."""
    names: dict[str, set[str]] = defaultdict(set)
    for name, _, iri in _all_terms():
        names[iri].add(name)
    assert {frozenset(found) for found in names.values() if len(found) > 1} == DOUBLED


def test_no_context_has_what_a_proof_over_a_graph_would_not_cover() -> None:
    for name, definition, iri in _all_terms():
        assert definition.keys() <= {"@id", "@type", "@context", "@container", "@protected"}, name
        held = definition.get("@container", "@set")
        assert held in {"@set", "@list", "@graph", "@language"}, name
        if iri.startswith("@"):
            assert (name, iri) in {("id", "@id"), ("type", "@type")}
        elif definition.get("@id", "").endswith((":", "/", "#")):
            assert iri.startswith("http"), "a prefix could stand for the beginning of a DID"
