"""EBSI's Trusted Issuers Registry: attributes by any revision's id, over time, and in the shape of before."""

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from hashlib import sha256

import pytest

from did.methods.ebsi import new_did
from node.api.forms import rfc3339
from node.services.trusted_issuers import MOST_WHOLE
from tests.credentials.ledger import Actor
from tests.credentials.world import TI, Country, World, country
from tests.node.api.registry import Registry, registry

pytestmark = pytest.mark.enable_socket

ISSUERS = "/trusted-issuers-registry/v5/issuers"
RESERVED, SECOND = b"\x51" * 32, b"\x52" * 32


class Histories:
    """A country in which a school waits for its credential, and the university lost its accreditation."""

    def __init__(self) -> None:
        self.home: Country = country()
        world = self.world
        self.school = world.actor("School")
        world.set_metadata(
            self.school, RESERVED, TI, tao=self.home.tao.did, attribute_id_tao=self.home.tao.attribute_id
        )
        self.reserved_at = world.now
        self.before_loss = world.now
        world.set_metadata(
            self.university, SECOND, TI, tao=self.home.tao.did, attribute_id_tao=self.home.tao.attribute_id
        )
        self.second_at = world.now
        self.lost = sha256(b"a change of metadata alone").digest()
        world.write(
            "issuer.attribute.metadata",
            did=self.university.did,
            attributeId=self.university.attribute_id,
            revisionId=self.lost,
            issuerType=4,
            taoDid=self.home.tao.did,
            attributeIdTao=self.home.tao.attribute_id,
        )
        self.lost_at = world.now
        for number in range(MOST_WHOLE + 1):
            attribute_id = sha256(b"%d" % number).digest()
            world.set_metadata(
                self.home.root, attribute_id, TI, tao=self.home.root.did, attribute_id_tao=attribute_id
            )
        world.wait(60)

    @property
    def world(self) -> World:
        return self.home.world

    @property
    def university(self) -> Actor:
        return self.home.university


@pytest.fixture(scope="module")
def told() -> Histories:
    return Histories()


