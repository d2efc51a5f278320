"""Long work tells people how far it is: seldom, with its rate and what remains."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from node.cli.progress import Bars, Lines, Rate, shown
from node.progress import SILENT


class Ticking:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_lines_come_seldom_and_say_how_much_is_left() -> None:
    clock, lines = Ticking(), list[str]()
    told = Lines(lines.append, clock=clock)
    for second in range(11):
        clock.now = 100.0 + second
        told.reach("entries", 1_000 * second, 20_000)
    assert lines == [
        "entries: 5,000 of 20,000, 1,000/s, 15 s left",
        "entries: 10,000 of 20,000, 1,000/s, 10 s left",
    ]
    told.reach("entries", 20_000, 20_000)
    assert lines[-1].startswith("entries: 20,000 of 20,000")
    told.say("done")
    assert lines[-1] == "done"


def test_work_of_unknown_size_has_no_end() -> None:
    clock, lines = Ticking(), list[str]()
    told = Lines(lines.append, clock=clock)
    told.reach("blocks", 5)
    clock.now += 10
    told.reach("blocks", 25)
    assert lines == ["blocks: 25, 2/s"]


def test_work_that_begins_again_is_measured_again() -> None:
    clock = Ticking()
    rate = Rate(clock)
    rate.reach(1_000)
    clock.now += 1
    rate.reach(0)
    assert rate.text == ""
    assert rate.seconds_to(10) is None
    clock.now += 1
    rate.reach(50)
    assert (rate.text, rate.seconds_to(150)) == ("50/s", 2.0)


def test_a_terminal_shows_bars() -> None:
    drawn = io.StringIO()
    with Progress(console=Console(file=drawn, force_terminal=True, width=100)) as bars:
        told = Bars(bars)
        told.reach("entries", 1, 4)
        told.reach("entries", 4, 4)
        told.say("a sentence\x1b[2J")
    assert "entries" in drawn.getvalue()
    assert "100%" in drawn.getvalue()
    assert "a sentence\N{REPLACEMENT CHARACTER}" in drawn.getvalue()


def test_programs_are_told_nothing_and_pipes_get_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with shown(as_json=True) as told:
        assert told is SILENT
        told.reach("entries", 1, 1)
        told.say("nothing")
    with shown(as_json=False) as told:
        told.reach("entries", 1, 1)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "entries: 1 of 1\n"
