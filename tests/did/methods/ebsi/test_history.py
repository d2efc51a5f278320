"""How keys begin and end, and what no registry could have recorded."""

from dataclasses import replace

import pytest

from did.errors import InvalidHistory
from did.methods.ebsi import Change, document_from_changes, key_history, replay

from .changes import DID, P256_BYTES, Registry, registered


def _intervals(registry: Registry, v_method_id: str) -> dict[str, tuple[int, int]]:
    intervals = replay(DID, registry.changes).intervals_of(v_method_id)
    return {i.relationship: (i.not_before.seconds, i.not_after.seconds) for i in intervals}


def test_the_first_key_may_authenticate_and_invoke() -> None:
    registry = Registry()
    registry.insert()
    assert _intervals(registry, "ledger") == {
        "authentication": (100, 1000),
        "capabilityInvocation": (100, 1000),
    }


def test_expiring_moves_every_end_that_has_not_passed() -> None:
    registry = registered()
    registry.relate("sign", "keyAgreement", 110, 150)
    registry.time = 150
    registry.expire("sign", 2000)
    assert _intervals(registry, "sign") == {
        "authentication": (110, 2000),
        "assertionMethod": (110, 2000),
        "keyAgreement": (110, 150),
    }


def test_revoking_never_lengthens_an_interval() -> None:
    registry = registered()
    registry.relate("sign", "keyAgreement", 110, 120)
    registry.time = 300
    registry.revoke("sign", 200)
    assert _intervals(registry, "sign") == {
        "authentication": (110, 200),
        "assertionMethod": (110, 200),
        "keyAgreement": (110, 120),
    }


def test_a_revocation_before_the_beginning_leaves_nothing() -> None:
    registry = registered()
    registry.time = 300
    registry.revoke("sign", 0)
    assert not any(
        "sign" in str(document_from_changes(DID, registry.changes, at=at)) for at in range(0, 1000, 10)
    )


def test_a_roll_hands_over_what_lasts_and_lets_the_old_key_run_out() -> None:
    registry = registered()
    registry.relate("sign", "keyAgreement", 110, 150)
    registry.relate("sign", "capabilityDelegation", 110, 420)
    registry.time = 200
    registry.roll("sign", "next", not_before=400, not_after=2000, duration=50)
    assert _intervals(registry, "sign") == {
        "authentication": (110, 450),
        "assertionMethod": (110, 450),
        "keyAgreement": (110, 150),
        "capabilityDelegation": (110, 420),
    }
    assert _intervals(registry, "next") == dict.fromkeys(
        ["authentication", "assertionMethod", "capabilityDelegation"], (400, 2000)
    )


def test_rolling_the_only_ledger_key_hands_over_the_right_to_write() -> None:
    registry = Registry()
    registry.insert()
    registry.roll("ledger", "next", not_before=100, not_after=2000, duration=0)
    assert _intervals(registry, "ledger")["capabilityInvocation"] == (100, 100)
    assert _intervals(registry, "next")["capabilityInvocation"] == (100, 2000)


def test_a_keys_history_names_the_entry_behind_each_bound() -> None:
    registry = registered()
    registry.time = 300
    revoked = registry.revoke("sign", 250)
    inserted, added, authentication = registry.changes[:3]
    ledger, sign = key_history(registry.changes)
    assert (ledger.v_method_id, ledger.is_secp256k1, ledger.added) == ("ledger", True, inserted)
    assert ledger.revoked is None
    assert (sign.added, sign.revoked, sign.public_key) == (added, revoked, P256_BYTES)
    assert sign.intervals[0].not_before.set_by is authentication
    assert sign.intervals[0].not_after.set_by is revoked
    assert sign.jwk is not None
    assert sign.jwk["kid"] == "kept"


def test_a_keys_history_may_stop_before_an_entry() -> None:
    registry = registered()
    registry.time = 300
    revoked = registry.revoke("sign", 250)
    assert key_history(registry.changes, index_before=revoked.index)[1].revoked is None
    assert key_history([]) == ()


def test_bytes_that_are_no_key_have_a_history_but_no_jwk() -> None:
    registry = registered()
    registry.method("odd", b"{}")
    odd = key_history(registry.changes)[-1]
    assert odd.jwk is None
    assert odd.intervals == ()


def test_an_end_beyond_every_calendar_is_only_a_number() -> None:
    registry = registered()
    registry.relate("sign", "keyAgreement", 0, 2**64 - 1)
    assert key_history(registry.changes)[1].intervals[-1].not_after.seconds == 2**64 - 1
    assert document_from_changes(DID, registry.changes, at=200).relationships["keyAgreement"]


def _impossible() -> dict[str, list[Change]]:
    cases: dict[str, list[Change]] = {}

    def case(title: str, kind: str, /, **fields: object) -> None:
        registry = registered()
        registry.add(kind, **fields)
        cases[title] = registry.changes

    method = {"isSecp256k1": False, "publicKey": P256_BYTES}
    times = {"notBefore": 0, "notAfter": 9}
    case("an unknown kind", "did.renamed")
    case("a second insertion", "did.inserted")
    case("a method twice", "did.method.added", vMethodId="sign", **method)
    case(
        "a roll onto itself",
        "did.method.rolled",
        vMethodId="sign",
        oldVMethodId="sign",
        duration=0,
        **method,
        **times,
    )
    case("the end of an unknown method", "did.method.expired", vMethodId="x", notAfter=9)
    case("the revocation of an unknown method", "did.method.revoked", vMethodId="x", notAfter=9)
    case("a roll from an unknown method", "did.method.rolled", oldVMethodId="x")
    case(
        "a relationship of an unknown method",
        "did.relationship.added",
        name="keyAgreement",
        vMethodId="x",
        **times,
    )
    case("an unknown relationship", "did.relationship.added", name="controller", vMethodId="sign", **times)
    case("the end of no controller", "did.controller.revoked", controller="did:x:y")
    revoked = registered()
    revoked.revoke("sign", 0)
    revoked.relate("sign", "keyAgreement", 0, 9)
    cases["a relationship after revocation"] = revoked.changes
    changes = registered().changes
    cases["no insertion"] = changes[1:]
    cases["the wrong order"] = [changes[0], changes[2], changes[1]]
    cases["the same entry twice"] = [changes[0], changes[1], changes[1]]
    cases["time running back"] = [changes[0], replace(changes[1], time=99)]
    return cases


@pytest.mark.parametrize("changes", _impossible().values(), ids=_impossible())
def test_what_no_registry_records_is_refused(changes: list[Change]) -> None:
    with pytest.raises(InvalidHistory) as caught:
        replay(DID, changes)
    assert caught.value.did == DID
    assert caught.value.index in {change.index for change in changes}
