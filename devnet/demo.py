"""`make demo`: the scenario played on this desk, told to people and machines, left running to look at."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from devnet.databases import DATABASES, SQLITE, database_name
from devnet.errors import DevnetError, PortInUse
from devnet.interruption import Interrupted, raise_on_signals
from devnet.members import FEWEST, MEMBERS

USAGE, INTERRUPTED = 2, 130
PORTS = (8080, 8081)
CREDENTIALS = 10_000
OTHER_PORTS = 'make demo ARGS="--ports 9080 9081"'
"""How the demo is played where its ports are in use."""

_FEWEST_CREDENTIALS = 16


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 every step held, 1 one did not, 2 the play could not begin, 130 interrupted.

    Args:
        arguments: of the command line; None takes this process's own.
    """
    options = _options(arguments)
    raise_on_signals()
    try:
        from devnet.performance import run  # takes two seconds, in which somebody may interrupt already

        return run(options)
    except PortInUse as error:
        print(f"demo: {error}: {OTHER_PORTS}", file=sys.stderr)
        return USAGE
    except (DevnetError, OSError) as error:  # a full disk is no reason for a stack trace
        print(f"demo: {error}", file=sys.stderr)
        return USAGE
    except Interrupted:
        print("demo: interrupted; every process has ended and its files are gone", file=sys.stderr)
        return INTERRUPTED


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devnet.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the summary")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the report there")
    parser.add_argument(
        "--members",
        type=_between(FEWEST, len(MEMBERS)),
        default=len(MEMBERS),
        help="universities that take part (default: %(default)s)",
    )
    parser.add_argument(
        "--credentials",
        type=_between(_FEWEST_CREDENTIALS, 1 << 20),
        default=CREDENTIALS,
        help="digests in the great batch (default: %(default)s)",
    )
    parser.add_argument(
        "--ports",
        type=_between(1, 65_535),
        nargs=2,
        default=PORTS,
        help="of the two nodes (default: 8080 8081)",
    )
    parser.add_argument(
        "--database",
        type=database_name,
        choices=DATABASES,
        default=SQLITE,
        help="what the nodes store in; a PostgreSQL is started and gone with the play (default: %(default)s)",
    )
    parser.add_argument(
        "--setup-seconds", type=float, default=0.0, help="how long the set-up before this took"
    )
    return parser.parse_args(arguments)


def _between(least: int, most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number between {least} and {most} is wanted")
        return int(text)

    return whole


if __name__ == "__main__":
    raise SystemExit(main())
