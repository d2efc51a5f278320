"""Which key may sign: by the record below an index, at a time, under assertionMethod, and of the issuer."""

from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.errors import KeyRefused, Unavailable
from credentials.keys import document_of, keys_of, may_sign, signing_key_of
from credentials.moments import ledger_moment
from credentials.verdict import rfc3339
from did.document import DidDocument, VerificationMethod
from did.jwk import Jwk
from did.methods.key import did_key_from_jwk
from did.syntax import Did

from .ledger import FAR, START, Actor
from .memory_record import RememberingCache
from .world import World


@dataclass
class Web:
    """One did:web document."""

    document: DidDocument

    def did_document(self, did: Did) -> DidDocument:
        if did != self.document.id:
            raise Unavailable("Its host does not answer.")
        return self.document


def _world() -> tuple[World, Actor]:
    world = World()
    return world, world.actor("University")


def _refusal(world: World, *, issuer: str, kid: str, before: int | None = None, at: int | None = None) -> str:
    at = world.now if at is None else at
    with pytest.raises(KeyRefused) as caught:
        signing_key_of(world.ports(), issuer=issuer, kid=kid, index_before=before, at=at)
    assert not may_sign(world.ports(), issuer=issuer, kid=kid, index_before=before, at=at)
    assert caught.value.sentence.endswith(".")
    return caught.value.reason


def test_a_key_in_force_is_found_with_its_interval() -> None:
    world, actor = _world()
    key = signing_key_of(world.ports(), issuer=actor.did, kid=actor.kid, index_before=None, at=world.now)
    assert key.jwk == actor.key.jwk
    assert key.evidence() == {
        "verificationMethod": actor.kid,
        "notBefore": "2026-11-21T10:03:00Z",
        "notAfter": rfc3339(ledger_moment(FAR)),
        "addedByEntry": 1,
    }
    assert may_sign(world.ports(), issuer=actor.did, kid=actor.kid, index_before=None, at=world.now)


def test_a_key_is_in_force_from_its_first_second_until_just_before_its_last() -> None:
    world, actor = _world()
    world.add_key(actor, not_before=START + 5000, not_after=START + 6000)
    ask: dict[str, Any] = {"issuer": actor.did, "kid": actor.kid}
    assert _refusal(world, **ask, at=START + 4999) == "not_yet_valid"
    for at in (START + 5000, START + 5999):
        assert may_sign(world.ports(), **ask, index_before=None, at=at)
    assert _refusal(world, **ask, at=START + 6000) == "no_longer_valid"


def test_only_entries_below_the_index_count() -> None:
    """Play the attack: a key is added, or its end moved, after the moment that is judged."""
    world, actor = _world()
    first = actor.key
    before = len(world.log)
    world.roll_key(actor)
    world.revoke_key(actor, key=first, not_after=START)
    kid = f"{actor.did}#{first.fragment}"
    assert may_sign(world.ports(), issuer=actor.did, kid=kid, index_before=before, at=world.now)
    assert _refusal(world, issuer=actor.did, kid=kid) == "no_longer_valid"
    assert _refusal(world, issuer=actor.did, kid=actor.kid, before=before) == "unknown_key"
    assert _refusal(world, issuer=actor.did, kid=kid, before=0) == "unknown_key"


def test_the_key_of_another_did_is_refused_even_if_it_is_in_force() -> None:
    world, actor = _world()
    other = world.actor("Academy")
    assert _refusal(world, issuer=actor.did, kid=other.kid) == "foreign_key"


@pytest.mark.parametrize(
    "kid", ["{did}", "{did}#", "{did}/path#{fragment}", "{did}?a=b#{fragment}", "key-1", ""]
)
def test_a_name_without_a_did_and_a_fragment_is_none(kid: str) -> None:
    world, actor = _world()
    named = kid.format(did=actor.did, fragment=actor.key.fragment)
    assert _refusal(world, issuer=actor.did, kid=named) == "no_fragment"


