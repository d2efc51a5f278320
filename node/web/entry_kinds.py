"""Kinds of entries in the words of people; the standards' names stay beside them."""

from collections.abc import Mapping

from anchoring.entry import KINDS
from node.api.errors import InvalidParameter
from node.web.pages import marked

KIND_WORDS: Mapping[str, str] = {
    "did.inserted": marked("DID registered"),
    "did.base.updated": marked("DID document changed"),
    "did.controller.added": marked("Controller added"),
    "did.controller.revoked": marked("Controller removed"),
    "did.method.added": marked("Key added"),
    "did.method.expired": marked("Key's end set"),
    "did.method.revoked": marked("Key revoked"),
    "did.method.rolled": marked("Key replaced"),
    "did.relationship.added": marked("Key put to a use"),
    "issuer.began": marked("Issuer's registration begun"),
    "issuer.attribute.metadata": marked("Accreditation given or changed"),
    "issuer.attribute.data": marked("Accreditation accepted"),
    "issuer.proxy.added": marked("Place for status lists added"),
    "issuer.proxy.updated": marked("Place for status lists changed"),
    "issuer.proxy.removed": marked("Place for status lists removed"),
    "schema.inserted": marked("Schema registered"),
    "schema.updated": marked("Schema revised"),
    "schema.metadata.updated": marked("Schema described"),
    "policy.inserted": marked("Policy created"),
    "policy.updated": marked("Policy described"),
    "policy.activated": marked("Policy activated"),
    "policy.deactivated": marked("Policy deactivated"),
    "policy.granted": marked("Right granted"),
    "policy.withdrawn": marked("Right withdrawn"),
    "anchor.batch": marked("Batch anchored"),
    "status.published": marked("Status list published"),
    "timestamp.hashes": marked("Hash timestamped"),
    "timestamp.algorithm.inserted": marked("Hash algorithm registered"),
    "timestamp.algorithm.updated": marked("Hash algorithm changed"),
    "timestamp.record.versioned": marked("Record's version recorded"),
    "timestamp.record.appended": marked("Record's version continued"),
    "timestamp.record.detached": marked("Record lost a hash"),
    "timestamp.record.info": marked("Record described"),
    "timestamp.record.owner.added": marked("Record's owner added"),
    "timestamp.record.owner.revoked": marked("Record's owner removed"),
    "log.opened": marked("Log opened"),
    "log.mark": marked("Log marked"),
    "log.closed": marked("Log closed"),
}
KIND_GROUPS: Mapping[str, str] = {
    "anchor": marked("Batches of credentials"),
    "issuer.attribute": marked("Accreditations"),
    "status": marked("Status lists"),
    "did": marked("DIDs and keys"),
    "issuer": marked("Issuers"),
    "schema": marked("Schemas"),
    "policy": marked("Policies and rights"),
    "timestamp": marked("Timestamps and records"),
    "log": marked("The log itself"),
}
"""First parts of kinds, as `/v1/history?kind=` takes them."""


def kinds_of(text: str | None) -> tuple[str, ...]:
    """Return the kinds that a whole name or the first part of several names; none for nothing.

    Raises:
        InvalidParameter: no kind is called so.
    """
    if text is None:
        return ()
    chosen = tuple(name for name in KINDS if name == text or name.startswith(text + "."))
    if not chosen:
        raise InvalidParameter(f"No entries are of the kind {text[:64]!r}.")
    return chosen
