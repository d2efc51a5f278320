"""Of an issuer with many attributes, only the chains that are told are derived."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node.services import accreditations
from node.services.issuers import issuer_in_full, issuer_summaries
from node.services.node import Node
from node.services.view import viewing
from tests.credentials.world import TI, Country, country
from tests.node.projected import node_of


@pytest.fixture(scope="module")
def home() -> Country:
    """A country whose university was accredited once, which was revoked, and then five times more."""
    made = country()
    made.world.revoke(made.university, made.tao)
    for _ in range(5):
        made.world.accredit(made.university, made.tao, TI)
    return made


@pytest.fixture
def node(home: Country, tmp_path: Path) -> Iterator[Node]:
    with node_of(home.world, tmp_path) as node:
        yield node


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Attributes whose chains are derived from now on."""
    found: list[bytes] = []
    derive = accreditations._derive

    def noted(view: Any, did: str, attribute_id: bytes, before_index: int | None) -> Any:
        found.append(attribute_id)
        return derive(view, did, attribute_id, before_index)

    monkeypatch.setattr(accreditations, "_derive", noted)
    return found


def test_a_list_derives_chains_up_to_the_first_that_holds(
    home: Country, node: Node, derived: list[bytes]
) -> None:
    with viewing(node) as view:
        (found,) = issuer_summaries(view, [home.university.did])
    assert found.attributes == 6
    assert found.accreditation.in_force
    assert derived == home.university.attributes[:2]


def test_a_page_derives_the_chains_that_it_shows(home: Country, node: Node, derived: list[bytes]) -> None:
    with viewing(node) as view:
        found = issuer_in_full(view, home.university.did, most_standings=3)
        assert derived == home.university.attributes[:3]
        whole = issuer_in_full(view, home.university.did)
    assert len(found.attributes) == len(whole.standings) == 6
    assert found.standings == whole.standings[:3]
    assert found.accreditation == whole.accreditation == whole.standings[1]


def test_where_none_holds_the_first_is_told(home: Country, node: Node) -> None:
    with viewing(node) as view:
        did, (first, second, *_) = home.university.did, home.university.attributes
        revoked = accreditations.accreditation(view, did=did, attribute_id=first)
        assert not revoked.in_force
        assert accreditations.accreditation_by(view, did, [first]) == revoked
        early = accreditations.accreditation_by(view, did, [second, first], before_index=2)
        assert not early.in_force
        assert early.links[0].link.attribute_id == second
        assert not accreditations.accreditation_by(view, did, []).in_force
