"""Where `ankyra-devnet` begins, as `node.cli.entry` has it."""

from collections.abc import Callable

from node.cli.entry import begin


def main() -> None:
    """Run `ankyra-devnet` and end with its exit code."""
    begin("ankyra-devnet", _devnet)


def _devnet() -> Callable[[], None]:
    from devnet.cli import main as command

    return command
