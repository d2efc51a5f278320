"""Figures for Prometheus (text format 0.0.4): requests, how far the node has followed, what it lacks."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from node.api.judgement_metrics import JudgementMetrics
from node.api.ledger_metrics import LedgerMetrics
from node.api.outbox_metrics import OutboxMetrics
from node.api.problems import internal_error
from node.api.worker_metrics import across_workers
from node.services.holdings import Holdings, RememberedHoldings
from node.services.status import Status

_LOG = logging.getLogger("node.access")
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
)
"""Stranger's bytes are never taken for pages; any page may read what everybody may read."""
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of one application; each application has its own, so that tests do not add up."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "ankyra_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self.latency = Histogram(
            "ankyra_http_request_seconds",
            "Time to the last byte.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.judgements = JudgementMetrics(self._registry)
        self.ledger = LedgerMetrics(self._registry)
        self.outbox = OutboxMetrics(self._registry)
        self.holdings = RememberedHoldings()
        self.head_block = self._gauge("ankyra_head_block", "Newest block that the ledger was seen to have.")
        self.cursor_block = self._gauge("ankyra_cursor_block", "Newest block that the projection includes.")
        self.log_size = self._gauge("ankyra_log_size", "Entries in the projection.")
        self.lag_seconds = self._gauge(
            "ankyra_lag_seconds", "Seconds since the projection was last at the head."
        )
        self.ledger_reachable = self._gauge(
            "ankyra_ledger_reachable", "1 if the last look at the ledger got an answer."
        )
        self.lists_not_at_hand = self._gauge(
            "ankyra_status_lists_not_at_hand",
            "Published list credentials that are not held here, superseded ones included.",
        )
        self.lists_withheld = self._gauge(
            "ankyra_status_lists_withheld", "Lists of which the one published last is not held here."
        )
        self.batches_unavailable = self._gauge(
            "ankyra_batches_unavailable", "Anchored batches whose leaves are not held here."
        )
        self.didkit_up = self._gauge(
            "ankyra_didkit_up", "1 if the process that judges embedded proofs runs; it starts when needed."
        )
        self._alarm = Gauge(
            "ankyra_alarm", "1 for the alarm that stopped following.", ["name"], registry=self._registry
        )

    def set_status(self, found: Status) -> None:
        """Show how far the node has followed, and what stopped it."""
        self.head_block.set(found.head or 0)
        self.cursor_block.set(found.cursor or 0)
        self.log_size.set(found.size)
        self.lag_seconds.set(float("nan") if found.lag_seconds is None else found.lag_seconds)
        self.outbox.show(found.outbox)
        self.ledger_reachable.set(found.ledger_reachable)
        self.ledger.show(found.ledger)
        self.set_alarm(found.alarm)

    def set_holdings(self, found: Holdings, *, didkit_up: bool) -> None:
        """Show what is not at hand, and whether didkit's process runs."""
        self.lists_not_at_hand.set(found.publications_not_at_hand)
        self.lists_withheld.set(found.lists_withheld)
        self.batches_unavailable.set(found.batches_unavailable)
        self.didkit_up.set(didkit_up)

    def set_alarm(self, name: str | None) -> None:
        """Show `name` as the only alarm, or none."""
        self._alarm.clear()
        if name is not None:
            self._alarm.labels(name).set(1)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self._registry)

    def exposition(self) -> Response:
        """Return all figures in the text format."""
        figures = generate_latest(across_workers(self._registry))
        return Response(figures, media_type=CONTENT_TYPE_LATEST)


class Observed:
    """Outermost ASGI layer: counts and times each request, and answers for whatever nobody foresaw.

    Only the route's template is recorded: paths hold DIDs and digests, and digests may be personal data.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other kinds of connections pass unseen."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = scope | {"method": "GET"}  # the server leaves the body out (RFC 9110 section 9.3.2)
        began = time.perf_counter()
        status = 0

        async def watched(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 -- the last line before the user: no trace may pass it
            answer = internal_error(Request(scope), error)
            if not status:
                await answer(scope, receive, watched)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = getattr(scope.get("route"), "path", "unrouted")
            seconds = time.perf_counter() - began
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.latency.labels(method, route).observe(seconds)
            _LOG.info(
                "request", extra={"method": method, "route": route, "status": status, "seconds": seconds}
            )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
