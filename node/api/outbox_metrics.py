"""Figures on the outbox: how long the oldest transaction waits, and how many are kept in which state."""

from prometheus_client import CollectorRegistry, Gauge

from node.services.outbox_status import OutboxStatus


class OutboxMetrics:
    """The outbox's part of the figures of one application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Nothing is shown yet.

        Args:
            registry: where the figures are shown.
        """
        self._age = Gauge(
            "ankyra_outbox_age_seconds",
            "Age of the oldest kept transaction that is not on the ledger; 0 if none.",
            registry=registry,
        )
        self._transactions = Gauge(
            "ankyra_transactions", "Signed transactions kept, by their state.", ["state"], registry=registry
        )

    def show(self, found: OutboxStatus) -> None:
        """Show how the outbox fares."""
        self._age.set(found.age_seconds)
        for state, count in found.transactions.items():
            self._transactions.labels(state).set(count)
