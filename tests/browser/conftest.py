"""One browser, and one node with a ledger of its own, for all tests here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.cast import Cast, cast
from tests.browser.chromium import NoBrowser, chromium
from tests.browser.reader import Reader, reader
from tests.ledger import DeployedState


@pytest.fixture(scope="package")
def people(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Who has what; no test takes anything away."""
    with cast(deployed_state, tmp_path_factory.mktemp("people")) as made:
        yield made


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Of the package, not of the session: while it runs no other loop can run in this thread."""
    try:
        with chromium() as started:
            yield started
    except NoBrowser as error:
        pytest.fail(str(error))


@dataclass(frozen=True, slots=True)
class Desk:
    """The browser at the node."""

    browser: Browser
    people: Cast

    def reader(self, **given: Any) -> Any:
        """Somebody who comes: `with desk.reader(language="lt") as somebody`."""
        return reader(self.browser, self.people.url, **given)


@pytest.fixture
def desk(browser: Browser, people: Cast) -> Desk:
    """Where people sit down."""
    return Desk(browser, people)


__all__ = ["Desk", "Reader"]
