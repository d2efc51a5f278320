"""Overview and statistics: what tables, bars and cards say is what `/v1/history` says, in both languages."""

import re
from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser

import httpx
import pytest

from tests.node.api.busy import busy_country, busy_node
from tests.node.api.counted import OVERALL, counted

pytestmark = pytest.mark.enable_socket

made, http = busy_country, busy_node

Table = dict[str, dict[str, str]]


class Read(HTMLParser):
    """Tables by the title of their section, as rows by name and month; names of bars likewise; cards."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, Table] = {}
        self.bars: dict[str, dict[tuple[str, str], str]] = {}
        self.cards: dict[str, int] = {}
        self.links: list[str] = []
        self._section, self._text = "", ""
        self._months: list[str] = []
        self._row: list[str] = []
        self._head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self._section = given["aria-labelledby"] or ""
            self.tables[self._section], self.bars[self._section] = {}, {}
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "thead":
            self._months, self._head = [], True
        if tag == "time" and self._head:
            self._months.append(given["datetime"] or "")
        if tag == "tr":
            self._row = []
        if tag in {"th", "td", "title", "li"}:
            self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self._head = False
        if tag in {"th", "td"}:
            self._row.append(self._text.strip())
        if tag == "tr" and self._section and not self._head:
            name, *values = self._row
            self.tables[self._section][name] = dict(zip(self._months, values, strict=True))
        if tag == "title" and self._section and (said := re.fullmatch("(.*), (.*): (.*)", self._text)):
            self.bars[self._section][said[1], said[2]] = said[3]
        if tag == "section":
            self._section = ""
        if tag == "li" and (card := re.fullmatch(r"\s*([\d,]+)\s+(.*)", self._text)):
            self.cards[card[2].strip()] = int(card[1].replace(",", ""))


def read(http: httpx.Client, path: str) -> Read:
    answer = http.get(path)
    assert answer.status_code == 200, answer.text
    found = Read()
    found.feed(answer.text)
    return found


def test_the_overviews_tables_are_the_historys_numbers(http: httpx.Client) -> None:
    months, page = counted(http), read(http, "/registry")
    named = {
        ("anchors", "Credentials"): "credentials",
        ("anchors", "Batches"): "batches",
        ("revocations", "Lists published"): "publications",
        ("accreditations", "Given"): "given",
        ("accreditations", "Revoked"): "revoked",
        ("issuers", "Issuers"): "issuers",
    }
    for (section, row), name in named.items():
        table = page.tables[section][row]
        assert set(months) <= set(table)
        assert len(table) == 12
        for month, shown in table.items():
            assert shown == f"{months[month][OVERALL][name]:,}", (section, row, month)
    total = sum((month[OVERALL] for month in months.values()), Counter[str]())
    assert page.cards["batches anchored"] == total["batches"]
    assert page.cards["credentials in them"] == total["credentials"]
    assert page.cards["issuers"] == total["issuers"]
    assert page.cards["status lists published"] == total["publications"]
    assert page.cards["accreditations not revoked"] == total["given"] - total["revoked"]


@pytest.mark.parametrize("path", ["/registry", "/statistics"])
def test_every_bar_is_its_tables_number(http: httpx.Client, path: str) -> None:
    page = read(http, path)
    for section, said in page.bars.items():
        assert said
        for (month, name), number in said.items():
            written = datetime.strptime(month, "%B %Y").replace(tzinfo=UTC).strftime("%Y-%m")
            assert page.tables[section][name][written] == number
        shown = {(name, month) for name, row in page.tables[section].items() for month in row}
        drawn = {name for _, name in said}
        zeros = [page.tables[section][name][month] for name, month in shown if name in drawn]
        assert len(zeros) - zeros.count("0") == len(said)


def test_the_statistics_page_tells_what_the_api_tells(http: httpx.Client) -> None:
    page = read(http, "/statistics")
    told = {one["month"]: one for one in http.get("/v1/statistics").json()["items"]}
    suppressed = 0
    for section, row, name in (
        ("credentials", "Credentials", "credentials"),
        ("credentials", "Batches", "batches"),
        ("revocations", "Revoked", "revoked"),
        ("revocations", "Suspended", "suspended"),
    ):
        for month, shown in page.tables[section][row].items():
            count = told[month][name]
            assert shown == ("suppressed" if count["suppressed"] else f"{count['count']:,}")
            suppressed += count["suppressed"]
    assert suppressed
    for month, shown in page.tables["revocations"]["Lists unknown"].items():
        assert shown == f"{told[month]['unknownPublications']:,}"


def test_no_suppressed_number_stands_on_the_statistics_page(http: httpx.Client) -> None:
    for one in http.get("/v1/statistics").json()["items"]:
        for issuer in one["issuers"]:
            text = http.get("/statistics", params={"month": one["month"]}).text
            row = re.search(rf'<tr><th scope="row">\s*<a [^>]*{issuer["did"]}.*?</tr>', text, re.DOTALL)
            assert row
            cells = re.findall(r'<td class="figure">(.*?)</td>', row[0], re.DOTALL)
            names = ("credentials", "batches", "revoked", "suspended")
            for name, cell in zip(names, cells, strict=False):
                told = issuer[name]
                expected = "suppressed" if told["suppressed"] else f"{told['count']:,}"
                assert re.sub("<[^>]*>", "", cell).strip() == expected


def test_a_month_leads_to_its_entries(http: httpx.Client) -> None:
    months = counted(http)
    links = [link for link in read(http, "/registry").links if "history?from" in link]
    assert len(links) >= len(months)
    for link in links:
        begin, end = (int(number) for number in re.findall(r"=(\d+)", link))
        entries = http.get(f"/v1/history?from={begin}&to={end}").json()["items"]
        assert len({entry["time"][:7] for entry in entries}) == 1
        assert len(entries) == end - begin + 1


def test_pages_of_months_and_issuers_are_linked(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    early = read(http, "/registry?to=2026-12")
    assert max(early.tables["anchors"]["Credentials"]) == "2026-12"
    assert any("to=2027-04" in link for link in early.links)
    assert http.get("/registry", params={"to": "1970-01"}).status_code == 200
    assert http.get("/statistics", params={"to": "9999-12", "month": "1970-01"}).status_code == 200
    monkeypatch.setattr("node.web.overview.PAGE", 1)
    monkeypatch.setattr("node.web.statistics_page.PAGE", 1)
    for path in ("/registry", "/statistics"):
        first = read(http, path)
        following = next(link for link in first.links if "skip=1" in link)
        second = read(http, "/" + following.removeprefix("./"))
        issuers = [
            {link for link in page.links if "registry/issuers/did" in link} for page in (first, second)
        ]
        assert len(issuers[0]) == len(issuers[1]) == 1
        assert issuers[0] != issuers[1]


@pytest.mark.parametrize("path", ["/registry", "/statistics"])
def test_pages_stand_in_the_readers_language(http: httpx.Client, path: str) -> None:
    answer = http.get(path, params={"lang": "lt"})
    assert answer.status_code == 200
    assert '<html lang="lt">' in answer.text
    assert "2027 m. balandis" in answer.text


@pytest.mark.parametrize("query", ["to=2026-13", "to=x", "skip=-1", "month=1", "nothing=1"])
def test_what_names_no_month_is_told_as_a_page(http: httpx.Client, query: str) -> None:
    for path in ("/registry", "/statistics"):
        answer = http.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_browser_that_has_the_page_is_told_so(http: httpx.Client) -> None:
    for path in ("/registry", "/statistics"):
        first = http.get(path)
        assert http.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
