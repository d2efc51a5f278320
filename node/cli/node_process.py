"""`ankyra node`: serve, ask how a node is, check its database, mend it.

The server's parts are imported only when asked for: a verifier's machine does not have them.
"""

from typing import Annotated, Any

import typer

from node.cli.context import DEFAULT_NODE, AsJson
from node.cli.failures import INDETERMINATE, INVALID
from node.cli.node_settings import server_settings
from node.cli.output import mark, print_json, table
from node.cli.progress import shown
from node.client.api import Node

app = typer.Typer(
    help="A node of your own: serve, status, check, rebuild, backup, restore, keys, invite.\n\n"
    "Example: ankyra node serve",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def serve(
    *,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on.", min=0, max=65535)] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", help="Processes that serve; one of them follows.", min=1, max=64),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Serve the API and follow the ledger until interrupted. Settings: ANKYRA_* and node.toml.

    Example:
        ankyra node serve --port 8080 --workers 2
    """
    settings = server_settings(host=host, port=port, workers=workers)
    if as_json:
        print_json({"serving": f"http://{settings.host}:{settings.port}"})
    from node.app import serve as run

    raise typer.Exit(run(settings))


@app.command()
def status(
    *,
    node: Annotated[str, typer.Option("--node", help="Address of the node.")] = DEFAULT_NODE,
    as_json: AsJson = False,
) -> None:
    """Show whether a node is ready: what it followed, how far it lags. Exit code 3 if it is not ready.

    Example:
        ankyra node status --node http://127.0.0.1:8080
    """
    with Node(node) as asking:
        found = asking.readiness()
    ready = found.get("ready") is True
    if as_json:
        print_json(found)
    else:
        mark("valid" if ready else "indeterminate", f"{node} is {'ready' if ready else 'not ready'}")
        table(
            ("", ""), [row for name, value in found.items() if name != "ready" for row in _rows(name, value)]
        )
    raise typer.Exit(0 if ready else INDETERMINATE)


def _rows(name: str, value: Any) -> list[tuple[str, Any]]:
    """What a node says under one name, in lines for people."""
    if isinstance(value, dict):
        return [(name, ", ".join(f"{part} {said}" for part, said in value.items()))]
    if isinstance(value, list):
        told = [one for one in value if isinstance(one, dict)]
        return [(str(one.get("name")), f"{one.get('state')}, block {one.get('head')}") for one in told]
    return [(name, value)]


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """Derive the node's database again and name every difference; it may serve. Exit code 1 if there is one.

    Example:
        ankyra node check
    """
    settings = server_settings()
    from node.upkeep import check_node

    with shown(as_json=as_json) as progress:
        report = check_node(settings, progress=progress)
    if as_json:
        print_json(report.to_json())
    else:
        for difference in report.differences:
            mark("invalid", difference.sentence)
        if not report.differences:
            mark("valid", report.sentence)
    raise typer.Exit(INVALID if report.differences else 0)


@app.command()
def rebuild(*, as_json: AsJson = False) -> None:
    """Drop what differs, follow the ledger again, fetch what is damaged from peers. Stop the server first.

    Interrupted, it goes on with the next call.

    Example:
        ankyra node rebuild
    """
    settings = server_settings()
    from node.upkeep import rebuild_node

    with shown(as_json=as_json) as progress:
        report = rebuild_node(settings, progress=progress)
    if as_json:
        print_json(report.to_json())
    else:
        mark("valid" if report.whole else "indeterminate", report.sentence)
    raise typer.Exit(0 if report.whole else INDETERMINATE)
