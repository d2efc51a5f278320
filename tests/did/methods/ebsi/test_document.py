import json
from datetime import UTC, datetime
from functools import partial

import pytest

from did.document import DID_CONTEXT, RELATIONSHIPS
from did.errors import InvalidHistory, InvalidOptions, NotFound
from did.jwk import jwk_from_raw_secp256k1
from did.methods.ebsi import assemble, document_from_changes, method_valid, replay
from tests.did.sample_keys import JWKS, raw_secp256k1

from .changes import DID, OTHER, P256_BYTES, Registry, registered


def _ids(*names: str) -> tuple[str, ...]:
    return tuple(f"{DID}#{name}" for name in names)


def _standing(registry: Registry, at: int) -> dict[str, tuple[str, ...]]:
    return dict(document_from_changes(DID, registry.changes, at=at).relationships)


def test_the_document_is_assembled_as_ebsi_does_it() -> None:
    document = document_from_changes(DID, registered().changes, at=200)
    assert document.to_json_ld() == {
        "@context": [DID_CONTEXT],
        "id": DID,
        "controller": [DID],
        "verificationMethod": [
            {
                "id": f"{DID}#ledger",
                "type": "JsonWebKey2020",
                "controller": DID,
                "publicKeyJwk": jwk_from_raw_secp256k1(raw_secp256k1(7)),
            },
            {
                "id": f"{DID}#sign",
                "type": "JsonWebKey2020",
                "controller": DID,
                "publicKeyJwk": {**JWKS["P-256"], "kid": "kept"},
            },
        ],
        "authentication": [f"{DID}#ledger", f"{DID}#sign"],
        "assertionMethod": [f"{DID}#sign"],
        "capabilityInvocation": [f"{DID}#ledger"],
        "service": [{"id": "#s"}],
    }
    assert list(document.relationships) == ["authentication", "assertionMethod", "capabilityInvocation"]


def test_capability_invocation_comes_last_and_orders_methods_last() -> None:
    registry = Registry()
    registry.insert()
    registry.method("sign")
    registry.relate("sign", "capabilityInvocation", 100, 900)
    registry.relate("sign", "assertionMethod", 100, 900)
    registry.expire("ledger", 150)
    registry.time = 160
    document = document_from_changes(DID, registry.changes, at=200)
    assert list(document.relationships) == ["assertionMethod", "capabilityInvocation"]
    assert [method.id for method in document.verification_method] == list(_ids("sign"))


def test_a_method_without_a_relationship_never_appears() -> None:
    registry = registered()
    registry.method("spare")
    document = document_from_changes(DID, registry.changes, at=200)
    assert [method.id for method in document.verification_method] == list(_ids("ledger", "sign"))


@pytest.mark.parametrize(("at", "stands"), [(109, False), (110, True), (899, True), (900, False)])
def test_an_interval_holds_its_beginning_but_not_its_end(at: int, stands: bool) -> None:  # noqa: FBT001  a table
    registry = registered()
    assert ("assertionMethod" in _standing(registry, at)) is stands
    valid = method_valid(registry.changes, v_method_id="sign", relationship="assertionMethod", at=at)
    assert valid is stands


def test_no_live_key_leaves_an_empty_but_resolvable_document() -> None:
    document = document_from_changes(DID, registered().changes, at=1000)
    assert document.verification_method == ()
    assert document.relationships == {}
    assert "verificationMethod" not in document.to_json()


@pytest.mark.parametrize("name", ["id", "controller", "verificationMethod", *RELATIONSHIPS])
def test_a_base_document_cannot_claim_keys_or_controllers(name: str) -> None:
    """Play the attack: who may edit services slips a key of theirs into the base document."""
    forged = {
        "@context": DID_CONTEXT,
        name: [
            {
                "id": f"{DID}#mine",
                "type": "JsonWebKey2020",
                "controller": OTHER,
                "publicKeyJwk": JWKS["P-384"],
            }
        ],
        "alsoKnownAs": ["https://university.example"],
    }
    registry = registered()
    before = document_from_changes(DID, registry.changes, at=200)
    registry.add("did.base.updated", baseDocument=json.dumps(forged))
    after = document_from_changes(DID, registry.changes, at=200)
    assert after.to_json() == {
        **{member: value for member, value in before.to_json().items() if member != "service"},
        "alsoKnownAs": ["https://university.example"],
    }


