"""The figures' page names every benchmark there is, when it was measured, and on what."""

import re
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "measurements.md"


def _page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in _page()


def test_the_page_says_when_and_on_what() -> None:
    assert re.search(r"\b20\d\d-\d\d-\d\d\b", _page())
    for word in ("cores", "Python", "PostgreSQL", "anvil"):
        assert word in _page()
