"""An alliance that a served node holds, and its pages as a reader's program sees them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from tests.credentials.ledger import DAY, Actor
from tests.credentials.world import ROOT_TAO, SCHEMA, TAO, TI, World
from tests.node.api.registry import Registry, registry

HOSTILE = "<script>alert('x')</script> & Söhne"


@dataclass
class Alliance:
    """A council, two TAOs and their universities; one was accredited and lost it, one was only registered."""

    world: World
    council: Actor
    north: Actor
    south: Actor
    kaunas: Actor
    trento: Actor
    hostile: Actor
    former: Actor
    stranger: Actor
    colleges: list[Actor]
    batches: int


def alliance(*, colleges: int = 30, batches: int = 30) -> Alliance:
    """Everybody accredited, `batches` by Kaunas on as many days, and one by Trento."""
    world = World()
    council, north, south = (
        world.actor(name) for name in ("European Council", "Šiaurės ministerija", "Ministero del Sud")
    )
    kaunas, trento, hostile, former = (
        world.actor(name)
        for name in ("Kaunas University of Technology", "Università di Trento", HOSTILE, "Former School")
    )
    stranger = world.actor("Stranger")
    world.register_schema(SCHEMA)
    world.accredit(council, council, ROOT_TAO)
    for tao in (north, south):
        world.accredit(tao, council, TAO)
    for issuer, tao in ((kaunas, north), (trento, south), (hostile, south), (former, north)):
        world.accredit(issuer, tao, TI)
    more = [world.actor(f"College {number}") for number in range(colleges)]
    for one in more:
        world.accredit(one, north, TI)
    world.wait(10 * DAY)
    world.revoke(former, north)
    for _ in range(batches):
        world.wait(DAY)
        world.anchor(kaunas, [world.issue(kaunas)])
    world.anchor(trento, [world.issue(trento), world.issue(trento)])
    for number in range(3):
        world.publish_list(trento, world.list_url(trento, str(number)))
    world.wait(60)
    return Alliance(world, council, north, south, kaunas, trento, hostile, former, stranger, more, batches)


@dataclass
class Seen(HTMLParser):
    """A page as it is read: its text, its links and the rows of its tables."""

    url: str
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    """Absolute address and text of each."""
    rows: list[list[str]] = field(default_factory=list)
    """The texts of the cells of each row of a table's body or head."""
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    captions: list[tuple[str, list[str]]] = field(default_factory=list)
    """Each table's caption, and where the first link of each of its rows leads."""
    _link: str | None = None
    _cell: bool = False
    _caption: bool = False
    _fresh: bool = False
    _term: str | None = None
    _facts: dict[str, str] = field(default_factory=dict)
    _in: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "a":
            self._link = urljoin(self.url, given.get("href") or "")
            self.links.append((self._link, ""))
            if self._fresh and self.captions:
                self.captions[-1][1].append(self._link)
                self._fresh = False
        elif tag == "tr":
            self.rows.append([])
            self._fresh = True
        elif tag == "caption":
            self.captions.append(("", []))
            self._caption = True
        elif tag in {"dt", "dd"}:
            self._in = tag
            if tag == "dt":
                self._term = ""
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None
        elif tag in {"td", "th"}:
            self._cell = False
        elif tag == "caption":
            self._caption = False
        elif tag == "table":
            self._fresh = False
        elif tag in {"dt", "dd"}:
            self._in = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._caption:
            caption, rows = self.captions[-1]
            self.captions[-1] = (caption + data, rows)
        if self._in == "dt":
            self._term = (self._term or "") + data
        elif self._in == "dd" and self._term is not None:
            self._facts[self._term] = self._facts.get(self._term, "") + data
        if self._link is not None:
            address, text = self.links[-1]
            self.links[-1] = (address, text + data)
        if self._cell and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    def heads_of(self, caption: str) -> list[str]:
        """Where the first links of the rows lead, of the table whose caption begins so."""
        found = [rows for text, rows in self.captions if text.startswith(caption)]
        return found[0] if found else []

    def facts(self) -> dict[str, str]:
        """Terms and what the page says of them."""
        return {term: told.strip() for term, told in self._facts.items()}

    def linked(self, part: str) -> list[str]:
        """Addresses of links that hold `part`, in their order."""
        return [address for address, _ in self.links if part in address]

    def related(self, relation: str, *, holding: str = "") -> str | None:
        """Where the page says that the next or the previous one is."""
        found = [
            urljoin(self.url, given.get("href") or "")
            for tag, given in self.tags
            if tag == "a" and given.get("rel") == relation and holding in (given.get("href") or "")
        ]
        return found[0] if found else None


@dataclass
class Pages:
    """A served node and the alliance that it holds."""

    served: Registry
    made: Alliance

    def answer(self, path: str, **options: Any) -> httpx.Response:
        return self.served.get(path, **options)

    def seen(self, path: str, **params: str) -> Seen:
        """A page that must be there."""
        answer = self.served.get(path, params=params or None)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        page = Seen(str(answer.url))
        page.feed(answer.text)
        return page

    def api(self, path: str, **params: str) -> Any:
        return self.served.ok(path, params=params or None)

    def everything(self, **params: str) -> list[dict[str, Any]]:
        """All items of `/v1/history` that meet a filter, oldest first."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            found = self.api("/v1/history", limit="1000", **params, **cursor)
            items += found["items"]
            if found["next"] is None:
                return items
            cursor = {"cursor": found["next"]}


@contextmanager
def pages(made: Alliance, folder: Path) -> Iterator[Pages]:
    """Serve the alliance as if a node had followed it."""
    with registry(made.world, folder) as served:
        yield Pages(served, made)
