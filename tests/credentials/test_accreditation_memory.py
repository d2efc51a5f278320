"""What the memory says of an accreditation's signature holds for the key as it is declared, and no other."""

from dataclasses import replace

from credentials.ports import Cache
from credentials.securing.signing_key import PrivateKey
from credentials.verdict import CheckResult, Outcome

from .accredited_country import judge
from .ledger import Key
from .memory_record import RememberingCache
from .world import ROOT_TAO, SCHEMA, TI, World


class EncryptingWorld(World):
    """A world whose keys are declared for encryption."""

    def key(self, private: PrivateKey | None = None) -> Key:
        """The same key as in any other world."""
        made = super().key(private)
        return replace(made, jwk={**made.jwk, "use": "enc"})


def _judged(world: World, texts: dict[int, bytes], cache: Cache) -> CheckResult:
    """What check 5 says where the accreditations have these texts, or new ones, which are noted."""
    root, university = world.actor("Root TAO"), world.actor("University")
    world.register_schema(SCHEMA)
    for child, issuer_type in ((root, ROOT_TAO), (university, TI)):
        attribute_id = bytes([issuer_type]) * 32
        world.accredit(child, root, issuer_type, attribute_id=attribute_id, text=texts.get(issuer_type))
        body = world.record.revisions_of(child.did, attribute_id)[-1].body
        assert body is not None
        texts[issuer_type] = body
    document = world.issue(university)
    world.anchor(university, [document])
    return judge(world, document, cache=cache)


def test_a_signature_verified_once_does_not_count_for_a_key_declared_for_something_else() -> None:
    """Play the attack: the same bytes, the same key, which is declared for encryption."""
    texts: dict[int, bytes] = {}
    cache = RememberingCache()
    assert _judged(World(), texts, cache).outcome is Outcome.PASSED
    assert _judged(World(), texts, cache).outcome is Outcome.PASSED
    again = _judged(EncryptingWorld(), texts, cache)
    assert (again.outcome, again.reason) == (Outcome.FAILED, "accreditor_signature")
