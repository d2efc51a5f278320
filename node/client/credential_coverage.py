"""Whether credentials would be refused abroad: asked of the node once, before anything is signed.

A verifier holds them against the issuer's accreditation (protocol section 7, check 5) and against a
registered schema (check 4). Whoever hears of it only there has handed out what cannot be called back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from credentials.accreditation import IssuerType
from credentials.coverage import check_coverage
from credentials.errors import AccreditationRefused, CredentialsError
from credentials.model import Credential, parse_credential
from credentials.registry_urls import RegistryUrls
from credentials.scope import Scope, read_scope
from credentials.securing.reading import read_secured
from did.multibase import encode_base58btc
from node.client.errors import NodeProblem, Refused, UnexpectedAnswer
from node.client.issuer import Issuer
from node.client.issuing import rfc3339

_NOT_FOUND = 404
_IN_FORCE = {kind.label: kind for kind in (IssuerType.ROOT_TAO, IssuerType.TAO, IssuerType.TI)}
_MAX_SCHEMA = 2 * 1024 * 1024  # bytes: its being there is asked, not what it says
_MAX_SHOWN = 4  # items of a scope that one sentence names


@dataclass(frozen=True, slots=True)
class _Accredited:
    """For what the issuer is accredited by one attribute."""

    issuer_type: IssuerType
    scope: Scope


def check_covered(
    issuer: Issuer, drafts: Sequence[tuple[str, Mapping[str, Any]]], *, origin: str, now: datetime
) -> None:
    """Return if each credential names a registered schema and an accreditation of the issuer that covers it.

    Args:
        issuer: who is to sign.
        drafts: each with its place, for messages.
        origin: of the registry's URLs inside.
        now: aware.

    Raises:
        Refused: the origin is not this registry's, or a credential would be refused; one sentence for each
            reason, with the first place.
        ClientError: the node does not answer as it should.
    """
    urls = RegistryUrls(_origins(issuer))
    if origin not in urls.origins:
        raise Refused(
            f"nothing was issued: the node knows this registry as {', '.join(urls.origins)}, "
            f"not as {origin[:200]}"
        )

    @cache
    def accredited(attribute_id: bytes) -> _Accredited:
        return _accredited(issuer, attribute_id, urls=urls, now=now)

    @cache
    def registered(schema_id: bytes) -> bool:
        return _is_registered(issuer, schema_id)

    places: dict[str, list[str]] = {}
    for place, draft in drafts:
        try:
            _check(parse_credential(draft), urls, accredited=accredited, registered=registered)
        except (Refused, CredentialsError) as error:
            places.setdefault(str(error), []).append(place)
    if places:
        raise Refused(f"nothing was issued: {'; '.join(_named(said, at) for said, at in places.items())}")


def _origins(issuer: Issuer) -> tuple[str, ...]:
    origins = issuer.node.get("/v1/deployment").get("origins")
    if not isinstance(origins, list) or not all(isinstance(origin, str) for origin in origins):
        raise UnexpectedAnswer(f"{issuer.node.url}/v1/deployment names no origin")
    return tuple(origins)


def _named(sentence: str, places: Sequence[str]) -> str:
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{places[0]}{more}: {sentence}"


def _check(
    credential: Credential,
    urls: RegistryUrls,
    *,
    accredited: Callable[[bytes], _Accredited],
    registered: Callable[[bytes], bool],
) -> None:
    """Hold one credential against what the node tells; any one accreditation that it names may carry it."""
    for schema in credential.schemas:
        schema_id = urls.schema(schema.id)
        if schema_id is not None and not registered(schema_id):
            raise Refused(f"the schema {encode_base58btc(schema_id)} is not registered")
    named = [urls.attribute(term.id) for term in credential.terms_of_use if term.id is not None]
    refused: Refused | None = None
    for attribute in named:
        if attribute is None or attribute[0] != credential.issuer:
            raise Refused("its termsOfUse name no accreditation of the issuer; leave them out")
        try:
            own = accredited(attribute[1])
            check_coverage(credential, issuer_type=own.issuer_type, scope=own.scope, urls=urls)
        except AccreditationRefused as error:
            refused = Refused(f"{error.sentence} {_covered(own.scope)}")
        except Refused as error:
            refused = error
        else:
            return
    if refused is not None:
        raise refused


def _covered(scope: Scope) -> str:
    items = [f"{', '.join(sorted(item.types))} by {encode_base58btc(item.schema_id)}" for item in scope or ()]
    more = f"; and {len(items) - _MAX_SHOWN} more" if len(items) > _MAX_SHOWN else ""
    return f"It is accredited for: {'; '.join(items[:_MAX_SHOWN]) or 'nothing of this registry'}{more}"


def _accredited(issuer: Issuer, attribute_id: bytes, *, urls: RegistryUrls, now: datetime) -> _Accredited:
    """What the node tells of an attribute; which keys signed it the node has judged, and verifiers will.

    Raises:
        Refused: it is none of the issuer's, or not in force.
    """
    shown = attribute_id.hex()
    path = f"/v1/issuers/{issuer.did}"
    try:
        attributes = issuer.node.get(path).get("attributes")
        answer = issuer.node.get(f"/trusted-issuers-registry/v5/issuers/{issuer.did}/attributes/{shown}")
    except NodeProblem as problem:
        if problem.status != _NOT_FOUND:
            raise
        raise Refused(f"{shown} is no accreditation of {issuer.did}") from None
    listed = attributes if isinstance(attributes, list) else []
    found = next((one for one in listed if isinstance(one, dict) and one.get("attributeId") == shown), None)
    if found is None:
        raise Refused(f"{shown} is no accreditation of {issuer.did}")
    standing, issuer_type = found.get("accreditation"), _IN_FORCE.get(str(found.get("issuerType")))
    if not isinstance(standing, dict) or standing.get("inForce") is not True or issuer_type is None:
        raise Refused(f"the accreditation {shown} is not in force")
    attribute = answer.get("attribute")
    body = attribute.get("body") if isinstance(attribute, dict) else None
    if not isinstance(body, str):
        raise UnexpectedAnswer(f"{issuer.node.url}{path} has an accreditation without its credential")
    return _Accredited(issuer_type, _scope(body, issuer_type, shown, urls=urls, now=now))


def _scope(body: str, issuer_type: IssuerType, shown: str, *, urls: RegistryUrls, now: datetime) -> Scope:
    try:
        credential = read_secured(body.encode()).credential
        if credential.valid_until is not None and credential.valid_until <= now:
            raise Refused(f"the accreditation {shown} ended on {rfc3339(credential.valid_until)}")
        subject = credential.subjects[0]
        if issuer_type is IssuerType.ROOT_TAO and "accreditedFor" not in subject:
            return None
        return read_scope(subject.get("accreditedFor"), urls)
    except CredentialsError as error:
        raise Refused(
            f"the accreditation {shown} has no credential that says for what it is: {error}"
        ) from None


def _is_registered(issuer: Issuer, schema_id: bytes) -> bool:
    try:
        path = f"/trusted-schemas-registry/v3/schemas/0x{schema_id.hex()}"
        issuer.node.request("GET", path, limit=_MAX_SCHEMA)
    except NodeProblem as problem:
        if problem.status != _NOT_FOUND:
            raise
        return False
    return True
