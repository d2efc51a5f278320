"""How far the log had come at a time: what registries show of the past is what was recorded by then."""

from datetime import datetime

from did.methods.ebsi import ledger_seconds
from node.db.entries import size_at_time
from node.services.view import View


def recorded_by(view: View, at: datetime | None) -> int | None:
    """Return the index of the first entry that was not recorded at `at` yet; None for None, which is now."""
    return None if at is None else size_at_time(view.connection, ledger_seconds(at))
