"""Lists on issuers' own servers, waited for in threads of their own: a slow server delays nothing else."""

import asyncio
from dataclasses import dataclass, field

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Request

from node.services.node import Node
from node.services.proxied_lists import OwnServer, proxied_list

AT_ONCE = 8


@dataclass(slots=True)
class OwnServers:
    """What is being asked; used on the event loop alone, so that no lock is needed."""

    lane: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE))
    asked: dict[OwnServer, "asyncio.Task[bytes]"] = field(default_factory=dict)

    async def list_of(self, node: Node, place: OwnServer) -> bytes:
        """Return what `proxied_list` says of `place`; who asks for the same meanwhile gets the same answer.

        Raises:
            ListUnreachable: the server serves nothing there.
            ListInvalid: what it serves is no list of this issuer for this place that is in force.
            NodeBehind: nothing has been followed yet.
        """
        task = self.asked.get(place)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._ask(node, place))
            self.asked[place] = task
            task.add_done_callback(lambda done: self._forget(place, done))
        return await asyncio.shield(task)  # one who goes away takes it from nobody else

    async def _ask(self, node: Node, place: OwnServer) -> bytes:
        return await run_sync(proxied_list, node, place, limiter=self.lane)

    def _forget(self, place: OwnServer, done: "asyncio.Task[bytes]") -> None:
        del self.asked[place]
        if not done.cancelled():
            done.exception()  # seen, also where nobody waits any more


def own_servers(request: Request) -> OwnServers:
    """Return those of the application that `request` came to."""
    found: OwnServers | None = getattr(request.app.state, "own_servers", None)
    if found is None:
        found = request.app.state.own_servers = OwnServers()
    return found
