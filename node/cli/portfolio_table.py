"""Several credentials as a person reads them side by side."""

from collections.abc import Sequence

from credentials.microcredential_values import shown_number
from credentials.portfolio import Entry, Portfolio
from credentials.portfolio_overlaps import Overlap
from credentials.portfolio_sums import LevelSum
from node.cli.output import counted, hanging, say, table

_KINDS = {"activity": "the same activity", "learning_outcome": "learning outcome", "skill": "ESCO skill"}
_SHOWN = 16  # overlaps that are listed


def show_portfolio(portfolio: Portfolio) -> None:
    """Credentials, credits by level, and all that keeps a sum from being the whole truth are printed."""
    say("Side by side:", style="bold")
    table(
        ("  #", "outcome", "title", "ECTS", "EQF", "learnt", "stacks", "file"),
        (_row(number, entry) for number, entry in enumerate(portfolio.entries)),
    )
    if len(portfolio.by_learner) > 1:
        for one in portfolio.by_learner:
            whose = f"of {one.learner}" if one.learner else "of whoever is not named"
            say(f"Credits that count, {whose}: {shown_number(one.ects)} ECTS", style="bold")
            _show_levels(one.levels)
    else:
        say(f"Credits that count: {shown_number(portfolio.total)} ECTS", style="bold")
        _show_levels(portfolio.levels)
    for number, entry in enumerate(portfolio.entries):
        if entry.why_not is not None:
            hanging(f"  not counted, {number}: ", entry.why_not, style="yellow")
    for overlap in portfolio.overlaps[:_SHOWN]:
        hanging("  overlap: ", _overlap(overlap), style="yellow")
    if len(portfolio.overlaps) > _SHOWN:
        say(f"  … and {counted(len(portfolio.overlaps) - _SHOWN, 'overlap')} more.", style="dim")
    for number in portfolio.not_accredited:
        hanging(
            f"  not accredited, {number}: ", portfolio.entries[number].judged.accreditation, style="yellow"
        )
    learners, unnamed = len(portfolio.learners), len(portfolio.unnamed)
    also = f"; {counted(unnamed, 'credential names', 'credentials name')} nobody" if unnamed else ""
    if learners > 1:
        say(f"  They are about {learners} different learners{also}.", style="bold red")
    elif learners:
        say(f"  They are about 1 learner{also}.")


def _show_levels(levels: Sequence[LevelSum]) -> None:
    if levels:
        rows = (
            (
                f"  {level.eqf_level or 'not said'}",
                *map(shown_number, (level.ects, level.formal, level.non_formal, level.unstated)),
            )
            for level in levels
        )
        table(("  EQF level", "ECTS", "formal", "non-formal", "not said"), rows)


def _row(number: int, entry: Entry) -> tuple[object, ...]:
    says = entry.says
    if says is None:
        return (f"  {number}", entry.judged.outcome, "", "", "", "", "", entry.judged.name)
    learnt = {True: "formally", False: "non-formally", None: ""}[says.formal]
    return (
        f"  {number}",
        entry.judged.outcome,
        says.title,
        "" if says.ects is None else shown_number(says.ects),
        says.eqf_level,
        learnt,
        {True: "yes", False: "no", None: ""}[says.stackable],
        entry.judged.name,
    )


def _overlap(overlap: Overlap) -> str:
    numbers = ", ".join(map(str, overlap.credentials))
    return (
        f"{_KINDS[overlap.kind]} “{overlap.name}” in {numbers}: "
        f"{shown_number(overlap.ects)} ECTS may be counted twice"
    )
