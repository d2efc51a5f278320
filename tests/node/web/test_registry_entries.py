"""An entry's page has every field, its neighbours and a proof that verifies; a batch's, its issuer's path."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from anchoring.inclusion import verify_inclusion
from did.methods.ebsi import new_did
from tests.ledger import DeployedState, resume
from tests.node.api.conftest import ACADEMY, KAUNAS, people
from tests.node.api.world import World as Living
from tests.node.api.world import accredit, batch_body, digests, world
from tests.node.web.alliance import Pages, Seen, alliance, pages

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with pages(alliance(colleges=2, batches=4), tmp_path_factory.mktemp("entries")) as made:
        yield made


@pytest.fixture
def own(deployed_state: DeployedState, tmp_path: Path) -> Iterator[Living]:
    """A node that follows a real ledger."""
    with resume(deployed_state, tmp_path / "ledger.json") as ledger, world(ledger, tmp_path / "node") as made:
        people(made)
        yield made


def entry(served: Pages, index: int) -> Seen:
    return served.seen(f"/registry/entries/{index}")


def test_every_entry_has_a_page_with_all_that_the_api_says(served: Pages) -> None:
    seen_kinds = set()
    for item in served.everything():
        if item["kind"] in seen_kinds:
            continue
        seen_kinds.add(item["kind"])
        page = entry(served, item["index"])
        for name in ("hash", "previous", "parent", "subject", "actor", "transactionHash", "kind"):
            assert str(item[name]) in page.text
        assert ("time", {"datetime": item["time"]}) in page.tags
        names = [row[0].strip() for row in page.rows[1:]]
        assert names == list(item["fields"])
    assert len(seen_kinds) >= 8


def test_previous_and_next_are_those_of_the_same_subject(served: Pages) -> None:
    items = served.everything()
    for item in items[:: len(items) // 12]:
        same = [one["index"] for one in items if one["subject"] == item["subject"]]
        at = same.index(item["index"])
        page = entry(served, item["index"])
        before, after = page.related("prev"), page.related("next")
        assert (before or "x/x").rpartition("/")[2] == (str(same[at - 1]) if at else "x")
        assert (after or "x/x").rpartition("/")[2] == (str(same[at + 1]) if at + 1 < len(same) else "x")


def test_the_proof_that_the_page_leads_to_verifies(served: Pages) -> None:
    items = served.everything()
    for item in (items[0], items[17], items[-1]):
        (address,) = entry(served, item["index"]).linked("v1/log/inclusion")
        proof = served.api(address)
        assert (proof["hash"], proof["index"], proof["size"]) == (item["hash"], item["index"], len(items))
        assert served.answer("/v1/log/checkpoint").text.splitlines()[2] == (
            b64encode(bytes.fromhex(proof["root"])).decode()
        )
        verify_inclusion(
            leaf_hash=bytes.fromhex(proof["hash"]),
            index=proof["index"],
            tree_size=proof["size"],
            path=tuple(map(bytes.fromhex, proof["path"])),
            root=bytes.fromhex(proof["root"]),
        )


def test_an_inclusion_is_proved_at_earlier_sizes_and_not_at_others(served: Pages) -> None:
    size = len(served.everything())
    earlier = served.api("/v1/log/inclusion", index="3", size="9")
    verify_inclusion(
        leaf_hash=bytes.fromhex(earlier["hash"]),
        index=3,
        tree_size=9,
        path=tuple(map(bytes.fromhex, earlier["path"])),
        root=bytes.fromhex(earlier["root"]),
    )
    for params in (
        {"index": "3", "size": "3"},
        {"index": str(size)},
        {"index": "0", "size": str(size + 1)},
    ):
        answer = served.answer("/v1/log/inclusion", params=params)
        assert (answer.status_code, answer.json()["code"]) == (404, "logSizeUnknown")
    assert served.answer("/v1/log/inclusion", params={"index": "-1"}).json()["code"] == "invalidParameter"


@pytest.mark.parametrize(
    ("index", "status"), [("99999", 404), ("x", 400), ("-1", 400), ("007", 400), ("9" * 30, 400)]
)
def test_an_entry_that_there_is_not_is_told_as_a_page(served: Pages, index: str, status: int) -> None:
    answer = served.answer(f"/registry/entries/{index}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


def test_a_batch_shows_its_issuers_path_then_and_now(served: Pages) -> None:
    made = served.made
    item = served.everything(kind="anchor.batch", issuer=made.kaunas.did)[1]
    (address,) = entry(served, item["index"]).linked("/registry/batches/")
    page = served.seen(address)
    facts = page.facts()
    state = served.api(f"/v1/batches/{made.kaunas.did}/{item['fields']['root']}/{item['fields']['size']}")
    assert state["state"] == "final"
    assert "on the ledger for good" in page.text
    assert item["fields"]["root"] in facts["Root"]
    assert page.linked(f"/registry/entries/{item['index']}")
    then = page.heads_of("The accreditation path when")
    assert [one.rpartition("/")[2] for one in then] == [made.kaunas.did, made.north.did, made.council.did]
    assert "The path is the same now." in page.text


@pytest.mark.parametrize(
    ("identity", "status"),
    [
        ("did:ebsi:x/" + "ab" * 32 + "/1", 400),
        (f"{new_did(bytes(16))}/xyz/1", 400),
        (f"{new_did(bytes(16))}/{'ab' * 32}/x", 400),
        (f"{new_did(bytes(16))}/{'ab' * 32}/1", 404),
    ],
)
def test_a_batch_that_there_is_not_is_told_as_a_page(served: Pages, identity: str, status: int) -> None:
    answer = served.answer(f"/registry/batches/{identity}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


def test_a_batch_is_shown_at_every_step_to_the_ledger(own: Living) -> None:
    leaves = digests("a", "b")
    accepted = own.http.post("/v1/batches", json=batch_body(KAUNAS, leaves))
    page = accepted.headers["location"].replace("/v1/", "/registry/")
    assert "its signed transaction has not come yet" in own.get(page).text
    own.anchor(KAUNAS, leaves)
    assert "some blocks have to follow before it is final" in own.get(page).text
    accredit(own.ledger, ACADEMY, KAUNAS, 4)
    own.ledger.ledger.mine(3)
    own.follow()
    final = own.get(page).text
    assert "on the ledger for good" in final
    assert final.count("not in force") >= 1
    assert "The accreditation path now" in final
