"""docs/pages.md names every page that is served, and no other."""

import re
from pathlib import Path

from fastapi.routing import APIRoute

from node.app import _PAGES

PAGES = (Path(__file__).parents[2] / "docs" / "pages.md").read_text(encoding="utf-8")


def test_every_page_is_described_and_every_description_is_of_a_page() -> None:
    described = re.findall(r"^\| `([A-Z]+) (/\S*)` \|", PAGES, re.MULTILINE)
    served = [
        (method, route.path)
        for pages in _PAGES
        for route in pages.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    ]
    assert len(served) > 10
    assert sorted(described) == sorted(served)
