from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from anchoring.checkpoint import Checkpoint, parse_checkpoint
from anchoring.errors import BrokenHistory
from node.client.api import Node
from node.client.audit import AuditReport, audit
from node.client.batches import anchor_files
from node.client.errors import DeploymentChanged, UnexpectedAnswer
from node.client.profile import Deployment
from tests.node.client.answers import node_that
from tests.node.client.conftest import Play
from tests.node.client.credentials import signed_credential

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module", autouse=True)
def anchored(play: Play, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("anchored")
    for number in range(5):
        credential = signed_credential(play.issuers["KTU"].signer(), now=play.now)
        (folder / f"{number}.jwt").write_text(credential)
    anchor_files(play.open("KTU"), [folder], patience=play.patience)


@pytest.fixture
def rpc(play: Play) -> Iterator[Node]:
    with Node(play.world.ledger.ledger.url) as ledger:
        yield ledger


def run(play: Play, **options: Any) -> AuditReport:
    return audit(options.pop("node", play.node), now=play.now, **options)


def test_a_whole_history_is_replayed_and_equals_the_ledgers(play: Play, rpc: Node) -> None:
    report = run(play, rpc=rpc, deployment=play.issuers["KTU"].profile.deployment)
    assert (report.outcome, report.failures) == ("valid", ())
    assert report.ledger_root_compared
    assert [(batch.state, batch.size) for batch in report.batches] == [("rehashed", 5)]
    assert report.checkpoint == parse_checkpoint(play.world.get("/v1/log/checkpoint").content)
    assert report.checkpoint.text().count("\n") == 3
    assert len(report.projection_digest or "") == 64


def test_the_timeline_tells_each_issuers_story_in_order(play: Play) -> None:
    lines = run(play).issuers[play.issuers["KTU"].did]
    kinds = [line.kind for line in lines]
    assert kinds[0] == "did.inserted"
    assert kinds[-1] == "anchor.batch"
    assert [line.index for line in lines] == sorted(line.index for line in lines)
    assert all(line.sentence.endswith(".") for line in lines)


def test_the_log_goes_on_from_an_earlier_checkpoint(play: Play) -> None:
    earlier = parse_checkpoint(play.world.get("/v1/log/checkpoint", params={"size": "7"}).content)
    assert run(play, earlier=earlier).outcome == "valid"
    rewritten = Checkpoint(earlier.origin, earlier.size, bytes(32))
    assert any("rewritten" in failure for failure in run(play, earlier=rewritten).failures)
    ahead = Checkpoint(earlier.origin, 10**6, bytes(32))
    assert run(play, earlier=ahead).outcome == "invalid"
    foreign = Checkpoint("other/1/0x" + "0" * 40, 7, earlier.root)
    assert run(play, earlier=foreign).outcome == "invalid"


def test_another_deployment_than_the_pinned_one_is_refused(play: Play) -> None:
    with pytest.raises(DeploymentChanged):
        run(play, deployment=Deployment("other", 1, "0x" + "00" * 20, {}))


def between(play: Play, change: Callable[[httpx.Request, httpx.Response], httpx.Response | None]) -> Node:
    """A node that passes on the real one's answers, some of them changed."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = play.world.http.request(
            request.method, request.url.path, params=request.url.params, content=request.content
        )
        plain = httpx.Response(found.status_code, content=found.content)
        return change(request, plain) or plain

    return node_that(answer)


def test_a_node_that_drops_an_entry_is_found_out(play: Play) -> None:
    def drop(request: httpx.Request, found: httpx.Response) -> httpx.Response | None:
        if request.url.path != "/v1/history":
            return None
        page = found.json()
        del page["items"][4]
        return httpx.Response(200, json=page)

    with pytest.raises(BrokenHistory):
        run(play, node=between(play, drop))


def test_a_node_that_changes_an_entry_is_found_out(play: Play) -> None:
    def change(request: httpx.Request, found: httpx.Response) -> httpx.Response | None:
        if request.url.path != "/v1/history":
            return None
        page = found.json()
        page["items"][4]["parent"] = "11" * 32
        return httpx.Response(200, json=page)

    with pytest.raises(UnexpectedAnswer):
        run(play, node=between(play, change))


def test_a_node_that_names_issuers_without_end_is_not_listened_to_for_ever(play: Play) -> None:
    asked: list[str] = []

    def endless(request: httpx.Request, _found: httpx.Response) -> httpx.Response | None:
        if request.url.path != "/v1/issuers":
            return None
        asked.append(request.url.path)
        items = [{"did": f"did:ebsi:z{len(asked)}", "name": "Nobody"}]
        return httpx.Response(200, json={"items": items, "next": "on"})

    report = run(play, node=between(play, endless))
    assert report.outcome == "valid"
    assert len(asked) <= report.entries + 1


def test_a_node_that_hides_the_end_is_found_out_by_the_ledger(play: Play, rpc: Node) -> None:
    def hide(request: httpx.Request, found: httpx.Response) -> httpx.Response | None:
        if request.url.path != "/v1/history":
            return None
        page = found.json()
        page["items"] = [item for item in page["items"] if item["index"] < 10]
        return httpx.Response(200, json={**page, "next": None})

    shortened = between(play, hide)
    assert run(play, node=shortened).outcome == "valid"  # a true prefix: only the ledger knows of more
    report = run(play, node=shortened, rpc=rpc)
    assert any("shows only 10" in failure for failure in report.failures)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda leaves: leaves[:-1] + bytes([leaves[-1] ^ 1]), id="a flipped bit"),
        pytest.param(lambda leaves: leaves[32:], id="one missing"),
        pytest.param(lambda leaves: leaves + bytes(64), id="too many"),
        pytest.param(lambda _: b"", id="none"),
        pytest.param(lambda leaves: leaves[:-1], id="cut off"),
    ],
)
def test_wrong_leaves_are_found_out(play: Play, content: Callable[[bytes], bytes]) -> None:
    def change(request: httpx.Request, found: httpx.Response) -> httpx.Response | None:
        if not request.url.path.endswith("/leaves"):
            return None
        return httpx.Response(200, content=content(found.content))

    report = run(play, node=between(play, change))
    assert [batch.state for batch in report.batches] == ["mismatch"]
    assert report.outcome == "invalid"


@pytest.mark.parametrize(
    "content",
    [
        b'{"title": "Not Found", "status": 404, "code": "leavesUnavailable", "detail": "not held"}',
        b"<!doctype html>",
    ],
    ids=["a problem", "a page"],
)
def test_leaves_that_are_not_at_hand_are_not_called_wrong(play: Play, content: bytes) -> None:
    def missing(request: httpx.Request, _: httpx.Response) -> httpx.Response | None:
        if not request.url.path.endswith("/leaves"):
            return None
        return httpx.Response(404, content=content)

    report = run(play, node=between(play, missing))
    assert (report.outcome, len(report.unavailable)) == ("indeterminate", 1)


def test_a_false_checkpoint_of_the_node_is_found_out(play: Play) -> None:
    def false(request: httpx.Request, found: httpx.Response) -> httpx.Response | None:
        if request.url.path != "/v1/log/checkpoint":
            return None
        own = parse_checkpoint(found.content)
        return httpx.Response(200, text=Checkpoint(own.origin, own.size, bytes(32)).text())

    assert run(play, node=between(play, false)).outcome == "invalid"


def test_a_report_prints_as_json(play: Play) -> None:
    printed = run(play).to_json()
    assert printed["checkpoint"].count("\n") == 3
    assert {story["issuer"] for story in printed["timeline"]} >= {play.issuers["KTU"].did, None}
