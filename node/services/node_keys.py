"""The ES256 keys with which this node signs tokens: sealed in the database, so that all its processes agree.

A key that rotation replaced signs no more, stays in the key set and is accepted until the last token that it
signed has expired. A process that can open none of the keys (another passphrase, a database restored
elsewhere) makes one of its own beside them: what the others sign still counts.
"""

import json
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import RLock
from typing import Any, Final

from credentials.case import SKEW
from credentials.securing.jose import sign_compact
from did.jwk import Jwk
from node.client.envelope import MacMismatch, MalformedEnvelope, seal, unseal
from node.client.keys import PrivateKey, new_key
from node.db.node_keys import StoredKey, keep_key, key_in_force, keys_in_force, retire_others
from node.db.session import reading, writing
from node.services.keys_passphrase import Passphrase, keys_passphrase
from node.services.node import Node

TOKEN_LIFE: Final = 7200
"""Seconds that a token counts."""
_KID: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""A thumbprint; other names are not looked for, and some of them no database would look for."""
_OPENING: Final = RLock()
"""Opening a key may take 256 MiB: threads that ask at once wait for the first of them."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of the node at hand: it signs, and never shows itself."""

    key: PrivateKey = field(repr=False)

    @property
    def kid(self) -> str:
        """Its name in the key set, the RFC 7638 thumbprint."""
        return self.key.kid

    def sign(self, claims: Mapping[str, Any]) -> str:
        """The claims as a compact JWT (RFC 7519)."""
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
        return sign_compact(header={"kid": self.kid, "typ": "JWT"}, payload=payload, key=self.key.private_key)


def signing_key(node: Node) -> SigningKey:
    """The newest key that may sign and that this process can open; one is made if there is none.

    Raises:
        ConfigurationError: the passphrase cannot be had.
        DatabaseUnavailable: the database does not answer.
    """
    now = int(node.clock().timestamp())
    with _OPENING:
        with reading(node.engine) as connection:
            found = _opened(node, keys_in_force(connection, now=now))
        return found or _make(node, others_end_in=None)


def rotate(node: Node, *, at_once: bool = False) -> SigningKey:
    """A new key, which alone signs from now on; those before it count until their last token has expired.

    Args:
        node: whose keys.
        at_once: those before it count no more, and neither does any of their tokens: one was stolen.

    Raises:
        ConfigurationError: the passphrase cannot be had.
        DatabaseUnavailable: the database does not answer.
    """
    return _make(node, others_end_in=0 if at_once else TOKEN_LIFE + SKEW)


def listed_keys(node: Node) -> list[StoredKey]:
    """All keys whose signatures count now, the newest first."""
    with reading(node.engine) as connection:
        return keys_in_force(connection, now=int(node.clock().timestamp()))


def key_set(node: Node) -> dict[str, Any]:
    """The JWK Set of all keys whose signatures count (RFC 7517 section 5), at least one.

    Raises:
        ConfigurationError: there is no key yet, and the passphrase for one cannot be had.
        DatabaseUnavailable: the database does not answer.
    """
    if not (keys := listed_keys(node)):
        signing_key(node)
        keys = listed_keys(node)
    use = {"alg": "ES256", "use": "sig"}
    return {"keys": [json.loads(key.public_jwk) | use | {"kid": key.kid} for key in keys]}


def public_key_of(node: Node, kid: str) -> Jwk | None:
    """The public half of the key of this name, if what it signed counts now."""
    if not _KID.fullmatch(kid):
        return None
    with reading(node.engine) as connection:
        found = key_in_force(connection, kid, now=int(node.clock().timestamp()))
    return None if found is None else json.loads(found.public_jwk)


def _opened(node: Node, stored: Iterable[StoredKey]) -> SigningKey | None:
    for one in stored:
        if one.retires_at is None:
            # Opening takes a while, or not; what cannot be opened is not tried at each token.
            key = node.opened_keys.get(one.kid, partial(_open, node, one))
            if key is not None:
                return SigningKey(key)
    return None


def _open(node: Node, stored: StoredKey) -> PrivateKey | None:
    try:
        scalar = unseal(json.loads(stored.envelope), passphrase=keys_passphrase(node.settings).text)
        key = PrivateKey("P-256", scalar)
    except (MacMismatch, MalformedEnvelope, ValueError):
        return None
    return key if key.kid == stored.kid else None


def _make(node: Node, *, others_end_in: int | None) -> SigningKey:
    """A new key; the others go on if `others_end_in` is None, and then it is made only if it is needed."""
    passphrase = keys_passphrase(node.settings)
    key, envelope = _sealed(passphrase)
    now = int(node.clock().timestamp())
    with writing(node.engine) as connection:
        there = keys_in_force(connection, now=now)
        if others_end_in is None and (first := _opened(node, there)) is not None:
            return first  # another process made one meanwhile
        newest = max((one.created_at for one in there), default=now)
        made = StoredKey(
            kid=key.kid,
            public_jwk=json.dumps(dict(key.public_jwk)),
            envelope=envelope,
            created_at=now
            if others_end_in is None
            else max(now, newest + 1),  # the newest even within one second
            retires_at=None,
        )
        keep_key(connection, made)
        if others_end_in is not None:
            retire_others(connection, key.kid, at=now + others_end_in)
    node.opened_keys.get(key.kid, lambda: key)
    return SigningKey(key)


def _sealed(passphrase: Passphrase) -> tuple[PrivateKey, str]:
    key = new_key("P-256", random=secrets.token_bytes)
    envelope = seal(key.scalar, passphrase=passphrase.text, n=passphrase.scrypt_n, random=os.urandom)
    return key, json.dumps(envelope)
