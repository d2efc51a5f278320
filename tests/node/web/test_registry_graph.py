"""The accreditation graph as of a day: everybody once, where they stood, drawn and as a list."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from did.methods.ebsi import new_did
from node.services import accreditation_graph
from tests.credentials.ledger import DAY
from tests.credentials.world import ROOT_TAO, TAO, TI, World
from tests.node.web.alliance import Alliance, Pages, alliance, pages

pytestmark = pytest.mark.enable_socket
GRAPH = "/registry/accreditations"
_ROW = re.compile(r'class="graph-box[^"]*" x="(\d+)" y="(\d+)"')


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with pages(alliance(colleges=20, batches=1), tmp_path_factory.mktemp("graph")) as made:
        yield made


def accredited(made: Alliance) -> list[str]:
    given = (made.north, made.south, made.kaunas, made.trento, made.hostile, made.former, *made.colleges)
    return sorted(actor.did for actor in (made.council, *given))


def drawn(served: Pages, **params: str) -> list[str]:
    """DIDs in the drawing, which comes before the list."""
    text = served.answer(GRAPH, params=params or None).text.partition("<svg")[2].partition("</svg>")[0]
    return re.findall(r"issuers/(did:ebsi:\w+)", text)


def listed(served: Pages, **params: str) -> list[str]:
    text = served.answer(GRAPH, params=params or None).text.partition('<ul class="tree">')[2]
    return re.findall(r"issuers/(did:ebsi:\w+)", text)


def test_everybody_who_was_ever_accredited_is_drawn_and_listed_once(served: Pages) -> None:
    assert sorted(drawn(served)) == accredited(served.made)
    assert sorted(listed(served)) == accredited(served.made)


def test_boxes_do_not_lie_on_one_another(served: Pages) -> None:
    boxes = sorted((int(x), int(y)) for x, y in _ROW.findall(served.answer(GRAPH).text))
    assert len(boxes) == len(accredited(served.made))
    assert all(two[1] - one[1] >= 46 for one, two in pairwise(boxes) if one[0] == two[0])


def test_the_graph_is_as_it_stood(served: Pages) -> None:
    former = served.made.former
    entries = served.everything(issuer=former.did, kind="issuer.attribute.metadata")
    before = served.seen(GRAPH, **{"as-of": entries[-1]["time"][:10], "root": served.made.north.did})
    assert "until" in before.text
    then = served.seen(GRAPH, **{"as-of": entries[0]["time"]})
    assert former.did in "".join(address for address, _ in then.links)
    assert "not in force" not in then.text
    assert sorted(listed(served, **{"as-of": "2020-01-01"})) == []
    assert "Nobody was accredited by then" in served.seen(GRAPH, **{"as-of": "2020-01-01"}).text
    now = served.seen(GRAPH)
    assert now.text.count("not in force") == 2  # in the drawing and in the list


def test_a_subtree_says_what_stands_above_it(served: Pages) -> None:
    made = served.made
    page = served.seen(GRAPH, root=made.north.did)
    assert "Accredited under Šiaurės ministerija" in page.text
    assert "European Council" in page.text.partition("Above it:")[2][:60]
    under = {made.north.did, made.kaunas.did, made.former.did, *(one.did for one in made.colleges)}
    assert set(listed(served, root=made.north.did)) == under
    assert set(listed(served, root=made.kaunas.did)) == {made.kaunas.did}


def test_what_does_not_fit_is_reached_by_links(served: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accreditation_graph, "MOST_BELOW", 5)
    monkeypatch.setattr("node.web.registry_graph.PAGE", 5)
    page = served.seen(GRAPH)
    found = set(listed(served))
    assert len(found) == 1 + 2 + 2 + 5
    (more,) = [address for address, text in page.links if text.startswith("More under")]
    address: str | None = more
    sheets = 0
    while address is not None:
        deeper = served.seen(address)
        found |= {one.rpartition("/")[2] for one in deeper.linked("/registry/issuers/did:")}
        address, sheets = deeper.related("next"), sheets + 1
    assert sorted(found) == accredited(served.made)
    assert sheets == 5


def test_no_tree_is_larger_than_a_page_takes(served: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accreditation_graph, "MOST_NODES", 7)
    page = served.seen(GRAPH)
    assert len(listed(served)) == 7
    assert [text for _, text in page.links if text.startswith("More under")]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"as-of": "2026-02-30"}, 400),
        ({"root": "did:ebsi:x"}, 400),
        ({"root": new_did(bytes(16))}, 404),
        ({"attribute": "ab" * 32}, 400),
        ({"root": new_did(bytes(16)), "attribute": "ab" * 32}, 404),
        ({"root": new_did(bytes(16)), "attribute": "ab"}, 400),
        ({"before": "-1"}, 400),
    ],
)
def test_what_cannot_be_meant_is_told_as_a_page(served: Pages, params: dict[str, str], status: int) -> None:
    answer = served.answer(GRAPH, params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


def test_whoever_moved_stands_where_it_is_now(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = World()
    root, one, other, school = (world.actor(name) for name in ("Root", "One", "Other", "School"))
    world.accredit(root, root, ROOT_TAO)
    for tao in (one, other):
        world.accredit(tao, root, TAO)
    attribute = world.accredit(school, one, TI)
    world.wait(DAY)
    moved = world.moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    world.wait(DAY)
    world.accredit(school, other, TI, attribute_id=attribute)
    world.wait(60)
    made = Alliance(world, root, one, other, school, school, school, school, school, [], 0)
    with pages(made, tmp_path_factory.mktemp("moved")) as served:
        assert set(listed(served, root=one.did)) == {one.did}
        assert set(listed(served, root=other.did)) == {other.did, school.did}
        assert set(listed(served, root=one.did, **{"as-of": moved})) == {one.did, school.did}
        assert sorted(listed(served)) == sorted(actor.did for actor in (root, one, other, school))


def test_under_a_tao_that_lost_it_nobody_holds(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = World()
    root, tao, school = (world.actor(name) for name in ("Root", "Tao", "School"))
    world.accredit(root, root, ROOT_TAO)
    world.accredit(tao, root, TAO)
    world.accredit(school, tao, TI)
    world.revoke(tao, root)
    world.wait(60)
    made = Alliance(world, root, tao, tao, school, school, school, school, school, [], 0)
    with pages(made, tmp_path_factory.mktemp("lost")) as served:
        assert served.seen(GRAPH).text.count("not in force") == 4
        assert served.seen(GRAPH, root=school.did).text.count("not in force") == 2
        chain = served.api(f"/v1/issuers/{school.did}")["accreditation"]
        assert chain["inForce"] is False


def test_a_revoked_tao_is_called_what_it_was(tmp_path: Path) -> None:
    made = alliance(colleges=1, batches=1)
    made.world.revoke(made.south, made.council)
    made.world.wait(60)
    with pages(made, tmp_path) as served:
        graph = served.seen(GRAPH).text
        own = served.seen(f"/registry/issuers/{made.south.did}").text
        below = served.seen(f"/registry/issuers/{made.trento.did}")
    assert graph.count("TAO, revoked") == 2  # in the drawing and in the list
    assert "TAO, revoked" in own
    assert any(row[:2][-1] == "TAO, revoked" for row in below.rows), below.rows
    assert "Trusted Issuer, revoked" not in below.text
