"""One worker: a whole node in a process of its own, on a socket that it was given (`node.workers`)."""

import os
import shutil
import socket
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from typing import Any

from node.app import GRACE_SECONDS, Server, create_app, server_of
from node.config import Settings
from node.errors import NodeError
from node.failpoints import arm_from_environment
from node.json_log import log_to
from node.workers import METRICS_FOLDER, READY, USAGE

_LAST_SECONDS = GRACE_SECONDS + 30
_ORPHANED = 1


def work(said: Mapping[str, Any]) -> int:
    """Serve until told to stop, or until the process that started this one is gone; return the exit code.

    Args:
        said: the settings, the number of the listening socket, and the name under which this worker follows.
    """
    log_to(sys.stderr)
    # Gauges are this worker's own, computed when they are asked for (`node.api.worker_metrics`).
    warnings.filterwarnings("ignore", message="(Clearing|Removal of) labels", category=UserWarning)
    with socket.socket(fileno=said["socket"]) as listening:
        try:
            arm_from_environment()
            app = create_app(Settings(**said["settings"]), holder=said["holder"])
        except NodeError as error:
            sys.stderr.write(f"{error}\n")
            return USAGE
        server = _Server(server_of(app).config)
        threading.Thread(target=_watch, args=(server,), daemon=True).start()
        server.run(sockets=[listening])
    return 0


class _Server(Server):
    """A server that says when it serves."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, and tell the process that started this one."""
        await super().startup(sockets)
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()


def _watch(server: Server) -> None:
    """The pipe ends with the process at its other end: then this one ends in order, or at last by force."""
    while os.read(sys.stdin.fileno(), 64):  # a buffer's lock would be in the way of an orderly end
        pass
    server.should_exit = True
    shutil.rmtree(os.environ[METRICS_FOLDER], ignore_errors=True)  # nobody else is left to do it
    time.sleep(_LAST_SECONDS)
    os._exit(_ORPHANED)