def test_a_key_for_something_else_does_not_sign() -> None:
    world, actor = _world()
    world.add_key(actor, relationships=("authentication",))
    assert _refusal(world, issuer=actor.did, kid=actor.kid) == "not_for_assertion"


def test_an_issuer_that_is_not_registered_has_no_key() -> None:
    world, actor = _world()
    stranger = World().actor("Stranger")
    assert _refusal(world, issuer=stranger.did, kid=stranger.kid) == "issuer_unknown"
    assert keys_of(world.ports(), Did(actor.did), index_before=0) == ()


def test_bytes_that_are_no_key_do_not_sign() -> None:
    world, actor = _world()
    world.write("did.method.added", did=actor.did, vMethodId="odd", isSecp256k1=False, publicKey=b"{}")
    world.write(
        "did.relationship.added",
        did=actor.did,
        name="assertionMethod",
        vMethodId="odd",
        notBefore=START,
        notAfter=FAR,
    )
    assert _refusal(world, issuer=actor.did, kid=f"{actor.did}#odd") == "unusable_key"


def test_what_no_contract_could_have_recorded_is_refused() -> None:
    world, actor = _world()
    world.write("did.method.revoked", did=actor.did, vMethodId="never added", notAfter=START)
    assert _refusal(world, issuer=actor.did, kid=actor.kid) == "unusable_key"


def test_keys_are_derived_once_per_state() -> None:
    world, actor = _world()
    cache = RememberingCache()
    ports = world.ports(cache=cache)
    first = keys_of(ports, Did(actor.did), index_before=None)
    assert keys_of(ports, Did(actor.did), index_before=None) is first
    world.roll_key(actor)
    assert len(keys_of(ports, Did(actor.did), index_before=None)) == 3


def test_a_did_key_is_its_own_key() -> None:
    world, _ = _world()
    jwk: Jwk = world.key(Ed25519PrivateKey.from_private_bytes(bytes(32))).jwk
    did = did_key_from_jwk(jwk)
    kid = f"{did}#{did.removeprefix('did:key:')}"
    key = signing_key_of(world.ports(), issuer=did, kid=kid, index_before=None, at=0)
    assert (key.jwk, key.evidence()["notBefore"]) == (jwk, None)
    assert _refusal(world, issuer=did, kid=f"{did}#other") == "unknown_key"


def test_a_did_key_that_is_none_is_refused_and_one_of_another_kind_unknown() -> None:
    world, _ = _world()
    assert _refusal(world, issuer="did:key:z6Mk0", kid="did:key:z6Mk0#z6Mk0") == "issuer_unknown"
    x25519 = "did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc"
    with pytest.raises(Unavailable):
        document_of(world.ports(), Did(x25519))


def test_did_web_is_asked_of_its_port_and_other_methods_of_nobody() -> None:
    world, actor = _world()
    did = Did("did:web:university.example")
    methods = tuple(VerificationMethod(f"{did}#{name}", did, actor.key.jwk) for name in ("1", "2"))
    web = Web(
        DidDocument(id=did, verification_method=methods, relationships={"assertionMethod": (f"{did}#1",)})
    )
    ports = world.ports(web_dids=web)
    ask: dict[str, Any] = {"issuer": did, "index_before": None, "at": 0}
    assert signing_key_of(ports, kid=f"{did}#1", **ask).jwk == actor.key.jwk
    with pytest.raises(KeyRefused) as caught:
        signing_key_of(ports, kid=f"{did}#2", **ask)
    assert caught.value.reason == "not_for_assertion"
    with pytest.raises(Unavailable):
        signing_key_of(world.ports(), kid=f"{did}#1", **ask)
    assert not may_sign(world.ports(), kid=f"{did}#1", **ask)
    with pytest.raises(Unavailable):
        document_of(ports, Did("did:ethr:0x1"))
