"""`python -m tests.crash`: kill the node and its clients as often as asked, and say what was lost."""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from devnet.databases import DATABASES, SQLITE, database_name
from devnet.interruption import Interrupted, raise_on_signals
from devnet.scratch import scratch_folder
from tests.crash.run import Result, run

_INTERRUPTED = 130


def main() -> int:
    """The exit code: 0 if nothing is wrong, 130 if it was interrupted."""
    options = _options()
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    tell = _to_stderr
    tell(f"{options.kills} kills on {options.database}, seed {seed}")
    raise_on_signals()
    try:
        with _folder(options.keep) as folder, _database(options.database, folder) as url:
            result = run(
                folder,
                kills=options.kills,
                seed=seed,
                at_random=options.at_random,
                database_url=url,
                tell=tell,
            )
    except Interrupted:
        tell("interrupted")
        return _INTERRUPTED
    if options.json:
        sys.stdout.write(json.dumps(asdict(result), indent=1) + "\n")
    else:
        sys.stdout.write(table(result, database=options.database))
    if result.findings or result.unreached:
        return 1
    return _INTERRUPTED if result.interrupted else 0


def table(result: Result, *, database: str) -> str:
    """The result for people."""
    rows = [(name, str(times)) for name, times in sorted(result.by_place.items())]
    rows += [(f"{name}, not reached", str(times)) for name, times in sorted(result.unreached.items())]
    rows += [("starts of the node", str(result.starts)), ("commands run", str(result.commands))]
    rows += [("reorganisations", str(result.reorganisations))]
    rows += [(f"jobs done, {name}", str(times)) for name, times in result.jobs.items()]
    rows += [(name, str(number)) for name, number in result.figures.items()]
    rows += [("seconds", f"{result.seconds:.0f}")]
    width = max(len(name) for name, _ in rows)
    cut = ", interrupted" if result.interrupted else ""
    lines = [f"{result.kills} kills on {database}, seed {result.seed}{cut}", ""]
    lines += [f"{name:<{width}}  {value:>8}" for name, value in rows]
    lines += ["", "commands that ended badly and were run again:"]
    lines += [f"{times:>6}  {why}" for why, times in result.endings.most_common(20)]
    lines += ["", "nothing lost, nothing doubled" if not result.findings else "FOUND:"]
    return "\n".join([*lines, *(f"  {sentence}" for sentence in result.findings)]) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=39, help="kills in all, of the node and of clients")
    parser.add_argument("--seed", type=int, help="of the schedule; drawn and printed if not given")
    parser.add_argument("--at-random", type=float, default=0.5, help="the part of them at random moments")
    parser.add_argument("--database", type=database_name, choices=DATABASES, default=SQLITE)
    parser.add_argument("--keep", type=Path, help="an empty folder for the run's files, which stay")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with scratch_folder("ankyra-crash-") as folder:
        yield folder


@contextmanager
def _database(name: str, _folder: Path) -> Iterator[str]:
    if name == SQLITE:
        yield ""
        return
    from devnet.postgres import Cluster

    with Cluster() as cluster:
        cluster.create("crash")
        yield cluster.url("crash")


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
