"""From the first page along every link: each leads to something, and every page is sound."""

from collections.abc import Sequence

import httpx
import pytest

from node.web.languages import NAMES
from tests.browser.cast import Cast
from tests.browser.walk import Stop, page_routes, starts, walk

pytestmark = pytest.mark.enable_socket
FEW = 3


@pytest.fixture(scope="module", params=NAMES)
def way(people: Cast, request: pytest.FixtureRequest) -> Sequence[Stop]:
    """All that a walk in one language came by."""
    with httpx.Client(base_url=people.url, trust_env=False, timeout=60) as http:
        return list(walk(http, *starts(people, request.param)))


def test_every_link_leads_to_something(way: Sequence[Stop]) -> None:
    assert [(stop.by, stop.path) for stop in way if stop.answer.status_code != 200] == []
    assert len(way) > FEW


def test_the_markup_of_every_page_is_sound(way: Sequence[Stop]) -> None:
    assert [
        (stop.path, fault) for stop in way if stop.route and stop.markup for fault in stop.markup.faults
    ] == []


def test_every_page_is_in_the_language_chosen_and_links_go_on_in_it(way: Sequence[Stop]) -> None:
    chosen = way[0].answer.headers["content-language"]
    for stop in way:
        if stop.route and stop.markup:
            assert f"lang={stop.answer.headers['content-language']}" in stop.path, stop.by
    assert {stop.answer.headers["content-language"] for stop in way if stop.markup and stop.route} == {*NAMES}
    assert f"lang={chosen}" in way[0].path


def test_every_page_is_come_by(way: Sequence[Stop]) -> None:
    assert {*page_routes()} - {stop.route for stop in way} == set()
