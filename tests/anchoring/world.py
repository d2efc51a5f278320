"""A small ledger in memory: a Root TAO, a TAO, an issuer, one batch, and what comes after."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from anchoring.batch import Batch
from anchoring.checkpoint import origin
from anchoring.entry import Entry
from anchoring.history import History
from anchoring.receipt import AccreditationProof, BatchProof, LogProof, Receipt

from .entries import ACTOR, grow

ROOT_DID = "did:ebsi:zRoot111111111111111111"
TAO_DID = "did:ebsi:zTao1111111111111111111"
KTU_DID = "did:ebsi:zKtu1111111111111111111"
ROOT_ID, TAO_ID, KTU_ID = b"\x0a" * 32, b"\x0b" * 32, b"\x0c" * 32
ORIGIN = origin("devnet.ankyra.example", 31337, bytes(range(20)))
START = 1_795_255_200  # 2026-11-21T10:00:00Z
OPENED: Mapping[str, object] = {
    "chainId": 31337,
    "log": bytes(range(20)),
    "writers": (ACTOR,),
    "codeHashes": (bytes(32),),
    "predecessorOrigin": "",
    "predecessorSize": 0,
    "predecessorRoot": bytes(32),
    "operator": ACTOR,
}


def accreditation(
    did: str, attribute_id: bytes, issuer_type: int, tao: str, tao_id: bytes
) -> dict[str, object]:
    """Return the fields of a metadata entry."""
    return {
        "did": did,
        "attributeId": attribute_id,
        "revisionId": attribute_id,
        "issuerType": issuer_type,
        "taoDid": tao,
        "attributeIdTao": tao_id,
        "authority": 0,
    }


@dataclass
class World:
    """The log so far, and its entries."""

    history: History = field(default_factory=History)
    entries: list[Entry] = field(default_factory=list)

    def write(self, kind: str, fields: Mapping[str, object]) -> Entry:
        """Append an entry as the ledger would, a minute after the one before."""
        entry = grow(self.history, kind, fields, time=START + 60 * self.history.size)
        self.entries.append(entry)
        return entry

    def anchor(self, batch: Batch, *, did: str = KTU_DID, attribute_id: bytes = KTU_ID) -> Entry:
        """Append the entry of a batch."""
        fields = {
            "did": did,
            "attributeId": attribute_id,
            "root": batch.root,
            "size": batch.size,
            "authority": 0,
        }
        return self.write("anchor.batch", fields)

    def receipt(
        self,
        digest: bytes,
        batch: Batch,
        entry: Entry,
        chain: tuple[Entry, ...] = (),
        *,
        size: int | None = None,
        salt: bytes | None = None,
    ) -> Receipt:
        """Return a receipt for a digest, proved at the present size unless told otherwise."""
        size = self.history.size if size is None else size
        tree, fields = self.history.tree, entry.fields
        index = batch.index_of(digest)
        return Receipt(
            digest=digest,
            salt=salt,
            batch=BatchProof(
                did=str(fields["did"]),
                attribute_id=KTU_ID,
                root=batch.root,
                size=batch.size,
                index=index,
                path=batch.tree.inclusion_path(index),
            ),
            entry=entry,
            log=LogProof(entry.index, size, tree.inclusion_path(entry.index, size=size)),
            accreditation=tuple(
                AccreditationProof(link, tree.inclusion_path(link.index, size=size)) for link in chain
            ),
            checkpoint=self.history.checkpoint(ORIGIN, size=size),
        )


DIGESTS = [sha256(bytes([number])).digest() for number in range(11)]
BATCH = Batch.from_digests(DIGESTS)
WORLD = World()
WORLD.write("log.opened", OPENED)
ROOT_LINK = WORLD.write("issuer.attribute.metadata", accreditation(ROOT_DID, ROOT_ID, 1, ROOT_DID, bytes(32)))
TAO_LINK = WORLD.write("issuer.attribute.metadata", accreditation(TAO_DID, TAO_ID, 2, ROOT_DID, ROOT_ID))
KTU_LINK = WORLD.write("issuer.attribute.metadata", accreditation(KTU_DID, KTU_ID, 3, TAO_DID, TAO_ID))
CHAIN = (KTU_LINK, TAO_LINK, ROOT_LINK)
ANCHOR = WORLD.anchor(BATCH)
WORLD.write("log.mark", {})
RECEIPT = WORLD.receipt(DIGESTS[4], BATCH, ANCHOR, CHAIN)
