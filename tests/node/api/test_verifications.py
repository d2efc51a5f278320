import gc
import json
import logging
import resource
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from anchoring.batch import Batch
from credentials.verdict import CHECKS
from did.base64url import encode_base64url
from node.api.verifications import MAX_CREDENTIAL
from node.app import application
from node.db.leaves import drop_blob
from node.db.session import reading, writing
from node.db.tables import METADATA
from node.services.node import Node
from tests.credentials.world import TI, Country, country
from tests.node.api.world import served
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket

PATH = "/v1/verifications"
Json = dict[str, Any]


@dataclass
class Desk:
    """A country, a node that holds it, and a client of that node."""

    home: Country
    node: Node
    http: httpx.Client

    def verdict(
        self, credential: bytes, *, media_type: str | None = "application/vc+jwt", **query: str
    ) -> Json:
        """The verdict on a bare credential."""
        headers = {} if media_type is None else {"content-type": media_type}
        return self._ok(self.http.post(PATH, content=credential, headers=headers, params=query))

    def judged(self, credential: str | Json, **members: Any) -> Json:
        """The verdict on a credential in an envelope."""
        return self._ok(self.http.post(PATH, json={"credential": credential, **members}))

    def _ok(self, answer: httpx.Response) -> Json:
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def problem(self, body: Any, **query: str) -> tuple[int, str]:
        """Status and code of what refuses an envelope."""
        headers = {"content-type": "application/json"}
        answer = self.http.post(PATH, content=json.dumps(body), headers=headers, params=query)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, answer.json()["code"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = country()
    with (
        node_of(home.world, tmp_path_factory.mktemp("desk")) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        yield Desk(home, node, http)


@pytest.mark.parametrize(
    "media_type",
    [
        *("application/vc+jwt", "application/jwt", "application/vc", "application/ld+json"),
        *("text/plain", "text/plain; charset=utf-8", "application/octet-stream", None),
    ],
)
def test_a_bare_credential_is_judged_under_any_media_type(desk: Desk, media_type: str | None) -> None:
    found = desk.verdict(desk.home.credential, media_type=media_type)
    assert (found["outcome"], found["schema"]) == ("valid", "ankyra-verdict/1")
    assert [check["name"] for check in found["checks"]] == [check.name for check in CHECKS]
    assert found["credential"]["digest"] == desk.home.digest.hex()
    assert found["asOf"]["size"] == len(desk.home.world.log)


def test_an_envelope_gets_the_same_verdict(desk: Desk) -> None:
    bare = desk.verdict(desk.home.credential)
    assert desk.judged(desk.home.credential.decode()) == bare
    assert desk.judged(desk.home.credential.decode(), asOf=None, policy=None, receipt=None) == bare
    assert desk.judged(desk.home.credential.decode() + "\n", policy={}) == bare


def test_an_altered_credential_is_invalid_and_that_is_an_answer(desk: Desk) -> None:
    header, payload, signature = desk.home.credential.split(b".")
    altered = b".".join((header, payload, (b"B" if signature[:1] == b"A" else b"A") + signature[1:]))
    found = desk.verdict(altered)
    assert found["outcome"] == "invalid"
    assert next(check["name"] for check in found["checks"] if check["outcome"] == "failed") == "signature"


def test_the_time_asked_for_comes_by_the_query_or_in_the_envelope(desk: Desk) -> None:
    before = "2026-11-21T10:00:00Z"
    by_query = desk.verdict(desk.home.credential, **{"as-of": before})
    assert by_query["at"] == before
    assert by_query["outcome"] != "valid"
    assert desk.judged(desk.home.credential.decode(), asOf="2026-11-21T11:00:00+01:00") == by_query


def test_relaxed_checks_come_by_the_query_or_in_the_envelope(desk: Desk) -> None:
    by_query = desk.verdict(desk.home.credential, relax="status,schema")
    assert by_query["relaxed"] == ["schema", "status"]
    assert desk.judged(desk.home.credential.decode(), policy={"relax": ["status", "schema"]}) == by_query


def test_a_query_beside_an_envelope_is_refused(desk: Desk) -> None:
    body = {"credential": desk.home.credential.decode()}
    assert desk.problem(body, relax="status") == (400, "invalidParameter")
    assert desk.problem(body, **{"as-of": "2026-11-21T10:00:00Z"}) == (400, "invalidParameter")
    assert desk.problem(body, surprise="1") == (400, "unknownParameter")


def test_a_json_ld_credential_is_told_from_the_envelope_by_its_context(desk: Desk) -> None:
    document = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "credential": "a member like any other",
        "proof": {"type": "DataIntegrityProof"},
    }
    bare = desk.verdict(json.dumps(document).encode(), media_type="application/json")
    assert bare["outcome"] == "invalid"
    assert bare["checks"][0]["outcome"] == "failed"
    assert desk.judged(document) == bare
    assert desk.judged(json.dumps(document)) == bare
    assert desk.verdict(json.dumps(document).encode(), media_type="application/vc") == bare


def test_an_envelope_that_is_declared_as_nothing_is_told_how_to_be_one(desk: Desk) -> None:
    envelope = json.dumps({"credential": desk.home.credential.decode()}).encode()
    for media_type in (None, "application/x-www-form-urlencoded"):
        found = desk.verdict(envelope, media_type=media_type)
        assert found["outcome"] == "invalid"
        assert found["sentence"].endswith("If this is an envelope, declare it as application/json.")
        assert found["checks"][0]["sentence"] == found["sentence"]
    assert "envelope" not in desk.verdict(b'{"id": "no envelope"}')["sentence"]
    assert "envelope" not in desk.verdict(b'{"@context": [], "credential": 1}')["sentence"]


def test_a_jwt_that_is_declared_as_json_is_told_what_it_is(desk: Desk) -> None:
    headers = {"content-type": "application/json"}
    answer = desk.http.post(PATH, content=b"\n" + desk.home.credential, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidJson")
    assert "declare it as application/vc+jwt" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        *([], "text", 7, None, {}, {"asOf": "2026-11-21T10:00:00Z"}, {"credential": 7}, {"credential": []}),
        *({"credential": None}, {"credential": "x", "more": 1}, {"credential": "x", "asOf": 7}),
        *({"credential": "x", "policy": []}, {"credential": "x", "policy": {"require": []}}),
        *({"credential": "x", "policy": {"relax": "status"}}, {"credential": "x", "policy": {"relax": [1]}}),
        {"credential": "x", "policy": {"relax": ["status"] * 17}},
        *({"credential": "x", "receipt": {}}, {"credential": "x", "receipt": "r"}),
        {"credential": "x", "receipt": {"version": 1, "digest": "ab"}},
    ],
    ids=lambda body: json.dumps(body)[:60],
)
def test_what_is_no_envelope_is_a_problem(desk: Desk, body: Any) -> None:
    assert desk.problem(body) == (400, "invalidRequest")


