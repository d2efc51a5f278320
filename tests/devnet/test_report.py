"""A report says what held, and places each difference."""

import json
from pathlib import Path

import pytest

from devnet.errors import StateUnusable
from devnet.members import MEMBERS, chosen_members, slug
from devnet.report import Report, differences
from devnet.step import Outcome, Step


def _outcome(expected: dict[str, object], observed: dict[str, object]) -> Outcome:
    step = Step("some", "Something", lambda _: None, lambda _: expected, lambda _: observed)
    return Outcome(step, expected, observed, 1.0)


def test_a_play_is_good_only_if_every_planned_step_was_played_and_held() -> None:
    good, bad = _outcome({"a": 1}, {"a": 1}), _outcome({"a": 1}, {"a": 2})
    assert Report(2, 0.0, outcomes=[good, good]).ok
    assert not Report(2, 0.0, outcomes=[good]).ok
    assert not Report(2, 0.0, outcomes=[good, bad]).ok


def test_a_step_that_expects_nothing_does_not_hold() -> None:
    assert not _outcome({}, {}).ok


def test_more_than_was_expected_is_a_difference_too() -> None:
    assert not _outcome({"a": 1}, {"a": 1, "b": 2}).ok
    assert list(differences({"a": 1}, {"a": 1, "b": 2})) == [("b", "nothing", "2")]


def test_each_difference_is_placed() -> None:
    expected = {"node": {"list": [1], "word": "x", "same": 0}, "gone": True}
    observed = {"node": {"list": [2], "word": "y", "same": 0}}
    assert list(differences(expected, observed)) == [
        ("node / list", "[1]", "[2]"),
        ("node / word", "x", "y"),
        ("gone", "true", "nothing"),
    ]


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    report = Report(1, 1.0, outcomes=[_outcome({"a": "ö"}, {"a": "ö"})])
    report.write(path)
    assert json.loads(path.read_text(encoding="utf-8"))["ok"] is True
    with pytest.raises(StateUnusable):
        report.write(tmp_path / "nowhere" / "report.json")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("count", [2, 3, 14])
def test_a_smaller_alliance_has_those_that_the_play_needs(count: int) -> None:
    chosen = chosen_members(count)
    assert len(chosen) == count
    assert {"Kaunas University of Technology", "Tec de Monterrey"} <= set(chosen)


@pytest.mark.parametrize("count", [1, 15])
def test_an_alliance_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="between 2 and 14"):
        chosen_members(count)


def test_members_have_folders_of_their_own() -> None:
    assert len({slug(name) for name in MEMBERS}) == len(MEMBERS) == 14
