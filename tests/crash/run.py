"""A crash run: kill after kill while issuers work, then rest, then look at what is there."""

import random
import sqlite3
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from devnet.interruption import Interrupted, raise_on_signals
from tests.crash.findings import look
from tests.crash.jobs import Deeds, accrediting, anchoring, publishing
from tests.crash.lanes import Clients, Lane
from tests.crash.processes import Process
from tests.crash.schedule import RANDOM, Kill, draw
from tests.crash.stage import Stage, stage

_REACHED_SECONDS = 30.0
_REST_SECONDS = 180.0
_TRIGGER_SECONDS = 0.6
_TELL_SECONDS = 5.0
_REORGANISING = {"rewind-written", "rewind-committed", "outbox-sending", "outbox-sent"}
Tell = Callable[[str], None]


@dataclass(slots=True)
class Result:
    """What a run came to; it holds if there is no finding, for as many kills as there were."""

    seed: int
    interrupted: bool = False
    kills: int = 0
    by_place: Counter[str] = field(default_factory=Counter)
    unreached: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    reorganisations: int = 0
    jobs: dict[str, int] = field(default_factory=dict)
    commands: int = 0
    figures: dict[str, int] = field(default_factory=dict)
    endings: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(
    folder: Path,
    *,
    kills: int,
    seed: int,
    at_random: float = 0.5,
    database_url: str = "",
    tell: Tell = lambda _line: None,
) -> Result:
    """What became of everything that was asked for while `kills` processes were killed.

    Args:
        folder: empty, for all files of the run.
        kills: of the node and of clients together.
        seed: of the schedule.
        at_random: the part of the kills at random moments.
        database_url: of the node; its own SQLite file if empty.
        tell: is told how far it is.
    """
    begun = time.monotonic()
    result = Result(seed)
    node_kills, client_kills = draw(kills, seed, at_random=at_random)
    with stage(folder, universities=4, database_url=database_url) as world:
        clients, deeds = Clients(client_kills), Deeds()
        lanes = _lanes(world, deeds, clients)
        world.start_node()
        world.await_node()
        for lane in lanes:
            lane.start()
        killer = _Killer(world, result, random.Random(seed), tell, kills, clients)
        try:
            killer.kill_all(node_kills)
            killer.await_clients()
        except Interrupted:
            result.interrupted = True
            clients.end()
            raise_on_signals()
            tell("interrupted: no more kills; once more ends without a look at what is there")
        _rest(world, lanes, result)
        if not result.interrupted:
            result.unreached.update(f"client {kill.place}" for kill in clients.owed())
        result.by_place.update(f"{kill.where} {kill.place}" for kill in clients.carried_out)
        result.kills = sum(result.by_place.values())
        result.starts = world.starts
        result.jobs = {lane.name: lane.jobs_done for lane in lanes}
        result.commands = sum(lane.runs for lane in lanes)
        for lane in lanes:
            result.endings.update(lane.endings)
            result.findings += lane.failures
        tell("looking at ledger, node and profiles")
        found = look(world, deeds)
        result.findings += found.sentences
        result.figures = found.figures
    result.seconds = time.monotonic() - begun
    return result


def _lanes(world: Stage, deeds: Deeds, clients: Clients) -> list[Lane]:
    _, first, second, third, _ = world.members
    work = {
        "anchoring-1": anchoring(world, deeds, first, world.folder / "issued" / "first"),
        "anchoring-2": anchoring(world, deeds, second, world.folder / "issued" / "second"),
        "publishing": publishing(deeds, third),
        "accrediting": accrediting(world, deeds, world.folder / "newcomers"),
    }
    return [Lane(name, world, jobs, clients) for name, jobs in work.items()]


def _rest(world: Stage, lanes: list[Lane], result: Result) -> None:
    """Let everybody finish what they are at, with a node that nobody kills."""
    if world.node is None or world.node.over.is_set():
        forget_dead_follower(world)
        world.start_node()
    if not world.await_node():
        result.findings.append("the node does not start after the last kill")
        return
    for lane in lanes:
        lane.finish()
    deadline = time.monotonic() + _REST_SECONDS
    for lane in lanes:
        if not lane.join(max(0.0, deadline - time.monotonic())):
            result.findings.append(f"{lane.name}: its last job does not end")


@dataclass(slots=True)
class _Killer:
    world: Stage
    result: Result
    rng: random.Random
    tell: Tell
    kills: int
    clients: Clients
    _told: float = 0.0

    def kill_all(self, kills: deque[Kill]) -> None:
        """Kill the node as often as it is in the list, and start it again each time."""
        for kill in kills:
            if self.world.node is not None and not self.world.node.over.is_set():
                self.world.node.kill()
                self.world.node.wait(30)
            forget_dead_follower(self.world)
            process = self.world.start_node(kill.failpoint)
            if kill.place == RANDOM:
                process.wait(kill.after)
                self._note(kill, process)
                continue
            self._provoke(kill, process)

    def await_clients(self) -> None:
        """Return when the clients' kills are carried out, with the node at work."""
        forget_dead_follower(self.world)
        self.world.start_node()
        self.world.await_node()
        deadline = time.monotonic() + _REACHED_SECONDS + 10 * len(self.clients.owed())
        while self.clients.owed() and time.monotonic() < deadline:
            self._progress()
            time.sleep(0.1)
        self.clients.end()

    def _provoke(self, kill: Kill, process: Process) -> None:
        """See that the process comes by the place where it shall die."""
        self.world.await_node()
        deadline = time.monotonic() + _REACHED_SECONDS
        while process.wait(_TRIGGER_SECONDS) is None and time.monotonic() < deadline:
            if kill.place in _REORGANISING:
                self.world.reorganise(self.rng.randint(1, 2))
                self.result.reorganisations += 1
            elif kill.place == "leaves-copied":
                self.world.anchor_aside(self.world.members[-1], _some_leaves(self.rng))
        self._note(kill, process)

    def _note(self, kill: Kill, process: Process) -> None:
        name = f"node {kill.place}"
        if kill.place == RANDOM:
            process.kill()
        elif not process.over.is_set():
            self.result.unreached[name] += 1
            process.kill()
        if process.wait(30) is not None and not process.killed:
            last = process.output.strip().splitlines()[-1:]
            self.result.findings.append(f"kill {kill.number}: the node ended with {process.code}: {last}")
        self.result.by_place[name] += 1
        self._progress()

    def _progress(self) -> None:
        now = time.monotonic()
        if now - self._told < _TELL_SECONDS:
            return
        self._told = now
        done = sum(self.result.by_place.values()) + len(self.clients.carried_out)
        self.tell(f"{done} of {self.kills} kills, {self.world.starts} starts of the node")


def forget_dead_follower(world: Stage) -> None:
    """A killed follower holds its lease on SQLite for fifteen seconds more: the run does not wait for it."""
    path = world.node_folder / "node.sqlite3"
    if "ANKYRA_DATABASE_URL" in world.settings or not path.exists():
        return
    with sqlite3.connect(path, timeout=30) as connection:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'follower'").fetchone()
        if there:
            connection.execute("UPDATE follower SET holder = NULL, lease_until = 0")
    connection.close()


def _some_leaves(rng: random.Random) -> bytes:
    return b"".join(sorted(rng.randbytes(32) for _ in range(3)))
