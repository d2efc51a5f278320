"""From the first page along every link: each leads to something, and every page is sound."""

import io
from collections.abc import Sequence

import httpx
import pytest
from babel.messages.pofile import read_po

from node.web.languages import NAMES
from tests.browser.cast import Cast
from tests.browser.walk import Stop, page_routes, starts, walk
from tests.packaging.catalogues import catalogue_paths

pytestmark = pytest.mark.enable_socket
FEW = 3
TELLING = 9  # characters: a shorter text may be a name


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


def test_no_page_falls_back_into_the_language_of_its_sources(way: Sequence[Stop]) -> None:
    said = {
        message.id: message.string
        for message in read_po(io.BytesIO(catalogue_paths()["lt"].read_bytes()))
        if isinstance(message.id, str) and len(message.id) > TELLING and "%(" not in message.id
    }
    pages = [stop for stop in way if stop.markup and stop.answer.headers.get("content-language") == "lt"]
    left = {
        (stop.path, english)
        for stop in pages
        for english, lithuanian in said.items()
        if stop.markup and english != lithuanian and english in stop.markup.text
    }
    assert pages
    assert left == set()


def test_only_where_something_is_handed_in_there_are_scripts(way: Sequence[Stop]) -> None:
    assert {stop.route for stop in way if stop.markup and stop.markup.scripts} <= {"/"}


def test_every_page_is_come_by(way: Sequence[Stop]) -> None:
    assert {*page_routes()} - {stop.route for stop in way} == set()
