"""What the ledger has of a DID already, held against what it wants to become and by which terms."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from credentials.errors import CredentialsError
from credentials.registry_urls import RegistryUrls
from credentials.scope import read_scope
from credentials.securing.jose import parse_compact
from did.errors import DidError
from did.json_text import parse_object
from node.client.accreditation_credential import AccreditedFor
from node.client.errors import Refused
from node.client.issuer import Issuer
from node.client.issuing import rfc3339
from node.client.standing import Attribute

_MAX_CREDENTIAL = 64 * 1024  # bytes
_GOALS = {"RootTAO": "root", "TAO": "tao", "TI": "issuer"}
_NAMED = {"RootTAO": "a Root TAO", "TAO": "a TAO", "TI": "an issuer"}


def in_force(attributes: Iterable[Attribute], *, now: datetime) -> list[Attribute]:
    """Those that hold an accreditation whose end, if it names one, is yet to come."""
    return [one for one in attributes if one.body and not _is_over(one, now)]


def check_not_over(issuer: Issuer, attributes: Sequence[Attribute], *, now: datetime) -> None:
    """Return unless all that is recorded of these has ended, and nothing newer is reserved.

    Args:
        issuer: whose they are.
        attributes: of one role, oldest first.
        now: the present.

    Raises:
        Refused: it has ended; the sentence says when, and what to do.
    """
    if not attributes or not all(one.body and _is_over(one, now) for one in attributes):
        return
    last = attributes[-1]
    raise Refused(
        f"the accreditation of {issuer.did} as {_NAMED[last.issuer_type]}, attribute "
        f"{last.attribute_id.hex()}, has expired, on {_end_of(last):%Y-%m-%d}: {_next_step(issuer.did, last)}"
    )


def check_same_terms(
    issuer: Issuer,
    attributes: Sequence[Attribute],
    *,
    name: str,
    accredited_for: Collection[AccreditedFor],
    expires: datetime,
) -> Attribute:
    """The attribute that says the same as these terms.

    Args:
        issuer: whose they are.
        attributes: one or more, with an accreditation each.
        name: of the organisation.
        accredited_for: scope.
        expires: end of validity.

    Raises:
        Refused: they say something else; the sentence says what to do.
        ClientError: the node does not answer as it should.
    """
    origins = issuer.registry_origins()
    urls = RegistryUrls(origins)
    wanted = [item.members(origin=origins[0]) for item in accredited_for]
    for one in attributes:
        credential = _credential(one)
        subject = credential.get("credentialSubject")
        said = subject if isinstance(subject, dict) else {}
        if (
            said.get("name") == name
            and credential.get("expirationDate") == rfc3339(expires)
            and _scope(said.get("accreditedFor"), urls) == _scope(wanted, urls)
        ):
            return one
    last = attributes[-1]
    raise Refused(
        f"{issuer.did} is {_NAMED[last.issuer_type]} already, recorded with other terms under the attribute "
        f"{last.attribute_id.hex()}, which stay as they are: {_next_step(issuer.did, last)}"
    )


def other_roles(did: str, attributes: Iterable[Attribute], *, wanted: str) -> list[str]:
    """A sentence for each role that the DID has, or that is reserved for it, beside the one it wants."""
    told = []
    for one in attributes:
        if one.issuer_type == wanted or one.issuer_type not in _NAMED:
            continue
        named, attribute = _NAMED[one.issuer_type], one.attribute_id.hex()
        if one.body:
            told.append(f"{did} is {named} already, by the attribute {attribute}.")
        else:
            goes_on = f"`ankyra issuer onboard --as {_GOALS[one.issuer_type]}` goes on with that"
            told.append(f"The attribute {attribute} is reserved for {did} as {named}: {goes_on}.")
    return told


def _next_step(did: str, attribute: Attribute) -> str:
    if attribute.issuer_type == "RootTAO":
        return f"to record others, run `ankyra issuer accept --root {attribute.attribute_id.hex()}` with them"
    return (
        f"for another one your accreditor runs `ankyra issuer accredit {did} --as {attribute.issuer_type}`, "
        "and you `ankyra issuer accept`"
    )


def _is_over(attribute: Attribute, now: datetime) -> bool:
    end = _end_of(attribute)
    return end is not None and end <= now


def _end_of(attribute: Attribute) -> datetime | None:
    """None if it names none, or none that can be read."""
    try:
        end = datetime.fromisoformat(str(_credential(attribute).get("expirationDate")))
    except ValueError:
        return None
    return end.astimezone(UTC) if end.tzinfo else end.replace(tzinfo=UTC)


def _credential(attribute: Attribute) -> dict[str, Any]:
    """What the node shows; a body that holds no credential says nothing."""
    try:
        members = parse_object(parse_compact(attribute.body).payload, max_bytes=_MAX_CREDENTIAL).get("vc")
    except (CredentialsError, DidError):
        return {}
    return members if isinstance(members, dict) else {}


def _scope(listed: object, urls: RegistryUrls) -> frozenset[object] | None:
    try:
        return frozenset(read_scope(listed, urls))
    except CredentialsError:
        return None
