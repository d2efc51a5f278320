"""Issuers at work: commands run one after another, and run again until they end well, whoever was killed."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.cast import PASSPHRASE
from tests.crash.processes import Process
from tests.crash.schedule import RANDOM, Kill
from tests.crash.stage import Stage

_STEP, _ONBOARDING = "client-step", ("issuer", "onboard")
"""The place that only this command comes by: any other would carry it around for nothing."""
_PAUSE = 0.1  # seconds before a command is run again
_COMMAND_SECONDS = 60.0
_REFUSED_IN_VAIN = 40
"""So many times a command may end badly without any kill or outage: then it will never end well."""


@dataclass(frozen=True, slots=True)
class Command:
    """`ankyra ARGV` as somebody types it; it is over when it ends well or when `done` says so.

    Attributes:
        argv: of the program.
        accepted: exit codes of a good end.
        done: looked at when it ended otherwise: the run before may have done it all.
        told: given what a good run printed.
    """

    argv: tuple[str, ...]
    accepted: tuple[int, ...] = (0,)
    done: Callable[[], bool] = lambda: False
    told: Callable[[str], None] = lambda _text: None


Job = Iterator[Command]


@dataclass(slots=True)
class Clients:
    """The kills that wait for a client, those that a command has, and those that were carried out."""

    waiting: deque[Kill]
    taken: list[Kill] = field(default_factory=list)
    carried_out: list[Kill] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: bool = False

    def take(self, argv: Sequence[str] = _ONBOARDING) -> Kill | None:
        """The next kill that a command can come to, if one waits."""
        with self.lock:
            steps = tuple(argv[:2]) == _ONBOARDING
            fitting = [kill for kill in self.waiting if steps or kill.place != _STEP]
            if self.over or not fitting:
                return None
            self.waiting.remove(fitting[0])
            self.taken.append(fitting[0])
            return fitting[0]

    def give_back(self, kill: Kill) -> None:
        """It did not come to the kill: the next command shall have it."""
        with self.lock:
            self.taken.remove(kill)
            self.waiting.appendleft(kill)

    def note(self, kill: Kill) -> None:
        """It was carried out."""
        with self.lock:
            self.taken.remove(kill)
            self.carried_out.append(kill)

    def owed(self) -> list[Kill]:
        """The kills that are not carried out yet, whether they wait or a command has them."""
        with self.lock:
            return [*self.waiting, *self.taken]

    def end(self) -> None:
        """No command gets a kill any more; one that has one may still come to it."""
        with self.lock:
            self.over = True


class Lane:
    """One issuer that does job after job until it is told to stop; then it ends the one that it is at."""

    def __init__(self, name: str, stage: Stage, jobs: Iterator[Job], clients: Clients) -> None:
        """Nothing runs yet."""
        self.name, self.jobs_done, self.runs = name, 0, 0
        self.failures: list[str] = []
        self.endings: Counter[str] = Counter()
        self._stage, self._jobs, self._clients = stage, jobs, clients
        self._stop = threading.Event()
        self._folder = stage.folder / "lanes" / name
        self._folder.mkdir(parents=True)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin with the first job."""
        self._thread.start()

    def finish(self) -> None:
        """Begin no further job."""
        self._stop.set()

    def join(self, seconds: float) -> bool:
        """Whether the last job came to its end in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        try:
            for job in self._jobs:
                for command in job:
                    if not self._carry_out(command):
                        return
                self.jobs_done += 1
                if self._stop.is_set():
                    return
        except Exception as error:  # noqa: BLE001 - a lane that ends by a surprise is a finding of the run
            self.failures.append(f"{self.name}: {type(error).__name__}: {error}")

    def _carry_out(self, command: Command) -> bool:
        """True once the command has ended well."""
        in_vain = 0
        while True:
            log = self._folder / "command.log"
            log.unlink(missing_ok=True)
            kill = self._clients.take(command.argv)
            process = self._run(command, log, kill)
            self.runs += 1
            if kill is not None:
                (self._clients.note if process.killed else self._clients.give_back)(kill)
            if process.code in command.accepted:
                command.told(process.output)
                return True
            self.endings[_ending(process)] += 1
            if command.done():
                return True
            in_vain = 0 if process.killed or process.code in {3, 4} else in_vain + 1
            if in_vain >= _REFUSED_IN_VAIN:
                said = process.output.strip()
                self.failures.append(f"{self.name}: {' '.join(command.argv[:2])} ends in vain: {said}")
                return False
            if _traced(process):
                self.failures.append(f"{self.name}: {' '.join(command.argv[:2])}: {process.output}")
                return False
            time.sleep(_PAUSE)

    def _run(self, command: Command, log: Path, kill: Kill | None) -> Process:
        settings = {"ANKYRA_PASSPHRASE": PASSPHRASE}
        if kill is not None and kill.place != RANDOM:
            settings["ANKYRA_FAILPOINT"] = kill.failpoint
        process = self._stage.program.start(*command.argv, cwd=self._folder, log=log, settings=settings)
        if kill is not None and kill.place == RANDOM:
            process.wait(kill.after)
            process.kill()
        if process.wait(_COMMAND_SECONDS) is None:
            process.kill()
            process.wait()
        return process


def _ending(process: Process) -> str:
    """Why a run ended badly, in a word or two for the table."""
    if process.killed:
        return "killed"
    lines = [line for line in process.output.splitlines() if line.startswith("ankyra: ")]
    return f"{process.code}: {lines[-1][8:][:140]}" if lines else f"{process.code}"


def _traced(process: Process) -> bool:
    return "Traceback" in process.output or "ankyra: unexpected: " in process.output
