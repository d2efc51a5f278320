from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedCredential
from credentials.registry_urls import RegistryUrls
from credentials.scope import MAX_ITEMS, AccreditedFor, Scope, covers, read_scope, scope_within

ORIGIN = "https://registry.ankyra.invalid"
URLS = RegistryUrls((ORIGIN,))
SCHEMA, OTHER_SCHEMA = bytes(32), b"\1" * 32
ATU = "publications.europa.eu/resource/authority/atu"


def _item(*types: str, schema: bytes = SCHEMA, jurisdictions: tuple[str, ...] = ("EUR",)) -> AccreditedFor:
    return AccreditedFor(schema, frozenset(types), frozenset(jurisdictions))


def _stated(**members: Any) -> dict[str, Any]:
    return {
        "schemaId": f"{ORIGIN}/trusted-schemas-registry/v3/schemas/0x{SCHEMA.hex()}",
        "types": ["VerifiableCredential", "VerifiableAttestation", "Diploma"],
        "limitJurisdiction": f"https://{ATU}/LTU",
        **members,
    }


def test_a_scope_is_read_without_the_types_that_every_credential_has() -> None:
    limits = [f"http://{ATU}/LTU", f"https://{ATU}/EST", "https://states.example/x"]
    assert read_scope([_stated(), _stated(limitJurisdiction=limits)], URLS) == (
        _item("Diploma", jurisdictions=("LTU",)),
        _item("Diploma", jurisdictions=("LTU", "EST", "https://states.example/x")),
    )


def test_a_schema_of_another_registry_covers_nothing_here() -> None:
    assert read_scope([_stated(schemaId="https://elsewhere.example/schemas/1")], URLS) == ()


@pytest.mark.parametrize(
    "stated",
    [
        None,
        {},
        "Diploma",
        ["Diploma"],
        [_stated()] * (MAX_ITEMS + 1),
        [_stated(schemaId=None)],
        [_stated(types=[])],
        [_stated(types="Diploma")],
        [_stated(types=["Diploma", 1])],
        [_stated(types=["Diploma"] * (MAX_ITEMS + 1))],
        [_stated(limitJurisdiction=None)],
        [_stated(limitJurisdiction=[])],
        [_stated(limitJurisdiction=[{}])],
    ],
)
def test_what_states_no_scope_is_refused(stated: object) -> None:
    """Play the attack: a limit that is left out or empty must not be read as no limit."""
    with pytest.raises(MalformedCredential):
        read_scope(stated, URLS)


PARENT: Scope = (
    _item("Diploma", "MicroCredential"),
    _item("Badge", schema=OTHER_SCHEMA, jurisdictions=("LTU",)),
)


@pytest.mark.parametrize(
    ("item", "within"),
    [
        (_item("Diploma"), True),
        (_item("Diploma", jurisdictions=("LTU", "NOR", "EUR")), True),
        (_item("Badge", schema=OTHER_SCHEMA, jurisdictions=("LTU",)), True),
        (_item("Diploma", "Badge"), False),
        (_item("Diploma", schema=OTHER_SCHEMA), False),
        (_item("Badge", schema=OTHER_SCHEMA), False),
        (_item("Badge", schema=OTHER_SCHEMA, jurisdictions=("EST",)), False),
        (_item("Diploma", jurisdictions=("LTU", "USA")), False),
        (_item("Diploma", jurisdictions=("https://states.example/x",)), False),
    ],
)
def test_a_scope_lies_within_one_item_of_another(*, item: AccreditedFor, within: bool) -> None:
    assert scope_within((item,), PARENT) is within
    assert scope_within((item, _item("Diploma")), PARENT) is within


def test_two_items_of_a_parent_do_not_add_up_to_a_broader_one() -> None:
    parent = (_item("Diploma"), _item("MicroCredential"))
    assert not scope_within((_item("Diploma", "MicroCredential"),), parent)


def test_no_bounds_lie_only_within_no_bounds() -> None:
    assert scope_within(None, None)
    assert scope_within(PARENT, None)
    assert not scope_within(None, PARENT)
    assert scope_within((), ())


def test_a_credential_is_covered_by_one_item_with_its_schema_and_all_of_its_types() -> None:
    always = ("VerifiableCredential", "VerifiableAttestation")
    assert covers(PARENT, schema_ids=[SCHEMA], types=[*always, "Diploma"])
    assert covers(PARENT, schema_ids=[SCHEMA], types=always)
    assert not covers(PARENT, schema_ids=[SCHEMA], types=["Diploma", "Badge"])
    assert not covers(PARENT, schema_ids=[OTHER_SCHEMA], types=["Diploma"])
    assert not covers(PARENT, schema_ids=[], types=always)
    assert not covers((), schema_ids=[SCHEMA], types=always)
    assert covers(None, schema_ids=[], types=["Diploma"])


def test_one_covered_schema_lets_no_other_in() -> None:
    """Play the attack: a credential has a schema it may have, and beside it one that it may not."""
    assert covers(PARENT, schema_ids=[OTHER_SCHEMA, SCHEMA], types=[])
    assert covers(PARENT, schema_ids=[SCHEMA, SCHEMA], types=["Diploma"])
    assert not covers(PARENT, schema_ids=[OTHER_SCHEMA, SCHEMA], types=["Diploma"])
    assert not covers(PARENT, schema_ids=[SCHEMA, b"\x02" * 32], types=["Diploma"])
    assert not covers(PARENT, schema_ids=[SCHEMA, None], types=["Diploma"])


_ITEMS = st.builds(
    AccreditedFor,
    st.sampled_from([SCHEMA, OTHER_SCHEMA]),
    st.frozensets(st.sampled_from(["Diploma", "Badge", "MicroCredential"])),
    st.frozensets(st.sampled_from(["EUR", "LTU", "USA"]), min_size=1),
)
_SCOPES = st.lists(_ITEMS, max_size=3).map(tuple)


@given(_SCOPES, _SCOPES, _SCOPES)
def test_what_lies_within_the_inner_lies_within_the_outer(a: Scope, b: Scope, c: Scope) -> None:
    assert scope_within(a, a)
    if scope_within(a, b) and scope_within(b, c):
        assert scope_within(a, c)


@given(_SCOPES, _SCOPES, st.frozensets(st.sampled_from(["Diploma", "Badge"])))
def test_nothing_is_covered_below_that_is_not_covered_above(
    inner: Scope, outer: Scope, types: frozenset[str]
) -> None:
    if scope_within(inner, outer) and covers(inner, schema_ids=[SCHEMA], types=types):
        assert covers(outer, schema_ids=[SCHEMA], types=types)