@pytest.mark.parametrize(
    "base",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"@context":[]}',
        '{"@context":{}}',
        '{"@context":"https://evil.example"}',
        '{"@context":["https://evil.example","https://www.w3.org/ns/did/v1"]}',
        '{"@context":"https://www.w3.org/ns/did/v1","a":1,"a":2}',
        '{"@context":"https://www.w3.org/ns/did/v1","a":"' + "x" * 16384 + '"}',
        '{"a":' * 5000 + "1" + "}" * 5000,
        '{"@context":"https://www.w3.org/ns/did/v1","a":"\\xff"}',
    ],
    ids=range(12),
)
def test_a_malformed_base_document_is_empty_and_noted(base: str) -> None:
    registry = Registry()
    registry.insert(base=base)
    document, notes = assemble(replay(DID, registry.changes), at=200)
    assert document.context == DID_CONTEXT
    assert document.properties == {}
    assert len(document.verification_method) == 1
    assert len(notes) == 1
    assert notes[0].startswith("The recorded base document is ignored")


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"kty":5}',
        b'{"kty":"EC","crv":"P-256"}',
        json.dumps({**JWKS["P-256"], "d": "AA"}).encode(),
        json.dumps({**JWKS["P-256"], "kid": "x" * 2048}).encode(),
    ],
    ids=range(8),
)
def test_bytes_that_are_no_key_are_left_out_and_noted(key: bytes) -> None:
    registry = registered()
    added = registry.method("odd", key)
    registry.relate("odd", "assertionMethod", 110, 900)
    document, notes = assemble(replay(DID, registry.changes), at=200)
    assert document.relationships["assertionMethod"] == _ids("sign")
    assert len(notes) == 1
    assert f"entry {added.index}" in notes[0]
    assert not method_valid(registry.changes, v_method_id="odd", relationship="assertionMethod", at=200)


def test_a_ledger_key_beside_the_curve_is_left_out() -> None:
    registry = Registry()
    registry.insert(key=b"\x04" + bytes(64))
    assert document_from_changes(DID, registry.changes, at=200).verification_method == ()


@pytest.mark.parametrize("name", ["", "a#b", "a b", "é", "x" * 5000], ids=range(5))
def test_a_method_whose_name_is_no_fragment_is_left_out(name: str) -> None:
    registry = registered()
    registry.method(name)
    registry.relate(name, "assertionMethod", 110, 900)
    document, notes = assemble(replay(DID, registry.changes), at=200)
    assert document.relationships["assertionMethod"] == _ids("sign")
    assert len(notes) == 1


def test_a_key_of_a_type_unknown_here_is_passed_on_verbatim() -> None:
    registry = registered()
    jwk = {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}
    registry.method("future", json.dumps(jwk).encode())
    registry.relate("future", "assertionMethod", 110, 900)
    document = document_from_changes(DID, registry.changes, at=200)
    assert document.verification_methods("assertionMethod")[-1].public_key_jwk == jwk


def test_one_method_twice_under_a_relationship_is_listed_once() -> None:
    registry = registered()
    registry.relate("sign", "assertionMethod", 100, 500)
    assert _standing(registry, 200)["assertionMethod"] == _ids("sign")


def test_valid_at_knows_later_entries_and_version_time_does_not() -> None:
    registry = registered()
    registry.time = 300
    registry.revoke("sign", 150)
    known_today = document_from_changes(DID, registry.changes, at=200)
    seen_then = document_from_changes(DID, registry.changes, at=200, known_through=200)
    just_before = document_from_changes(
        DID, registry.changes, at=200, index_before=registry.changes[-1].index
    )
    assert "assertionMethod" not in known_today.relationships
    assert seen_then.relationships["assertionMethod"] == _ids("sign")
    assert just_before == seen_then
    asked = partial(
        method_valid, registry.changes, v_method_id="sign", relationship="assertionMethod", at=200
    )
    assert not asked()
    assert asked(known_through=299)
    assert asked(index_before=registry.changes[-1].index)


