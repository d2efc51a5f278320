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
