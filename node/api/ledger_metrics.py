"""Figures on the ledger itself: its endpoints, whether they agree, and what is final."""

from prometheus_client import CollectorRegistry, Gauge

from node.services.ledger_status import LedgerStatus

STATES = ("agrees", "lags", "disagrees", "unusable", "unreachable")
_UNKNOWN = float("nan")


class LedgerMetrics:
    """The ledger's part of the figures of one application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Every state's series is there from the beginning.

        Args:
            registry: where the figures are shown.
        """
        self._endpoints = Gauge(
            "ankyra_ledger_endpoints",
            "Endpoints of the ledger, by what the last look found.",
            ["state"],
            registry=registry,
        )
        for state in STATES:
            self._endpoints.labels(state)
        self._disagreement = Gauge(
            "ankyra_ledger_disagreement",
            "1 while endpoints of the ledger contradict one another.",
            registry=registry,
        )
        self._final_block = Gauge(
            "ankyra_final_block", "Newest followed block that is called final.", registry=registry
        )
        self._lag_blocks = Gauge(
            "ankyra_finality_lag_blocks",
            "Blocks between the newest final block and the newest block seen.",
            registry=registry,
        )
        self._lag_seconds = Gauge(
            "ankyra_finality_lag_seconds", "Seconds since the newest final block was made.", registry=registry
        )
        self._broken = Gauge(
            "ankyra_finality_broken",
            "How often the ledger took back what had been called final.",
            registry=registry,
        )

    def show(self, found: LedgerStatus) -> None:
        """Show how the ledger fares."""
        for state in STATES:
            self._endpoints.labels(state).set(sum(one.state == state for one in found.endpoints))
        self._disagreement.set(found.disagreement)
        self._final_block.set(_known(found.final_block))
        self._lag_blocks.set(_known(found.final_lag_blocks))
        self._lag_seconds.set(_known(found.final_lag_seconds))
        self._broken.set(found.finality_broken)


def _known(value: int | None) -> float:
    return _UNKNOWN if value is None else value
