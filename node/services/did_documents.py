"""DIDs out of the projection: their changes, for the pure rooms that make documents of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from did.document import DidDocument
from did.methods.ebsi import Change, DidState, assemble, document_from_changes, ledger_seconds, replay
from did.syntax import Did
from node.db.did_filters import FoundDids, dids_of_controller, dids_of_key, time_of_entry
from node.db.dids import did_entries, registered_at
from node.db.row_making import DIDS, readable
from node.services.errors import ControllerNotFound, IdentifierNotFound
from node.services.listed_names import names_in
from node.services.view import View


@dataclass(frozen=True, slots=True)
class DatedDocument:
    """A document and when it says what it says.

    Attributes:
        document: of a did:ebsi.
        recorded: when it began to say this: by its newest entry, or since by itself; ledger seconds.
        until: when it will say something else, even if nothing is recorded; None: never.
    """

    document: DidDocument
    recorded: int
    until: int | None


@dataclass(frozen=True, slots=True)
class ListedDids:
    """Some registered DIDs.

    Attributes:
        dids: of one page, in the order of their registration.
        total: how many there are on all pages.
        recorded: time of the newest entry that decides it, in ledger seconds; None if there is none.
        since: from when on these are listed, in ledger seconds.
        until: from when on others are, even if nothing is recorded; None: never.
    """

    dids: list[str]
    total: int
    recorded: int | None
    since: int = 0
    until: int | None = None


def changes_of(connection: Connection, did: str) -> list[Change]:
    """Return the `did.*` entries of a DID in log order; none if it is not registered."""
    return [
        Change(
            index=found.entry.index,
            time=found.entry.time,
            kind=found.entry.kind,
            fields=found.entry.fields,
        )
        for found in did_entries(connection, did)
    ]


def document_in(view: View, did: Did, *, at: datetime) -> DidDocument:
    """Return the document of a did:ebsi with the keys effective at `at`, by all that is known in `view`.

    Raises:
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
    """
    changes = changes_of(view.connection, did)
    if not changes:
        raise IdentifierNotFound(did)
    return document_from_changes(did, changes, at=at)


def dated_document(view: View, did: Did, *, at: datetime | None) -> DatedDocument:
    """Return the document of a did:ebsi as of `at`, by all that is known in `view`; as it is now if None.

    Raises:
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
    """
    state = state_in(view, did)
    if at is not None:
        return DatedDocument(assemble(state, at=at)[0], recorded=state.last.time, until=None)
    since, until = state.steady_around(ledger_seconds(view.present))
    document, _ = assemble(state, at=view.present)
    return DatedDocument(document, recorded=max(since, state.last.time), until=until)


def state_in(view: View, did: Did) -> DidState:
    """Return all that is recorded of a did:ebsi in `view`.

    Raises:
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
    """
    changes = changes_of(view.connection, did)
    if not changes:
        raise IdentifierNotFound(did)
    return replay(did, changes)


def listed_dids(view: View, *, offset: int, limit: int) -> ListedDids:
    """Return registered DIDs in the order of their registration."""
    found = names_in(view, DIDS, offset=offset, limit=limit)
    return ListedDids([name.decode() for name in found.names], found.total, found.recorded)


def controlled_dids(view: View, controller: Did, *, offset: int, limit: int) -> ListedDids:
    """Return the DIDs that a DID controls, in the order of their registration.

    Raises:
        ControllerNotFound: the controller is not registered itself.
    """
    if registered_at(view.connection, controller) is None:
        raise ControllerNotFound(controller)
    return _listed(view, dids_of_controller(view.connection, controller, offset=offset, limit=limit))


def dids_with_key(view: View, v_method_id: str, *, relationship: str, offset: int, limit: int) -> ListedDids:
    """Return the DIDs with a verification method of this id that is under the relationship now."""
    found = dids_of_key(
        view.connection,
        readable(v_method_id),
        relationship=relationship,
        at=ledger_seconds(view.present),
        offset=offset,
        limit=limit,
    )
    return _listed(view, found)


def _listed(view: View, found: FoundDids) -> ListedDids:
    recorded = time_of_entry(view.connection, found.last_index)
    if recorded is not None:
        recorded = max(recorded, found.since)
    return ListedDids(found.dids, found.total, recorded, since=found.since, until=found.until)
