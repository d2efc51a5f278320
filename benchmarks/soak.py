"""A mixed load on two nodes for a long time: memory and file handles stay flat, and no verdict changes.

`make soak MINUTES=30`: the scenario is played first, so that there is something to ask for. Then several
askers verify, resolve and read, one university anchors batches and publishes its lists, and every few seconds
a line says what the node's processes hold. Exit code 1 when an answer was wrong, or when something grew.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
from rich.console import Console
from rich.table import Table

from anchoring.batch import Batch
from benchmarks.databases import databases
from devnet.databases import DATABASES, POSTGRESQL, SQLITE, database_name
from devnet.members import ANCHORING, chosen_members
from devnet.node_process import free_ports
from devnet.performance import perform
from devnet.report import Report
from devnet.scenarios import STEPS
from devnet.steps.issued import MODELS, issued
from devnet.summary import Teller
from devnet.world import Plan, World, open_world
from node.client.accreditation import own_attribute
from node.client.batches import anchor_batch
from node.client.errors import ClientError
from node.client.status_publication import publish

_BATCH = 100  # digests
_PUBLISH_SECONDS = 20.0
_GROWTH = 1.15
"""Memory at the end beside that after the first third: caches fill at first, and are bounded."""
_SPARE_MIB, _SPARE_HANDLES = 24.0, 24
_AWAITED = "awaits a list"
"""The outcome while the list published last is not at hand: no list before it is taken in its place."""
_COPY_SECONDS = 60.0
"""For which a node may take to copy a list that was published elsewhere, busy as it is."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the processes of both nodes hold, and what was answered so far."""

    seconds: float
    resident: float  # MiB
    handles: int
    threads: int
    database: float  # MiB
    answers: int
    errors: int


@dataclass
class Load:
    """The askers and what they saw."""

    world: World
    stop: threading.Event = field(default_factory=threading.Event)
    answers: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, error: str | None = None) -> None:
        """One more answer, or one more refusal."""
        with self._lock:
            if error is None:
                self.answers[what] += 1
            else:
                self.errors[f"{what}: {error}"] += 1

    def refute(self, sentence: str) -> None:
        """An answer was wrong."""
        with self._lock:
            self.wrong.append(sentence)


