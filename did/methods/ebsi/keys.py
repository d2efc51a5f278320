"""The keys of a did:ebsi over time, and the entries that opened and closed each of their intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from did.errors import InvalidJson, InvalidPublicKey, UnsupportedPublicKeyType
from did.json_text import parse_object
from did.jwk import jwk_from_raw_secp256k1, required_members
from did.syntax import Did

from .history import Change, Interval, Method, replay

_MAX_JWK_BYTES = 2048  # the registry takes no more


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """One verification method: its key, when it was added and revoked, and what it was good for when.

    `jwk` is None where the recorded bytes are no public key. Intervals are [not_before, not_after) in
    ledger seconds, which may lie beyond any calendar: a registry takes every uint64.
    """

    v_method_id: str
    public_key: bytes
    is_secp256k1: bool
    jwk: Mapping[str, Any] | None
    added: Change
    revoked: Change | None
    intervals: tuple[Interval, ...]


def key_history(changes: Sequence[Change], *, index_before: int | None = None) -> tuple[KeyHistory, ...]:
    """Every verification method ever recorded, in order of their entries.

    Args:
        changes: the `did.*` entries of one DID, in log order.
        index_before: look only at entries with a smaller log index.

    Raises:
        NotFound: there are no changes.
        InvalidHistory: no contract could have recorded them.
    """
    if not changes:
        return ()
    state = replay(Did(changes[0].fields["did"]), changes, index_before=index_before)
    return tuple(
        KeyHistory(
            v_method_id=method.v_method_id,
            public_key=method.public_key,
            is_secp256k1=method.is_secp256k1,
            jwk=_jwk_or_none(method),
            added=method.added,
            revoked=method.revoked,
            intervals=state.intervals_of(method.v_method_id),
        )
        for method in state.methods.values()
    )


def recorded_jwk(method: Method) -> Mapping[str, Any]:
    """The key of `method` as a JWK: of a raw secp256k1 point, or the recorded JWK verbatim.

    A JWK of a type unknown here (an X25519 key for key agreement) is passed on as it was recorded.

    Raises:
        InvalidPublicKey: the bytes are neither, or the JWK has private members.
    """
    if method.is_secp256k1:
        return jwk_from_raw_secp256k1(method.public_key)
    try:
        jwk = parse_object(method.public_key, max_bytes=_MAX_JWK_BYTES)
    except InvalidJson as error:
        raise InvalidPublicKey(error.reason) from error
    try:
        required_members(jwk)
    except UnsupportedPublicKeyType:
        if not isinstance(jwk.get("kty"), str):
            raise InvalidPublicKey("the JWK has no kty") from None
    return jwk


def _jwk_or_none(method: Method) -> Mapping[str, Any] | None:
    try:
        return recorded_jwk(method)
    except InvalidPublicKey:
        return None
