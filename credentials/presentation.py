"""Presentations: credentials together, shown by a holder (VC Data Model 2.0 section 4.13)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from did.errors import DidError
from did.syntax import Did, parse_did

from .errors import MalformedPresentation, TooManyCredentials
from .model import CONTEXT_1_1, CONTEXT_2_0, Version
from .plain_text import MAX_ADDRESS, is_plain
from .securing.data_integrity_proof import EmbeddedProof
from .securing.envelope import ENVELOPED_CREDENTIAL, is_of_type, token_in
from .securing.jose import ParsedJws

PresentationForm = Literal["vp-jwt", "vp-jose", "embedded-proof", "unsigned"]

MOST_CREDENTIALS: Final = 100
"""In one presentation: each of them is as much work as one that is handed in by itself."""
MAX_NONCE: Final = 256
"""Characters."""

TYPE: Final = "VerifiablePresentation"
ENVELOPED: Final = "EnvelopedVerifiablePresentation"
_VERSIONS: Final[Mapping[str, Version]] = {CONTEXT_1_1: "1.1", CONTEXT_2_0: "2.0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A presentation whose members keep the rules; nobody has looked at its signature or its credentials.

    Attributes:
        form: `vp-jwt` (claim `vp`), `vp-jose` (`vp+jwt`), `embedded-proof`, or `unsigned`.
        version: of the data model.
        id: None if it has none.
        holder: a DID, the same wherever it is named; None only where nobody signed it.
        credentials: as they would be handed in one by one, none of them read yet.
        verification_method: the DID URL of the key; None only where nobody signed it.
        algorithm: `alg` of a JWS, the type of a proof; likewise.
        nonce: of this presentation (`nonce`, `challenge`); None if there is none.
        audiences: whom it is for (`aud`, `domain`); none if that is not said.
        not_before: seconds, the later of `nbf` and `iat`, or `created`; None if absent.
        expires: seconds (`exp`, `expires`); None if absent.
        jws: its parts, for the JWT forms.
        document: the JSON-LD document with its proof, for an embedded one.
        proof: that proof.
    """

    form: PresentationForm
    version: Version
    id: str | None
    holder: Did | None
    credentials: tuple[bytes, ...]
    verification_method: str | None = None
    algorithm: str | None = None
    nonce: str | None = None
    audiences: tuple[str, ...] = ()
    not_before: int | None = None
    expires: int | None = None
    jws: ParsedJws | None = None
    document: Mapping[str, Any] | None = None
    proof: EmbeddedProof | None = None


def version_of(members: Mapping[str, Any]) -> Version:
    """The data model that the first context names, of a presentation that says that it is one.

    Raises:
        MalformedPresentation: it names none, or the type is another.
    """
    context = members.get("@context")
    first = context[0] if isinstance(context, list) and context else context
    version = _VERSIONS.get(first) if isinstance(first, str) else None
    if version is None or not is_of_type(members, TYPE):
        raise MalformedPresentation("it is no VerifiablePresentation of the data model 1.1 or 2.0")
    return version


def holder_of(members: Mapping[str, Any], *further: object) -> Did | None:
    """The one DID that `holder` and what else names the holder say; None if all are None.

    Args:
        members: of the presentation.
        further: other places where the holder is named, such as the claim `iss`; None where absent.

    Raises:
        MalformedPresentation: two of them differ, or it is no DID.
    """
    own = members.get("holder")
    own = own.get("id", own) if isinstance(own, dict) else own
    named = [name for name in (own, *further) if name is not None]
    if not named:
        return None
    if not isinstance(named[0], str) or any(name != named[0] for name in named):
        raise MalformedPresentation("its holder is not one and the same DID wherever it is named")
    try:
        return parse_did(named[0])
    except DidError as error:
        raise MalformedPresentation(f"its holder is no DID: {error}") from error


def identifier_of(members: Mapping[str, Any], *, jti: object = None) -> str | None:
    """The presentation's `id`, which a claim `jti` repeats if both are there.

    Raises:
        MalformedPresentation: one is no text, or they differ.
    """
    named = [name for name in (members.get("id"), jti) if name is not None]
    if not all(is_plain(name, most=MAX_ADDRESS) for name in named):
        raise MalformedPresentation("the id of the presentation (id, jti) is no text")
    if len(set(named)) > 1:
        raise MalformedPresentation("the JWT's jti is not the id of the presentation")
    return str(named[0]) if named else None


def nonce_of(value: object) -> str | None:
    """The nonce in a claim or a proof; None if it is absent.

    Raises:
        MalformedPresentation: it is no text of 1 to `MAX_NONCE` printable characters.
    """
    if value is None or is_plain(value, most=MAX_NONCE):
        return value
    raise MalformedPresentation(f"its nonce is no text of 1 to {MAX_NONCE} printable characters")


def credentials_of(members: Mapping[str, Any], *, version: Version) -> tuple[bytes, ...]:
    """What `verifiableCredential` holds, each as it would be handed in by itself.

    Raises:
        TooManyCredentials: there are more than `MOST_CREDENTIALS`.
        MalformedPresentation: one is neither a text nor an object, or its envelope cannot be opened.
    """
    value = members.get("verifiableCredential", [])
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MOST_CREDENTIALS:
        raise TooManyCredentials(len(listed), most=MOST_CREDENTIALS)
    return tuple(_credential(one, version=version) for one in listed)


def opened_envelope(members: Mapping[str, Any]) -> bytes:
    """What the envelope holds, which says nothing of its own: nobody signed it (VCDM 2.0 section 4.12.1).

    Raises:
        MalformedPresentation: it is none with a `data:` URL of a token, or says more.
    """
    token = token_in(members)
    if token is None:
        raise MalformedPresentation("an envelope has the id data:application/…, and a token in it, alone")
    return token


def _credential(value: object, *, version: Version) -> bytes:
    if isinstance(value, str) and version == "1.1":
        return value.encode()
    if not isinstance(value, dict):
        raise MalformedPresentation("what it shows is no credential: neither a JWT of 1.1 nor an object")
    if is_of_type(value, ENVELOPED_CREDENTIAL):
        return opened_envelope(value)
    return json.dumps(value, ensure_ascii=False).encode()
