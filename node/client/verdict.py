"""What a check of one file found, for people and for machines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from node.client.issuing import rfc3339
from node.client.node_verdict import NodeVerdict

Outcome = Literal["valid", "invalid", "indeterminate"]
AttestedBy = Literal["checkpoint", "node", "nobody"]


@dataclass(frozen=True, slots=True)
class Link:
    """One accreditation of a chain; where `proved`, DID and type are; a name is always the node's word."""

    did: str
    name: str | None
    issuer_type: str
    since: datetime | None
    until: datetime | None
    proved: bool

    @property
    def shown(self) -> str:
        """The name where one is known, else the DID."""
        return self.name or self.did

    def in_force_at(self, moment: datetime) -> bool:
        """Whether the accreditation had begun and not ended."""
        return self.since is not None and self.since <= moment and (not self.until or moment < self.until)


@dataclass(frozen=True, slots=True)
class AnchorFinding:
    """One anchor whose proof holds.

    `accredited_then` and `accredited_now` are None where nobody could say: a receipt alone shows what was
    recorded before the anchor, not that nothing was revoked in between.
    """

    did: str
    name: str | None
    anchored_at: datetime
    log_index: int
    attested_by: AttestedBy
    final: bool | None
    links: tuple[Link, ...]
    accredited_then: bool | None
    accredited_now: bool | None
    checkpoint: str

    @property
    def root(self) -> Link | None:
        """The Root TAO that the chain ends in, if it is known."""
        return self.links[-1] if self.links and self.links[-1].issuer_type == "RootTAO" else None

    def sentence(self) -> str:
        """Who anchored, when, accredited by whom up to which root."""
        words = f"anchored {self.anchored_at:%Y-%m-%d %H:%M:%S} UTC by {self.name or self.did}"
        if len(self.links) > 1:
            words += f", accredited by {self.links[1].shown}"
        if self.root is not None:
            words += f", up to the Root TAO {self.root.shown}"
        if self.accredited_then is False:
            return words + "; not accredited at that time"
        if self.accredited_now is False:
            return words + "; accredited then, not now"
        return words

    def to_json(self) -> dict[str, Any]:
        """The finding as `--json` prints it."""
        return {
            "issuer": {"did": self.did, "name": self.name},
            "anchoredAt": rfc3339(self.anchored_at),
            "logIndex": self.log_index,
            "final": self.final,
            "attestedBy": self.attested_by,
            "accreditation": {
                "then": self.accredited_then,
                "now": self.accredited_now,
                "root": self.root.did if self.root else None,
                "links": [
                    {
                        "did": link.did,
                        "name": link.name,
                        "issuerType": link.issuer_type,
                        "since": link.since and rfc3339(link.since),
                        "until": link.until and rfc3339(link.until),
                        "proved": link.proved,
                    }
                    for link in self.links
                ],
            },
            "checkpoint": self.checkpoint,
        }


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """One file's outcome: `valid` only if it is intact and its anchor is proved and vouched for.

    `told` is the node's whole verdict on a credential; None for other files, and where no node was asked.
    """

    path: Path
    outcome: Outcome
    sentence: str
    digest: bytes | None = None
    form: str | None = None
    intact: bool | None = None
    anchors: tuple[AnchorFinding, ...] = ()
    notes: tuple[str, ...] = ()
    as_of: Mapping[str, Any] | None = None
    told: NodeVerdict | None = None

    @property
    def best(self) -> AnchorFinding | None:
        """The anchor that the verdict rests on: the first by somebody accredited then, else the first."""
        accredited = (anchor for anchor in self.anchors if anchor.accredited_then)
        return next(accredited, self.anchors[0] if self.anchors else None)

    def to_json(self) -> dict[str, Any]:
        """The verdict as `--json` prints it."""
        return {
            "file": str(self.path),
            "outcome": self.outcome,
            "sentence": self.sentence,
            "digest": self.digest.hex() if self.digest else None,
            "form": self.form,
            "intact": self.intact,
            "anchors": [anchor.to_json() for anchor in self.anchors],
            "notes": list(self.notes),
            "asOf": self.as_of,
            "verdict": dict(self.told.members) if self.told is not None else None,
        }
