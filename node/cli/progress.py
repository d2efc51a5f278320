"""Progress for people: bars on a terminal, now and then a line elsewhere, nothing beside `--json`."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from node.cli.output import console, harmless, say
from node.progress import SILENT
from node.progress import Progress as Told

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def shown(*, as_json: bool) -> Iterator[Told]:
    """Give who is to be told of the work in the block."""
    if as_json:
        yield SILENT
        return
    drawn = console(stderr=True)
    if not drawn.is_terminal:
        yield Lines(lambda line: say(line, style="dim", stderr=True))
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=drawn, transient=True) as bars:
        yield Bars(bars)


class Bars:
    """A bar for each part of the work."""

    def __init__(self, bars: Progress) -> None:
        """Draw on `bars`, which is live."""
        self._bars = bars
        self._tasks: dict[str, tuple[TaskID, Rate]] = {}

    def reach(self, what: str, done: int, total: int | None = None) -> None:
        """Move the bar of `what`."""
        if what not in self._tasks:
            self._tasks[what] = (self._bars.add_task(harmless(what), total=total, rate=""), Rate())
        task, rate = self._tasks[what]
        rate.reach(done)
        self._bars.update(task, completed=done, total=total, rate=rate.text)

    def say(self, sentence: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(Text(harmless(sentence), style="dim"))


class Lines:
    """At most a line in five seconds for each part, and one at its end."""

    def __init__(self, line: Callable[[str], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Write by `line`.

        Args:
            line: takes a line without its end.
            clock: seconds, from anywhere on.
        """
        self._line, self._clock = line, clock
        self._parts: dict[str, tuple[Rate, float]] = {}

    def reach(self, what: str, done: int, total: int | None = None) -> None:
        """Write how far `what` is, if it is time for a line."""
        now = self._clock()
        rate, told = self._parts.setdefault(what, (Rate(self._clock), now))
        rate.reach(done)
        ended = total is not None and done >= total
        if not ended and now - told < _SECONDS_BETWEEN_LINES:
            return
        self._parts[what] = (rate, now)
        of = "" if total is None else f" of {total:,}"
        left = rate.seconds_to(total) if total is not None and not ended else None
        remaining = "" if left is None else f", {left:.0f} s left"
        self._line(f"{what}: {done:,}{of}{rate.text and ', '}{rate.text}{remaining}")
        if ended:
            del self._parts[what]

    def say(self, sentence: str) -> None:
        """Write a line."""
        self._line(sentence)


class Rate:
    """How fast a part of the work goes, from the first word about it on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the clock; nothing is done yet."""
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self._last = 0
        self._per_second = 0.0

    def reach(self, done: int) -> None:
        """`done` are done now."""
        now = self._clock()
        if self._first is None or done < self._last:
            self._first = (now, done)
        began, before = self._first
        self._last = done
        self._per_second = (done - before) / (now - began) if now > began else 0.0

    @property
    def text(self) -> str:
        """The rate in words; nothing while it is not known."""
        return f"{self._per_second:,.0f}/s" if self._per_second >= 1 else ""

    def seconds_to(self, total: int) -> float | None:
        """How long the rest takes at this rate; None while that is not known."""
        return (total - self._last) / self._per_second if self._per_second else None
