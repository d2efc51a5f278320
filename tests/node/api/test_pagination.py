import json

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from node.api.errors import InvalidParameter
from node.api.pagination import EbsiPage, cursor_after, ebsi_collection, ebsi_page, page


def request_for(query: str) -> Request:
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "server": ("node.example", 80),
        "path": "/list",
        "query_string": query.encode(),
        "headers": [],
    }
    return Request(scope)


@given(st.integers(0, 2**53))
def test_a_cursor_leads_back_to_its_place(place: int) -> None:
    assert page(limit=None, cursor=cursor_after(place)).after == place


@pytest.mark.parametrize(
    "cursor", ["", "x", "YWZ0ZXI6MDE", "YWZ0ZXI6LTE", "é", "a" * 10_000, cursor_after(7) + "="]
)
def test_a_cursor_that_the_node_did_not_give_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidParameter, match="cursor"):
        page(limit=None, cursor=cursor)


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1.5", "ten", "٣", "1" * 30, ""])
def test_a_limit_out_of_bounds_is_refused(limit: str) -> None:
    with pytest.raises(InvalidParameter, match="limit"):
        page(limit=limit, cursor=None)


@pytest.mark.parametrize(
    ("after", "size", "complaint"),
    [
        (None, "51", "page[size] must not be greater than 50"),
        (None, "0", "page[size] must not be less than 1"),
        ("0", None, "page[after] must not be less than 1"),
        ("x", None, "page[after] must be an integer number"),
    ],
)
def test_ebsi_pages_are_refused_in_ebsis_words(after: str | None, size: str | None, complaint: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        ebsi_page(after=after, size=size)
    assert json.loads(str(caught.value)) == [complaint]


def test_ebsi_links_are_always_four_and_stay_on_the_list() -> None:
    request = request_for("page[after]=3&page[size]=2&controller=x")
    found = ebsi_collection(request, EbsiPage(3, 2), items=[{}], total=5)
    base = "http://node.example/list?page[after]={}&page[size]=2&controller=x"
    assert found["links"] == {
        name: base.format(n) for name, n in zip(("first", "prev", "next", "last"), (1, 2, 3, 3), strict=True)
    }
    assert (found["self"], found["total"], found["pageSize"]) == (base.format(3), 5, 2)


def test_an_empty_ebsi_list_has_one_page() -> None:
    found = ebsi_collection(request_for(""), EbsiPage(1, 10), items=[], total=0)
    assert set(found["links"].values()) == {"http://node.example/list?page[after]=1&page[size]=10"}