def test_times_are_datetimes_or_ledger_seconds() -> None:
    changes = registered().changes
    at = datetime(1970, 1, 1, 0, 1, 50, 999_999, tzinfo=UTC)
    assert document_from_changes(DID, changes, at=at) == document_from_changes(DID, changes, at=110)
    with pytest.raises(InvalidOptions):
        document_from_changes(DID, changes, at=datetime(2026, 1, 1))  # noqa: DTZ001  naive on purpose


def test_what_was_not_recorded_by_then_is_not_found() -> None:
    changes = registered().changes
    for bounds in ({"known_through": 99}, {"index_before": 5}):
        with pytest.raises(NotFound):
            document_from_changes(DID, changes, at=200, **bounds)
    with pytest.raises(NotFound):
        document_from_changes(DID, [], at=200)
    assert not method_valid([], v_method_id="ledger", relationship="authentication", at=200)
    assert not method_valid(
        changes, v_method_id="ledger", relationship="authentication", at=200, known_through=99
    )
    assert not method_valid(changes, v_method_id="nobody", relationship="authentication", at=200)


def test_controllers_come_and_go_in_order() -> None:
    registry = registered()
    registry.add("did.controller.added", controller=OTHER)
    assert document_from_changes(DID, registry.changes, at=200).controller == (DID, OTHER)
    registry.add("did.controller.revoked", controller=DID)
    assert document_from_changes(DID, registry.changes, at=200).controller == (OTHER,)


def test_another_dids_entries_are_refused() -> None:
    with pytest.raises(InvalidHistory, match="another DID"):
        document_from_changes(OTHER, registered().changes, at=200)


def test_the_recorded_key_is_returned_as_it_was_written() -> None:
    document = document_from_changes(DID, registered().changes, at=200)
    assert document.verification_methods("assertionMethod")[0].public_key_jwk == json.loads(P256_BYTES)


def test_controllers_and_base_document_are_those_recorded_by_then() -> None:
    registry = registered()
    registry.time = 200
    registry.add("did.controller.added", controller=OTHER)
    registry.time = 300
    registry.add("did.base.updated", baseDocument=json.dumps({"@context": DID_CONTEXT, "service": []}))
    registry.add("did.controller.revoked", controller=DID)
    before, between, after, early = (
        document_from_changes(DID, registry.changes, at=at).to_json_ld() for at in (199, 200, 300, 99)
    )
    assert (before["controller"], before["service"]) == ([DID], [{"id": "#s"}])
    assert (between["controller"], between["service"]) == ([DID, OTHER], [{"id": "#s"}])
    assert (after["controller"], after["service"], after["@context"]) == ([OTHER], [], DID_CONTEXT)
    assert early == {"@context": DID_CONTEXT, "id": DID}


def test_what_the_method_does_not_govern_comes_first_as_at_ebsis() -> None:
    members = list(document_from_changes(DID, registered().changes, at=200).to_json_ld())
    assert members[:5] == ["@context", "service", "id", "controller", "verificationMethod"]


@pytest.mark.parametrize(
    ("at", "since", "until"), [(99, 0, 100), (100, 100, 110), (200, 110, 900), (999, 900, 1000)]
)
def test_a_document_says_the_same_until_the_next_turn(at: int, since: int, until: int) -> None:
    state = replay(DID, registered().changes)
    assert state.steady_around(at) == (since, until)
    assert assemble(state, at=at) == assemble(state, at=until - 1)
    assert assemble(state, at=at) != assemble(state, at=until)


def test_after_the_last_turn_a_document_says_the_same_for_ever() -> None:
    state = replay(DID, registered().changes)
    assert state.steady_around(1000) == (1000, None)
