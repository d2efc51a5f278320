"""Which endpoint is asked first: one that answers may be far behind, and then every answer of it is old."""

from collections.abc import Sequence

from node.chain.client import LedgerClient
from node.chain.every_endpoint import urls_by_name
from node.db.ledger_endpoints import EndpointState


def steer(ledger: LedgerClient, states: Sequence[EndpointState]) -> None:
    """`ledger` keeps to an endpoint that agrees, if the one that it kept to does not and another does.

    While endpoints disagree nobody knows which of them is right: then it keeps to the one that it has.

    Args:
        ledger: whose first endpoint is chosen.
        states: of its endpoints as the follower, perhaps of another process, last found them.
    """
    if any(one.state == "disagrees" for one in states):
        return
    urls = urls_by_name(ledger)
    known = {urls[one.name]: one for one in states if one.name in urls}
    kept_to = known.get(ledger.first)
    good = {url: one.head for url, one in known.items() if one.state == "agrees" and one.head is not None}
    if kept_to is not None and kept_to.state != "agrees" and good:
        ledger.keep_to(max(good, key=lambda url: good[url]))
