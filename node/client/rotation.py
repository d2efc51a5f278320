"""Keys replaced: the new one is on disk before the ledger hears of it, the old one is kept for ever after."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from node.client.errors import Unusable
from node.client.issuer import Issuer
from node.client.keys import Curve
from node.client.onboarding import KEY_LIFE, await_document, public_key_bytes

Use = Literal["ledger", "credential"]
OVERLAP = timedelta(hours=1)
"""How long the old key stays valid beside the new one, for what is under way."""

LEAST_OVERLAP = timedelta(minutes=1)
"""Less may be over before the ledger's next block: it refuses to end a key in the past."""

_CURVES: dict[Use, Curve] = {"ledger": "secp256k1", "credential": "P-256"}
_RELATIONSHIPS: dict[Use, str] = {"ledger": "capabilityInvocation", "credential": "assertionMethod"}


def rotate(
    issuer: Issuer,
    use: Use,
    *,
    now: datetime,
    overlap: timedelta = OVERLAP,
    key_life: timedelta = KEY_LIFE,
) -> str:
    """The name of the new key, which has taken over all that the old one was for.

    Cut off and done again, it goes on with the key made before.

    Args:
        issuer: registered.
        use: `ledger` for the ES256K key that writes, `credential` for the ES256 key that signs.
        now: the new key is valid from then on.
        overlap: the old key ends so much later, at least a minute.
        key_life: the new key's own life.

    Raises:
        Unusable: the overlap is shorter than a minute.
        ClientError: the node, the ledger or the keystore refused; the old key still stands.
    """
    if overlap < LEAST_OVERLAP:
        raise Unusable("the keys must overlap for a minute at least, since the ledger's clock decides")
    old, pending = _member(issuer, f"{use}_key"), _member(issuer, f"next_{use}_key")
    issuer.outbox.begin(f"rotate {use}")
    writer = issuer.writer()  # signs with the old key
    if pending is None:
        (fresh,) = issuer.keystore.create(_CURVES[use])
        issuer.change(**{f"next_{use}_key": fresh.kid})
    else:
        fresh = issuer.keystore.open(pending)
    new_url = f"{issuer.did}#{fresh.kid}"

    def shows(document: Mapping[str, Any]) -> bool:
        return new_url in document.get(_RELATIONSHIPS[use], ())

    if pending is None or not shows(issuer.node.resolve(issuer.did) or {}):
        writer.write_once(
            "rollVerificationMethod",
            did=issuer.did,
            vMethodId=fresh.kid,
            publicKey=public_key_bytes(fresh),
            isSecp256k1=fresh.crv == "secp256k1",
            notBefore=int(now.timestamp()),
            notAfter=int((now + key_life).timestamp()),
            oldVMethodId=old,
            duration=int(overlap.total_seconds()),
        )
    issuer.change(
        **{
            f"{use}_key": fresh.kid,
            f"next_{use}_key": None,
            "retired_keys": (*issuer.profile.retired_keys, old),
        }
    )
    await_document(issuer, shows)
    return fresh.kid


def _member(issuer: Issuer, name: str) -> str | None:
    value: str | None = getattr(issuer.profile, name)
    return value
