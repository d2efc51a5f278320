"""DID Resolution with the projection behind it (W3C DID Resolution section 4)."""

from datetime import datetime

from did.resolution import ResolutionResult, resolve
from node.services.did_documents import changes_of
from node.services.view import View


def resolve_did(
    view: View, did: str, *, accept: str, version_time: datetime | None, version_id: str | None
) -> ResolutionResult:
    """Return the resolution of `did` in `view`; what is wrong with it stands in the result.

    Args:
        view: where did:ebsi are looked up.
        did: any text; did:ebsi, did:key and did:jwk can be resolved.
        accept: media type of the representation.
        version_time: the document as it was seen then.
        version_id: the log index of one of the DID's entries, in decimal.
    """
    return resolve(
        did,
        changes_of=lambda name: changes_of(view.connection, name),
        now=view.present,
        accept=accept,
        version_time=version_time,
        version_id=version_id,
    )
