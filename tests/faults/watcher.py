"""Somebody who asks all the while whether two credentials are genuine, and keeps every answer."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.faults.template import World

_PAUSE = 0.2  # seconds between two rounds
_ALLOWED = {"good": {"valid", "indeterminate"}, "revoked": {"invalid", "indeterminate"}}
_RETRIED = {429, 503}
_PROBLEM = "application/problem+json"


@dataclass(slots=True)
class Watch:
    """The answers by question, and those that no node may give."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def verdicts(self, question: str) -> set[str]:
        """The different answers to a question."""
        return {name.partition(": ")[2] for name in self.answers if name.startswith(question + ":")}


@contextmanager
def asking(world: World) -> Iterator[Watch]:
    """Questions while the block runs."""
    watch, stop = Watch(), threading.Event()
    thread = threading.Thread(target=_ask_on, args=(world, watch, stop), name="watcher", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join(60)


def _ask_on(world: World, watch: Watch, stop: threading.Event) -> None:
    try:
        _ask(world, watch, stop)
    except Exception as error:  # noqa: BLE001 - a watcher that ends early would find nothing wrong any more
        watch.wrong.append(f"nobody watched any more: {type(error).__name__}: {error}")


def _ask(world: World, watch: Watch, stop: threading.Event) -> None:
    with httpx.Client(base_url=world.stage.url, trust_env=False, timeout=60) as http:
        while not stop.is_set():
            for question, credential in (("good", world.good), ("revoked", world.revoked)):
                _verdict(http, watch, question, credential)
            _read(http, watch, "/v1/log/checkpoint")
            _read(http, watch, "/readyz")
            stop.wait(_PAUSE)


def _verdict(http: httpx.Client, watch: Watch, question: str, credential: bytes) -> None:
    begun = time.monotonic()
    try:
        answer = http.post(
            "/v1/verifications", content=credential, headers={"Content-Type": "application/vc+jwt"}
        )
    except httpx.TransportError:
        watch.answers[f"{question}: no answer"] += 1
        return
    watch.slowest = max(watch.slowest, time.monotonic() - begun)
    if answer.status_code != httpx.codes.OK:
        _problem(watch, question, answer)
        return
    said = str(answer.json()["outcome"])
    watch.answers[f"{question}: {said}"] += 1
    if said not in _ALLOWED[question]:
        watch.wrong.append(f"the {question} credential is called {said}: {answer.text[:4000]}")


def _read(http: httpx.Client, watch: Watch, path: str) -> None:
    try:
        answer = http.get(path)
    except httpx.TransportError:
        watch.answers[f"{path}: no answer"] += 1
        return
    watch.answers[f"{path}: {answer.status_code}"] += 1
    if answer.status_code not in {200, 503} or (path != "/readyz" and answer.status_code == 503):
        _problem(watch, path, answer)


def _problem(watch: Watch, question: str, answer: httpx.Response) -> None:
    """A refusal is a problem document (RFC 9457); one that will pass says when to ask again."""
    watch.answers[f"{question}: {answer.status_code}"] += 1
    members = answer.json() if answer.headers.get("content-type", "").startswith(_PROBLEM) else {}
    if not {"type", "title", "status"} <= set(members):
        watch.wrong.append(f"{question}: {answer.status_code} without a problem: {answer.text[:500]}")
    if answer.status_code not in _RETRIED:
        watch.wrong.append(f"{question}: {answer.status_code}: {answer.text[:500]}")
    elif not answer.headers.get("retry-after", "").isdigit():
        watch.wrong.append(f"{question}: {answer.status_code} does not say when to ask again")
