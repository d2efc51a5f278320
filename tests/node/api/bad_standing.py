"""Credentials whose one fault is their status list, or the accreditation of whoever issues them."""

import base64
import gzip
from datetime import timedelta
from itertools import pairwise
from typing import Any

from tests.credentials.credential_makers import Edit, status_entry
from tests.credentials.ledger import Actor
from tests.credentials.world import ROOT_TAO, TAO, TI, Country
from tests.node.api.bad_forms import Attack

OTHER_DID = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
"""Somebody who has nothing to do with it."""


def in_a_list(name: str, index: int | str = 7, *, by: str = "university", **published: Any) -> Attack:
    """Its status stands in a list of its own, which the university published as `published` says."""

    def attack(home: Country) -> bytes:
        world, university = home.world, home.university
        url = world.list_url(university, name)
        issuer: Actor = getattr(home, by)
        world.publish_list(issuer, url, published_by=university, **published)
        return world.issue(university, status=[status_entry(url, index)])

    return attack


def bomb(members: dict[str, Any]) -> None:
    """The list is 32 MiB of zeros in 32 KiB."""
    octets = gzip.compress(bytes(32 << 20))
    members["credentialSubject"]["encodedList"] = base64.b64encode(octets).decode()


def newcomer(name: str, edit: Edit | None = None, **overrides: Any) -> Attack:
    """An issuer of that name, whose accreditation is made with `overrides` of `World.accredit`."""

    def attack(home: Country) -> bytes:
        actor = home.world.actor(name)
        home.world.accredit(actor, home.tao, TI, edit=edit, **overrides)
        return home.world.issue(actor)

    return attack


def soon_expired(home: Country) -> bytes:
    """The accreditation is over before anything is anchored."""
    attack = newcomer("Expired", expires=home.world.moment + timedelta(seconds=600))
    return attack(home)


def older_than_its_metadata(home: Country) -> bytes:
    """The accreditation was changed, and its old credential recorded again."""
    world, actor = home.world, home.world.actor("Narrowed")
    attribute_id = world.accredit(actor, home.tao, TI)
    old = next(
        fields["attributeData"]
        for kind, fields, _time in reversed(world.log)
        if kind == "issuer.attribute.data"
    )
    world.wait(3600)
    world.set_metadata(actor, attribute_id, TI, tao=home.tao.did, attribute_id_tao=home.tao.attribute_id)
    world.set_data(actor, attribute_id, old)
    return world.issue(actor)


def cycle(home: Country) -> bytes:
    """Two who accredit one another."""
    world = home.world
    actors = [world.actor("One half"), world.actor("Other half")]
    attributes = [world.secret(), world.secret()]
    for child, parent in ((0, 1), (1, 0)):
        text = world.accreditation_text(
            actors[child],
            actors[parent],
            TAO,
            attribute_id=attributes[child],
            parent_attribute=attributes[parent],
        )
        world.set_metadata(
            actors[child],
            attributes[child],
            TAO,
            tao=actors[parent].did,
            attribute_id_tao=attributes[parent],
        )
        world.set_data(actors[child], attributes[child], text)
        actors[child].attributes.append(attributes[child])
    return world.issue(actors[0])


def chain_of_a_hundred(home: Country) -> bytes:
    """A root, and 99 of whom each accredits the next."""
    world = home.world
    actors = [home.tao, *(world.actor(f"Office {place}") for place in range(98))]
    for parent, child in pairwise(actors):
        world.accredit(child, parent, TI if child is actors[-1] else TAO)
    return world.issue(actors[-1])


def root_named_by_another(home: Country) -> bytes:
    """An accepted Root TAO whose credential somebody else signed."""
    world, root, child = home.world, home.world.actor("Second root"), home.world.actor("Its child")
    attribute_id = world.secret()
    text = world.accreditation_text(root, home.tao, ROOT_TAO, attribute_id=attribute_id)
    world.accredit(root, root, ROOT_TAO, attribute_id=attribute_id, text=text)
    world.accredit(child, root, TI)
    return world.issue(child)
