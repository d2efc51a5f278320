"""`ankyra credential show`: what a credential says, as a person reads it; nothing is verified."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from credentials.microcredential import Element, MicroCredential
from node.cli.context import AsJson
from node.cli.failures import INVALID
from node.cli.output import counted, print_json, say, table
from node.client.credential_summary import NOT_VERIFIED, UNSIGNED, Achievement, Summary
from node.client.errors import Unusable
from node.client.presentation_summary import UNSIGNED_PRESENTATION, PresentationSummary, summaries_of

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)
_QUESTIONS = {
    "learner": "who",
    "title": "what",
    "awarding_body": "awarded by",
    "country": "where",
    "date_of_issuing": "when",
    "learning_outcomes": "outcomes",
    "workload": "workload",
    "level": "level",
    "assessment": "assessment",
    "participation": "participation",
    "quality_assurance": "quality",
    "prerequisites": "to enrol",
    "supervision": "supervision",
    "grade": "grade",
    "stackability": "stackable",
    "further": "further",
    "skills": "skills (ESCO)",
    "fields": "field (ISCED-F)",
    "setting": "setting",
}
"""The elements in the order in which a person asks."""


def show(
    file: Annotated[Path, typer.Argument(help="The credential or presentation: a JWT, an SD-JWT, or JSON.")],
    *,
    language: Annotated[
        str, typer.Option("--language", help="Language of texts that stand in several: de, pt-BR.")
    ] = "en",
    as_json: AsJson = False,
) -> None:
    """Show what a credential says. Nothing is verified: for that, use `ankyra verify`.

    Of a micro-credential it tells who achieved what, where and when, with outcomes, credits and levels, and
    which of the European standard elements are missing, or are there and cannot be read. Of a presentation
    it shows each credential, one after the other. Nothing needs to be signed.

    Exit codes: 0 shown; 1 it is no credential of a form that is known, or a presentation has one that is
    none; 2 the file cannot be read.

    Example:
        ankyra credential show spring/0001.jwt
        ankyra credential show badge.json --language de
        ankyra credential show diploma.jsonld --json
    """
    if _LANGUAGE.fullmatch(language) is None:
        raise Unusable("--language is a language tag, as de or pt-BR")
    summary = summaries_of(file, language=language)
    if as_json:
        print_json(summary.to_json())
    else:
        say(NOT_VERIFIED, style="bold yellow")
        if isinstance(summary, PresentationSummary):
            _show_presentation(summary)
        else:
            _show_credential(summary)
    if isinstance(summary, PresentationSummary) and any(isinstance(one, str) for one in summary.shown):
        raise typer.Exit(INVALID)


def _show_presentation(summary: PresentationSummary) -> None:
    """Who shows it, and each credential under a heading of its own."""
    if not summary.signed:
        say(UNSIGNED_PRESENTATION, style="bold yellow")
    if summary.remark:
        say(f"`ankyra verify` cannot judge it as a presentation: {summary.remark}.", style="yellow")
    number = counted(len(summary.shown), "credential")
    say(
        f"A presentation of {number}" if summary.shown else "A presentation without a credential",
        style="bold",
    )
    if summary.read is not None:
        read = summary.read
        rows = [
            ("holder", read.holder),
            ("for", ", ".join(read.audiences)),
            ("nonce", read.nonce),
            ("form", f"data model {read.version}, {read.form}"),
        ]
        table(("", ""), [row for row in rows if row[1]])
    for place, one in enumerate(summary.shown, start=1):
        say("")
        say(f"Credential {place} of {len(summary.shown)}", style="bold reverse")
        if isinstance(one, str):
            say(f"It cannot be shown: {one}.", style="yellow")
        else:
            _show_credential(one)


def _show_credential(summary: Summary) -> None:
    if not summary.signed:
        say(UNSIGNED, style="bold yellow")
    if summary.unjudged:
        say(f"No verdict can be given on it here: {summary.unjudged}.", style="yellow")
    say(", ".join(summary.types), style="bold")
    if summary.micro is not None:
        show_micro_credential(summary.micro)
    else:
        for achievement in summary.achievements:
            _show_achievement(achievement)
    _show_rest(summary)
    if summary.further.shown:
        say("Further claims", style="bold")
        table(("", ""), [(f"  {claim.path}", claim.value) for claim in summary.further.shown])
    if summary.further.more:
        say("  … and more, which are not shown.", style="dim")


def show_micro_credential(micro: MicroCredential) -> None:
    """What a micro-credential says is printed, and what it ought to say and does not."""
    elements = {element.name: element for element in micro.elements}
    table(("", ""), [row for name in _QUESTIONS for row in _rows(_QUESTIONS[name], elements[name], micro)])
    for remark in micro.remarks:
        say(remark, style="yellow")
    malformed = [element for element in micro.elements if element.state == "malformed"]
    for element in malformed:
        say(f"Malformed, {element.label}: {element.problem} ({element.path}).", style="yellow")
    missing = [
        element.label
        for element in micro.elements
        if (element.state, element.group) == ("missing", "mandatory")
    ]
    if missing:
        say(f"Missing of the European standard elements: {', '.join(missing)}.", style="yellow")
    elif not malformed:
        say("It has all standard elements of a European micro-credential.")
    say("")


def _rows(question: str, element: Element, micro: MicroCredential) -> Iterator[tuple[str, str]]:
    """One row for each value, the question beside the first."""
    values = element.values
    if element.name == "learner" and micro.learner is not None:
        known = {micro.learner_id, micro.learner}
        others = (value for value in values if value not in known and value not in micro.learner)
        values = (*filter(None, (micro.learner, micro.learner_id)), *others)
    for number, value in enumerate(values):
        yield "" if number else question, value


def _show_rest(summary: Summary) -> None:
    secured = summary.secured
    rows: list[tuple[str, object]] = [
        ("issuer", f"{summary.issuer_name}  {summary.issuer_id}".strip()),
        ("sealed by", summary.sealed_by),
    ]
    if summary.micro is None:
        rows.append(("name", summary.subject_name))
    if secured is not None:
        credential = secured.credential
        ends = (
            f"until {credential.valid_until:%Y-%m-%d %H:%M:%S} UTC"
            if credential.valid_until
            else "without end"
        )
        begins = f"from {credential.valid_from:%Y-%m-%d %H:%M:%S} UTC, " if credential.valid_from else ""
        rows += [
            *(("subject", subject.get("id", "not named")) for subject in credential.subjects),
            ("issued", credential.issued and f"{credential.issued:%Y-%m-%d %H:%M:%S} UTC"),
            ("valid", begins + ends),
            *(("status", _status(status)) for status in credential.statuses),
            *(("schema", one.id) for one in credential.schemas),
            *(("under", one.id) for one in credential.terms_of_use),
            ("key", f"{secured.verification_method} ({secured.algorithm})"),
            ("form", f"data model {credential.version}, {secured.mechanism}"),
            ("id", credential.id),
            ("digest", secured.digest.hex()),
        ]
    table(("", ""), [row for row in rows if row[1]])


def _status(status: object) -> str:
    members = status if isinstance(status, dict) else {}
    if "statusListCredential" not in members:
        return f"{members.get('type')} {members.get('id', '')}"
    place = f"{members.get('statusPurpose')}, place {members.get('statusListIndex')}"
    return f"{place} of {members['statusListCredential']}"


def _show_achievement(achievement: Achievement) -> None:
    rows = [
        ("title", achievement.title),
        ("awarded by", achievement.awarded_by),
        ("awarded on", achievement.awarded_at),
        ("credits", achievement.credits),
        ("EQF level", achievement.level),
        *(("outcome", outcome) for outcome in achievement.outcomes),
    ]
    table(("", ""), [row for row in rows if row[1]])
