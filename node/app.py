"""The node as one process: API, follower and outbox together, started, watched and stopped."""

import asyncio
import errno
import secrets
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import datetime
from importlib.metadata import version

import uvicorn
from fastapi import FastAPI

from node.api import (
    abi,
    anchors,
    authorisation,
    batches,
    did_registry,
    docs_page,
    health,
    history,
    identifiers,
    issuer_proxies,
    issuers,
    ledger,
    log,
    openapi,
    payloads,
    problems,
    registry_health,
    statistics,
    status_lists,
    timestamp,
    transactions,
    trusted_issuers_registry,
    trusted_policies_registry,
    trusted_schemas_registry,
    verifications,
)
from node.api.asked import Asked
from node.api.clients import Clients
from node.api.connections import Doors
from node.api.judging import Judging
from node.api.large_bodies import LargeBodies
from node.api.limits import Limited
from node.api.metrics import Metrics, Observed
from node.api.rate import Rate
from node.api.shared_reading import SharedReading
from node.background import Background
from node.clock import wall_clock
from node.config import Settings
from node.errors import ConfigurationError, DatabaseUnavailable, NodeError
from node.failpoints import arm_from_environment
from node.json_log import log_to
from node.services.errors import ProjectionDamaged
from node.services.keys_passphrase import drop_drafts, keys_passphrase
from node.services.node import Node, open_node
from node.services.statistics import figures_in, newest_month
from node.services.view import viewing
from node.web import (
    anchored,
    lost,
    month_charts,
    node_status,
    overview,
    pages,
    registry_batch,
    registry_entry,
    registry_graph,
    registry_history,
    registry_issuers,
    registry_search,
    static_files,
    statistics_page,
    verifying,
)
from node.workers import Workers, address

USAGE = 2
"""Exit code for what the operator can mend: a setting, a file, a port."""
GRACE_SECONDS = 10
_BACKLOG = 2048
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
_APIS = (
    batches, transactions, anchors, status_lists, history, issuers, log, payloads, identifiers, did_registry,
    trusted_issuers_registry, issuer_proxies, trusted_schemas_registry, trusted_policies_registry, timestamp,
    authorisation, abi, registry_health, verifications, statistics, ledger, health, docs_page,
)  # fmt: skip

_PAGES = (
    static_files, verifying, anchored, overview, statistics_page,
    registry_issuers, registry_graph, registry_batch, registry_entry, registry_search, registry_history,
    node_status,
)  # fmt: skip


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = wall_clock,
    follow: bool = True,
    holder: str | None = None,
) -> FastAPI:
    """Return the application, with its database open.

    Args:
        settings: what the operator chose.
        clock: the present, aware UTC.
        follow: False serves what the database holds, and leaves following to another process.
        holder: the name under which this process follows, which no other has; None makes one up.

    Raises:
        NodeError: a file or the database cannot be used; one line says why.
    """
    node = open_node(settings, clock=clock, holder=holder or secrets.token_hex(8))
    return application(node, lifespan=_lifespan(node, follow=follow))


def application(node: Node, *, lifespan: Lifespan | None = None) -> FastAPI:
    """Return the HTTP application over an open node; `lifespan` says what runs beside it."""
    app = FastAPI(
        title="Ankyra registry node",
        summary="A registry node for academic credentials anchored on a shared ledger.",
        description="Who accredited whom, who anchored what, and proofs that need no trust in this node.",
        version=version("ankyra"),
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.node = node
    app.state.metrics = Metrics()
    app.state.large_bodies = LargeBodies()
    app.state.digesting = asyncio.Lock()
    app.state.judging = Judging()
    app.state.shared_reading = SharedReading(node)
    problems.install(app)
    for api in _APIS:
        app.include_router(api.router)
    for rendered in _PAGES:
        app.include_router(rendered.router)
    lost.install(app)
    openapi.describe(app)
    clients = Clients(node.settings.trusted_proxies)
    app.state.doors = Doors(clients)
    app.add_middleware(Asked, clients=clients)
    app.add_middleware(Limited, rate=Rate(node.settings.rate_limit), clients=clients)
    app.add_middleware(Observed, metrics=app.state.metrics)
    return app


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code, 2 where the operator must mend something.

    With more than one worker this process serves nothing itself: it looks after those that do.
    """
    log_to(sys.stderr)
    try:
        arm_from_environment()
        drop_drafts(settings)
        if settings.keys_passphrase_file:
            keys_passphrase(settings)  # a wrong one is the operator's to mend now, and no client's later
        listening = listen(settings.host, settings.port)
        with listening:
            if settings.workers > 1:
                return Workers(settings, listening).run()
            app = create_app(settings)
            sys.stdout.write(f"Listening on {address(listening)}\n")
            sys.stdout.flush()
            server_of(app).run(sockets=[listening])
    except NodeError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    return 0


def server_of(app: FastAPI) -> "Server":
    """Return a server for `app`, configured as the node serves."""
    return Server(
        uvicorn.Config(
            app,
            http=app.state.doors.protocol,
            ws="none",  # its own protocol would know none of the bounds
            log_config=None,
            access_log=False,  # it would write paths, and paths hold DIDs and digests
            server_header=False,
            proxy_headers=False,  # who is local is judged by the connection itself
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=30,
            lifespan="on",
        )
    )


class Server(uvicorn.Server):
    """A server for which a signal is a request to stop, and not a reason to have failed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order at the first signal; uvicorn's own way would end by raising it again."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        ConfigurationError: the address is taken, not this machine's, or not allowed; one line says which.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise ConfigurationError(f"cannot listen on {host}: {error.strerror}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        hint = "another program listens there" if error.errno == errno.EADDRINUSE else error.strerror
        raise ConfigurationError(f"cannot listen on {host}:{port}: {hint}; choose ANKYRA_PORT") from error
    return listening


def _lifespan(node: Node, *, follow: bool) -> Lifespan:
    @asynccontextmanager
    async def beside(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(_prepare, app, node)
        background = Background(node) if follow else None
        if background:
            background.start()
        try:
            yield
        finally:
            if background:
                await asyncio.to_thread(background.stop)
            node.close()

    return beside


def _prepare(app: FastAPI, node: Node) -> None:
    """Have in memory what the first answers would wait for: routes, compiled pages, the log and its year."""
    for route in app.routes:
        route.matches({"type": "http", "method": "GET", "path": "", "headers": []})  # which builds it
    pages.prepare()
    with suppress(ProjectionDamaged, DatabaseUnavailable), viewing(node, aging=False) as view:
        view.root_at(view.size)  # what keeps it from being read is told by each answer that needs it
        last = newest_month(view)
        figures_in(view, first=last - month_charts.MONTHS + 1, last=last)
