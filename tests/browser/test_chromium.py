"""Which browser the tests take, and what they say where there is none."""

from pathlib import Path

import pytest

from tests.browser.chromium import INSTALL, VARIABLE, NoBrowser, chromium_path


def _program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_browser_is_the_one_named_else_the_first_that_there_is(tmp_path: Path) -> None:
    chrome, own = _program(tmp_path, "google-chrome"), _program(tmp_path, "own")
    path = {"PATH": str(tmp_path)}
    assert chromium_path(path) == str(chrome)
    assert chromium_path(path | {VARIABLE: str(own)}) == str(own)
    assert chromium_path(path | {VARIABLE: "own"}) == str(own)
    first = _program(tmp_path, "chromium")
    assert chromium_path(path) == str(first)


@pytest.mark.parametrize("named", [{}, {VARIABLE: "/no/such/chromium"}])
def test_a_missing_browser_is_told_with_the_command_that_installs_one(
    tmp_path: Path, named: dict[str, str]
) -> None:
    with pytest.raises(NoBrowser, match=INSTALL):
        chromium_path({"PATH": str(tmp_path)} | named)
