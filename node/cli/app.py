"""The entry point: one command, its exit codes, and no stack trace for anybody."""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.exceptions import TyperException

from node.cli import batch, credential, did, issuer, node_keys, node_process, outbox, status
from node.cli.audit import audit
from node.cli.entry import INTERRUPTED
from node.cli.examples import keep_examples
from node.cli.failures import USAGE, Failure, failure_of
from node.cli.node_backup import backup, restore
from node.cli.output import harmless, print_json, say
from node.cli.verify import verify
from node.failpoints import arm_from_environment

app = typer.Typer(
    name="ankyra",
    help=(
        "Academic credentials anchored on a shared ledger: issue, anchor, check, audit.\n\n"
        "Example: ankyra verify diploma.pdf --node http://127.0.0.1:8080"
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(did.app, name="did")
app.add_typer(issuer.app, name="issuer")
app.add_typer(credential.app, name="credential")
app.add_typer(status.app, name="status")
app.add_typer(batch.app, name="batch")
app.add_typer(outbox.app, name="outbox")
app.command()(verify)
app.command()(audit)
node_process.app.command()(backup)
node_process.app.command()(restore)
node_process.app.command()(node_keys.invite)
node_process.app.add_typer(node_keys.app, name="keys")
app.add_typer(node_process.app, name="node")


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        sys.stdout.write(f"ankyra {version('ankyra')}\n")
        raise typer.Exit


@app.callback()
def ankyra(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line and end with its exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our signs is no reason to fail
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of a command line; every failure is one line on standard error, and JSON if asked for."""
    as_json = "--json" in arguments
    try:
        arm_from_environment()
        code = app(args=arguments, prog_name="ankyra", standalone_mode=False)
    except TyperException as error:
        return _misused(error, as_json=as_json)
    except (typer.Abort, KeyboardInterrupt):
        say("interrupted; the same command goes on where it stopped", stderr=True)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away: nothing to say, nobody to say it to
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence: a user never sees a trace
        return _fail(failure_of(error), as_json=as_json)
    return int(code) if isinstance(code, int) else 0


def _misused(error: TyperException, *, as_json: bool) -> int:
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "ankyra"
    if error.format_message().startswith("Usage: "):  # a group without a command: the message is its help
        sys.stderr.write(error.format_message() + "\n")
        return USAGE
    return _fail(Failure(USAGE, error.format_message(), f"See: {where} --help"), as_json=as_json)


def _fail(failure: Failure, *, as_json: bool) -> int:
    if as_json:
        print_json({"error": {"code": failure.code, "message": harmless(failure.line), "hint": failure.hint}})
    say(f"ankyra: {failure.line}", style="red", stderr=True)
    if failure.hint:
        say(f"  {failure.hint}", stderr=True)
    return failure.code


keep_examples(app)
