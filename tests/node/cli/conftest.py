"""The client's world, with a ledger that has arrived in the present and a node that follows by itself."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import time

import pytest

from node.cli.app import run
from tests.node.client.conftest import Play, files, play

__all__ = ["files", "play"]


@dataclass
class Typed:
    """What a command line came to."""

    code: int
    out: str
    err: str


Type = Callable[..., Typed]


@pytest.fixture
def type_in(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Type:
    """Runs a command line as its entry point does."""
    monkeypatch.setenv("ANKYRA_PASSPHRASE", "pass")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("ANKYRA_PROFILE", raising=False)
    monkeypatch.setenv("COLUMNS", "400")

    def typed(*arguments: object) -> Typed:
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Typed(code, printed.out, printed.err)

    return typed


@pytest.fixture
def living(play: Play) -> Iterator[Play]:
    """The world goes on by itself while commands wait for it."""
    ledger, stop = play.world.ledger.ledger, threading.Event()
    ledger.arrive(int(time()))
    play.world.follow()

    def live() -> None:
        while not stop.wait(0.05):
            if ledger.time() < int(time()):  # every block takes a second of its own: never ahead of the clock
                ledger.mine()
            play.world.follow()

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield play
    finally:
        stop.set()
        thread.join()
