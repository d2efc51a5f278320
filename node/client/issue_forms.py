"""How the credentials of a run are secured: VC-JWT, VC-JOSE, SD-JWT or a JAdES seal, by one key."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from credentials.model import Version
from credentials.securing.jades_signing import Sealer
from credentials.securing.jose import CompactSigner
from credentials.securing.sd_jwt_issuing import SALT_LENGTH, Selectively, issue_sd_jwt
from credentials.securing.signing_key import signing_key
from node.client.errors import Refused, Unusable
from node.client.issue_printing import Shape, SharedPrinter
from node.client.issuing import Signer, check_issuer, vc_jwt_claims, vc_jwt_header
from node.client.vc_jose import vc_jose_header

Form = Literal["vc-jwt", "vc-jose", "sd-jwt-vc", "jades"]
MODEL_OF: Final[Mapping[Form, Version]] = {"vc-jwt": "1.1", "vc-jose": "2.0", "sd-jwt-vc": "2.0"}
"""The data model of what is secured so; a seal secures either."""
SUFFIX_OF: Final[Mapping[Form, str]] = {
    "vc-jwt": ".jwt",
    "vc-jose": ".jwt",
    "sd-jwt-vc": ".sd-jwt",
    "jades": ".jws",
}

_SHOWN_ALWAYS: Final = frozenset({"id", "type", "hasClaim"})
_WITHHELD_WITHIN: Final = frozenset({"grade"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Securing:
    """All that a process needs to secure the credentials of one run; it goes through a pipe, never to a disk.

    Attributes:
        form: how.
        did: who signs.
        kid: DID URL of the key; None for a seal whose key no DID document has.
        key: PKCS#8 in DER.
        at: when the run began, aware: the time that a seal states.
        certificates: DER, of a seal: its own, then each one's issuer.
        on_behalf_of: DID of the institution that it is sealed for: the credential's issuer.
    """

    form: Form
    did: str
    kid: str | None
    key: bytes = field(repr=False)
    at: datetime
    certificates: tuple[bytes, ...] = ()
    on_behalf_of: str | None = None


class Secured(NamedTuple):
    """A credential as it is handed out.

    Attributes:
        text: in ASCII.
        digest: 32 bytes, of a compact JWS as it stands, of an SD-JWT that of the one in front.
        shape: of the JSON that was signed; None where that is not the credential's.
    """

    text: bytes
    digest: bytes
    shape: Shape


class Securer(Protocol):
    """What makes texts of credentials."""

    def secure(self, credential: Mapping[str, Any]) -> Secured:
        """The credential's text with its digest, and its shape.

        Raises:
            Refused: the signer is not the credential's issuer.
            CredentialsError: it is larger than anything that is verified.
            ValueError: it cannot be printed.
        """


def securer(securing: Securing) -> Securer:
    """What secures the credentials of a run.

    Raises:
        Unusable: the key is of a kind that signs nothing here.
        CredentialsError: no certificate, or of another key.
    """
    key = load_der_private_key(securing.key, password=None)
    if securing.form == "jades":
        if not isinstance(key, (RSAPrivateKey, EllipticCurvePrivateKey)):
            raise Unusable("nothing here seals with a key of that kind")
        sealer = Sealer(key=key, certificates=securing.certificates, at=securing.at, kid=securing.kid)
        return _Plain(
            partial(_digested, sealer.sign), partial(_sealed_for, securing.on_behalf_of or securing.did)
        )
    if not isinstance(key, EllipticCurvePrivateKey) or securing.kid is None:
        raise Unusable("credentials are signed by a key that is in the issuer's DID document")
    signer = Signer(securing.did, securing.kid, signing_key(key))
    if securing.form == "sd-jwt-vc":
        return _Disclosing(signer)
    if securing.form == "vc-jose":
        jose = CompactSigner(header=vc_jose_header(signer), key=signer.key)
        return _Plain(jose.sign_digested, partial(_signed_by, signer))
    jwt = CompactSigner(header=vc_jwt_header(signer), key=signer.key)
    return _Plain(jwt.sign_digested, partial(vc_jwt_claims, signer=signer))


def named(credential: dict[str, Any], securing: Securing) -> dict[str, Any]:
    """The credential as it is to be secured: a sealed one names by their DIDs whom it is sealed for.

    Without a DID, nobody could say of an awarding body whether it agreed to the seal.

    Raises:
        Refused: it is awarded by an institution that is neither the sealer nor whom it is sealed for.
    """
    if securing.form != "jades":
        return credential
    member = securing.on_behalf_of or securing.did
    issuer, subject = credential["issuer"], credential["credentialSubject"]
    body = subject["hasClaim"]["awardedBy"]["awardingBody"]
    if str(body.get("id", member)) not in {member, securing.did}:
        raise Refused(f"it is awarded by {str(body['id'])[:200]}, and sealed for {member}")
    awarded = subject["hasClaim"]["awardedBy"] | {"awardingBody": {"id": member} | body}
    return credential | {
        "issuer": {**issuer, "id": member} if isinstance(issuer, dict) else member,
        "credentialSubject": subject | {"hasClaim": subject["hasClaim"] | {"awardedBy": awarded}},
    }


def _signed_by(signer: Signer, credential: Mapping[str, Any]) -> Mapping[str, Any]:
    check_issuer(credential, signer=signer)
    return credential


def _sealed_for(did: str, credential: Mapping[str, Any]) -> Mapping[str, Any]:
    issuer = credential["issuer"]
    named_issuer = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if named_issuer != did:
        raise Refused(f"its issuer is {str(named_issuer)[:200]}, not {did}")
    return credential


def _digested(sign: Callable[[bytes], bytes], payload: bytes) -> tuple[bytes, bytes]:
    text = sign(payload)
    return text, sha256(text).digest()


class _Plain:
    """VC-JWT, VC-JOSE, JAdES: JSON with the credential in it, and a signature over it."""

    def __init__(
        self,
        sign: Callable[[bytes], tuple[bytes, bytes]],
        claims: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> None:
        self._sign, self._claims = sign, claims
        self._printer = SharedPrinter()

    def secure(self, credential: Mapping[str, Any]) -> Secured:
        payload, shape = self._printer.print(self._claims(credential))
        text, digest = self._sign(payload)
        return Secured(text, digest, shape)


class _Disclosing:
    """SD-JWT: who holds it chooses what of the person and which grades it shows (VC-JOSE-COSE section 3.2.1).

    All that decides a verdict stands openly, and so does what was learnt.
    """

    _TYPE = "vc+sd-jwt"

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def secure(self, credential: Mapping[str, Any]) -> Secured:
        check_issuer(credential, signer=self._signer)
        text = issue_sd_jwt(
            {**credential, "credentialSubject": _selective(credential["credentialSubject"])},
            header={"kid": self._signer.kid, "typ": self._TYPE},
            key=self._signer.key,
            salt=lambda: os.urandom(SALT_LENGTH),
        ).encode()
        return Secured(text, sha256(text.partition(b"~")[0]).digest(), None)


def _selective(subject: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _open(value) if name in _SHOWN_ALWAYS else Selectively(value) for name, value in subject.items()
    }


def _open(value: Any) -> Any:
    """A value that is shown, but for what is withheld within it."""
    if isinstance(value, list):
        return [_open(one) for one in value]
    if isinstance(value, dict):
        return {
            name: Selectively(inner) if name in _WITHHELD_WITHIN else _open(inner)
            for name, inner in value.items()
        }
    return value
