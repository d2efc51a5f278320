"""What the pages promise is there: links lead somewhere, commands and paths exist."""

import re
from functools import cache
from pathlib import Path

import pytest
import typer

from node.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "contracts").glob("*.md"))
)
PROMISED = {
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "contracts/README.md",
    "docs/api.md",
    "docs/dependencies.md",
    "docs/ebsi-conformance.md",
    "docs/measurements.md",
    "docs/operating.md",
    "docs/privacy.md",
    "docs/standards.md",
}
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
_PLACE = re.compile(r"\]\(([^)#\s]*)#([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@cache
def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _places(page: str, *, deep: int = 6) -> list[str]:
    """Names of the headings of a page down to a level, as links write them."""
    titles = re.findall(rf"^#{{2,{deep}}} (.+)$", _FENCED.sub("", _text(page)), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]


def _commands(group: typer.Typer, *before: str) -> set[str]:
    found = {
        " ".join((*before, command.name or str(getattr(command.callback, "__name__", ""))))
        for command in group.registered_commands
    }
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        found |= _commands(inner.typer_instance, *before, str(inner.name))
    return found


def test_every_promised_page_is_there() -> None:
    assert set(PAGES) >= PROMISED
    assert list((ROOT / "docs" / "adr").glob("[0-9][0-9][0-9][0-9]-*.md"))
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "threat model" in _text("SECURITY.md").lower()
    assert "## [Unreleased]" in _text("CHANGELOG.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_tree_leads_somewhere(page: str) -> None:
    links = [link for link in _LINK.findall(_text(page)) if not link.startswith(("http://", "https://"))]
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_section_leads_to_its_heading(page: str) -> None:
    links = [link for link in _PLACE.findall(_text(page)) if "://" not in link[0]]
    targets = {
        link: ((ROOT / page).parent / link[0]).resolve().relative_to(ROOT).as_posix() if link[0] else page
        for link in links
    }
    assert [link for link, target in targets.items() if link[1] not in _places(target)] == []


def test_the_contents_of_the_operators_page_name_every_section() -> None:
    contents = _text("docs/operating.md").partition("\n## ")[0]
    named = [place for page, place in _PLACE.findall(contents) if not page]
    assert set(named) >= set(_places("docs/operating.md", deep=2))
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    known = _commands(app)
    words = {name.split()[0] for name in known}
    for line in re.findall(r"(?:^|[`/ ])ankyra ((?:[a-z]+ ?){1,3})", _text(page), re.MULTILINE):
        named = line.split()
        if named[0] in words:
            begun = {" ".join(named[:count]) for count in (1, 2, 3)}
            assert begun & known or len(named) == 1, f"ankyra {line}"


@pytest.mark.parametrize("page", PAGES)
def test_every_verb_that_a_page_names_is_in_the_makefile(page: str) -> None:
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", _text(page))) <= verbs


def test_the_first_check_by_curl_asks_for_paths_that_are_served() -> None:
    served = set(re.findall(r"`GET (/[^`]*)`", _text("docs/api.md")))
    asked = re.findall(r"curl -s '?http://127\.0\.0\.1:8080(/[^\s?']*)", _text("README.md"))
    assert asked
    assert {path.replace("DIGEST", "{digest}") for path in asked} <= served


def test_the_two_commands_of_the_readme_come_first() -> None:
    first = re.findall(r"^make ([a-z]+)", _text("README.md"), re.MULTILINE)
    assert first[:2] == ["demo", "test"]
