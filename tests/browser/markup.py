"""A page as its bytes are: what HTML asks of them and a browser would silently put right."""

from collections import Counter
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset", "figure"),
    *("footer", "form", "h1", "h2", "h3", "h4", "header", "hr", "main", "nav", "ol", "p", "pre", "section"),
    *("table", "ul"),
}
_NAMED_BY_SELF = {"hidden", "submit", "button", "reset"}
_REFERS = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "list", "headers")
_INDEPENDENT = {"svg"}


class Markup(HTMLParser):
    """One document, read; `faults` is what is wrong with it.

    Attributes:
        links: where its anchors lead, as written.
        scripts: where its scripts come from.
        text: all of its text that is in its own language.
        faults: a line each.
    """

    def __init__(self, html: str) -> None:
        """Read it."""
        super().__init__()
        self.links: list[str] = []
        self.faults: list[str] = []
        self._said: list[str] = []
        self.scripts: list[str] = []
        self._open: list[str] = []
        self._foreign: list[int] = []
        self._ids: Counter[str] = Counter()
        self._referred: list[str] = []
        self._tags: Counter[str] = Counter()
        self._unnamed: list[str | None] = []
        self._named: set[str] = set()
        self._language = ""
        self._levels: list[int] = []
        self.feed(html)
        self.close()
        self._judge(html)

    @property
    def text(self) -> str:
        """What it says in its own language, in one line."""
        return " ".join(" ".join(self._said).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._tags[tag] += 1
        if tag in _BLOCKS and "p" in self._open and not _INDEPENDENT & set(self._open):
            self._fault(f"<{tag}> inside <p>")
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "html":
            self._language = given.get("lang") or ""
        elif given.get("lang", self._language) != self._language and tag not in _VOID:
            self._foreign.append(len(self._open))
        if tag == "script":
            self.scripts.append(given.get("src") or "")
        if tag == "a" and "href" in given:
            self.links.append(given["href"] or "")
        if tag in {"h1", "h2", "h3", "h4"}:
            self._levels.append(int(tag[1]))
        self._take_names(tag, given)
        if len(given) != len(attrs):
            self._fault(f"<{tag}> has an attribute twice")
        self._refuse(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not self._open or self._open[-1] != tag:
            self._fault(f"</{tag}> where {self._open[-1:]} is open")
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        while self._foreign and self._foreign[-1] > len(self._open):
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self._foreign and not {"script", "style"} & set(self._open[-1:]):
            self._said.append(data)

    def _take_names(self, tag: str, given: dict[str, str | None]) -> None:
        if identifier := given.get("id"):
            self._ids[identifier] += 1
        for name in _REFERS:
            self._referred += (given.get(name) or "").split()
        if tag == "label" and given.get("for"):
            self._named.add(str(given["for"]))
        if tag in {"input", "select", "textarea"} and given.get("type") not in _NAMED_BY_SELF:
            named = "label" in self._open or "aria-label" in given or "aria-labelledby" in given
            if not named:
                self._unnamed.append(given.get("id"))

    def _refuse(self, tag: str, given: dict[str, str | None]) -> None:
        """What the page's policy would not run, and what says nothing to who does not see it."""
        for name in given:
            if name == "style" or name.startswith("on"):
                self._fault(f"<{tag}> has {name}=")
        if tag == "img" and "alt" not in given:
            self._fault(f"<img src={given.get('src')}> says nothing to who does not see it")
        if tag == "script" and not given.get("src") and given.get("type") != "application/json":
            self._fault("a script stands in the page")
        if tag == "style":
            self._fault("style stands in the page")
        if tag == "button" and given.get("type") not in {"submit", "button", "reset"}:
            self._fault("a button without its type")

    def _judge(self, html: str) -> None:
        if not html.startswith("<!doctype html>\n<html"):
            self._fault("does not begin as HTML")
        if self._open:
            self._fault(f"left open: {self._open}")
        if self._tags["h1"] != 1 or self._tags["main"] != 1 or self._tags["title"] < 1:
            self._fault("one title, one h1, one main")
        if not self._language:
            self._fault("no language")
        self.faults += [f"id {name} is there {count} times" for name, count in self._ids.items() if count > 1]
        self.faults += [f"no element has the id {name}" for name in self._referred if name not in self._ids]
        self.faults += [f"the field {name} has no label" for name in self._unnamed if name not in self._named]
        for above, below in zip(self._levels, self._levels[1:], strict=False):
            if below > above + 1:
                self._fault(f"h{below} follows h{above}")

    def _fault(self, what: str) -> None:
        line, column = self.getpos()
        self.faults.append(f"line {line}:{column}: {what}")
