"""Proof that a DID's holder holds its keys, asked before anybody accredits it (protocol section 2).

The challenge is a DID URL of the asker with a nonce: `did:ebsi:z…?challenge=…`. The answer is a JWS over it.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import rfc8785

from credentials.errors import CredentialsError
from credentials.securing.jose import parse_compact, sign_compact
from did.base64url import encode_base64url
from did.errors import DidError
from did.methods.ebsi import is_ebsi_did
from node.client.api import Node
from node.client.errors import AnotherChallenge, PaperRefused, Refused, Unusable
from node.client.issuing import Signer, verify_signed

TYPE = "ankyra-challenge+jwt"
LIFE = timedelta(days=7)
"""How old an answer may be: long enough for letters, short enough to mean now."""

_SKEW = timedelta(minutes=5)
_FORM = re.compile(r"(?P<did>did:ebsi:z[1-9A-HJ-NP-Za-km-z]{20,26})\?challenge=(?P<nonce>[A-Za-z0-9_-]{43})")


def new_challenge(did: str, *, random: Callable[[int], bytes]) -> str:
    """A challenge that only `did` asks, with 32 random bytes."""
    return f"{did}?challenge={encode_base64url(random(32))}"


def asker_of(challenge: str) -> str:
    """The DID that asks.

    Raises:
        Unusable: the text is no challenge.
    """
    match = _FORM.fullmatch(challenge.strip())
    if match is None or not is_ebsi_did(match["did"]):
        raise Unusable("this is no challenge: it reads did:ebsi:z…?challenge=… in one piece")
    return match["did"]


def answer_challenge(challenge: str, *, signer: Signer, now: datetime) -> str:
    """A JWS by `signer` over the challenge, for its asker alone.

    Raises:
        Unusable: the text is no challenge.
    """
    claims: dict[str, str | int] = {
        "aud": asker_of(challenge),
        "iat": int(now.timestamp()),
        "iss": signer.did,
        "nonce": challenge.strip(),
    }
    header = {"kid": signer.kid, "typ": TYPE}
    return sign_compact(header=header, payload=rfc8785.dumps(dict(claims)), key=signer.key)


def verify_answer(answer: str, *, challenge: str, did: str, node: Node, now: datetime) -> None:
    """Return if a key under `authentication` of `did` answered this challenge within its life.

    Raises:
        PaperRefused: the text is no answer to any challenge.
        AnotherChallenge: it answers another one.
        Refused: unknown DID, other key, or too old.
        ClientError: the node does not answer as it should.
    """
    _check_form(answer.strip())
    try:
        document = node.resolve(did)
    except DidError:
        document = None
    if document is None:
        raise Refused(f"{did} is not registered, as far as {node.url} knows")
    _, claims = verify_signed(answer.strip(), document=document, relationship="authentication")
    expected: dict[str, Any] = {"aud": asker_of(challenge), "iss": did, "nonce": challenge.strip()}
    found = {name: claims.get(name) for name in expected}
    if found != expected:
        raise AnotherChallenge("the answer is to another challenge, or by another DID", evidence=found)
    issued = claims.get("iat")
    if type(issued) is not int or not -_SKEW <= now - _moment(issued, now) <= LIFE:
        raise Refused(f"the answer is older than {LIFE.days} days, or from the future: ask again")


def _check_form(answer: str) -> None:
    try:
        kind = parse_compact(answer).header.get("typ")
    except CredentialsError as error:
        raise PaperRefused(f"this is no answer to a challenge: {error}") from None
    if kind != TYPE:
        raise PaperRefused("this is no answer to a challenge, but another JWT")


def _moment(seconds: int, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, tz=now.tzinfo)
    except (OverflowError, ValueError, OSError):
        raise Refused("the answer names no time") from None
