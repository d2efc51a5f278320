"""Digests come to the node abroad by and by: asked of too early, they are not determinable there."""

from devnet.errors import NotCopied
from devnet.members import ANCHORING
from devnet.world import World, items


def await_leaves(world: World) -> None:
    """Return once the second node holds the digests of all batches that the university has anchored.

    Raises:
        NotCopied: it does not come to hold them.
    """
    university = world.cast[ANCHORING]
    for found in items(world.abroad.api, "/v1/history", issuer=university.did, kind="anchor.batch"):
        fields = found["fields"]
        path = f"/v1/batches/{university.did}/{fields['root']}/{fields['size']}"
        for _ in university.issuer.patience.tries():
            if world.abroad.api.get(path)["leaves"] == "held":
                break
        else:
            raise NotCopied(world.abroad.name, f"{fields['size']} digests")
