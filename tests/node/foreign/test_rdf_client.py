"""The process that canonicalises RDF: right, bounded, and there for the next who asks."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import Unavailable
from node.foreign.rdf_canonical import canonical_nquads
from node.foreign.rdf_client import RdfProcess
from node.foreign.rdf_worker import MEMORY_BYTES, answer
from tests.node.foreign.badges import badge, poison

ISSUER = "did:key:z6MkigjnFK3pgYLdERx3po9zWJnxzm1baNgR6hknPyPxxUwF"
_SLEEPS = "print('ready', flush=True); import time; time.sleep(600)"


@pytest.fixture(scope="module")
def rdf() -> Iterator[RdfProcess]:
    made = RdfProcess(seconds=60, starting_seconds=60)  # a busy machine must not decide
    yield made
    made.close()


def test_it_gives_what_the_processor_gives_for_each_document(rdf: RdfProcess) -> None:
    made = [badge(ISSUER), badge(ISSUER, model="1.1")]
    assert list(rdf.canonical_rdf(made)) == [canonical_nquads(one).encode() for one in made]
    assert rdf.canonical_rdf([]) == []


def test_a_refusal_has_its_sentence_and_the_process_goes_on(rdf: RdfProcess) -> None:
    rdf.canonical_rdf([badge(ISSUER)])
    before = rdf.pid
    with pytest.raises(Unavailable, match="'finalGrade'"):
        rdf.canonical_rdf([badge(ISSUER), badge(ISSUER, finalGrade="A+")])
    assert rdf.pid == before


def _once_it_is_up(rdf: RdfProcess, document: dict[str, Any]) -> bytes | str:
    """The answer or the refusal, asked as often as it takes for the process to be up."""
    while True:
        try:
            (text,) = rdf.canonical_rdf([document])
        except Unavailable as error:
            if "being started" not in error.sentence:
                return error.sentence
        else:
            return text


def test_a_graph_that_is_dear_to_order_ends_in_time_and_the_next_one_is_answered() -> None:
    bounded = RdfProcess(seconds=3, starting_seconds=60)
    good = canonical_nquads(badge(ISSUER)).encode()
    assert _once_it_is_up(bounded, badge(ISSUER)) == good
    started = time.monotonic()
    refused = _once_it_is_up(bounded, poison(ISSUER))
    assert refused == "The proof could not be judged in the time there is."
    assert time.monotonic() - started < 60
    assert bounded.pid is None
    assert _once_it_is_up(bounded, badge(ISSUER)) == good
    bounded.close()


@pytest.mark.parametrize(
    "made",
    [
        badge(ISSUER, skills=10_000),
        badge(ISSUER, name=[f"{number}" for number in range(10_000)]),
    ],
    ids=["nodes", "values"],
)
def test_ten_thousand_of_anything_come_to_an_end(made: dict[str, Any]) -> None:
    bounded = RdfProcess(seconds=2, starting_seconds=60)
    _once_it_is_up(bounded, made)  # an answer or a refusal: either is right
    assert isinstance(_once_it_is_up(bounded, badge(ISSUER)), bytes)
    bounded.close()


def test_what_is_nested_deeper_than_anything_is_refused() -> None:
    deep: dict[str, Any] = {"type": "Related", "inLanguage": "en"}
    for _ in range(900):
        deep = {"type": "Related", "related": [deep]}
    made = badge(ISSUER)
    made["credentialSubject"]["achievement"]["related"] = deep
    assert "refused" in answer({"documents": [made]})


def test_a_killed_process_is_followed_by_another(rdf: RdfProcess) -> None:
    rdf.canonical_rdf([badge(ISSUER)])
    first = rdf.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    with pytest.raises(Unavailable):
        rdf.canonical_rdf([badge(ISSUER)])
    assert rdf.canonical_rdf([badge(ISSUER)])
    assert rdf.pid != first


def test_a_process_that_falls_silent_is_ended() -> None:
    silent = RdfProcess(seconds=1, starting_seconds=20, command=(sys.executable, "-c", _SLEEPS))
    assert "in the time there is" in str(_once_it_is_up(silent, badge(ISSUER)))
    assert silent.pid is None


def test_its_memory_is_bounded(rdf: RdfProcess) -> None:
    rdf.canonical_rdf([badge(ISSUER)])
    limits = Path(f"/proc/{rdf.pid}/limits")
    if not limits.exists():
        pytest.skip("this system does not show the limits of a process")
    bound = next(line for line in limits.read_text("utf-8").splitlines() if "address space" in line)
    assert str(MEMORY_BYTES) in bound
