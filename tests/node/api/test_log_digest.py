"""The digest over the whole projection is dear: one is made at a time, and nobody else waits for it."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import Any

import pytest

from node.services import log
from tests.node.api.world import World

pytestmark = pytest.mark.enable_socket
ASKING = 50
"""More than the server has threads."""


def test_digests_are_made_one_at_a_time_while_others_are_answered(
    small: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, real = small.ok("/v1/log/digest"), log.digest
    alone, began, go_on = Lock(), Event(), Event()

    def slowly(*given: Any, **named: Any) -> tuple[int, bytes]:
        assert alone.acquire(blocking=False), "another digest is being made"
        try:
            began.set()
            assert go_on.wait(60)
            return real(*given, **named)
        finally:
            alone.release()

    monkeypatch.setattr("node.api.log.digest", slowly)
    with ThreadPoolExecutor(ASKING) as pool:
        asked = [pool.submit(small.ok, "/v1/log/digest") for _ in range(ASKING)]
        try:
            assert began.wait(60)
            time.sleep(0.2)  # let the others arrive; fewer would only make the test easier to pass
            assert small.ok("/v1/deployment")
        finally:
            go_on.set()
        assert [answer.result() for answer in asked] == [expected] * ASKING
