"""An accreditation held against its accreditor's own before anything is sent: nobody gives more than theirs.

Verifiers hold the same against the record (protocol section 7, check 5); this spares a transaction in vain.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from credentials.errors import CredentialsError, MalformedCredential
from credentials.registry_urls import RegistryUrls
from credentials.scope import read_scope, scope_within
from credentials.securing.jose import parse_compact
from did.errors import DidError
from did.json_text import parse_object
from node.client.accreditation_credential import AccreditedFor
from node.client.errors import Refused
from node.client.issuer import Issuer
from node.client.standing import attribute_of

_MAX_CREDENTIAL = 64 * 1024  # bytes


def check_within_parent(
    issuer: Issuer, *, parent: bytes, accredited_for: Sequence[AccreditedFor], expires: datetime
) -> None:
    """Return if the issuer's own accreditation covers what it is about to give.

    Args:
        issuer: the accreditor.
        parent: 32 bytes, its own accreditation.
        accredited_for: the scope to be given.
        expires: the end to be given.

    Raises:
        Refused: it does not cover it, or there is none to compare with.
        ClientError: the node does not answer as it should.
    """
    own = attribute_of(issuer.node, issuer.did, parent)
    if own is None or not own.body:
        raise Refused(
            f"the accreditation {parent.hex()} of {issuer.did} is not recorded, as far as the node knows"
        )
    credential = _credential(own.body)
    origins = issuer.registry_origins()
    _check_scope(credential, accredited_for, RegistryUrls(origins), origin=origins[0])
    end = credential.get("expirationDate")
    if isinstance(end, str) and expires > _moment(end):
        raise Refused(
            f"your own accreditation ends on {end[:10]}, before {expires.astimezone(UTC).date()}: "
            "name an earlier end"
        )


def _check_scope(
    credential: dict[str, Any], accredited_for: Sequence[AccreditedFor], urls: RegistryUrls, *, origin: str
) -> None:
    subject = credential.get("credentialSubject")
    listed = subject.get("accreditedFor") if isinstance(subject, dict) else None
    given = [item.members(origin=origin) for item in accredited_for]
    try:
        outer = None if listed is None else read_scope(listed, urls)
        inner = read_scope(given, urls)
    except MalformedCredential as error:
        raise Refused(f"the scope cannot be compared with your own: {error.reason}") from None
    if len(inner) != len(given):
        raise Refused(f"the scope cannot be compared with your own: {origin} names no schema by these ids")
    if not scope_within(inner, outer):
        raise Refused(
            "your own accreditation does not cover this: the types, the schema and the jurisdiction must lie "
            "within one item of it",
            evidence={"own": listed, "given": given},
        )


def _credential(body: str) -> dict[str, Any]:
    try:
        credential = parse_object(parse_compact(body).payload, max_bytes=_MAX_CREDENTIAL).get("vc")
    except (CredentialsError, DidError) as error:
        raise Refused(f"your own accreditation, as the node shows it, cannot be read: {error}") from None
    if not isinstance(credential, dict):
        raise Refused("your own accreditation, as the node shows it, is no credential")
    return credential


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("your own accreditation ends at a time that is none") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