@pytest.fixture(scope="module")
def served(told: Histories, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry(told.world, tmp_path_factory.mktemp("issuers")) as made:
        yield made


def test_an_issuer_has_attributes_once_it_accepted_a_credential(served: Registry, told: Histories) -> None:
    waits = served.ok(f"{ISSUERS}/{told.school.did}")
    assert waits["hasAttributes"] is False
    assert served.ok(waits["attributes"])["items"][0]["id"] == RESERVED.hex()
    accepted = served.get(f"{ISSUERS}/{told.university.did}")
    assert accepted.json()["hasAttributes"] is True
    assert parsedate_to_datetime(accepted.headers["last-modified"]).timestamp() == told.lost_at


def test_any_revision_names_its_attribute_in_every_spelling(served: Registry, told: Histories) -> None:
    base = f"{ISSUERS}/{told.university.did}/attributes"
    listed = served.ok(f"{base}/{told.university.attribute_id.hex()}/revisions")
    ids = [one["id"] for one in listed["items"]]
    assert (ids[0], ids[-1], len(ids)) == (told.university.attribute_id.hex(), told.lost.hex(), 3)
    spelled = [spell for one in ids for spell in (one, f"0x{one}", f"0x{one.upper()}")]
    latest = [served.ok(f"{base}/{one}")["attribute"] for one in spelled]
    assert {one["hash"] for one in latest} == {told.lost.hex()}
    assert (latest[0]["issuerType"], latest[0]["body"]) == ("Revoked", "")
    accepted = served.ok(f"{base}/0x{ids[2]}/revisions/0x{ids[1]}")["attribute"]
    assert sha256(accepted["body"].encode()).hexdigest() == accepted["hash"] == ids[1]
    assert (accepted["tao"], accepted["rootTao"]) == (told.home.tao.did, told.home.root.did)


def test_an_attribute_is_told_as_it_was_recorded_by_a_time(served: Registry, told: Histories) -> None:
    path = f"{ISSUERS}/{told.university.did}/attributes/{told.university.attribute_id.hex()}"
    before = served.ok(path, params={"valid-at": rfc3339(told.lost_at - 1)})["attribute"]
    assert (before["issuerType"], before["body"].count(".")) == ("TI", 2)
    for at in (told.lost_at, told.lost_at + 10**9):
        then = served.ok(path, params={"valid-at": rfc3339(at)})["attribute"]
        assert then == served.ok(path)["attribute"]
    early = served.refused(path, params={"valid-at": "2020-01-01T00:00:00Z"})
    assert (early["status"], early["title"]) == (404, "Attribute Not Found")


def test_attributes_and_issuers_are_told_as_they_were(served: Registry, told: Histories) -> None:
    path = f"{ISSUERS}/{told.university.did}"
    first = {"valid-at": rfc3339(told.second_at - 1)}
    assert served.ok(f"{path}/attributes")["total"] == 2
    then = served.ok(f"{path}/attributes", params=first)
    assert [one["id"] for one in then["items"]] == [told.university.attribute_id.hex()]
    assert then["links"]["next"].endswith(f"&valid-at={first['valid-at']}")
    assert served.ok(f"{ISSUERS}/{told.school.did}", params={"valid-at": rfc3339(told.reserved_at)})
    early = {"valid-at": rfc3339(told.reserved_at - 1)}
    for suffix in ("", "/attributes"):
        problem = served.refused(f"{ISSUERS}/{told.school.did}{suffix}", params=early)
        assert (problem["status"], problem["title"]) == (404, "Issuer Not Found")


def test_the_shape_of_the_version_before_shows_attributes_whole(served: Registry, told: Histories) -> None:
    path, deprecated = f"{ISSUERS}/{told.university.did}", {"version": "deprecated"}
    whole = served.ok(path, params=deprecated)
    assert set(whole) == {"did", "attributes"}
    ids = [told.university.attribute_id.hex(), SECOND.hex()]
    assert whole["attributes"] == [served.ok(f"{path}/attributes/{one}")["attribute"] for one in ids]
    revisions = f"{path}/attributes/{ids[0]}/revisions"
    shown = served.ok(revisions, params=deprecated)
    hrefs = [one["href"] for one in served.ok(revisions)["items"]]
    assert shown["items"] == [served.ok(href)["attribute"] for href in hrefs]
    assert shown["links"]["last"].endswith("&version=deprecated")
    assert served.refused(path, params={"version": "v4"})["status"] == 400
    assert served.refused(f"{ISSUERS}/{told.home.root.did}", params=deprecated)["code"] == "tooManyToShow"
    early = deprecated | {"valid-at": "2020-01-01T00:00:00Z"}
    assert served.refused(path, params=early)["code"] == "issuerNotFound"


def test_what_is_not_there_is_named(served: Registry, told: Histories) -> None:
    unknown, own = new_did(b"\7" * 16), f"{ISSUERS}/{told.university.did}/attributes"
    for path, title, detail in (
        (f"{ISSUERS}/{unknown}", "Issuer Not Found", f"Issuer {unknown} not found"),
        (f"{ISSUERS}/{unknown}/attributes", "Issuer Not Found", unknown),
        (f"{ISSUERS}/{unknown}/attributes/{'ab' * 32}", "Issuer Not Found", unknown),
        (f"{own}/{'ab' * 32}", "Attribute Not Found", f"Attribute {'ab' * 32} not found"),
        (f"{own}/{RESERVED.hex()}", "Attribute Not Found", RESERVED.hex()),
        (f"{own}/{'ab' * 32}/revisions", "Attribute Not Found", "ab" * 32),
        (f"{own}/{SECOND.hex()}/revisions/{told.lost.hex()}", "Revision Not Found", told.lost.hex()),
    ):
        problem = served.refused(path)
        assert (problem["status"], problem["title"], problem["type"]) == (404, title, "about:blank")
        assert detail in problem["detail"]
