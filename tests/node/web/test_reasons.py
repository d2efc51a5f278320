"""Every reason that a verdict can have is told to people, in every language there is."""

import re
from pathlib import Path

import pytest

from credentials.verdict import CHECKS, Outcome
from node.web.reasons import CHECKS as NAMED
from node.web.reasons import EVERYWHERE, OUTCOMES, PASSED, REASONS, SEALS, general_sentence

_VERDICT = (Path(__file__).resolve().parents[3] / "docs" / "verdict.md").read_text(encoding="utf-8")
_REASON = re.compile(r"`([a-z_]+)`")


_ANY = ("unavailable", "busy", "unseen_batches", "not_read", "out_of_time")


def _section(title: str) -> str:
    return _VERDICT.split(f"\n### {title}\n")[1].split("\n#")[0]


def _first_column(title: str) -> list[tuple[str, str]]:
    rows = re.findall(r"^\| (`[^|]*) \| (.*) \|$", _section(title), re.MULTILINE)
    return [(reason, meaning) for reasons, meaning in rows for reason in _REASON.findall(reasons)]


def _documented() -> set[tuple[str, str]]:
    """Every check with each of its reasons, as the page on verdicts has them."""
    found = set()
    for check in CHECKS:
        row = re.search(rf"^\| {check.number} `{check.name}` \| [^|]* \| (.*) \|$", _VERDICT, re.MULTILINE)
        assert row is not None
        found |= {(check.name, reason) for reason in _REASON.findall(row[1])}
        found |= {(check.name, reason) for reason in _ANY}
    for title in ("Accreditation", "Status", "Holder"):
        found |= {(title.lower(), reason) for reason, _ in _first_column(title)}
    for reason, meaning in _first_column("Seals"):
        of_members = meaning.startswith("checks 5 and 7")
        found |= {
            (check, reason)
            for check in (("accreditation", "anchor") if of_members else ("issuer", "signature"))
        }
    return found


def test_every_reason_of_the_documentation_has_its_sentence() -> None:
    documented = _documented()
    assert len(documented) > 130
    assert {one for one in documented if one[1] not in {*REASONS[one[0]], *EVERYWHERE}} == set()


def test_every_sentence_is_of_a_reason_that_the_documentation_has() -> None:
    told = {(check, reason) for check, reasons in REASONS.items() for reason in (*reasons, *EVERYWHERE)}
    assert told - _documented() == set()


@pytest.mark.parametrize("check", [check.name for check in CHECKS])
def test_every_check_has_a_name_and_a_sentence_for_each_outcome(check: str) -> None:
    assert NAMED[check]
    for outcome in Outcome:
        assert OUTCOMES[outcome]
        assert general_sentence(check, outcome, None)
        assert general_sentence(check, outcome, "newer_than_these_texts")
    assert general_sentence(check, Outcome.PASSED, None) == PASSED[check]


def test_a_reason_means_what_it_means_for_its_check() -> None:
    assert general_sentence("status", "failed", "revoked") == "Its issuer revoked it."
    assert general_sentence("validity", "failed", "expired") != general_sentence(
        "holder", "failed", "expired"
    )
    assert general_sentence("issuer", "failed", "path_refused") == SEALS["path_refused"]
