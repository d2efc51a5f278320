"""A walk from the first page along every link of the node, and the pages that there are to come by."""

import importlib
import pkgutil
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from starlette.routing import Match

import node.web
from node.web.pages import PageRoute
from tests.browser.cast import Cast
from tests.browser.markup import Markup

HTML = "text/html; charset=utf-8"
_MOST_ALIKE = 5  # addresses of one route that a walk opens
_MOST = 400
FORMS_ALONE = {"/anchors"}
"""Pages to which forms lead and no link."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What was found at one address.

    Attributes:
        path: with its query, relative to the node's address, without a slash before it.
        route: the path template that answers there; empty for the API and static files.
        by: the path of the page that links to it.
        answer: what came.
        markup: the page; None if it is none.
    """

    path: str
    route: str
    by: str
    answer: httpx.Response
    markup: Markup | None


def starts(people: Cast, language: str) -> tuple[str, str]:
    """The first page, and a permalink: that is come by from a verdict alone."""
    return f"?lang={language}", f"anchors/{people.digest}?lang={language}"


def page_routes() -> dict[str, PageRoute]:
    """Every page that a link can lead to, by its path template."""
    modules = (
        importlib.import_module(f"node.web.{found.name}") for found in pkgutil.iter_modules(node.web.__path__)
    )
    routes = [route for module in modules for route in getattr(getattr(module, "router", None), "routes", ())]
    return {
        route.path: route
        for route in routes
        if isinstance(route, PageRoute) and "GET" in (route.methods or ()) and route.path not in FORMS_ALONE
    }


def walk(http: httpx.Client, *starts: str) -> Iterator[Stop]:
    """Yield what each link leads to that is of the node, once, a few of each kind; in the order of finding.

    Args:
        http: knows the node's address.
        starts: the first paths, with their queries.
    """
    routes = page_routes()
    origin = str(http.base_url).rstrip("/")
    known, alike, waiting = {*starts}, Counter[str](), deque((start, "") for start in starts)
    while waiting and len(known) < _MOST:
        path, by = waiting.popleft()
        route = _route_of(routes, path)
        kind = route or path.partition("?")[0].rpartition("/")[0]
        alike[kind] += 1
        if alike[kind] > _MOST_ALIKE:
            continue
        answer = http.get(f"/{path}")
        is_page = answer.headers.get("content-type") == HTML
        markup = Markup(answer.text) if is_page else None
        yield Stop(path, route, by, answer, markup)
        for link in markup.links if markup and route else ():
            target = urljoin(f"{origin}/{path}", link).partition("#")[0]
            if target.startswith(origin + "/") and (to := target.removeprefix(origin + "/")) not in known:
                known.add(to)
                waiting.append((to, path))


def _route_of(routes: dict[str, PageRoute], path: str) -> str:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/" + urlsplit(path).path,
        "root_path": "",
    }
    return next((name for name, route in routes.items() if route.matches(scope)[0] is Match.FULL), "")
