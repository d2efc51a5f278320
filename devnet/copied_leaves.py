"""Digests come to the node abroad by and by: asked of too early, they are not determinable there."""

from devnet.errors import NotCopied
from devnet.members import ANCHORING
from devnet.world import World, items


def await_leaves(world: World) -> None:
    """Return once the second node holds the digests of all batches that it knows, whoever anchored them.

    Raises:
        NotCopied: it does not come to hold them.
    """
    patience = world.cast[ANCHORING].issuer.patience
    for found in items(world.abroad.api, "/v1/history", kind="anchor.batch"):
        fields = found["fields"]
        path = f"/v1/batches/{fields['did']}/{fields['root']}/{fields['size']}"
        for _ in patience.tries():
            if world.abroad.api.get(path)["leaves"] == "held":
                break
        else:
            raise NotCopied(world.abroad.name, f"{fields['size']} digests")
