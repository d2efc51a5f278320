"""Signed transactions handed to every endpoint: one that takes them and passes none on must not be alone.

An endpoint that answers is not thereby one whose transactions are mined: it may be cut off from the others.
"""

from node.chain.client import LedgerClient
from node.chain.transactions import SignedTransaction, send_transaction
from node.errors import LedgerError, LedgerUnavailable, MalformedLedgerAnswer

_PATIENCE = 5.0  # seconds for an endpoint beside the first


class Sending:
    """One round of sending; an endpoint that does not answer is left out for the rest of it."""

    def __init__(self, ledger: LedgerClient) -> None:
        """Nothing is sent yet.

        Args:
            ledger: names the endpoints; the one that it keeps to is told first.
        """
        first = ledger.first
        others = {url: ledger.only(url, timeout=_PATIENCE) for url in ledger.urls if url != first}
        self._endpoints = {first: ledger.only(first), **others}

    def send(self, transaction: SignedTransaction) -> str | None:
        """Why no endpoint took the transaction; None if one took it, now or before.

        Raises:
            LedgerUnavailable: no endpoint answered.
            MalformedLedgerAnswer: none answered as a ledger.
        """
        taken, refusals = False, list[str]()
        silence: LedgerError = LedgerUnavailable("no endpoint of the ledger answered in this round")
        for url, endpoint in list(self._endpoints.items()):
            try:
                refusal = send_transaction(endpoint, transaction)
            except LedgerUnavailable as error:
                silence = error
                del self._endpoints[url]
            except MalformedLedgerAnswer as error:
                silence = error
            else:
                taken = taken or refusal is None
                refusals += [refusal] if refusal is not None else []
        if taken:
            return None
        if refusals:
            return refusals[0]
        raise silence
