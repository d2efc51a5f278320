import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer

from node.cli.app import app
from tests.node.cli.conftest import Type

ISSUE = {
    "did create",
    "did show",
    "did rotate",
    "did add",
    "did end",
    "issuer onboard",
    "issuer invite",
    "issuer accredit",
    "issuer accept",
    "issuer revoke",
    "issuer show",
    "credential issue",
    "credential show",
    "credential template new",
    "credential template check",
    "credential template schema",
    "status create",
    "status revoke",
    "status suspend",
    "status reinstate",
    "status publish",
    "status show",
    "batch anchor",
    "batch show",
    "outbox list",
    "outbox resume",
    "outbox replace",
    "verify",
    "audit",
    "node serve",
    "node status",
    "node check",
    "node rebuild",
    "node backup",
    "node restore",
    "node invite",
    "node keys list",
    "node keys rotate",
}


def commands(group: typer.Typer, *before: str) -> Iterator[str]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield " ".join((*before, command.name or command.callback.__name__))
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        assert inner.name is not None
        yield from commands(inner.typer_instance, *before, inner.name)


ALL = sorted(commands(app))


def test_the_commands_are_those_of_the_issue() -> None:
    assert set(ALL) == ISSUE


@pytest.mark.parametrize("command", ALL)
def test_every_command_has_help_with_an_example_and_json(command: str, type_in: Type) -> None:
    typed = type_in(*command.split(), "--help")
    assert typed.code == 0
    example = typed.out.partition("Example:\n")[2].splitlines()[0]
    assert example.strip().startswith(f"ankyra {command}")
    assert "--json" in typed.out


@pytest.mark.parametrize("command", ALL)
def test_every_command_refuses_an_unknown_option_in_one_line(command: str, type_in: Type) -> None:
    typed = type_in(*command.split(), "--no-such-option")
    assert typed.code == 2
    assert "--no-such-option" in typed.err
    assert f"ankyra {command} --help" in typed.err
    assert "Traceback" not in typed.err


@pytest.mark.parametrize("command", ALL)
def test_no_command_takes_a_passphrase_or_a_key_as_an_argument(command: str, type_in: Type) -> None:
    shown = type_in(*command.split(), "--help").out
    options = {word for word in shown.split() if word.startswith("--")}
    assert not options & {"--passphrase", "--password", "--key", "--private-key", "--secret"}


@pytest.mark.parametrize(
    "group",
    [
        "",
        "did",
        "issuer",
        "status",
        "credential",
        "credential template",
        "batch",
        "outbox",
        "node",
        "node keys",
    ],
)
def test_a_group_alone_shows_its_help_as_misuse(group: str, type_in: Type) -> None:
    typed = type_in(*group.split())
    assert typed.code == 2
    assert "Usage: ankyra" in typed.err + typed.out
    assert "Example" in typed.err + typed.out


def test_the_version_is_printed(type_in: Type) -> None:
    assert type_in("--version").out.startswith("ankyra ")


def test_a_verifiers_machine_needs_no_server() -> None:
    program = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'fastapi', 'sqlmodel', 'sqlalchemy', 'uvicorn', 'alembic', 'web3',"
        " 'pydantic_settings', 'prometheus_client', 'starlette'}:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from node.cli.app import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "verify", "--help"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
