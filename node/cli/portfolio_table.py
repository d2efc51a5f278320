"""Several credentials as a person reads them side by side."""

from credentials.microcredential_values import shown_number
from credentials.portfolio import Entry, Portfolio
from credentials.portfolio_overlaps import Overlap
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
    say(f"Credits that count: {shown_number(portfolio.total)} ECTS", style="bold")
    table(
        ("  EQF level", "ECTS", "formal", "non-formal", "not said"),
        (
            (
                f"  {level.eqf_level or 'not said'}",
                *map(shown_number, (level.ects, level.formal, level.non_formal, level.unstated)),
            )
            for level in portfolio.levels
        ),
    )
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
    if len(portfolio.learners) > 1:
        say(f"  They are about {len(portfolio.learners)} different learners.", style="bold red")


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
