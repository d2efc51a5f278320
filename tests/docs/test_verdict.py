"""docs/verdict.md describes the verdict that the code makes: its members, checks, outcomes and reasons."""

import ast
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from credentials.expected import NOTHING_EXPECTED
from credentials.policy import Policy
from credentials.portfolio_overlaps import MOST_OVERLAPS
from credentials.presentation import MOST_CREDENTIALS
from credentials.presentation_reading import read_presentation
from credentials.presentation_verdict import PRESENTATION_SCHEMA
from credentials.presentation_verification import verify_presentation
from credentials.verdict import CHECKS, REQUIRED, SCHEMA, Outcome
from credentials.verification import verify
from tests.credentials.presentations import Wallet
from tests.credentials.world import country

ROOT = Path(__file__).resolve().parents[2]
NO_REASONS = frozenset(
    {
        *("awarding_body", "date_of_issuing", "learning_outcomes", "quality_assurance"),  # elements
        *("key_ops", "public_jwk"),  # members of keys
        *("sd_hash", "status_list"),  # claims
        *("schema_revisions", "schema_with_others", "signing_key"),  # words of caches
    }
)
"""Words with an underscore in the room's code that are no reasons."""
_WORD = re.compile(r"[a-z]+(_[a-z]+)*")
_REFUSALS = frozenset(
    {
        *("KeyRefused", "AccreditationRefused", "StatusListRefused", "StatusUnknown"),
        *("Fault", "_refused", "_Refusal", "_unknown"),
    }
)


@cache
def _page() -> str:
    return (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")


def _named() -> set[str]:
    return set(re.findall(r"`([^`]+)`", _page()))


def _texts(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _reasons() -> set[str]:
    found = set()
    for path in sorted((ROOT / "credentials").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {text for text in _texts(tree) if "_" in text and _WORD.fullmatch(text)}
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            given = [word.value for word in call.keywords if word.arg == "reason"]
            if isinstance(call.func, ast.Name) and call.func.id in _REFUSALS:
                given += call.args[:1]
            found |= {
                one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    return found - NO_REASONS


def test_every_reason_in_the_code_is_on_the_page() -> None:
    assert len(_reasons()) > 50
    assert _reasons() - _named() == set()


def test_every_reason_on_the_page_is_in_the_code() -> None:
    texts = {
        text
        for path in (ROOT / "credentials").rglob("*.py")
        for text in _texts(ast.parse(path.read_text(encoding="utf-8")))
    }
    rows = [line for line in _page().splitlines() if line.startswith(("| `", "| 0", "| 1", "| 2", "| 3"))]
    reasons = {word for row in rows for word in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", row)} - {"root_taos"}
    assert len(reasons) > 50
    assert reasons - texts == set()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_has_its_row(check: object) -> None:
    number, name = getattr(check, "number", None), getattr(check, "name", None)
    assert f"\n| {number} `{name}` | " in _page()


def test_the_readme_names_every_check_in_its_order() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    numbered = re.search(r"^(\w+) numbered checks \(([a-z,\s]+)\)", readme, re.MULTILINE)
    assert numbered is not None
    assert numbered[2].replace("\n", " ").split(", ") == [check.name for check in CHECKS]
    assert (numbered[1], len(CHECKS)) == ("Eleven", 11)


def test_the_required_checks_are_those_that_the_page_names() -> None:
    assert {check.name for check in CHECKS[:9]} == REQUIRED
    assert "are checks 0 to 8" in _page()


@pytest.mark.parametrize("word", [*(outcome.value for outcome in Outcome), SCHEMA])
def test_every_outcome_and_the_forms_name_are_on_the_page(word: str) -> None:
    assert word in _named()


@pytest.mark.parametrize("readable", [True, False], ids=["a credential", "no credential"])
def test_every_member_is_on_the_page_and_every_one_there_is_made(*, readable: bool) -> None:
    home = country()
    verdict = verify(
        home.credential if readable else b"{}",
        at=None,
        policy=Policy(root_taos=frozenset(home.world.roots), origins=()),
        ports=home.world.ports(now=datetime.fromtimestamp(home.world.now, UTC)),
    ).to_json()
    whole, one = (_members(part) for part in _page().split("One of `checks`:"))
    assert set(verdict) | {"asOf"} == whole
    assert set(verdict["checks"][0]) == one
    assert set(verdict["credential"]) == {"id", "issuer", "digest"} <= _named()


def test_every_member_of_a_presentation_is_on_the_page_and_every_one_there_is_made() -> None:
    home = country()
    read = read_presentation(Wallet(home.world).shows(home.credential))
    assert read is not None
    verdict = verify_presentation(
        read,
        at=None,
        policy=Policy(root_taos=frozenset(home.world.roots), origins=()),
        ports=home.world.ports(),
        expected=NOTHING_EXPECTED,
    ).to_json()
    section = _page().split("## Presentations\n")[1]
    assert set(verdict) | {"asOf"} == _members(section)
    assert set(verdict["presentation"]) <= _named()
    assert f"`{PRESENTATION_SCHEMA}`" in section
    assert f"more than {MOST_CREDENTIALS} credentials" in section
    portfolio = _page().split("## Portfolio\n")[1]
    assert set(verdict["portfolio"]) == _members(portfolio)
    assert set(verdict["portfolio"]["credentials"][0]) <= _named()
    assert f"at most {MOST_OVERLAPS}" in portfolio


def _members(text: str) -> set[str]:
    table = text.partition("| member | |\n|---|---|\n")[2].partition("\n\n")[0]
    return {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}
