"""The authorisation to onboard: given by who will accredit, presented by who registers (EBSI APIs)."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from credentials.accreditation_credential import ISSUANCE_CERTIFICATE
from credentials.errors import CredentialsError
from credentials.securing.jose import ParsedJws, parse_compact, verify_parsed
from did.errors import DidError
from did.json_text import parse_object
from did.jwk import required_members
from did.methods.ebsi import is_ebsi_did
from node.client.access_tokens import SERVER
from node.client.accreditation import own_attribute
from node.client.accreditation_credential import INVITATION, unverified_issuer
from node.client.api import Node
from node.client.errors import PaperRefused, Refused, Unusable
from node.client.issuer import Issuer
from node.client.issuing import credential_members, sign_credential, verify_signed

VALIDITY = timedelta(days=30)
"""How long an invitation counts if nobody says otherwise: to register is the work of a minute."""

_MAX_JWK = 4096  # bytes
_MAX_CREDENTIAL = 64 * 1024  # bytes
_SCHEMA = "zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD"
"""EBSI's schema of attestations, of 2024-01."""


def invite(
    issuer: Issuer,
    *,
    did: str,
    expires: datetime,
    now: datetime,
    public_key: Mapping[str, str] | None = None,
    attribute_id: bytes | None = None,
    random: Callable[[int], bytes] = os.urandom,
) -> str:
    """The credential, a compact JWT, with which `did` may register itself; it accredits for nothing.

    Args:
        issuer: a Root TAO or TAO.
        did: who is invited; not registered yet.
        expires: end of the invitation.
        now: time of issue.
        public_key: JWK of the invited's credential key; without it whoever holds the invitation may use it.
        attribute_id: 32 bytes, the issuer's own accreditation; found by the node if not given.
        random: the operating system's randomness.

    Raises:
        Unusable: no such DID, or an end before the beginning.
        Refused: the issuer is not accredited to accredit.
        ClientError: the node or the keystore refused.
    """
    if not is_ebsi_did(did):
        raise Unusable(f"{did} is no did:ebsi of a legal entity")
    if expires <= now:
        raise Unusable("an invitation ends after it begins")
    parent = attribute_id or own_attribute(issuer.node, issuer.did, types=("RootTAO", "TAO"))
    origin = issuer.registry_origin()
    credential = credential_members(
        identifier=random(16),
        types=(INVITATION,),
        issuer=issuer.did,
        subject={"id": did, "accreditedFor": []},
        schema=f"{origin}/trusted-schemas-registry/v3/schemas/{_SCHEMA}",
        now=now,
        expires=expires,
    )
    terms = f"{origin}/trusted-issuers-registry/v5/issuers/{issuer.did}/attributes/{parent.hex()}"
    credential["termsOfUse"] = {"id": terms, "type": ISSUANCE_CERTIFICATE}
    return sign_credential(credential, signer=issuer.signer(), confirmation=public_key)


def read_public_key(text: str) -> dict[str, str]:
    """The public JWK, an EC key on P-256, that somebody sent; other members are left out.

    Raises:
        Unusable: it is none.
    """
    try:
        jwk = required_members(parse_object(text, max_bytes=_MAX_JWK))
    except DidError as error:
        raise Unusable(f"this is no public key: {error}") from None
    if jwk.get("crv") != "P-256":
        raise Unusable("the key that presents an invitation is one of P-256")
    return jwk


def check_invitation(credential: str, *, did: str, node: Node) -> None:
    """Return if the credential invites `did` and is signed by who it says: a DID, or the operator's node.

    Whether that one may invite is for the node to say when a token is asked for.

    Raises:
        PaperRefused: it invites somebody else, is no invitation, or not signed by who it says.
        ClientError: the node does not answer as it should.
    """
    try:
        _check(credential.strip(), did=did, node=node)
    except (Refused, Unusable) as error:
        raise PaperRefused(str(error)) from None


def _check(text: str, *, did: str, node: Node) -> None:
    try:
        parsed = parse_compact(text)
        claims = parse_object(parsed.payload, max_bytes=_MAX_CREDENTIAL)
    except (CredentialsError, DidError) as error:
        raise Unusable(f"this is no invitation: {error}") from None
    if str(parsed.header.get("kid")).startswith("did:"):
        inviting = unverified_issuer(text)
        document = node.resolve(inviting)
        if document is None:
            raise Refused(f"the invitation's issuer {inviting} is not registered, as far as {node.url} knows")
        verify_signed(text, document=document, relationship="assertionMethod")
    else:
        _check_signed_by_node(parsed, node)
    members = claims.get("vc")
    found = members if isinstance(members, dict) else {}
    types, subject = found.get("type"), found.get("credentialSubject")
    if not isinstance(types, list) or INVITATION not in types:
        raise Refused(f"this is no invitation: it is not of the type {INVITATION}")
    if not isinstance(subject, dict) or {claims.get("sub"), subject.get("id")} != {did}:
        raise Refused(f"the invitation is not for {did}")


def _check_signed_by_node(parsed: ParsedJws, node: Node) -> None:
    """Hold the signature against the keys that the node shows (RFC 7517 section 5)."""
    listed = node.get(f"{SERVER}/jwks").get("keys")
    keys = [key for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []
    jwk = next((key for key in keys if key.get("kid") == parsed.header.get("kid")), None)
    if jwk is None:
        raise Refused(f"the invitation is signed with no key of {node.url}")
    try:
        verify_parsed(parsed, jwk=required_members(jwk), algorithms=("ES256",))
    except (CredentialsError, DidError) as error:
        raise Refused(f"the invitation does not hold: {error}") from None
