"""Documents that hold a status list, and whose signature vouches for it (Bitstring Status List section 2.2).

`StatusList2021Credential` as EBSI has it, `BitstringStatusListCredential` of VCDM 1.1 and 2.0, and the tokens
of IETF's Token Status List, whose claims are those of a JWT.
"""

from dataclasses import dataclass
from typing import Final

from anchoring.errors import AnchoringError, StatusListTooShort
from anchoring.status_list import BITSTRING_STATUS_LIST, STATUS_LIST_2021, StatusList, parse_status_list
from did.jwk import Jwk

from .errors import (
    AlgorithmRefused,
    InvalidSignature,
    KeyRefused,
    MalformedCredential,
    NotJudged,
    StatusListRefused,
    Unavailable,
    UnfitKey,
)
from .keys import SigningKey, signing_key_of
from .ports import Ports
from .securing.jose import ParsedJws, verify_parsed
from .securing.reading import read_secured
from .securing.sd_jwt import SdJwt
from .securing.secured import SecuredCredential
from .status_list_token import (
    StatusListToken,
    is_status_list_token,
    parse_status_list_token,
    read_status_list_token,
)

CREDENTIAL_OF: Final = {
    STATUS_LIST_2021: "StatusList2021Credential",
    BITSTRING_STATUS_LIST: "BitstringStatusListCredential",
}
"""The type of the credential, by that of its subject."""
_WHITE_SPACE: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class StatusListCredential:
    """What a list's credential says; who reads it has verified nothing.

    Attributes:
        issuer: a DID, the only one whose credentials the list may speak of.
        url: its `id`, under which credentials point to it.
        verification_method: the DID URL of the key that is said to have signed it.
        status_list: its only subject.
        valid_from: seconds since 1970, by all of its members; None if it does not say.
        valid_until: likewise; None if it has no end.
    """

    issuer: str
    url: str
    verification_method: str
    status_list: StatusList
    valid_from: int | None
    valid_until: int | None


SignedList = StatusListCredential | StatusListToken
"""A list with what its signed document says of it; both have the same words for the same."""


def read_status_list(document: bytes) -> SignedList:
    """What the list's credential or token `document` says, its signature unseen.

    Args:
        document: a compact JWT.

    Raises:
        StatusListRefused: it is no credential or token of one status list that anybody may use.
        Unavailable: it is secured in a way that is not judged here.
    """
    return _parsed(document)[1]


def verify_status_list(document: bytes, *, ports: Ports, index_before: int | None, at: int) -> SignedList:
    """What the list's credential or token `document` says, which its issuer has signed.

    Args:
        document: a compact JWT.
        ports: where keys are looked up.
        index_before: judge by entries with a smaller log index, that of the publication; by all if None.
        at: ledger seconds, of the publication; of the present for a list that is not published yet.

    Raises:
        StatusListRefused: it holds no status list, or is not signed by a key of its issuer then.
        Unavailable: that cannot be found out here.
    """
    jws, read = _parsed(document)
    _check_signature(jws, list_key(ports, read, index_before=index_before, at=at).jwk)
    return read


def list_key(ports: Ports, read: SignedList, *, index_before: int | None, at: int) -> SigningKey:
    """The key that the list names, if it might sign for the list's issuer then; the signature is unseen.

    Raises:
        StatusListRefused: no such key might sign.
        Unavailable: that cannot be found out here.
    """
    try:
        return signing_key_of(
            ports, issuer=read.issuer, kid=read.verification_method, index_before=index_before, at=at
        )
    except KeyRefused as error:
        raise StatusListRefused(
            "list_key_refused", f"The status list is signed by a key that may not: {error.sentence}"
        ) from error


def check_list_signature(document: bytes, jwk: Jwk) -> bool:
    """True: the list's credential or token `document` is signed by this key.

    Raises:
        StatusListRefused: it is not.
    """
    text = document.strip(_WHITE_SPACE)
    if is_status_list_token(text):
        _check_signature(parse_status_list_token(text), jwk)
    else:
        _check_signature(_jws_of(_secured(document)), jwk)
    return True


def _parsed(document: bytes) -> tuple[ParsedJws, SignedList]:
    text = document.strip(_WHITE_SPACE)
    if is_status_list_token(text):
        jws = parse_status_list_token(text)
        return jws, read_status_list_token(jws)
    secured = _secured(document)
    return _jws_of(secured), _list_in(secured)


def _secured(document: bytes) -> SecuredCredential:
    try:
        secured = read_secured(document)
    except NotJudged as error:
        raise Unavailable(f"What is published as status list is not judged here: {error.reason}.") from error
    except MalformedCredential as error:
        raise StatusListRefused(
            "malformed_list", f"What is published as status list cannot be read: {error.reason}."
        ) from error
    if isinstance(secured.parts, SdJwt):
        raise Unavailable("What is published as status list is an SD-JWT, which can be shown in parts.")
    return secured


def _jws_of(secured: SecuredCredential) -> ParsedJws:
    if secured.jws is None:
        raise Unavailable("The status list is no JWT, and its proof is not judged here.")
    return secured.jws


def _check_signature(jws: ParsedJws, jwk: Jwk) -> None:
    try:
        verify_parsed(jws, jwk=jwk)
    except (AlgorithmRefused, UnfitKey, InvalidSignature) as error:
        raise StatusListRefused(
            "list_signature_mismatch", "The status list is not signed by the key that it names."
        ) from error


def _list_in(secured: SecuredCredential) -> StatusListCredential:
    credential = secured.credential
    if credential.id is None:
        raise StatusListRefused("malformed_list", "The status list has no id that could be its URL.")
    if len(credential.subjects) != 1:
        raise StatusListRefused("malformed_list", "The status list's credential has more than one subject.")
    try:
        status_list = parse_status_list(credential.subjects[0])
    except StatusListTooShort as error:
        raise StatusListRefused("list_too_short", f"The status list cannot be used: {error}.") from error
    except AnchoringError as error:
        raise StatusListRefused("malformed_list", f"The status list cannot be read: {error}.") from error
    if CREDENTIAL_OF[status_list.list_type] not in credential.types:
        raise StatusListRefused(
            "malformed_list", f"The credential of a {status_list.list_type} is not of the type for that."
        )
    begins = [secured.not_before] if secured.not_before is not None else []
    ends = [secured.expires] if secured.expires is not None else []
    begins += [int(credential.valid_from.timestamp())] if credential.valid_from else []
    ends += [int(credential.valid_until.timestamp())] if credential.valid_until else []
    return StatusListCredential(
        issuer=credential.issuer,
        url=credential.id,
        verification_method=secured.verification_method,
        status_list=status_list,
        valid_from=max(begins, default=None),
        valid_until=min(ends, default=None),
    )
