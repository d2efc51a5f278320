"""The Chromium of this machine, headless, as tests start it."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

VARIABLE = "ANKYRA_CHROMIUM"
"""Names the program, where it has another name or place."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "apt-get install chromium"
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(Exception):
    """There is no Chromium, and the pages cannot be tried without one."""


def chromium_path(environment: Mapping[str, str]) -> str:
    """Return the program that the environment names, or that its PATH holds.

    Raises:
        NoBrowser: there is none.
    """
    named = environment.get(VARIABLE)
    for name in (named,) if named else NAMES:
        if (found := shutil.which(name, path=environment.get("PATH", ""))) is not None:
            return found
    looked = f"{VARIABLE} names {named}, which cannot be run" if named else f"none of {', '.join(NAMES)}"
    raise NoBrowser(
        f"the pages are tried in a real browser ({looked}); install one: {INSTALL}, or set {VARIABLE}"
    )


@contextmanager
def chromium(environment: Mapping[str, str] = os.environ) -> Iterator[Browser]:
    """Start it; its sandbox works for everybody but root.

    Raises:
        NoBrowser: there is none.
    """
    path, root = chromium_path(environment), os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=not root, args=[*_ARGUMENTS]
        )
        try:
            yield browser
        finally:
            browser.close()
