"""The credential of an accreditation, made by who accredits, checked by who is accredited."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from credentials.accreditation_credential import ISSUANCE_CERTIFICATE
from credentials.errors import CredentialsError
from credentials.registry_urls import RegistryUrls
from credentials.scope import MAX_ITEMS
from credentials.securing.jose import parse_compact
from did.errors import DidError
from did.json_text import parse_object
from did.methods.ebsi import is_ebsi_did
from node.client.api import Node
from node.client.errors import PaperRefused, Refused, Unusable
from node.client.issuer import Issuer
from node.client.issuing import credential_members, sign_credential, verify_signed

ORIGIN = "https://registry.ankyra.invalid"
"""Where the URLs inside accreditations point, unless an operator configures another origin."""

ACCREDITATION_SCHEMA = "zG6xY9DG2CWyhsSc544hEezbQRmkQCfvgXGdCqt69v8TA"
"""EBSI's accreditation schema of 2024-01."""

INVITATION = "VerifiableAuthorisationToOnboard"
"""The type of the credential that comes before: it invites to register, and accredits for nothing."""

ANYWHERE_IN_EUROPE = "https://publications.europa.eu/resource/authority/atu/EUR"

_TYPES: dict[str, tuple[str, ...]] = {
    "RootTAO": ("VerifiableAuthorisationForTrustChain",),
    "TAO": ("VerifiableAccreditation", "VerifiableAccreditationToAccredit"),
    "TI": ("VerifiableAccreditation", "VerifiableAccreditationToAttest"),
}
_ATTRIBUTE_ID = re.compile(r"(?:0x)?([0-9a-f]{64})")
_MAX_NAME = 200
_MAX_TYPE = 128


@dataclass(frozen=True, slots=True)
class AccreditedFor:
    """What an accreditation covers: credential types of one schema, in some jurisdictions.

    Attributes:
        schema_id: multibase.
        types: of credentials.
        limit_jurisdiction: URIs, those of the EU's table of administrative territorial units for countries.
    """

    schema_id: str
    types: tuple[str, ...]
    limit_jurisdiction: tuple[str, ...] = (ANYWHERE_IN_EUROPE,)

    def members(self, *, origin: str) -> dict[str, Any]:
        """As `accreditedFor` holds it; the schema by its URL."""
        limits = self.limit_jurisdiction
        return {
            "schemaId": f"{origin}/trusted-schemas-registry/v3/schemas/{self.schema_id}",
            "types": list(self.types),
            "limitJurisdiction": limits[0] if len(limits) == 1 else list(limits),
        }


def check_terms(
    *, name: str, accredited_for: Sequence[AccreditedFor], expires: datetime, now: datetime
) -> None:
    """Return if an accreditation may say this; whether its accreditor may give it is another question.

    Args:
        name: of the organisation.
        accredited_for: scope.
        expires: end of validity.
        now: the present.

    Raises:
        Unusable: a name, a schema id, a type or an end that cannot stand in one; it is named.
    """
    if not 0 < len(name) <= _MAX_NAME or not name.isprintable():
        raise Unusable(f"a name has 1 to {_MAX_NAME} printable characters")
    if expires <= now:
        raise Unusable(
            f"an accreditation expires after it begins: {expires.astimezone(UTC):%Y-%m-%d} is over already"
        )
    if len(accredited_for) > MAX_ITEMS:
        raise Unusable(f"an accreditation covers at most {MAX_ITEMS} schemas")
    registry = RegistryUrls((ORIGIN,))
    for item in accredited_for:
        if registry.schema(item.members(origin=ORIGIN)["schemaId"]) is None:
            raise Unusable(
                f"`{item.schema_id}` is no schema id: it reads z…, as `ankyra-devnet schema` or the registry "
                "shows it"
            )
        if not 0 < len(item.types) <= MAX_ITEMS:
            raise Unusable(f"an accreditation covers 1 to {MAX_ITEMS} types of a schema")
        for named in item.types:
            if not 0 < len(named) <= _MAX_TYPE or not named.isprintable() or " " in named:
                raise Unusable(
                    f"`{named}` is no credential type: it is one word, such as MicroCredential, of at most "
                    f"{_MAX_TYPE} characters"
                )


