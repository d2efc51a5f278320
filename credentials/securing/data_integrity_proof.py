"""One embedded proof as its members say it is (Data Integrity section 2.1); nothing of it is verified."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged
from credentials.moments import parse_moment
from credentials.plain_text import MAX_ADDRESS, MAX_NAME, is_plain
from did.errors import InvalidDidUrl, InvalidEncoding
from did.multibase import decode_base58btc
from did.syntax import Did, parse_did_url

from .data_integrity_suites import PROOF_TYPE, SUITES, Cryptosuite

_MEMBERS: Final = frozenset(
    {
        "@context",
        "challenge",
        "created",
        "cryptosuite",
        "domain",
        "expires",
        "id",
        "nonce",
        "previousProof",
        "proofPurpose",
        "proofValue",
        "type",
        "verificationMethod",
    }
)
_MOST: Final = 16
"""Of domains, and of previous proofs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedProof:
    """A proof by its members.

    Attributes:
        members: all of them, as they stand.
        suite: by which it is verified here; None for the older ones, which others verify.
        algorithm: the name of its cryptosuite, or of its type if it has none.
        verification_method: the DID URL of the key.
        owner: the DID whose key that is.
        purpose: the verification relationship that it was made under.
        value: the signature, decoded; empty for the older ones, which have other members for it.
        created: aware UTC; None if absent.
        expires: aware UTC; None if absent.
        id: a URI by which other proofs name it; None if absent.
        previous: ids of the proofs that it covers as well (`previousProof`).
        domain: where it is meant to be used; none if anywhere.
        challenge: what its maker was asked; None if nothing.
    """

    members: Mapping[str, Any]
    suite: Cryptosuite | None
    algorithm: str
    verification_method: str
    owner: Did
    purpose: str
    value: bytes = b""
    created: datetime | None = None
    expires: datetime | None = None
    id: str | None = None
    previous: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    challenge: str | None = None


def read_proof(members: object) -> EmbeddedProof:
    """The proof with these members.

    Raises:
        MalformedCredential: it names no key by a DID URL, or a member is of another kind than it should be.
        NotJudged: a cryptosuite that is not known here, or a member of which nothing is known here.
    """
    if not isinstance(members, dict):
        raise MalformedCredential("its proof is no object")
    method = members.get("verificationMethod")
    owner = _owner(method)
    algorithm = members.get("cryptosuite", members.get("type"))
    if not is_plain(algorithm, most=MAX_NAME):
        raise MalformedCredential("the proof does not say by what it was made (type, cryptosuite)")
    suite = _suite(members, algorithm)
    purpose = members.get("proofPurpose")
    proof = EmbeddedProof(
        members=members,
        suite=None,
        algorithm=algorithm,
        verification_method=str(method),
        owner=owner,
        purpose=str(purpose),
    )
    if suite is None:
        return proof  # the other members of the older ones are for who verifies those
    if unknown := sorted(members.keys() - _MEMBERS):
        raise NotJudged(f"a proof with the member {unknown[0][:60]!r} is not judged")
    challenge = _text(members, "challenge", most=MAX_ADDRESS)
    _text(members, "nonce", most=MAX_ADDRESS)
    return replace(
        proof,
        suite=suite,
        value=_value(members.get("proofValue")),
        created=_moment(members, "created"),
        expires=_moment(members, "expires"),
        id=_text(members, "id", most=MAX_ADDRESS),
        previous=_texts(members, "previousProof"),
        domain=_texts(members, "domain"),
        challenge=challenge,
    )


def _owner(method: object) -> Did:
    if not isinstance(method, str):
        raise MalformedCredential("the proof does not name its key by a DID URL (verificationMethod)")
    try:
        return parse_did_url(method).did
    except InvalidDidUrl as error:
        raise MalformedCredential(f"the key of the proof is no DID URL: {error}") from error


def _suite(members: Mapping[str, Any], algorithm: str) -> Cryptosuite | None:
    """The suite by type and name; None if the type is none of ours."""
    kind = members.get("type")
    if kind == PROOF_TYPE:
        suite = SUITES.get(algorithm)
        if suite is None or suite.proof_type != kind:
            raise NotJudged(f"a proof of the cryptosuite {algorithm[:60]!r} is not judged")
        return suite
    if not isinstance(kind, str) or kind not in SUITES or SUITES[kind].proof_type != kind:
        return None
    if "cryptosuite" in members:
        raise MalformedCredential(f"a proof of the type {kind} names a cryptosuite")
    return SUITES[kind]


def _value(text: object) -> bytes:
    if not isinstance(text, str):
        raise MalformedCredential("the value of the proof is no text (proofValue)")
    try:
        return decode_base58btc(text)
    except InvalidEncoding as error:
        raise MalformedCredential(f"the value of the proof is unusable: {error.reason}") from error


def _moment(members: Mapping[str, Any], name: str) -> datetime | None:
    return parse_moment(members[name], name=f"{name} of the proof") if name in members else None


def _text(members: Mapping[str, Any], name: str, *, most: int) -> str | None:
    if name not in members:
        return None
    value = members[name]
    if not is_plain(value, most=most):
        raise MalformedCredential(f"{name} of the proof is no short text")
    return value


def _texts(members: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if name not in members:
        return ()
    value = members[name]
    listed = value if isinstance(value, list) else [value]
    if not 0 < len(listed) <= _MOST or not all(is_plain(one, most=MAX_ADDRESS) for one in listed):
        raise MalformedCredential(f"{name} of the proof is no list of 1 to {_MOST} texts")
    return tuple(listed)
