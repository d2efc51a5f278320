"""The history page and its CSV show what `/v1/history` has, each entry once, and nothing that runs."""

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest

from anchoring.entry import KINDS
from node.web.entry_csv import HEADING, csv_line
from node.web.entry_kinds import KIND_WORDS
from tests.node.web.alliance import Pages, Seen, alliance, pages

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with pages(alliance(), tmp_path_factory.mktemp("history")) as made:
        yield made


def shown(page: Seen) -> list[int]:
    """Indexes of the entries in the table, in its order."""
    return [int(row[0].replace(",", "")) for row in page.rows[1:]]


def leafed(served: Pages, first: Seen, relation: str) -> list[list[int]]:
    found, page = [shown(first)], first
    while (address := page.related(relation)) is not None:
        page = served.seen(address)
        found.append(shown(page))
    return found


def test_every_kind_has_words() -> None:
    assert set(KIND_WORDS) == set(KINDS)


@pytest.mark.parametrize("params", [{}, {"kind": "issuer"}, {"kind": "anchor.batch"}])
def test_leafing_forth_and_back_reaches_each_entry_once(served: Pages, params: dict[str, str]) -> None:
    expected = [item["index"] for item in served.everything(**params)][::-1]
    forth = leafed(served, served.seen("/registry/history", **params), "next")
    assert [index for sheet in forth for index in sheet] == expected
    last = served.seen("/registry/history", **params, before=str(expected[len(expected) // 2]))
    while (address := last.related("next")) is not None:
        last = served.seen(address)
    back = leafed(served, last, "prev")
    assert [index for sheet in back[::-1] for index in sheet] == expected


def test_the_page_shows_what_the_api_has(served: Pages) -> None:
    item = served.everything(kind="issuer.attribute.metadata", issuer=served.made.kaunas.did)[0]
    page = served.seen("/registry/history", kind=item["kind"], issuer=item["issuer"])
    assert len(page.rows) == 2
    assert "Kaunas University of Technology" in page.rows[1][3]
    assert "was accredited as Trusted Issuer by" in page.rows[1][2]
    assert page.linked(f"/registry/entries/{item['index']}")
    assert ("time", {"datetime": item["time"]}) in page.tags


@pytest.mark.parametrize("params", [{}, {"kind": "did"}, {"issuer": "kaunas"}, {"from": "5", "to": "40"}])
def test_the_csv_equals_the_api(served: Pages, params: dict[str, str]) -> None:
    params = {name: served.made.kaunas.did if text == "kaunas" else text for name, text in params.items()}
    answer = served.answer("/registry/history.csv", params=params)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n")
    csv.field_size_limit(1 << 20)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [read(row) for row in rows] == served.everything(**params)


def read(row: dict[str, str]) -> dict[str, object]:
    numbers = {name: int(row[name]) for name in ("index", "blockNumber")}
    return row | numbers | {"fields": json.loads(row["fields"]), "issuer": row["issuer"] or None}


def test_no_cell_is_a_formula() -> None:
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain", 'a "quoted", one', "two\nlines"]
    (row,) = csv.reader(io.StringIO(csv_line(cells).decode(), newline=""))
    assert row == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'\rx", *cells[6:]]


@pytest.mark.parametrize("separator", [";", "\t", ","])
@pytest.mark.parametrize(
    "text", ["x;=1+1", "x; =1+1", 'x";=1+1;"', "x\t@SUM(A1)", "x\n=1+1", "x\r\n-1", ";;+1", "=1"]
)
def test_no_cell_is_a_formula_wherever_lists_are_separated_otherwise(separator: str, text: str) -> None:
    line = csv_line(["7", text, "x"]).decode()
    for rows in (
        csv.reader(io.StringIO(line, newline=""), delimiter=separator),
        [re.split(r"[;\t\r\n,]", line)],
    ):
        assert not [cell for row in rows for cell in row if cell.strip(' "').startswith(("=", "+", "-", "@"))]


def test_every_cell_stands_in_quotes() -> None:
    assert csv_line(["a", 'b"c', ""]) == b'"a","b""c",""\r\n'


def test_the_heading_names_every_member_of_an_item(served: Pages) -> None:
    assert set(HEADING) == set(served.everything()[0])


def test_days_are_days_in_utc_the_last_one_included(served: Pages) -> None:
    items = served.everything()
    day = items[-1]["time"][:10]
    expected = [item["index"] for item in items if item["time"].startswith(day)][::-1]
    assert shown(served.seen("/registry/history", **{"from": day, "to": day})) == expected[:50]
    moment = items[10]["time"]
    upto = [item["index"] for item in items if item["time"] <= moment]
    assert shown(served.seen("/registry/history", to=moment)) == upto[::-1]


def test_fields_left_empty_do_not_narrow(served: Pages) -> None:
    empty = {"kind": "", "from": "", "to": "", "issuer": "", "subject": ""}
    assert shown(served.seen("/registry/history", **empty)) == shown(served.seen("/registry/history"))


@pytest.mark.parametrize("path", ["/registry/history", "/registry/history.csv"])
@pytest.mark.parametrize(
    "params",
    [
        {"kind": "nothing"},
        {"issuer": "did:ebsi:x"},
        {"subject": "ab"},
        {"from": "2026-13-01"},
        {"to": "yesterday"},
        {"from": "2027-01-02", "to": "2027-01-01"},
        {"from": "99999999999999999999"},
        {"nope": "1"},
    ],
)
def test_a_filter_that_cannot_be_meant_is_told_as_a_page(
    served: Pages, path: str, params: dict[str, str]
) -> None:
    answer = served.answer(path, params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "Traceback" not in answer.text


def test_only_one_place_can_be_meant(served: Pages) -> None:
    assert served.answer("/registry/history", params={"before": "9", "after": "3"}).status_code == 400


def test_links_go_on_in_the_language_and_with_the_filter(served: Pages) -> None:
    page = served.seen("/registry/history", kind="did", lang="lt")
    following = page.related("next")
    assert following is not None
    assert "lang=lt" in following
    assert "kind=did" in following
    (download,) = page.linked("history.csv")
    assert download.endswith("history.csv?kind=did")
