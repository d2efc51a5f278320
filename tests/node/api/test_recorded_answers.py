"""What all of EBSI's reads have in common: validators, methods, representations, pages, their cost."""

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection

import pytest

from did.multibase import encode_base58btc
from node.db.session import reading
from tests.credentials.world import SCHEMA, country
from tests.databases import on_postgresql
from tests.node.api.registry import Registry, registry

pytestmark = pytest.mark.enable_socket

HOME = country()
DIDS, ISSUERS = "/did-registry/v5/identifiers", "/trusted-issuers-registry/v5/issuers"
SCHEMAS = "/trusted-schemas-registry/v3/schemas"
_OWN = f"{ISSUERS}/{HOME.university.did}"
_ATTRIBUTE = f"{_OWN}/attributes/{HOME.university.attribute_id.hex()}"
_SCHEMA = f"{SCHEMAS}/{encode_base58btc(HOME.world.register_schema(SCHEMA + b' '))}"
COLLECTIONS = (DIDS, ISSUERS, SCHEMAS)
READS = (
    *COLLECTIONS,
    f"{DIDS}/{HOME.university.did}",
    f"/did-registry/v6/identifiers/{HOME.university.did}/events",
    *(_OWN, f"{_OWN}/attributes", _ATTRIBUTE, f"{_ATTRIBUTE}/revisions"),
    f"{_ATTRIBUTE}/revisions/{HOME.university.attribute_id.hex()}",
    *(_SCHEMA, f"{_SCHEMA}/revisions"),
)


def of_state(statement: str) -> bool:
    """Whether it reads the one row that says where the follower stands, or the one of what it saw last."""
    return statement.partition("FROM ")[2].split()[0] in {"cursor", "follower"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry(HOME.world, tmp_path_factory.mktemp("reads")) as made:
        yield made


@pytest.mark.parametrize("path", READS)
def test_who_holds_an_answer_is_told_so_and_nothing_is_made(served: Registry, path: str) -> None:
    first = served.get(path)
    assert first.status_code == 200, first.text
    recorded = parsedate_to_datetime(first.headers["last-modified"]).timestamp()
    assert recorded in {time for _, _, time in HOME.world.log}
    assert first.headers["cache-control"] == "no-cache"
    again = served.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "cache-control", "last-modified", "vary"):
        assert again.headers[name] == first.headers[name]
    assert [of_state(statement) for statement, _ in served.statements] == [True, True]  # and no other one
    assert served.get(path, headers={"If-None-Match": '"another"'}).content == first.content


@pytest.mark.parametrize("path", READS)
def test_every_read_has_head_and_refuses_other_methods_and_media(served: Registry, path: str) -> None:
    got, asked = served.get(path), served.http.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    for name in ("etag", "content-length", "content-type", "last-modified"):
        assert asked.headers[name] == got.headers[name]
    refused = served.http.put(path)
    assert (refused.status_code, refused.headers["content-type"]) == (405, "application/problem+json")
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}
    problem = served.refused(path, headers={"Accept": "text/html"})
    assert (problem["status"], problem["type"]) == (406, "about:blank")
    assert served.get(path, headers={"Accept": "text/html;q=0.9, */*;q=0.1"}).status_code == 200
    assert served.refused(path, params={"surprise": "1"})["status"] == 400


@pytest.mark.parametrize("path", COLLECTIONS)
def test_a_far_page_costs_what_the_first_one_costs(served: Registry, path: str) -> None:
    first = served.ok(path, params={"page[size]": "1"})
    asked = [statement for statement, _ in served.statements]
    far = served.ok(path, params={"page[after]": "10000", "page[size]": "1"})
    assert [statement for statement, _ in served.statements] == asked
    assert any("listed.ordinal >=" in one for one in asked)
    if not on_postgresql():  # whose plans go by how many rows there are
        with reading(served.node.engine) as connection:
            for statement, parameters in list(served.statements):
                if of_state(statement):
                    continue
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                assert not [one.detail for one in plan if "SCAN" in one.detail]
    assert (far["items"], far["total"]) == ([], first["total"])
    assert far["links"]["prev"] == far["links"]["last"]


@pytest.mark.parametrize("path", [*COLLECTIONS, f"{_OWN}/attributes", f"{_ATTRIBUTE}/revisions"])
def test_pages_join_without_gap_and_refuse_sizes_in_ebsis_form(served: Registry, path: str) -> None:
    whole = served.ok(path, params={"page[size]": "50"})
    items, page = [], served.ok(path, params={"page[size]": "1"})
    for _ in range(whole["total"]):
        items += page["items"]
        page = served.ok(page["links"]["next"])
    assert items == whole["items"]
    for wrong, complaint in (("51", "greater than 50"), ("0", "less than 1"), ("x", "an integer number")):
        problem = served.refused(path, params={"page[size]": wrong})
        assert problem["status"] == 400
        assert complaint in problem["detail"]
        assert problem["detail"].startswith('["')


def test_links_keep_their_brackets(served: Registry) -> None:
    connection = HTTPConnection(str(served.http.base_url.netloc, "ascii"))
    connection.request("GET", f"{DIDS}?page%5Bafter%5D=1&page%5Bsize%5D=2")
    body = connection.getresponse().read()
    connection.close()
    assert b"?page[after]=2&page[size]=2" in body
    assert b"%5B" not in body


def test_a_resolution_is_made_once_and_says_each_time_how_old_it_is(served: Registry) -> None:
    path = f"/1.0/identifiers/{HOME.university.did}"
    first = served.get(path)
    again = served.get(path)
    assert [of_state(statement) for statement, _ in served.statements] == [True, True]  # and no other one
    assert again.json()["asOf"].keys() == {"block", "blockTime", "size", "lagSeconds"}
    assert {**again.json(), "asOf": None} == {**first.json(), "asOf": None}
    assert again.headers["etag"] == first.headers["etag"]
    unchanged = served.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_what_was_not_asked_lately_costs_one_look_at_the_record(served: Registry) -> None:
    served.ok(DIDS)
    served.ok(DIDS, params={"page[size]": "7"})
    assert [of_state(statement) for statement, _ in served.statements].count(True) == 1
