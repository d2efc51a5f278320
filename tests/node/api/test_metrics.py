"""What `/metrics` tells of verdicts, and of what was to be judged and was not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from credentials.verdict import CHECKS
from node.api.large_bodies import AT_ONCE, LARGE
from node.api.verifications import MAX_CREDENTIAL
from node.app import application
from node.db.session import writing
from node.db.tables import ENTRY
from node.services.node import Node
from tests.credentials.world import Country, country
from tests.node.api.world import served
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket

PATH = "/v1/verifications"
VERDICTS = "ankyra_verdicts_total"
Figures = dict[tuple[str, ...], float]


@dataclass
class Watched:
    """A node that holds a country, and whoever asks it and watches it."""

    home: Country
    node: Node
    http: httpx.Client

    def figures(self) -> Figures:
        """Every sample by its name and the values of its labels in the order of the labels' names."""
        families = text_string_to_metric_families(self.http.get("/metrics").text)
        return {
            (one.name, *(one.labels[label] for label in sorted(one.labels))): one.value
            for family in families
            for one in family.samples
        }

    def counted(self, name: str) -> dict[tuple[str, ...], float]:
        """The samples of this name that are not 0, by the values of their labels."""
        return {key[1:]: value for key, value in self.figures().items() if key[0] == name and value}

    def ask(self, credential: bytes, **query: str) -> Any:
        """The answer on a bare credential."""
        answer = self.http.post(
            PATH, content=credential, params=query, headers={"content-type": "application/vc+jwt"}
        )
        return answer.json()


@pytest.fixture(scope="module")
def home() -> Country:
    return country()


@pytest.fixture
def watched(home: Country, tmp_path: Path) -> Iterator[Watched]:
    with (
        node_of(home.world, tmp_path) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        yield Watched(home, node, http)


def _decided_by(verdict: dict[str, Any]) -> str:
    """The deciding check's name, read off the verdict as a client would."""
    wanted = {"valid": "none", "invalid": "failed", "indeterminate": "not_determinable"}[verdict["outcome"]]
    deciding = [one["name"] for one in verdict["checks"] if one["required"] and one["outcome"] == wanted]
    return str(deciding[0]) if deciding else "none"


def test_each_verdict_is_counted_by_its_outcome_and_by_the_check_that_decided(watched: Watched) -> None:
    credential = watched.home.credential
    altered = credential[:-40] + bytes(reversed(credential[-40:-20])) + credential[-20:]
    asked = [
        (credential, {}),
        (credential, {}),
        (altered, {}),
        (b"no credential", {}),
        (credential, {"as-of": "1970-01-01T00:00:00Z"}),
    ]
    expected: dict[tuple[str, ...], float] = {}
    for body, query in asked:
        verdict = watched.ask(body, **query)
        key = (_decided_by(verdict), verdict["outcome"])
        expected[key] = expected.get(key, 0) + 1
    assert expected.keys() >= {("none", "valid"), ("signature", "invalid"), ("format", "invalid")}
    assert len(expected) == 4
    assert watched.counted(VERDICTS) == expected
    assert watched.counted("ankyra_verdict_seconds_count") == {(): len(asked)}


def test_a_verdict_is_counted_by_what_was_asked_of_it(watched: Watched, tmp_path: Path) -> None:
    """Without an accepted root nothing decides on the accreditation, unless the asker does without it."""
    with (
        node_of(watched.home.world, tmp_path / "rootless", root_taos=()) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        rootless = Watched(watched.home, node, http)
        rootless.ask(watched.home.credential)
        assert rootless.counted(VERDICTS) == {("accreditation", "indeterminate"): 1}
        rootless.ask(watched.home.credential, relax="accreditation")
        assert rootless.counted(VERDICTS) == {("accreditation", "indeterminate"): 1, ("none", "valid"): 1}


def test_every_series_is_there_before_its_first_event_and_nothing_that_is_sent_adds_one(
    watched: Watched,
) -> None:
    """Play the attack: a stranger sends names of its own until the memory of whoever watches is full."""
    before = watched.figures().keys()
    names = {key[1:] for key in before if key[0] == VERDICTS}
    decided = {(check.name, outcome) for check in CHECKS for outcome in ("invalid", "indeterminate")}
    assert names == decided | {("none", "valid")}
    for number in range(20):
        name = f"stranger-{number}"
        watched.ask(name.encode())
        watched.ask(watched.home.credential, relax=name)
        envelope = {"credential": {"@context": [name], "type": [name], "issuer": f"did:ebsi:{name}"}, name: 1}
        watched.http.post(PATH, json=envelope)
    added = watched.figures().keys() - before
    own = {key for key in added if key[0].startswith("ankyra_judgements_refused")}
    assert {key[1] for key in own} == {"policyRefused", "invalidRequest"}
    assert all(key[0].startswith("ankyra_http_") for key in added - own)
    text = watched.http.get("/metrics").text
    for private in ("stranger", "did:", watched.home.digest.hex(), watched.home.university.did):
        assert private not in text


def test_what_is_refused_is_counted_by_the_code_of_its_problem(watched: Watched) -> None:
    credential = watched.home.credential
    codes = [
        watched.ask(credential, relax="signature")["code"],
        watched.ask(credential, **{"as-of": "9999-12-31T23:59:59Z"})["code"],
        watched.http.post(PATH, content=b"{", headers={"content-type": "application/json"}).json()["code"],
        watched.ask(b"A" * (MAX_CREDENTIAL + 1))["code"],
    ]
    assert codes == ["policyRefused", "timeNotCome", "invalidJson", "tooLarge"]
    assert watched.counted("ankyra_judgements_refused_total") == {(code,): 1 for code in codes}
    assert watched.counted("ankyra_judgements_collapsed_total") == {}
    assert watched.counted(VERDICTS) == {}


def test_a_refusal_for_want_of_room_is_counted(home: Country, tmp_path: Path) -> None:
    with node_of(home.world, tmp_path) as node:
        app = application(node)
        app.state.large_bodies.held = AT_ONCE
        with served(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
            body = json.dumps({"credential": "A" * LARGE}).encode()
            answer = http.post(PATH, content=body, headers={"content-type": "application/json"})
            assert (answer.status_code, answer.json()["code"]) == (503, "busy")
            assert Watched(home, node, http).counted("ankyra_judgements_refused_total") == {("busy",): 1}


def test_a_damaged_database_counts_as_a_collapse(watched: Watched) -> None:
    with writing(watched.node.engine) as connection:
        connection.execute(update(ENTRY).where(ENTRY.c.entry_index == 3).values(hash=bytes(32)))
    assert watched.ask(watched.home.credential)["code"] == "projectionDamaged"
    assert watched.counted("ankyra_judgements_collapsed_total") == {(): 1}
    assert watched.counted("ankyra_judgements_refused_total") == {}


class Panic(BaseException):
    """What a library in another language raises when it breaks down: no Exception."""


def test_a_breakdown_of_a_library_counts_as_a_collapse_and_the_next_is_judged(
    home: Country, tmp_path: Path
) -> None:
    breaks = False

    def clock() -> datetime:
        if breaks:
            raise Panic
        return datetime.fromtimestamp(home.world.now, UTC)

    with (
        node_of(home.world, tmp_path) as node,
        served(application(replace(node, clock=clock))) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        watched = Watched(home, node, http)
        breaks = True
        assert watched.ask(home.credential)["code"] == "internalError"
        breaks = False
        assert watched.ask(home.credential)["outcome"] == "valid"
        assert watched.counted("ankyra_judgements_collapsed_total") == {(): 1}
        assert watched.counted(VERDICTS) == {("none", "valid"): 1}
