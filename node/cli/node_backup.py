"""`ankyra node backup` and `ankyra node restore`: a node's database as one file.

The server's parts are imported only when asked for: a verifier's machine does not have them.
"""

from pathlib import Path
from typing import Annotated

import typer

from node.cli.context import AsJson
from node.cli.node_settings import server_settings
from node.cli.output import mark, print_json
from node.cli.progress import shown

File = Annotated[Path, typer.Argument(help="The backup.", metavar="FILE", show_default=False)]


def backup(
    file: File,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the node's database to FILE; the node may serve meanwhile. Takes twice its size for a while.

    Example:
        ankyra node backup /var/backups/ankyra-2026-11-22.backup
        ankyra node backup /var/backups/ankyra.backup --force --json
    """
    settings = server_settings()
    from node.backup.making import back_up_node

    with shown(as_json=as_json) as progress:
        report = back_up_node(settings, file, force=force, progress=progress)
    if as_json:
        print_json(report.to_json())
    else:
        mark("valid", report.sentence)


def restore(
    file: File,
    *,
    force: Annotated[
        bool,
        typer.Option("--force", help="Set a database that is there aside; it is kept beside the new one."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the database in FILE the node's. Stop the node first; exit code 1 if FILE or the place is refused.

    Example:
        ankyra node restore /var/backups/ankyra-2026-11-22.backup
        ankyra node restore /var/backups/ankyra.backup --force
    """
    settings = server_settings()
    from node.backup.restoring import restore_node

    with shown(as_json=as_json) as progress:
        report = restore_node(settings, file, force=force, progress=progress)
    if as_json:
        print_json(report.to_json())
    else:
        mark("valid", report.sentence)