@pytest.mark.parametrize("moment", ["2026-11-21", "2026-11-21T10:00:00", "yesterday", "2026-13-01T00:00:00Z"])
def test_a_time_without_zone_or_sense_is_a_problem(desk: Desk, moment: str) -> None:
    body = {"credential": desk.home.credential.decode(), "asOf": moment}
    assert desk.problem(body) == (400, "invalidParameter")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_a_time_before_all_ledgers_gets_a_verdict(desk: Desk, moment: str) -> None:
    found = desk.verdict(desk.home.credential, **{"as-of": moment})
    assert found["outcome"] != "valid"
    assert found["at"] == moment


def test_a_time_in_the_future_is_a_problem(desk: Desk) -> None:
    body = {"credential": desk.home.credential.decode(), "asOf": "9999-12-31T23:59:59Z"}
    assert desk.problem(body) == (400, "timeNotCome")


@pytest.mark.parametrize("name", ["format", "signature", "profile", "everything", ""])
def test_what_no_verdict_can_do_without_is_not_relaxed(desk: Desk, name: str) -> None:
    body = {"credential": desk.home.credential.decode(), "policy": {"relax": [name]}}
    assert desk.problem(body) == (400, "policyRefused")


def test_no_answer_is_kept_anywhere(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def rows() -> dict[str, int]:
        with reading(desk.node.engine) as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar() or 0
                for name, table in METADATA.tables.items()
            }

    before = rows()
    with caplog.at_level(logging.DEBUG):
        answer = desk.http.post(PATH, content=desk.home.credential)
        desk.http.get("/healthz")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert rows() == before
    payload = desk.home.credential.split(b".")[1].decode()
    own = [line for line in caplog.records if line.name.startswith(("node", "uvicorn"))]
    assert own
    for line in own:
        assert payload[:64] not in str(vars(line))
        assert desk.home.university.did not in str(vars(line))


