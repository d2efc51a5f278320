import os
import signal
import subprocess
import sys

import pytest

from node.errors import ConfigurationError
from node.failpoints import FAILPOINTS, arm, reach

_RUN = "from node.failpoints import *; arm_from_environment(); reach({0!r}); print(1); reach({0!r}); print(2)"


def _run(failpoint: str, *, place: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "ANKYRA_FAILPOINT": failpoint}
    return subprocess.run(
        [sys.executable, "-u", "-c", _RUN.format(place)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("failpoint", "printed"), [("batch-kept", ""), ("batch-kept:2", "1\n")])
def test_the_process_dies_when_it_is_there_for_the_time_wanted(failpoint: str, printed: str) -> None:
    ended = _run(failpoint, place="batch-kept")
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, printed)


@pytest.mark.parametrize("failpoint", ["", "batch-checked", "batch-kept:3"])
def test_the_process_lives_where_it_is_armed_for_another_place(failpoint: str) -> None:
    ended = _run(failpoint, place="batch-kept")
    assert (ended.returncode, ended.stdout) == (0, "1\n2\n")


@pytest.mark.parametrize("text", ["elsewhere", "batch-kept:x", "batch-kept:-1", ":2"])
def test_a_place_that_is_not_there_is_told(text: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no failpoint"):
        arm(text)


def test_nothing_happens_where_nothing_is_armed() -> None:
    for name in FAILPOINTS:
        reach(name)
