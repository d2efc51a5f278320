"""What a node asks of others than the ledger and its peers."""

from dataclasses import dataclass

from node.config import Settings
from node.foreign.didkit_client import DidkitProcess
from node.foreign.issuers_lists import IssuersLists
from node.foreign.proofs import DidkitProofs
from node.foreign.rdf_client import RdfProcess
from node.foreign.web_dids import ListedWebDids


@dataclass(frozen=True, slots=True)
class ForeignPorts:
    """Others' DIDs and proofs, to verify, and their lists, to read; `close` when the node stops."""

    web_dids: ListedWebDids
    proofs: DidkitProofs
    canonical: RdfProcess
    issuers_lists: IssuersLists

    def close(self) -> None:
        """End what runs beside the node."""
        self.proofs.close()
        self.canonical.close()


def foreign_ports(settings: Settings) -> ForeignPorts:
    """The ports by these settings; no process and no connection is started before it is needed."""
    web_dids = ListedWebDids(settings.did_web_hosts)
    return ForeignPorts(web_dids, DidkitProofs(DidkitProcess(), web_dids), RdfProcess(), IssuersLists())
