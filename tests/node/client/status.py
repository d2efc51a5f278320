"""What is asked of an issuer with status lists: places it gives out, and transactions it has sent."""

from node.client.issuer import Issuer
from node.client.status_lists import allot
from tests.node.client.conftest import Play


def given_out(issuer: Issuer, name: str, count: int = 1) -> list[int]:
    """Indexes of places in a list that were just given out."""
    return [int(str(entry["statusListIndex"])) for entry in allot(issuer, name, count)]


def transactions(play: Play, name: str) -> int:
    """How many transactions the ledger has of an issuer."""
    address = play.keystore(name).open(play.issuers[name].profile.ledger_key).address
    return int(str(play.node.ledger("eth_getTransactionCount", [address, "latest"])), 16)
