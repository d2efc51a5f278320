"""What every `credentials.ports.Record` must answer: the same suite for the double and for a node's adapter.

A record is filled with the entries of `crowded().world.log`, in their order, and with the leaves in
`world.leaves` by root, in the order of their batch; of all other batches the leaves are not at hand.
"""

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, replace
from typing import Final

from anchoring.digest import secured_digest
from credentials.ports import Anchor, Record
from did.methods.ebsi import key_history
from did.syntax import Did

from .ledger import Actor
from .world import TAO, Country, World, country

NOBODY: Final = "did:ebsi:zoS4rFKn2kTSwnyxRUAuEWz"


@dataclass
class Crowd:
    """A world with something of everything, and what was put into it."""

    home: Country
    other: Actor
    twice: bytes
    missing: bytes
    anchors: dict[str, Anchor]
    url: str
    schema_id: bytes

    @property
    def world(self) -> World:
        """The ledger."""
        return self.home.world


def crowded() -> Crowd:
    """A country with rolled keys, attributes, schemas and lists revised, and batches of every kind."""
    home = country()
    world, university = home.world, home.university
    other = world.actor("Academy")
    world.accredit(other, home.tao, 3)
    world.accredit(other, home.tao, TAO)
    world.revoke(other, home.tao)
    world.roll_key(university, duration=3600)
    world.revoke_key(university, key=university.keys[0], not_after=home.anchor.time)
    schema_id = world.register_schema(b'{"type":"object"}')
    world.register_schema(b'{"type":"object","required":["id"]}', update_of=schema_id)
    twice, missing, theirs = (world.issue(actor) for actor in (university, university, other))
    anchors = {
        "first": home.anchor,
        "twice": world.anchor(university, [home.credential, twice]),
        "missing": world.anchor(university, [missing, twice], held=False),
        "theirs": world.anchor(other, [theirs, twice]),
        "malformed": world.anchor(university, [world.issue(university) for _ in range(3)], malformed=True),
    }
    url = world.list_url(university)
    world.publish_list(university, url)
    world.publish_list(university, url, set_bits=[7])
    world.publish_list(university, world.list_url(university, "2"), purpose="suspension")
    world.publish_list(other, url)
    world.add_key(home.tao, key=university.key)
    return Crowd(home, other, twice, missing, anchors, url, schema_id)


def the_size_is_that_of_the_log(record: Record, crowd: Crowd) -> None:
    assert record.size == len(crowd.world.log)


def its_time_is_no_earlier_than_its_last_entry(record: Record, crowd: Crowd) -> None:
    assert record.time is not None
    assert record.time >= crowd.world.log[-1][2]


def the_state_is_one_name(record: Record, crowd: Crowd) -> None:
    assert len({record.state, record.state}) == 1
    assert crowd.world.log


def changes_of_a_did_come_in_log_order(record: Record, crowd: Crowd) -> None:
    for actor in (crowd.home.university, crowd.other):
        changes = list(record.changes_of(Did(actor.did)))
        assert [(change.index, change.kind, change.time, dict(change.fields)) for change in changes] == [
            (index, kind, time, fields)
            for index, (kind, fields, time) in enumerate(crowd.world.log)
            if kind.startswith("did.") and fields["did"] == actor.did
        ]
        assert len(key_history(changes)) == len(actor.keys) + 1


def dids_are_found_by_a_key_that_they_ever_asserted_with(record: Record, crowd: Crowd) -> None:
    university, other = crowd.home.university, crowd.other
    rolled, newest = university.keys
    assert list(record.dids_with_method(rolled.fragment)) == [university.did]
    assert list(record.dids_with_method(newest.fragment)) == [university.did, crowd.home.tao.did]
    assert list(record.dids_with_method(other.key.fragment)) == [other.did]
    assert not record.dids_with_method("owner")
    assert not record.dids_with_method("nobody")


def attributes_come_in_the_order_of_their_first_entries(record: Record, crowd: Crowd) -> None:
    assert list(record.attributes_of(crowd.other.did)) == crowd.other.attributes
    assert len(crowd.other.attributes) == 2


def revisions_inherit_type_and_parent(record: Record, crowd: Crowd) -> None:
    first, second = crowd.other.attributes
    metadata, data = record.revisions_of(crowd.other.did, first)
    place = (crowd.home.tao.did, crowd.home.tao.attribute_id)
    assert (metadata.issuer_type, metadata.tao_did, metadata.attribute_id_tao) == (3, *place)
    assert (data.issuer_type, data.tao_did, data.attribute_id_tao) == (3, *place)
    assert metadata.body is None
    assert crowd.world.log[data.index][1]["attributeData"] == data.body
    assert (metadata.index, metadata.time) == (data.index - 1, crowd.world.log[metadata.index][2])
    assert [one.issuer_type for one in record.revisions_of(crowd.other.did, second)] == [2, 2, 4]


