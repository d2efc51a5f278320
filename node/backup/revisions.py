"""Which revisions of the tables this version knows."""

from pathlib import Path

from alembic.script import ScriptDirectory

from node.db import migrations


def is_known(revision: str) -> bool:
    """Whether this version can read tables of that revision, or bring them up to date."""
    folder = ScriptDirectory(str(Path(migrations.__file__).parent))
    return revision in {script.revision for script in folder.walk_revisions()}
