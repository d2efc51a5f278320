"""DID Resolution with the projection behind it (W3C DID Resolution section 4)."""

from dataclasses import dataclass
from datetime import datetime

from did.resolution import ResolutionResult, resolve
from node.services.did_documents import changes_of
from node.services.node import Node
from node.services.view import AsOf, viewing


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resolution result and the state that it was read from."""

    result: ResolutionResult
    as_of: AsOf


def resolve_did(
    node: Node, did: str, *, accept: str, version_time: datetime | None, version_id: str | None
) -> Resolved:
    """Return the resolution of `did`; what is wrong with it stands in the result.

    Args:
        node: where did:ebsi are looked up.
        did: any text; did:ebsi, did:key and did:jwk can be resolved.
        accept: media type of the representation.
        version_time: the document as it was seen then.
        version_id: the log index of one of the DID's entries, in decimal.
    """
    with viewing(node) as view:
        result = resolve(
            did,
            changes_of=lambda name: changes_of(view.connection, name),
            now=view.present,
            accept=accept,
            version_time=version_time,
            version_id=version_id,
        )
        return Resolved(result=result, as_of=view.as_of)
