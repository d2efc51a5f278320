"""What one issuer did, leafed through newest first: its batches and its published status lists."""

from collections.abc import Sequence

from anchoring.entry import anchors_subject
from node.db.entries import StoredEntry
from node.db.published_lists import Publication, publications_of
from node.services.history import HistoryQuery, history_sheet
from node.services.sheets import Place, Sheet, sheet
from node.services.view import View


def batch_sheet(view: View, did: str, *, limit: int, place: Place) -> Sheet[StoredEntry]:
    """Return entries of the issuer's batches, which have a subject of their own."""
    return history_sheet(view, HistoryQuery(subject=anchors_subject(did)), limit=limit, place=place)


def publication_sheet(view: View, did: str, *, limit: int, place: Place) -> Sheet[Publication]:
    """Return publications of the issuer's status lists."""

    def find(*, start: int, stop: int, limit: int, newest_first: bool) -> Sequence[Publication]:
        return publications_of(
            view.connection, did, start=start, stop=stop, limit=limit, newest_first=newest_first
        )

    return sheet(find, lambda one: one.entry_index, stop=view.size, limit=limit, place=place)
