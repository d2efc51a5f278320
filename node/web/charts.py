"""Bar charts by month as SVG, made on the server: from numbers to markup, and nothing else.

Every chart has a name and a description for who does not see it, and stands above a table of its numbers,
which the page writes. Colours are classes that `charts.css` gives a meaning in either theme: the policy of
the pages allows no style within the markup (CSP Level 3). A number that is not told has a hatched mark
instead of a bar.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 960, 270
_TOP, _BOTTOM, _RIGHT = 24, 44, 8
_LEGEND = 26
_CHARACTER = 7.4  # width of a digit at the size in which charts.css writes
_TICKS = 5
_MOST_LABELLED = 24
_GAP = 0.28  # of the room that a month has, left empty
_LEAST = 1.5  # height of a bar that is not zero
_HIDDEN = 14  # height of the mark for a number that is not told


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers, in the order of the chart's labels; None where one is not told."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Label:
    """What stands below a bar: a short text, and what is below that or nothing; `whole` says it in full."""

    short: str
    below: str
    whole: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart says in the reader's language.

    Attributes:
        title: the chart's name.
        description: what can be seen on it.
        number: writes a number.
        not_told: for a number that is None.
    """

    title: str
    description: str
    number: Callable[[int], str]
    not_told: str


def bar_chart(identifier: str, labels: Sequence[Label], series: Sequence[Series], words: Words) -> Markup:
    """Return the chart of one to three series side by side (SVG 2, WAI-ARIA graphics by `role="img"`).

    Args:
        identifier: of the chart within its page, in the letters of an id.
        labels: one for each value of a series.
        series: all of the same length as `labels`.
        words: in the reader's language.
    """
    assert all(len(one.values) == len(labels) for one in series)
    highest = max((value for one in series for value in one.values if value is not None), default=0)
    steps = ticks(highest)
    hides = any(value is None for one in series for value in one.values)
    explained = hides or len(series) > 1
    left = 10 + _CHARACTER * max(len(words.number(step)) for step in steps)
    plot = _Plot(
        left=left,
        top=_TOP + (_LEGEND if explained else 0),
        width=WIDTH - left - _RIGHT,
        months=max(1, len(labels)),
        highest=steps[-1],
    )
    parts = [
        Markup('<title id="{0}-title">{1}</title><desc id="{0}-desc">{2}</desc>').format(
            identifier, words.title, words.description
        ),
        _hatching(identifier),
        *([_legend(identifier, series, words.not_told if hides else None)] if explained else []),
        *(_grid(plot, step, words.number(step)) for step in steps),
        *(_month(plot, place, label, every=_every(len(labels))) for place, label in enumerate(labels)),
    ]
    labelled = len(series) * len(labels) <= _MOST_LABELLED
    for number, one in enumerate(series):
        for place, value in enumerate(one.values):
            bar = _Bar(plot, place, number, len(series))
            said = Markup("{}, {}: {}").format(
                labels[place].whole, one.name, words.not_told if value is None else words.number(value)
            )
            if value is None:
                parts.append(bar.hidden(identifier, said))
            elif value:
                parts.append(bar.drawn(value, said, words.number(value) if labelled else ""))
    return Markup(
        '<svg class="chart" viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-title {2}-desc">{3}</svg>'
    ).format(WIDTH, HEIGHT, identifier, Markup("").join(parts))


def ticks(highest: int) -> list[int]:
    """Return round numbers from 0 to `highest` or more, at most six: 1, 2 or 5 times a power of ten apart."""
    step = 1
    while step * _TICKS < highest:
        leading = int(str(step)[0])
        step = step * 5 // 2 if leading == 2 else step * 2  # noqa: PLR2004 - 1, 2, 5, 10, 20
    count = max(1, -(-highest // step))
    return [step * place for place in range(count + 1)]


@dataclass(frozen=True, slots=True)
class _Plot:
    """The area of the bars."""

    left: float
    top: float
    width: float
    months: int
    highest: int

    @property
    def foot(self) -> float:
        """Where zero is."""
        return HEIGHT - _BOTTOM

    @property
    def room(self) -> float:
        """How wide a month is."""
        return self.width / self.months

    def height(self, value: int) -> float:
        """How high a value is."""
        return (self.foot - self.top) * value / self.highest

    def middle(self, place: int) -> float:
        """The middle of a month."""
        return self.left + self.room * (place + 0.5)


@dataclass(frozen=True, slots=True)
class _Bar:
    """The place of one bar: of a month, and within it of a series."""

    plot: _Plot
    place: int
    number: int
    series: int

    @property
    def width(self) -> float:
        return min(44.0, self.plot.room * (1 - _GAP) / self.series)

    @property
    def left(self) -> float:
        return self.plot.middle(self.place) + self.width * (self.number - self.series / 2)

    def drawn(self, value: int, said: str, label: str) -> Markup:
        height = max(_LEAST, self.plot.height(value))
        top = self.plot.foot - height
        bar = Markup(
            '<rect class="bar series-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
            "<title>{}</title></rect>"
        ).format(self.number + 1, self.left, top, max(1.0, self.width - 1), height, said)
        if not label or len(label) * _CHARACTER > self.plot.room / self.series + 6:
            return bar
        middle = self.left + self.width / 2
        return bar + Markup('<text class="value" x="{:.1f}" y="{:.1f}">{}</text>').format(
            middle, top - 5, label
        )

    def hidden(self, identifier: str, said: str) -> Markup:
        return Markup(
            '<rect class="hidden-value" fill="url(#{}-hatch)" '
            'x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}"><title>{}</title></rect>'
        ).format(identifier, self.left, self.plot.foot - _HIDDEN, max(1.0, self.width - 1), _HIDDEN, said)


def _hatching(identifier: str) -> Markup:
    return Markup(
        '<defs><pattern id="{}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
    ).format(identifier)


def _legend(identifier: str, series: Sequence[Series], not_told: str | None) -> Markup:
    """What the colours are, and what the mark for a number that is not told, if there is one."""
    marks = [
        (Markup('class="bar series-{}"').format(place + 1), one.name) for place, one in enumerate(series)
    ]
    if not_told is not None:
        marks.append((Markup('class="hidden-value" fill="url(#{}-hatch)"').format(identifier), not_told))
    parts, at = [], 1.0
    for look, name in marks:
        parts.append(
            Markup(
                '<rect {} x="{:.1f}" y="3" width="12" height="12"/>'
                '<text class="legend" x="{:.1f}" y="14">{}</text>'
            ).format(look, at, at + 18, name)
        )
        at += 18 + _CHARACTER * len(name) + 22
    return Markup("").join(parts)


def _grid(plot: _Plot, step: int, written: str) -> Markup:
    height, kind = plot.foot - plot.height(step), "grid" if step else "axis"
    line = Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>').format(
        kind, plot.left, height, WIDTH - _RIGHT, height
    )
    return line + Markup('<text class="tick" x="{:.1f}" y="{:.1f}">{}</text>').format(
        plot.left - 6, height + 4, written
    )


def _month(plot: _Plot, place: int, label: Label, *, every: int) -> Markup:
    if place % every:
        return Markup("")
    middle = plot.middle(place)
    short = Markup('<text class="month" x="{:.1f}" y="{:.1f}">{}</text>').format(
        middle, plot.foot + 17, label.short
    )
    if not label.below:
        return short
    return short + Markup('<text class="month year" x="{:.1f}" y="{:.1f}">{}</text>').format(
        middle, plot.foot + 34, label.below
    )


def _every(count: int) -> int:
    """Each how many months are written out: what does not fit is left to the table."""
    return max(1, -(-count // 14))
