"""Every page as people come to it: wide and narrow, light and dark, in each language, by eye or not."""

from collections.abc import Mapping

import httpx
import pytest

from tests.browser.cast import Cast
from tests.browser.conftest import Desk
from tests.browser.reader import DESKTOP, PHONE, Scheme
from tests.browser.walk import HTML, page_routes, starts, walk

pytestmark = pytest.mark.enable_socket
NARROWEST = 320
"""CSS pixels, to which content has to reflow (WCAG 2.2 section 1.4.10)."""


@pytest.fixture(scope="module")
def examples(people: Cast) -> Mapping[str, str]:
    """For each page the first address that a walk comes by."""
    found: dict[str, str] = {}
    with httpx.Client(base_url=people.url, trust_env=False, timeout=60) as http:
        for stop in walk(http, *starts(people, "en")):
            if stop.route and stop.answer.headers["content-type"] == HTML:
                found.setdefault(stop.route, stop.path.replace("lang=lt", "lang=en"))
    return found


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", DESKTOP, "light"), ("lt", PHONE, "dark")], ids=["wide", "narrow"]
)
@pytest.mark.parametrize("route", [route for route in page_routes() if not route.endswith(".csv")])
def test_a_page_is_in_nobodys_way(
    desk: Desk, examples: Mapping[str, str], route: str, language: str, width: int, scheme: Scheme
) -> None:
    with desk.reader(language=language, width=width, scheme=scheme) as somebody:
        somebody.open(examples[route].replace("lang=en", f"lang={language}"))
        somebody.keep_picture(f"{_name(route)}-{language}-{width}-{scheme}")
        assert somebody.overflow <= 0
        assert somebody.barriers() == []
        somebody.page.set_viewport_size({"width": NARROWEST, "height": 700})
        assert somebody.overflow <= 0


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("registry/entries/999999?lang=lt", 404, "Nerasta"),
        ("registry/history?from=x&lang=lt", 400, "Netinkamas parametras"),
        ("?lang=xx", 400, "Netinkamas parametras"),
        ("no/such/page", 404, "Nerasta"),
    ],
)
def test_a_problem_is_told_on_a_page_like_any_other(desk: Desk, path: str, status: int, title: str) -> None:
    with desk.reader(width=PHONE, language="lt") as somebody:
        somebody.open(path, status=status)
        assert somebody.page.locator("h1").inner_text() == title
        assert somebody.overflow <= 0
        assert somebody.barriers() == []
        somebody.follow(somebody.page.get_by_role("main").get_by_role("link"))
        assert somebody.answers[-1] == ("/", 200)


def _name(route: str) -> str:
    return route.strip("/").replace("/", "-").replace("{", "").replace("}", "") or "first"
