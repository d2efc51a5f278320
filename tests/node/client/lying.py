"""A node that passes on the real one's answers, and changes those of one path."""

from collections.abc import Callable
from typing import Any

import httpx

from node.client.api import Node
from tests.node.client.answers import node_that
from tests.node.client.conftest import Play

Change = Callable[[dict[str, Any]], object]


def lying(play: Play, change: Change, *, about: str = "/v1/anchors/") -> Node:
    """A node whose answers under the path `about` are changed."""

    def answer(request: httpx.Request) -> httpx.Response:
        path, params = request.url.path, request.url.params
        json_type = {"content-type": "application/json"}
        if request.method == "POST":
            found = play.world.http.post(path, params=params, content=request.content, headers=json_type)
        else:
            found = play.world.http.get(path, params=params)
        if not request.url.path.startswith(about):
            return httpx.Response(found.status_code, content=found.content)
        value = found.json()
        change(value)
        return httpx.Response(200, json=value)

    return node_that(answer)