def schemas_come_with_all_revisions(record: Record, crowd: Crowd) -> None:
    revisions = list(record.schema_revisions(crowd.schema_id))
    assert [one.content for one in revisions] == [
        b'{"type":"object"}',
        b'{"type":"object","required":["id"]}',
    ]
    assert {one.schema_id for one in revisions} == {crowd.schema_id}
    assert [one.time for one in revisions] == [crowd.world.log[one.index][2] for one in revisions]


def publications_are_of_one_issuer_and_exactly_one_url(record: Record, crowd: Crowd) -> None:
    did = crowd.home.university.did
    found = list(record.publications_of(did, crowd.url))
    assert len(found) == 2
    assert found[0].index < found[1].index
    for publication in found:
        kind, fields, time = crowd.world.log[publication.index]
        assert kind == "status.published"
        assert astuple(publication) == (
            publication.index, time, did, fields["attributeId"], crowd.url, "revocation", 131_072,
            fields["credentialDigest"], fields["validFrom"], fields["validUntil"],
        )  # fmt: skip
    assert len(record.publications_of(crowd.other.did, crowd.url)) == 1
    assert not record.publications_of(did, crowd.url.upper())
    assert not record.publications_of(did, crowd.url + "/")


def anchors_are_those_whose_leaves_are_at_hand(record: Record, crowd: Crowd) -> None:
    university, anchors = crowd.home.university.did, crowd.anchors
    assert _plain(record.anchors_of(university, crowd.home.digest)) == _plain(
        [anchors["first"], anchors["twice"]]
    )
    assert _plain(record.anchors_of(university, _digest(crowd.twice))) == _plain([anchors["twice"]])
    assert _plain(record.anchors_of(crowd.other.did, _digest(crowd.twice))) == _plain([anchors["theirs"]])
    assert not record.anchors_of(university, _digest(crowd.missing))
    assert not record.anchors_of(university, bytes(32))


def a_batch_is_found_by_its_whole_identity(record: Record, crowd: Crowd) -> None:
    for anchor in crowd.anchors.values():
        found = record.batch(anchor.did, anchor.root, anchor.size)
        assert found is not None
        assert _plain([found]) == _plain([anchor])
        assert record.batch(anchor.did, anchor.root, anchor.size + 1) is None
        assert record.batch(NOBODY, anchor.root, anchor.size) is None
    assert record.batch(crowd.home.university.did, bytes(32), 3) is None


def batches_are_counted_up_to_a_time(record: Record, crowd: Crowd) -> None:
    did, anchors = crowd.home.university.did, crowd.anchors
    now = record.batches_of(did, crowd.world.now)
    assert (now.count, now.malformed) == (4, 1)
    assert _plain(now.unavailable) == _plain([anchors["missing"]])
    at_the_missing = record.batches_of(did, anchors["missing"].time)
    assert (at_the_missing.count, len(at_the_missing.unavailable)) == (3, 1)
    before_it = record.batches_of(did, anchors["missing"].time - 1)
    assert (before_it.count, before_it.unavailable, before_it.malformed) == (2, (), 0)
    assert record.batches_of(did, anchors["first"].time - 1).count == 0


def of_nobody_nothing_is_recorded(record: Record, crowd: Crowd) -> None:
    assert not record.changes_of(Did(NOBODY))
    assert not record.attributes_of(NOBODY)
    assert not record.revisions_of(NOBODY, crowd.home.university.attribute_id)
    assert not record.revisions_of(crowd.home.university.did, bytes(32))
    assert not record.schema_revisions(bytes(32))
    assert not record.publications_of(NOBODY, crowd.url)
    assert not record.anchors_of(NOBODY, crowd.home.digest)
    assert record.batches_of(NOBODY, crowd.world.now).count == 0


def _digest(document: bytes) -> bytes:
    return secured_digest(document).digest


def _plain(anchors: Iterable[Anchor]) -> list[Anchor]:
    """Without the word on finality, which depends on the chain behind a record."""
    return [replace(anchor, final=True) for anchor in anchors]


SUITE: Final[tuple[Callable[[Record, Crowd], None], ...]] = (
    the_size_is_that_of_the_log,
    its_time_is_no_earlier_than_its_last_entry,
    the_state_is_one_name,
    changes_of_a_did_come_in_log_order,
    dids_are_found_by_a_key_that_they_ever_asserted_with,
    attributes_come_in_the_order_of_their_first_entries,
    revisions_inherit_type_and_parent,
    schemas_come_with_all_revisions,
    publications_are_of_one_issuer_and_exactly_one_url,
    anchors_are_those_whose_leaves_are_at_hand,
    a_batch_is_found_by_its_whole_identity,
    batches_are_counted_up_to_a_time,
    of_nobody_nothing_is_recorded,
)
