"""A presentation that asks for a token: a VP JWT read strictly, its claims held to the rules of section 8.

Only who signed it is not asked here: that is the register's to say.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.case import SKEW
from credentials.errors import AlgorithmRefused, MalformedJws, MalformedPresentation, TooManyCredentials
from credentials.plain_text import is_plain
from credentials.presentation import MAX_NONCE
from credentials.presentation import Presentation as ReadPresentation
from credentials.presentation_jwt import read_presentation_jwt
from credentials.securing.jose import ParsedJws, parse_compact
from did.errors import InvalidDid, InvalidDidUrl, InvalidJson
from did.json_text import parse_object
from did.syntax import Did, parse_did_url, parse_ebsi_did
from node.services.authorisation_errors import PresentationRefused, SubmissionRefused
from node.services.authorisation_scopes import Scope

LONGEST_LIFE: Final = 300
"""Seconds ahead at which a presentation may expire."""
MAX_PRESENTATION: Final = 131_072
"""Characters: an accreditation of 32 KiB in base64url twice, and room around it."""
_MAX_SUBMISSION: Final = 4096
_MAX_ID: Final = 1024
_HEADER: Final = frozenset({"alg", "kid", "typ"})
_PLACE: Final = re.compile(r"\$(?:\.vp)?\.verifiableCredential\[0\]")
_CREDENTIAL_FORMATS: Final = frozenset({"jwt_vc", "jwt_vc_json"})
_PRESENTATION_FORMATS: Final = frozenset({"jwt_vp", "jwt_vp_json"})


@dataclass(frozen=True, slots=True)
class Presentation:
    """A presentation whose claims hold; nobody has looked at its signature.

    Attributes:
        jws: its parts.
        holder: whom it is by, in all places alike.
        kid: the DID URL of the key, one of the holder's.
        audience: the authorisation server that it is for, one of this node's names.
        nonce: of this presentation.
        expires: seconds.
        credential: the compact JWT that it shows; None for a scope that asks for none.
    """

    jws: ParsedJws
    holder: Did
    kid: str
    audience: str
    nonce: str
    expires: int
    credential: str | None


def read_presentation(text: str, *, scope: Scope, audiences: Collection[str], now: int) -> Presentation:
    """The presentation in `text`, which is for this node and for now, and whose claims agree.

    Args:
        text: a compact JWT.
        scope: that it is to entitle to.
        audiences: the names of this node's authorisation server.
        now: seconds.

    Raises:
        PresentationRefused: a rule is broken; the sentence names it.
    """
    if len(text) > MAX_PRESENTATION:
        raise PresentationRefused(f"vp_token is longer than {MAX_PRESENTATION} characters.")
    try:
        jws = parse_compact(text)
        members = parse_object(jws.payload, max_bytes=MAX_PRESENTATION)
        _check_stricter(jws, members, scope=scope)
        shown = read_presentation_jwt(jws, members)
    except (MalformedJws, AlgorithmRefused, InvalidJson, MalformedPresentation, TooManyCredentials) as error:
        raise PresentationRefused(f"vp_token is no JWT that can be read: {error}.") from error
    audience = members.get("aud")
    if not isinstance(audience, str) or audience not in audiences:
        raise PresentationRefused("The aud of vp_token is not the issuer of this authorisation server.")
    if shown.nonce is None:
        raise PresentationRefused(f"vp_token needs a nonce of 1 to {MAX_NONCE} printable characters.")
    if len(shown.credentials) != len(scope.credential_types[:1]):
        wanted = "exactly one credential" if scope.credential_types else "no credential"
        raise PresentationRefused(f"A presentation for {scope.name} holds {wanted}.")
    kid = str(shown.verification_method)
    return Presentation(
        jws=jws,
        holder=_holder(str(shown.holder), kid),
        kid=kid,
        audience=audience,
        nonce=shown.nonce,
        expires=_expiry(shown, now),
        credential=shown.credentials[0].decode() if shown.credentials else None,
    )


def check_submission(text: str, *, scope: Scope) -> None:
    """Return if the submission leads from the definition to the credential, where one is asked for.

    Raises:
        SubmissionRefused: it does not (Presentation Exchange 2 section 6).
    """
    try:
        submission = parse_object(text, max_bytes=_MAX_SUBMISSION)
    except InvalidJson as error:
        raise SubmissionRefused(f"presentation_submission cannot be read: {error.reason}.") from error
    if not is_plain(submission.get("id"), most=_MAX_ID):
        raise SubmissionRefused("presentation_submission needs an id.")
    if submission.get("definition_id") != scope.definition_id:
        raise SubmissionRefused(f"The definition_id must be {scope.definition_id}.")
    places = submission.get("descriptor_map")
    if not isinstance(places, list) or len(places) != len(scope.credential_types[:1]):
        raise SubmissionRefused("descriptor_map has one item for each input descriptor of the definition.")
    for place in places:
        if not isinstance(place, dict) or not _leads_to_the_credential(place, scope):
            raise SubmissionRefused("descriptor_map does not lead to the credential of the presentation.")


def _leads_to_the_credential(place: Mapping[str, Any], scope: Scope) -> bool:
    if place.get("id") != scope.descriptor_id:
        return False
    nested = place.get("path_nested")
    if nested is not None:
        if place.get("path") != "$" or place.get("format") not in _PRESENTATION_FORMATS:
            return False
        if not isinstance(nested, dict) or nested.get("id", scope.descriptor_id) != scope.descriptor_id:
            return False
        place = nested
    path = place.get("path")
    return (
        place.get("format") in _CREDENTIAL_FORMATS
        and isinstance(path, str)
        and _PLACE.fullmatch(path) is not None
    )


def _check_stricter(jws: ParsedJws, claims: Mapping[str, Any], *, scope: Scope) -> None:
    """Hold what a request for a token has to keep beyond the rules of all presentations.

    Raises:
        PresentationRefused: it does not.
    """
    if jws.alg not in scope.algorithms:
        raise PresentationRefused(f"vp_token must be signed with {' or '.join(scope.algorithms)}.")
    if jws.header.keys() - _HEADER:
        raise PresentationRefused("The header of vp_token has other members than alg, kid and typ.")
    if str(jws.header.get("typ", "JWT")).upper() != "JWT":
        raise PresentationRefused("The typ of vp_token must be JWT.")
    presentation = claims.get("vp")
    if not isinstance(presentation, dict):
        raise PresentationRefused("vp_token has no claim vp.")
    if not all(
        isinstance(one, str) for one in (claims.get("iss"), claims.get("sub"), presentation.get("holder"))
    ):
        raise PresentationRefused("iss, sub and the holder of the presentation must be the same DID.")
    shown = presentation.get("verifiableCredential", [])
    if not isinstance(shown, list) or not all(isinstance(one, str) for one in shown):
        raise PresentationRefused("verifiableCredential must be an array of JWTs.")


def _holder(named: str, kid: str) -> Did:
    """The holder, which is a did:ebsi, and names a key of its own."""
    try:
        holder, url = parse_ebsi_did(named), parse_did_url(kid)
    except (InvalidDid, InvalidDidUrl) as error:
        raise PresentationRefused(f"The presentation names no did:ebsi and no key of it: {error}.") from error
    if url.did != holder or not url.fragment or url.path or url.query is not None:
        raise PresentationRefused("The kid of vp_token must be the holder's DID and a fragment.")
    return holder


def _expiry(shown: ReadPresentation, now: int) -> int:
    if shown.expires is None:
        raise PresentationRefused("vp_token does not say when it expires (exp).")
    if shown.expires <= now:
        raise PresentationRefused("vp_token has expired.")
    if shown.expires > now + LONGEST_LIFE + SKEW:
        raise PresentationRefused(f"vp_token expires more than {LONGEST_LIFE} seconds ahead.")
    if shown.not_before is not None and shown.not_before > now + SKEW:
        raise PresentationRefused("vp_token begins in the future (nbf, iat).")
    return shown.expires
