"""Which nonce a new transaction takes: never one that was used, never one that is held for another.

The count comes from a node that is not trusted. Too low a count must not lead to a nonce taken twice, and too
high a one not to a signature that lies about and can be replayed when the account gets there.
"""

from collections.abc import Collection, Iterable

from node.client.errors import NonceRefused
from node.client.outbox_entry import OutboxEntry

MAX_LEAP = 1024
"""So many transactions may others have sent with the same key, since this profile signed last."""


def next_nonce(
    account: str, counted: int, entries: Iterable[OutboxEntry], *, refused: Collection[str] = ()
) -> int:
    """The nonce for a new transaction: the lowest that is neither used nor held for another one.

    Args:
        account: who signs.
        counted: how many nonces the account used, as the node says.
        entries: of this account.
        refused: hashes of waiting entries that the node does not take: their nonces are free for another,
            and of two with the same nonce the ledger takes one.

    Raises:
        NonceRefused: the count contradicts what the profile knows.
    """
    known = list(entries)
    final = max((one.nonce + 1 for one in known if one.state in {"final", "replaced"}), default=0)
    used = max((one.nonce + 1 for one in known if not one.is_waiting), default=0)
    if counted < final:
        raise NonceRefused(account, counted=counted, known=final)
    after = max((one.nonce + 1 for one in known), default=0)
    if known and counted > after + MAX_LEAP:
        raise NonceRefused(account, counted=counted, known=after)
    held = {one.nonce for one in known if one.is_waiting and one.hash not in refused}
    nonce = max(counted, used)
    while nonce in held:
        nonce += 1
    return nonce
