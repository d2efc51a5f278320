"""EBSI's Trusted Schemas Registry: schemas and their metadata over time, by ids in both spellings."""

import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from hashlib import sha256

import pytest

from did.multibase import encode_base58btc
from node.api.forms import rfc3339
from tests.credentials.world import World, country
from tests.node.api.registry import Registry, registry

pytestmark = pytest.mark.enable_socket

SCHEMAS = "/trusted-schemas-registry/v3/schemas"
FIRST, SECOND, THIRD = (json.dumps({"title": title}).encode() for title in ("first", "second", "third"))
ID = sha256(FIRST).digest()
NAMED = f"{SCHEMAS}/{encode_base58btc(ID)}"
DATED = json.dumps({"validFrom": "2026-01-01T00:00:00Z", "validTo": "2026-06-30T00:00:00"}).encode()


class Schemas:
    """A schema of three revisions, the first of which got other metadata later."""

    def __init__(self) -> None:
        self.world: World = country().world
        self.times = [self._write("schema.inserted", FIRST), self._write("schema.updated", SECOND)]
        self.world.write(
            "schema.metadata.updated",
            schemaId=ID,
            schemaRevisionId=ID,
            metadataId=sha256(DATED).digest(),
            metadata=DATED,
        )
        self.times.append(self._write("schema.updated", THIRD, metadata=b"no JSON"))
        self.world.wait(60)

    def _write(self, kind: str, schema: bytes, *, metadata: bytes = b'{"by":"us"}') -> int:
        revision = sha256(schema).digest()
        self.world.write(kind, schemaId=ID, schemaRevisionId=revision, schema=schema, metadata=metadata)
        return self.world.now


@pytest.fixture(scope="module")
def told() -> Schemas:
    return Schemas()


@pytest.fixture(scope="module")
def served(told: Schemas, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry(told.world, tmp_path_factory.mktemp("schemas")) as made:
        yield made


def test_a_schema_is_told_as_it_was_by_either_spelling_of_its_id(served: Registry, told: Schemas) -> None:
    for path in (NAMED, f"{SCHEMAS}/0x{ID.hex()}", f"{SCHEMAS}/0x{ID.hex().upper()}"):
        answer = served.get(path)
        assert (answer.content, answer.headers["content-type"]) == (THIRD, "application/json")
        assert parsedate_to_datetime(answer.headers["last-modified"]).timestamp() == told.times[2]
        for time, content in zip(told.times, (FIRST, SECOND, THIRD), strict=True):
            assert served.get(path, params={"valid-at": rfc3339(time)}).content == content
    early = served.refused(NAMED, params={"valid-at": rfc3339(told.times[0] - 1)})
    assert (early["status"], early["title"]) == (404, "Schema Not Found")


def test_revisions_are_listed_and_those_valid_by_their_metadata(served: Registry) -> None:
    path = f"{NAMED}/revisions"
    all_of_them = served.ok(path)
    ids = ["0x" + sha256(content).hexdigest() for content in (FIRST, SECOND, THIRD)]
    assert [one["schemaRevisionId"] for one in all_of_them["items"]] == ids
    assert served.ok(path, params={"version": "deprecated"})["items"] == all_of_them["items"]
    for at, valid in (
        ("2026-03-01T00:00:00Z", ids[:2]),
        ("2026-06-30T00:00:00Z", ids[:2]),
        ("2026-06-30T00:00:01Z", ids[1:2]),
        ("2025-12-31T23:59:59Z", ids[1:2]),
    ):
        found = served.ok(path, params={"version": "deprecated", "valid-at": at})
        assert [one["schemaRevisionId"] for one in found["items"]] == valid
        assert found["total"] == len(valid)
    assert served.refused(path, params={"valid-at": "2026-03-01T00:00:00Z"})["status"] == 400
    assert served.refused(path, params={"version": "new"})["status"] == 400


def test_a_revision_and_its_metadata_are_the_registered_bytes(served: Registry) -> None:
    revision = served.get(f"{NAMED}/revisions/0x{ID.hex()}")
    assert revision.content == FIRST
    assert "immutable" in revision.headers["cache-control"]
    listed = served.ok(f"{NAMED}/revisions/{ID.hex()}/metadata")
    assert [one["metadataId"] for one in listed["items"]] == [
        "0x" + sha256(content).hexdigest() for content in (b'{"by":"us"}', DATED)
    ]
    href = listed["items"][1]["href"]
    for accept, media_type in (
        ("*/*", "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
    ):
        answer = served.get(href, headers={"Accept": accept})
        assert (answer.content, answer.headers["content-type"]) == (DATED, media_type)
    assert served.refused(href, headers={"Accept": "text/plain"})["status"] == 406


def test_what_is_not_there_is_named(served: Registry) -> None:
    other = "ab" * 32
    for path, title, detail in (
        (f"{SCHEMAS}/0x{other}", "Schema Not Found", f"Schema 0x{other} not found"),
        (f"{SCHEMAS}/0x{other}/revisions", "Schema Not Found", other),
        (f"{NAMED}/revisions/0x{other}", "Revision Not Found", f"Revision 0x{other} not found"),
        (f"{NAMED}/revisions/0x{other}/metadata", "Revision Not Found", other),
        (f"{NAMED}/revisions/0x{ID.hex()}/metadata/0x{other}", "Metadata Not Found", f"Metadata 0x{other}"),
    ):
        problem = served.refused(path)
        assert (problem["status"], problem["title"], problem["type"]) == (404, title, "about:blank")
        assert detail in problem["detail"]
    for wrong in ("0xab", "zzz", "z" + "1" * 9, "plain"):
        assert served.refused(f"{SCHEMAS}/{wrong}")["status"] == 400
