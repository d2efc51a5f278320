"""Nodes that answer what a test says, without sockets: for lies that no real node tells."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from node.client.api import Node

Answer = Callable[[httpx.Request], httpx.Response]


def node_that(answer: Answer, url: str = "https://node.example") -> Node:
    return Node(url, transport=httpx.MockTransport(answer))


def node_with(routes: Mapping[str, Any]) -> Node:
    """A node that answers each path with its value, and 404 elsewhere."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path in routes:
            value = routes[request.url.path]
            return httpx.Response(200, json=value(request) if callable(value) else value)
        return httpx.Response(404, json={"title": "Not Found", "status": 404, "detail": request.url.path})

    return node_that(answer)


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content)
