"""What a reader did wrong is told as a page, in which nothing that they sent is more than text."""

from collections.abc import Iterator

import httpx
import pytest

from node.app import application
from tests.credentials.world import country
from tests.node.api.world import served
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        node_of(country().world, tmp_path_factory.mktemp("problems")) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
    ):
        yield client


def test_a_parameter_named_like_markup_is_shown_as_text(http: httpx.Client) -> None:
    answer = http.get("/", params={"<script>alert(1)</script>": "x"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("name", ["100%", "%(title)s", "%s%n"])
def test_a_percent_sign_is_no_place_for_anything(http: httpx.Client, name: str) -> None:
    answer = http.get("/", params={name: "x"})
    assert answer.status_code == 400
    assert name in answer.text


def test_a_language_that_there_is_not_is_told_in_the_first(http: httpx.Client) -> None:
    answer = http.get("/", params={"lang": "tlh"})
    assert (answer.status_code, answer.headers["content-language"]) == (400, "en")
    assert answer.headers["cache-control"] == "no-store"


def test_who_lost_the_way_is_told_on_a_page_and_a_program_by_a_document(http: httpx.Client) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path in ("/registry/nothing/here", "/v2/none"):
        answer = http.get(path, headers=browser | {"accept-language": "lt"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "Nerasta" in answer.text
        assert 'href="' + "../" * (path.count("/") - 1) in answer.text
    document = http.get("/registry/nothing/here")
    assert (document.status_code, document.headers["content-type"]) == (404, "application/problem+json")
    assert http.post("/v1/nothing", headers=browser).headers["content-type"] == "application/problem+json"
    assert http.put("/", headers=browser).json()["code"] == "methodNotAllowed"