def sign_accreditation(
    issuer: Issuer,
    *,
    did: str,
    issuer_type: str,
    attribute_id: bytes,
    parent: bytes | None,
    name: str,
    accredited_for: Sequence[AccreditedFor],
    expires: datetime,
    now: datetime,
    origin: str,
    random: Callable[[int], bytes],
) -> str:
    """The credential that accredits `did`, signed by `issuer` with its ES256 key.

    Args:
        issuer: the accreditor; for a Root TAO, the accredited itself.
        did: who is accredited.
        issuer_type: RootTAO, TAO or TI.
        attribute_id: 32 bytes, reserved for it.
        parent: 32 bytes, the accreditor's own attribute; None for a Root TAO.
        name: of the organisation.
        accredited_for: scope.
        expires: end of validity.
        now: time of issue.
        origin: of the URLs inside.
        random: the operating system's randomness.

    Raises:
        Unusable: terms or a DID that cannot stand in it.
        KeystoreError: the key cannot be opened.
    """
    if not is_ebsi_did(did):
        raise Unusable(f"{did} is no did:ebsi of a legal entity")
    check_terms(name=name, accredited_for=accredited_for, expires=expires, now=now)
    issuers = f"{origin}/trusted-issuers-registry/v5/issuers"
    subject = {
        "id": did,
        "name": name,
        "reservedAttributeId": attribute_id.hex(),
        "accreditedFor": [scope.members(origin=origin) for scope in accredited_for],
    }
    credential = credential_members(
        identifier=random(16),
        types=_TYPES[issuer_type],
        issuer=issuer.did,
        subject=subject,
        schema=f"{origin}/trusted-schemas-registry/v3/schemas/{ACCREDITATION_SCHEMA}",
        now=now,
        expires=expires,
    )
    credential["credentialStatus"] = {
        "id": f"{issuers}/{did}/attributes/{attribute_id.hex()}",
        "type": "EbsiAccreditationEntry",
    }
    if parent is not None:
        terms = f"{issuers}/{issuer.did}/attributes/{parent.hex()}"
        credential["termsOfUse"] = {"id": terms, "type": ISSUANCE_CERTIFICATE}
    return sign_credential(credential, signer=issuer.signer())


def check_accreditation(credential: str, *, did: str, node: Node) -> bytes:
    """The reserved attribute id of an accreditation for `did`, signed by the DID that it names as issuer.

    Raises:
        PaperRefused: it is an invitation.
        Unusable: it is no credential of a did:ebsi.
        Refused: it is for somebody else, or not signed by who it says.
        ClientError: the node does not answer as it should.
    """
    text = credential.strip()
    if _is_invitation(text):
        raise PaperRefused("this is an invitation, and no accreditation: it is given as --invitation")
    tao = unverified_issuer(text)
    document = node.resolve(tao)
    if document is None:
        raise Refused(f"its issuer {tao} is not registered, as far as {node.url} knows")
    _, claims = verify_signed(text, document=document, relationship="assertionMethod")
    members = claims.get("vc")
    subject = members.get("credentialSubject") if isinstance(members, dict) else None
    if not isinstance(subject, dict) or {claims.get("sub"), subject.get("id")} != {did}:
        raise Refused(f"the accreditation is not for {did}")
    reserved = _ATTRIBUTE_ID.fullmatch(str(subject.get("reservedAttributeId")))
    if reserved is None:
        raise Refused("the accreditation names no reservedAttributeId")
    return bytes.fromhex(reserved[1])


def _is_invitation(text: str) -> bool:
    try:
        members = parse_object(parse_compact(text).payload, max_bytes=len(text)).get("vc")
    except (CredentialsError, DidError):
        return False
    types = members.get("type") if isinstance(members, dict) else None
    return isinstance(types, list) and INVITATION in types


def unverified_issuer(credential: str) -> str:
    """The `iss` that a JWT claims, only to know whose document to ask for.

    Raises:
        Unusable: no JWT, or it claims no did:ebsi.
    """
    try:
        claims = parse_object(parse_compact(credential).payload, max_bytes=len(credential))
    except (CredentialsError, DidError) as error:
        raise Unusable(f"this is no accreditation credential: {error}") from None
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not is_ebsi_did(issuer):
        raise Unusable("the credential names no did:ebsi as its issuer")
    return issuer
