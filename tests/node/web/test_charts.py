"""Charts are pictures of their numbers: each bar as high as its number says, each text there once."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from node.web.charts import HEIGHT, WIDTH, Label, Series, Words, bar_chart, ticks

SVG = "{http://www.w3.org/2000/svg}"
numbers = st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=36)


def drawn(series: list[Series], *, title: str = "Title") -> ET.Element:
    """The chart as XML; every month is called by its place."""
    labels = [Label(f"m{place}", "", f"month {place}") for place in range(len(series[0].values))]
    words = Words(title, "What it shows.", lambda value: f"{value:,}", "not told")
    markup = bar_chart("chart", labels, series, words)
    whole = str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ET.fromstring(whole)  # noqa: S314 - our own


def bars(chart: ET.Element, number: int = 1) -> dict[str, float]:
    """The height of each bar of a series, by what it is called."""
    return {
        one[0].text or "": float(one.get("height", "0"))
        for one in chart.iter(f"{SVG}rect")
        if one.get("class") == f"bar series-{number}" and len(one)
    }


@given(numbers)
def test_bars_are_as_high_as_their_numbers(values: list[int | None]) -> None:
    chart = drawn([Series("Things", values)])
    heights = bars(chart)
    told = {f"month {place}, Things: {value:,}": value for place, value in enumerate(values) if value}
    assert heights.keys() == told.keys()
    highest = max(told.values(), default=1)
    for said, value in told.items():
        share = heights[said] / max(heights.values())
        assert share == pytest.approx(value / highest, abs=0.02)
    hidden = [one for one in chart.iter(f"{SVG}rect") if one.get("class") == "hidden-value" and len(one)]
    assert [one[0].text for one in hidden] == [
        f"month {place}, Things: not told" for place, value in enumerate(values) if value is None
    ]


@given(st.lists(numbers, min_size=1, max_size=3))
def test_nothing_is_drawn_outside(columns: list[list[int | None]]) -> None:
    length = min(len(one) for one in columns)
    chart = drawn([Series(f"s{place}", one[:length]) for place, one in enumerate(columns)])
    for one in chart.iter(f"{SVG}rect"):
        left, top = float(one.get("x", "nan")), float(one.get("y", "nan"))
        assert left >= 0
        assert left + float(one.get("width", "nan")) <= WIDTH
        assert top >= 0
        assert top + float(one.get("height", "nan")) <= HEIGHT


@given(st.integers(0, 10**15))
def test_ticks_are_round_and_few_and_reach_the_highest(highest: int) -> None:
    found = ticks(highest)
    steps = {after - before for before, after in pairwise(found)}
    assert found[0] == 0
    assert found[-1] >= highest
    assert 2 <= len(found) <= 6
    assert len(steps) == 1
    assert re.fullmatch("[125]0*", str(steps.pop()))


def test_a_chart_says_what_it_is_to_whoever_does_not_see_it() -> None:
    chart = drawn([Series("Things", [1, 2])])
    assert chart.get("role") == "img"
    assert chart.get("aria-labelledby") == "chart-title chart-desc"
    named = {one.get("id"): one.text for one in chart if one.get("id")}
    assert named == {"chart-title": "Title", "chart-desc": "What it shows."}


def test_texts_cannot_become_markup_and_no_style_is_within() -> None:
    evil = "<script>\"&'"
    labels = [Label(evil, evil, evil)]
    markup = bar_chart("c", labels, [Series(evil, [3]), Series("b", [None])], Words(evil, evil, str, evil))
    assert "<script" not in markup
    assert escape(evil) in markup
    assert "style" not in markup
    assert "<text" in markup


def test_values_are_written_where_they_are_few() -> None:
    few = drawn([Series("Things", [5, 0, None, 7])])
    assert [one.text for one in few.iter(f"{SVG}text") if one.get("class") == "value"] == ["5", "7"]
    many = drawn([Series("Things", list(range(36)))])
    assert not [one for one in many.iter(f"{SVG}text") if one.get("class") == "value"]


def test_several_series_have_a_legend_and_one_has_none() -> None:
    two = drawn([Series("Given", [1]), Series("Taken", [2])])
    assert [one.text for one in two.iter(f"{SVG}text") if one.get("class") == "legend"] == ["Given", "Taken"]
    hiding = drawn([Series("Given", [1, None])])
    texts = [text.text for text in hiding.iter(f"{SVG}text") if text.get("class") == "legend"]
    assert texts == ["Given", "not told"]
    one = drawn([Series("Given", [1])])
    assert not [text for text in one.iter(f"{SVG}text") if text.get("class") == "legend"]
