"""Members of micro-credentials, accreditations and status lists, and signatures over them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from anchoring.bitstring import BitString
from anchoring.status_list import STATUS_LIST_2021, StatusList
from credentials.securing.jose import sign_compact
from credentials.securing.signing_key import PrivateKey
from credentials.verdict import rfc3339

ORIGIN = "https://registry.ankyra.invalid"
SCHEMAS = f"{ORIGIN}/trusted-schemas-registry/v3/schemas"
ISSUERS = f"{ORIGIN}/trusted-issuers-registry/v5/issuers"
CONTEXTS = {"1.1": "https://www.w3.org/2018/credentials/v1", "2.0": "https://www.w3.org/ns/credentials/v2"}
TYPES = ("VerifiableCredential", "VerifiableAttestation", "EuropeanDigitalCredential", "MicroCredential")
EUROPE = "https://publications.europa.eu/resource/authority/atu/EUR"
LEARNER = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
ENTRY_OF = {"StatusList2021": "StatusList2021Entry", "BitstringStatusList": "BitstringStatusListEntry"}

Edit = Callable[[dict[str, Any]], None]

_ACCREDITATION_TYPES = {
    1: ("VerifiableAuthorisationForTrustChain",),
    2: ("VerifiableAccreditation", "VerifiableAccreditationToAccredit"),
    3: ("VerifiableAccreditation", "VerifiableAccreditationToAttest"),
}
_ACCREDITATION_SCHEMA = "zG6xY9DG2CWyhsSc544hEezbQRmkQCfvgXGdCqt69v8TA"
_LIST_SCHEMA = "z3CYoBrrcHMeRVHSNaf6pu1jn2eQvWNWVYQ4CNrLgUcRc"


def _members(
    *, version: str, identifier: str, types: Sequence[str], issuer: str, now: datetime, schema: str
) -> dict[str, Any]:
    at = rfc3339(now)
    dates = {"issuanceDate": at, "issued": at} if version == "1.1" else {}
    return {
        "@context": [CONTEXTS[version]],
        "id": identifier,
        "type": list(types),
        "issuer": issuer,
        **dates,
        "validFrom": at,
        "credentialSchema": {"id": schema, "type": "FullJsonSchemaValidator2021"},
    }


def micro_credential(
    *,
    identifier: str,
    issuer: str,
    version: str = "1.1",
    now: datetime,
    schema: str,
    types: Sequence[str] = TYPES,
    subject: Mapping[str, Any] | None = None,
    status: Sequence[Mapping[str, Any]] = (),
    expires: datetime | None = None,
) -> dict[str, Any]:
    """A micro-credential of a learner, as a data model of that version has it."""
    members = _members(
        version=version, identifier=identifier, types=types, issuer=issuer, now=now, schema=schema
    )
    members["credentialSubject"] = dict(
        {
            "id": LEARNER,
            "type": "Person",
            "hasClaim": {"type": "LearningAchievement", "title": {"en": "Creative Teamwork"}},
        }
        if subject is None
        else subject
    )
    if status:
        members["credentialStatus"] = dict(status[0]) if len(status) == 1 else [dict(one) for one in status]
    if expires is not None:
        members["expirationDate" if version == "1.1" else "validUntil"] = rfc3339(expires)
    return members


def covered(
    schema: str, types: Sequence[str] = (*TYPES, "StatusList2021Credential"), jurisdiction: str = EUROPE
) -> dict[str, Any]:
    """One item of `accreditedFor`; `schema` is a URL."""
    return {"schemaId": schema, "types": list(types), "limitJurisdiction": jurisdiction}


def accreditation(
    *,
    identifier: str,
    issuer: str,
    subject: str,
    name: str,
    issuer_type: int,
    attribute_id: bytes,
    parent_attribute: bytes | None,
    now: datetime,
    accredited_for: Sequence[Mapping[str, Any]],
    expires: datetime | None = None,
    edit: Edit | None = None,
) -> dict[str, Any]:
    """The credential of an accreditation, as the accrediting client makes it."""
    members = _members(
        version="1.1",
        identifier=identifier,
        types=("VerifiableCredential", "VerifiableAttestation", *_ACCREDITATION_TYPES[issuer_type]),
        issuer=issuer,
        now=now,
        schema=f"{SCHEMAS}/{_ACCREDITATION_SCHEMA}",
    )
    members["credentialSubject"] = {
        "id": subject,
        "name": name,
        "reservedAttributeId": attribute_id.hex(),
        "accreditedFor": [dict(one) for one in accredited_for],
    }
    members["expirationDate"] = rfc3339(now + timedelta(days=3650) if expires is None else expires)
    members["credentialStatus"] = {
        "id": f"{ISSUERS}/{subject}/attributes/{attribute_id.hex()}",
        "type": "EbsiAccreditationEntry",
    }
    if parent_attribute is not None:
        terms = f"{ISSUERS}/{issuer}/attributes/{parent_attribute.hex()}"
        members["termsOfUse"] = {"id": terms, "type": "IssuanceCertificate"}
    if edit is not None:
        edit(members)
    return members


def status_entry(
    url: str, index: int | str, *, kind: str = STATUS_LIST_2021, purpose: str = "revocation"
) -> dict[str, Any]:
    """One entry of `credentialStatus` that points into the list at `url`."""
    return {
        "id": f"{url}#{index}",
        "type": ENTRY_OF[kind],
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def list_credential(
    *,
    url: str,
    issuer: str,
    kind: str = STATUS_LIST_2021,
    purpose: str = "revocation",
    set_bits: Iterable[int] = (),
    now: datetime,
    until: datetime,
    length: int = 131_072,
    version: str = "1.1",
) -> dict[str, Any]:
    """The credential of a status list with these bits set."""
    bits = BitString.empty(length).with_set(set_bits)
    members = _members(
        version=version,
        identifier=url,
        types=("VerifiableCredential", "VerifiableAttestation", f"{kind}Credential"),
        issuer=issuer,
        now=now,
        schema=f"{SCHEMAS}/{_LIST_SCHEMA}",
    )
    members["credentialSubject"] = StatusList(kind, (purpose,), bits, id=f"{url}#list").to_subject()
    members["expirationDate" if version == "1.1" else "validUntil"] = rfc3339(until)
    return members


def sign(
    members: Mapping[str, Any],
    *,
    private_key: PrivateKey,
    kid: str,
    claims: Mapping[str, Any] | None = None,
    header: Mapping[str, Any] | None = None,
) -> bytes:
    """The credential as a VC-JWT (1.1) or a VC-JOSE (2.0); `claims`, `header` are laid over what it has."""
    if members["@context"][0] == CONTEXTS["1.1"]:
        made, typ = _registered_claims(members), "JWT"
    else:
        made, typ = {**members, "iat": _seconds(members["validFrom"])}, "vc+jwt"
    payload = _without_none({**made, **(claims or {})})
    return sign_compact(
        header=_without_none({"typ": typ, "kid": kid, **(header or {})}),
        payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(),
        key=private_key,
    ).encode()


def _registered_claims(members: Mapping[str, Any]) -> dict[str, Any]:
    subject = members.get("credentialSubject")
    claims = {
        "iss": members.get("issuer"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "jti": members.get("id"),
        "iat": _seconds(members.get("issued")),
        "nbf": _seconds(members.get("validFrom")),
        "exp": _seconds(members.get("expirationDate")),
    }
    return {**_without_none(claims), "vc": dict(members)}


def _seconds(date: str | None) -> int | None:
    return None if date is None else int(datetime.fromisoformat(date).timestamp())


def _without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