def main() -> int:
    """Soak and report; see `python -m benchmarks.soak --help`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default: %(default)s)")
    parser.add_argument("--database", type=database_name, choices=DATABASES, default=SQLITE)
    parser.add_argument("--askers", type=int, default=4, help="verifying at a time (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=9162, help="of what is asked for (default: %(default)s)")
    chosen = parser.parse_args()
    console = Console(highlight=False)
    with ExitStack() as left:
        folder = Path(left.enter_context(tempfile.TemporaryDirectory(prefix="ankyra-soak-")))
        plan = Plan(
            present=int(time.time()), members=chosen_members(4), credentials=1_000, micro_credentials=200
        )
        ports = free_ports(2)
        world = left.enter_context(open_world(plan, folder, ports=(ports[0], ports[1])))
        if chosen.database == POSTGRESQL:
            new = left.enter_context(databases())["PostgreSQL"]
            for node in world.nodes:
                node.settings["ANKYRA_DATABASE_URL"] = new(folder)
        if perform(world, Report(len(STEPS), 0.0), Teller(console)):
            return 1
        return _soak(world, chosen.minutes * 60, chosen.askers, chosen.seed, console)


def _soak(world: World, seconds: float, askers: int, seed: int, console: Console) -> int:
    load = Load(world)
    credentials = [path.read_bytes() for model in MODELS for path in issued(world, model)]
    expected = [_verdict(world.home.url, credential) for credential in credentials]
    jobs: list[Callable[[], None]] = [
        *(
            lambda place=place: _verify(load, place, credentials, expected, Random(seed + place))
            for place in range(askers)
        ),
        lambda: _read(load, Random(seed - 1)),
        lambda: _anchor(load, Random(seed - 2)),
        lambda: _publish(load),
    ]
    threads = [threading.Thread(target=job, daemon=True) for job in jobs]
    samples: list[Sample] = []
    started = time.monotonic()
    for thread in threads:
        thread.start()
    every = max(5.0, seconds / 30)
    console.print(
        f"{'time':>6} {'MiB':>8} {'handles':>8} {'threads':>8} {'db MiB':>8} {'answers':>9} {'errors':>7}"
    )
    while (passed := time.monotonic() - started) < seconds:
        time.sleep(min(every, seconds - passed))
        samples.append(_sample(load, time.monotonic() - started))
        last = samples[-1]
        console.print(
            f"{last.seconds / 60:>5.1f}m {last.resident:>8.1f} {last.handles:>8} {last.threads:>8} "
            f"{last.database:>8.1f} {last.answers:>9} {last.errors:>7}"
        )
    load.stop.set()
    for thread in threads:
        thread.join(60)
    return _report(load, samples, seconds, console)


def _report(load: Load, samples: Sequence[Sample], seconds: float, console: Console) -> int:
    table = Table("asked for", "answers", "per second", "errors")
    errors = Counter[str]()
    for name, count in load.errors.items():
        errors[name.partition(":")[0]] += count
    for name, count in sorted(load.answers.items()):
        table.add_row(name, f"{count:,}", f"{count / seconds:.1f}", str(errors[name]))
    console.print(table)
    for name, count in load.errors.most_common(10):
        console.print(f"  {count} x {name}")
    faults = list(load.wrong[:10])
    settled, last = samples[len(samples) // 3], samples[-1]
    if last.resident > settled.resident * _GROWTH + _SPARE_MIB:
        faults.append(f"memory grew from {settled.resident:.0f} to {last.resident:.0f} MiB")
    if last.handles > settled.handles + _SPARE_HANDLES:
        faults.append(f"file handles grew from {settled.handles} to {last.handles}")
    if not all(load.answers[name] for name in ("verdict", "read", "batch final", "list published")):
        faults.append("some of the askers got no answer at all")
    for fault in faults:
        console.print(f"FAULT {fault}")
    if not faults:
        console.print(
            f"flat: {settled.resident:.0f} MiB and {settled.handles} handles after a third, "
            f"{last.resident:.0f} MiB and {last.handles} at the end; no verdict changed"
        )
    return 1 if faults else 0


# --- what is asked ------------------------------------------------------------------------------------------


def _verdict(url: str, credential: bytes, http: httpx.Client | None = None) -> str:
    ask = (http or httpx).post
    answer = ask(
        f"{url}/v1/verifications",
        content=credential,
        headers={"Content-Type": "application/vc+jwt"},
        timeout=60,
    )
    answer.raise_for_status()
    said = answer.json()
    unknown = [check["reason"] for check in said["checks"] if check["outcome"] == "not_determinable"]
    return _AWAITED if unknown == ["withheld"] else str(said["outcome"])


def _verify(
    load: Load, place: int, credentials: Sequence[bytes], expected: Sequence[str], chance: Random
) -> None:
    node = load.world.nodes[place % 2]
    with httpx.Client(trust_env=False) as http:
        while not load.stop.is_set():
            at = chance.randrange(len(credentials))
            deadline = time.monotonic() + _COPY_SECONDS
            try:
                while (outcome := _verdict(node.url, credentials[at], http)) == _AWAITED:
                    load.count(f"verdict that {_AWAITED}")
                    if time.monotonic() > deadline or load.stop.wait(0.2):
                        break
            except httpx.HTTPError as error:
                load.count("verdict", f"{node.name}: {_told(error)}")
                load.stop.wait(0.5)
                continue
            load.count("verdict")
            if outcome != expected[at] and not (outcome == _AWAITED and load.stop.is_set()):
                load.refute(f"credential {at} was {expected[at]}, and is {outcome} at {node.name}")


def _read(load: Load, chance: Random) -> None:
    known = load.world.home.api.get("/trusted-issuers-registry/v5/issuers", params={"page[size]": "50"})
    dids = [item["did"] for item in known["items"]]
    paths: list[Callable[[], str]] = [
        lambda: f"/1.0/identifiers/{chance.choice(dids)}",
        lambda: f"/v1/issuers/{chance.choice(dids)}",
        lambda: "/v1/history?limit=200",
        lambda: "/v1/log/checkpoint",
        lambda: f"/did-registry/v5/identifiers/{chance.choice(dids)}",
        lambda: "/readyz",
        lambda: "/metrics",
    ]
    with httpx.Client(trust_env=False, timeout=60) as http:
        while not load.stop.is_set():
            for node in load.world.nodes:
                path = chance.choice(paths)()
                try:
                    http.get(node.url + path).raise_for_status()
                except httpx.HTTPError as error:
                    load.count("read", f"{node.name}: {path.split('/')[1]}: {_told(error)}")
                else:
                    load.count("read")
            load.stop.wait(0.02)


def _anchor(load: Load, chance: Random) -> None:
    issuer = load.world.cast[ANCHORING].issuer
    attribute = own_attribute(issuer.node, issuer.did, types=("TI",))
    while not load.stop.is_set():
        batch = Batch.from_digests(chance.randbytes(32) for _ in range(_BATCH))
        try:
            anchor_batch(issuer, batch, attribute_id=attribute, until="final")
        except ClientError as error:
            load.count("batch final", _told(error))
            load.stop.wait(1)
        else:
            load.count("batch final")


def _publish(load: Load) -> None:
    issuer = load.world.cast[ANCHORING].issuer
    for name in itertools.cycle(("revoked", "suspended")):
        if load.stop.wait(_PUBLISH_SECONDS):
            return
        try:
            publish(issuer, name, now=load.world.now(), at_once=True)
        except ClientError as error:
            load.count("list published", _told(error))
        else:
            load.count("list published")


def _told(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"status {error.response.status_code}"
    return f"{type(error).__name__}: {str(error)[:80]}"


# --- what is held -------------------------------------------------------------------------------------------


def _sample(load: Load, seconds: float) -> Sample:
    resident, handles, threads = 0.0, 0, 0
    for pid in _processes(load.world):
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
            handles += len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - a count of names is all that is wanted
        except OSError:
            continue  # it has just ended
        lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        resident += int(lines.get("VmRSS", "0 kB").split()[0]) / 1024
        threads += int(lines["Threads"])
    sizes = (path.stat().st_size for node in load.world.nodes for path in node.folder.glob("*.sqlite3*"))
    return Sample(
        seconds=seconds,
        resident=resident,
        handles=handles,
        threads=threads,
        database=sum(sizes) / 2**20,
        answers=load.answers.total(),
        errors=load.errors.total(),
    )


def _processes(world: World) -> list[int]:
    """The nodes' processes and all that they started."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.name))
    wanted = [node.pid for node in world.nodes]
    for pid in wanted:
        wanted += parents.get(pid, [])
    return wanted


if __name__ == "__main__":
    sys.exit(main())
