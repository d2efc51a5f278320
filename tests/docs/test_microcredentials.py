"""docs/microcredentials.md names every place at which an element is looked for, by shape, and no other."""

import re
from pathlib import Path

from credentials.microcredential_elements import ALL, StandardElement
from credentials.microcredential_places import CLAIM

PAGE = Path(__file__).resolve().parents[2] / "docs" / "microcredentials.md"
_ROW = re.compile(r"^\| ([^|`]+) `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_SHAPES = ("elm", "ebsi", "open-badges")


def _rows() -> dict[str, tuple[str, dict[str, list[str]]]]:
    """Name of an element → its label, and the paths of each shape, as the page has them."""
    return {
        name: (
            label,
            {shape: re.findall(r"`([^`]+)`", cell) for shape, cell in zip(_SHAPES, cells, strict=True)},
        )
        for label, name, *cells in _ROW.findall(PAGE.read_text(encoding="utf-8"))
    }


def _places(element: StandardElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {shape: [] for shape in _SHAPES}
    for place in element.places:
        if place.path not in found[place.shape]:
            found[place.shape].append(place.path)
    return found


def test_every_element_has_a_row_with_its_label() -> None:
    assert {name: label for name, (label, _) in _rows().items()} == {one.name: one.label for one in ALL}


def test_every_place_of_the_code_stands_on_the_page_in_its_order() -> None:
    rows = _rows()
    for element in ALL:
        named, places = rows[element.name][1], _places(element)
        directly = [
            path.replace(CLAIM, "credentialSubject", 1) for path in named["elm"] if path.startswith(CLAIM)
        ]
        assert named["elm"] == places["elm"], element.name
        assert named["open-badges"] == places["open-badges"], element.name
        assert sorted({*named["ebsi"], *directly}) == sorted(places["ebsi"]), element.name
        assert named["ebsi"] == [path for path in places["ebsi"] if path not in directly], element.name
