"""A document whose judge is just being started: the page waits for it, so that nobody hands in again."""

import json
from collections.abc import Iterator

import pytest
from fastapi import Request

from credentials.securing.data_integrity_signing import sign_data_integrity
from node.api.errors import TooManyRequests
from node.api.limits import VERIFICATION
from node.foreign.rdf_client import RdfProcess
from node.web import verify_answers
from tests.credentials.securing.data_integrity_cases import signer as signer_for
from tests.node.foreign.badges import badge
from tests.node.web.verifying_desk import Desk, checks_on

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def document() -> bytes:
    """A badge whose proof is over its graph, which a process apart makes canonical."""
    by = signer_for("ES256")
    signing = RdfProcess(seconds=60, starting_seconds=60)
    try:
        signed = sign_data_integrity(
            badge(by.did),
            key=by.private,
            verification_method=by.kid,
            cryptosuite="ecdsa-rdfc-2019",
            canonical=signing,
        )
    finally:
        signing.close()
    return json.dumps(signed).encode()


@pytest.fixture
def starting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[RdfProcess]:
    """The node's process, which is not running, and never up in the time of the first question."""
    canonical = desk.node.canonical
    assert isinstance(canonical, RdfProcess)
    canonical.close()
    monkeypatch.setattr("node.foreign.worker_process._OF_THE_START", 0.01)
    yield canonical
    canonical.close()


def _signature(desk: Desk, document: bytes) -> str:
    """Why the check of the signature did not pass; empty if it did."""
    answer = desk.hand_in(("document", ("badge.json", document)))
    assert answer.status_code == 200, answer.text
    return dict(checks_on(answer.text))["signature"]


def test_a_page_waits_for_what_judges_to_come_up(
    desk: Desk, document: bytes, starting: RdfProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_answers, "_PAUSES", (0.2,) * 200)
    assert _signature(desk, document) == ""
    assert starting.pid is not None


@pytest.mark.usefixtures("starting")
def test_what_does_not_come_up_in_time_is_told_with_its_reason(
    desk: Desk, document: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_answers, "_PAUSES", ())
    assert _signature(desk, document) == "busy"


@pytest.mark.usefixtures("starting")
def test_what_cannot_be_paid_for_once_more_is_told_with_its_reason(
    desk: Desk, document: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refused(_request: Request, units: int) -> None:
        asked.append(units)
        if len(asked) > 1:  # the first is for the form itself
            raise TooManyRequests(1, retry_after=1)

    monkeypatch.setattr(verify_answers, "_PAUSES", (0.01,) * 9)
    monkeypatch.setattr(verify_answers, "spend_further", refused)
    assert _signature(desk, document) == "busy"
    assert asked == [0, VERIFICATION]


@pytest.mark.usefixtures("starting")
def test_several_documents_are_judged_once(
    desk: Desk, document: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_answers, "_PAUSES", (0.2,) * 200)
    answer = desk.hand_in(("document", ("a.json", document)), ("document", ("b.json", b"{}")))
    assert "being started" in answer.text
