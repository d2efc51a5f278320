"""One batch with what makes it count: where it stands, and its issuer's accreditation then and now."""

from dataclasses import dataclass

from node.services.accreditations import Accreditation, accreditation
from node.services.batch_states import BatchState, state_in
from node.services.organisation_names import name_of
from node.services.view import View


@dataclass(frozen=True, slots=True)
class BatchInFull:
    """A batch for people.

    Attributes:
        state: where it stands.
        name: of the issuer, as its accreditor signed it by then, or by now if it is not anchored.
        then: the issuer's accreditation just before the anchor; None if it is not anchored.
        now: as of now.
    """

    state: BatchState
    name: str | None
    then: Accreditation | None
    now: Accreditation


def batch_in_full(view: View, *, did: str, root: bytes, size: int) -> BatchInFull:
    """Return the batch.

    Raises:
        BatchNotFound: it was not handed in here and is not on the ledger.
    """
    state = state_in(view, did=did, root=root, size=size)
    own, index = state.attribute_id, state.entry_index
    return BatchInFull(
        state=state,
        name=name_of(view, did, before_index=index),
        then=None if index is None else accreditation(view, did=did, attribute_id=own, before_index=index),
        now=accreditation(view, did=did, attribute_id=own),
    )