def test_a_receipt_shows_an_anchor_whose_leaves_are_not_at_hand(tmp_path: Path) -> None:
    home = country()
    with (
        node_of(home.world, tmp_path) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        desk = Desk(home, node, http)
        receipt = http.get(f"/v1/anchors/{home.digest.hex()}").json()["anchors"][0]["receipt"]
        with writing(node.engine) as connection:
            drop_blob(connection, root=home.anchor.root, size=home.anchor.size)
        without = desk.judged(home.credential.decode())
        assert (without["outcome"], without["checks"][7]["outcome"]) == ("indeterminate", "not_determinable")
        assert desk.judged(home.credential.decode(), receipt=receipt)["outcome"] == "valid"
        receipt["batch"]["path"] = ["ab" * 32 for _ in receipt["batch"]["path"]]
        assert desk.judged(home.credential.decode(), receipt=receipt)["outcome"] == "indeterminate"


# --- bad input: a verdict or a problem, soon, and the next request is served --------------------------------


def _jwt(header: str, payload: str) -> bytes:
    parts = (encode_base64url(text.encode()) for text in (header, payload, "signature" * 8))
    return ".".join(parts).encode()


def _nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


NASTY = {
    "nothing": b"",
    "white space": b" \n" * 1000,
    "zero bytes": bytes(1000),
    "not utf-8": b"\xff\xfe" * 1000,
    "alg none": _jwt('{"alg":"none"}', "{}"),
    "hmac": _jwt('{"alg":"HS256","kid":"did:example:1#1"}', "{}"),
    "a mebibyte": b"A" * MAX_CREDENTIAL,
    "a mebibyte of dots": b"." * MAX_CREDENTIAL,
    "a mebibyte of brackets": b"[" * MAX_CREDENTIAL,
    "a mebibyte of objects": b'{"a":' * (MAX_CREDENTIAL // 5),
    "a mebibyte of quotes": b'{"a":"' + b'\\"' * (MAX_CREDENTIAL // 2 - 4),
    "a mebibyte of members": ("{" + ",".join(f'"{n}":0' for n in range(90_000)) + "}").encode(),
    "a mebibyte of digits": b'{"a":' + b"9" * (MAX_CREDENTIAL - 6) + b"}",
    "10,000 deep": _nested(10_000).encode(),
    "10,000 deep in a jwt": _jwt('{"alg":"ES256"}', _nested(10_000)),
    "nan": _jwt('{"alg":"ES256"}', '{"vc":{"a":NaN}}'),
    "a huge number": _jwt('{"alg":"ES256"}', '{"nbf":1e400}'),
    "a member twice": _jwt('{"alg":"ES256"}', '{"iss":"a","iss":"b"}'),
    "a large jwt": _jwt('{"alg":"ES256","kid":"did:example:1#1"}', '{"vc":"' + "x" * 700_000 + '"}'),
    "half a pair": rb'{"@context":["\ud800"]}',
}


@pytest.mark.parametrize("media_type", ["application/vc+jwt", "application/json"])
@pytest.mark.parametrize("name", NASTY)
def test_whatever_is_sent_gets_a_verdict_or_a_problem(desk: Desk, name: str, media_type: str) -> None:
    answer = desk.http.post(PATH, content=NASTY[name], headers={"content-type": media_type}, timeout=20)
    if answer.status_code == 200:
        assert answer.json()["outcome"] in {"invalid", "indeterminate"}
    else:
        assert answer.status_code in {400, 413}
        assert answer.json()["code"] in {"invalidJson", "invalidRequest", "tooLarge"}
    assert "Traceback" not in answer.text
    assert desk.verdict(desk.home.credential)["outcome"] == "valid"


def test_one_byte_more_than_a_mebibyte_is_a_problem(desk: Desk) -> None:
    answer = desk.http.post(PATH, content=b"A" * (MAX_CREDENTIAL + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "tooLarge")
    inside = desk.judged("A" * (MAX_CREDENTIAL + 1))
    assert inside["checks"][0]["outcome"] == "failed"


def test_nasty_bodies_together_leave_room_and_other_answers_alone(desk: Desk) -> None:
    """64 at once: memory stays bounded, and other paths are answered meanwhile."""
    for body in NASTY.values():
        desk.http.post(PATH, content=body)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bodies = [body for body in NASTY.values() if len(body) > 500_000] * 8
    answers: list[int] = []

    def send(body: bytes) -> None:
        with httpx.Client(base_url=desk.http.base_url, trust_env=False, timeout=120) as http:
            answers.append(http.post(PATH, content=body).status_code)

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    meanwhile = desk.http.get("/healthz").status_code
    for thread in threads:
        thread.join()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # KiB; sender and node together
    assert meanwhile == 200
    assert len(answers) == len(bodies)
    assert set(answers) <= {200, 400, 503}
    assert grown < 400 * 1024
    assert desk.verdict(desk.home.credential)["outcome"] == "valid"


def test_a_credential_without_a_batch_of_its_issuer_is_judged_by_what_there_is(tmp_path: Path) -> None:
    home = country()
    newcomer = home.world.actor("Newcomer")
    home.world.accredit(newcomer, home.tao, TI)
    credential = home.world.issue(newcomer)
    with node_of(home.world, tmp_path) as node, served(application(node)) as url:
        answer = httpx.post(url + PATH, content=credential, trust_env=False).json()
        assert (answer["outcome"], answer["checks"][7]["outcome"]) == ("valid", "not_applicable")


def test_a_batch_is_what_it_hashes_to(desk: Desk) -> None:
    """The world's own batches and the node's agree, so that the verdicts above are about the same anchors."""
    leaves = desk.home.world.leaves[desk.home.anchor.root]
    assert Batch.from_digests(leaves).root == desk.home.anchor.root
