"""Somebody at a browser, and what must not happen to anybody on any page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Response, Route

from devnet.toolchain import ROOT

DESKTOP, PHONE = 1280, 360
"""Widths in CSS pixels."""
SCREENSHOTS = ROOT / "build" / "screenshots"
_HEIGHT = 900
_LOOK, _LOOKS = 20, 250  # milliseconds between two looks for a complaint, and how many
_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
_GRAVE = {"serious", "critical"}
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI} ${event.sample}`);
});
"""

Scheme = Literal["light", "dark"]


@dataclass(slots=True)
class Reader:
    """One reader with a browser profile of its own.

    Attributes:
        url: the node's address.
        page: the tab.
        complaints: what the browser complained of, and whom it wanted to ask beside the node.
        answers: path and status of every document that came.
    """

    url: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)

    def open(self, path: str, *, status: int = 200) -> None:
        """Go to a page of the node."""
        answer = self.page.goto(f"{self.url}/{path}")
        assert answer is not None
        assert answer.status == status, f"/{path}: {answer.status}"

    def follow(self, element: Locator) -> None:
        """Press a link or a button, and be where it leads."""
        with self.page.expect_navigation():
            element.click()

    def await_complaint(self) -> None:
        """Return once there is something to complain of, or after a while."""
        for _ in range(_LOOKS):
            if self.complaints:
                return
            self.page.wait_for_timeout(_LOOK)

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        found: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return found

    def keep_picture(self, name: str) -> None:
        """Write a picture of the whole page, for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def barriers(self) -> list[str]:
        """What axe finds to be in the way of people, serious and critical, a line each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe())
        found = self.page.evaluate("(options) => axe.run(document, options)", _AXE_OPTIONS)
        return [
            f"{one['id']} ({one['impact']}): {one['help']}: {node['html']} {node['any'][:1]}"
            for one in found["violations"]
            if one["impact"] in _GRAVE
            for node in one["nodes"]
        ]

    @property
    def traces(self) -> list[Any]:
        """What the node left in the browser: cookies and stored values."""
        stored = self.page.evaluate("Object.keys({...localStorage, ...sessionStorage})")
        return [*self.page.context.cookies(), *stored]


@contextmanager
def reader(
    browser: Browser,
    url: str,
    *,
    language: str = "en-GB",
    width: int = DESKTOP,
    scripts: bool = True,
    scheme: Scheme = "light",
) -> Iterator[Reader]:
    """Somebody who reads; afterwards nothing has been violated, fetched elsewhere or left behind."""
    context = browser.new_context(
        locale=language,
        viewport={"width": width, "height": _HEIGHT},
        java_script_enabled=scripts,
        color_scheme=scheme,
    )
    try:
        context.add_init_script(_TELL_VIOLATIONS)
        one = Reader(url, context.new_page())
        _watch(context, one)
        yield one
        assert not one.complaints, one.complaints
        assert not one.traces, one.traces
    finally:
        context.close()


def _watch(context: BrowserContext, one: Reader) -> None:
    def keep_in(route: Route, request: Request) -> None:
        if _is_of(one.url, request.url):
            route.continue_()
        else:
            one.complaints.append(f"asked for {request.url}")
            route.abort()

    def note(answer: Response) -> None:
        if answer.request.is_navigation_request():
            one.answers.append((urlsplit(answer.url).path, answer.status))

    context.route("**/*", keep_in)
    context.on("response", note)
    context.on("console", lambda said: _note_said(one, said))
    context.on("weberror", lambda error: one.complaints.append(f"script failed: {error.error}"))


def _note_said(one: Reader, said: Any) -> None:
    """A status above 400 is told by the answer and judged there."""
    if said.type in {"error", "warning"} and "the server responded with a status of" not in said.text:
        one.complaints.append(f"{said.type}: {said.text}")


def _is_of(url: str, asked: str) -> bool:
    parts = urlsplit(asked)
    return parts.scheme in {"data", "blob"} or f"{parts.scheme}://{parts.netloc}" == url


@cache
def _axe() -> str:
    """Evaluated by the test's own hand, so that the page's policy stays as it is."""
    return Path(_AXE).read_text(encoding="utf-8")
