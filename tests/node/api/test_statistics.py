"""`/v1/statistics`: the numbers of `/v1/history`, less those that are somebody's."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from node.app import application
from node.indexer.list_changes import ListChanges
from node.services import statistics as service
from node.services.disclosure import THRESHOLD
from tests.credentials.ledger import Actor
from tests.credentials.world import Country, country
from tests.node.api.busy import busy_country, busy_node
from tests.node.api.counted import OVERALL, counted
from tests.node.api.world import served
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket

made, http = busy_country, busy_node


def ok(http: httpx.Client, **query: str) -> Any:
    answer = http.get("/v1/statistics", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_is_told_is_what_the_history_says(http: httpx.Client) -> None:
    months = counted(http)
    told = {one["month"]: one for one in ok(http)["items"]}
    assert set(months) <= set(told)
    told_counts = 0
    for month, one in told.items():
        overall = months[month][OVERALL]
        assert one["issuersRegistered"] == overall["issuers"]
        assert one["accreditationsGiven"] == overall["given"]
        assert one["accreditationsRevoked"] == overall["revoked"]
        assert one["statusPublications"] == overall["publications"]
        assert {issuer["did"] for issuer in one["issuers"]} == {
            did for did, counts in months[month].items() if did and counts["batches"] + counts["publications"]
        }
        for name in ("batches", "credentials"):
            for issuer, counts in [(one, overall), *((i, months[month][i["did"]]) for i in one["issuers"])]:
                if not issuer[name]["suppressed"]:
                    assert issuer[name]["count"] == counts[name]
                    told_counts += counts[name]
    assert sum(counts[OVERALL]["given"] for counts in months.values()) == 4
    assert told_counts > 100


def test_small_counts_are_suppressed_and_the_total_with_them(
    http: httpx.Client, made: tuple[Country, Actor]
) -> None:
    home, small = made
    suppressed = {"count": None, "suppressed": True}
    for one in ok(http, months="7")["items"]:
        own = {issuer["did"]: issuer for issuer in one["issuers"]}
        if small.did not in own or not one["complete"]:
            continue
        large = own[home.university.did]
        assert large["credentials"]["count"] >= 45
        if own[small.did]["credentials"]["suppressed"]:
            assert own[small.did]["credentials"] == own[small.did]["batches"] == suppressed
            assert one["credentials"] == one["batches"] == suppressed
        else:
            assert own[small.did]["credentials"]["count"] == 12
            assert one["credentials"]["count"] == 12 + large["credentials"]["count"]
        assert own[small.did]["revoked"] == one["revoked"] == suppressed
        assert large["revoked"]["count"] >= THRESHOLD
        assert own[small.did]["revocationRate"] is one["revocationRate"] is None


def test_a_list_that_is_not_at_hand_is_told_as_unknown(
    http: httpx.Client, made: tuple[Country, Actor]
) -> None:
    unknown = [one for one in ok(http)["items"] if one["unknownPublications"]]
    assert len(unknown) == 1
    (large,) = [one for one in unknown[0]["issuers"] if one["did"] == made[0].university.did]
    assert large["unknownPublications"] == 1
    assert large["revocationRate"] is None
    assert large["revoked"]["count"] == 12


def test_the_revocation_rate_is_revoked_for_each_anchored(http: httpx.Client) -> None:
    rates = [one for item in ok(http)["items"] for one in item["issuers"] if one["revocationRate"]]
    assert rates
    for one in rates:
        assert one["revocationRate"] == round(one["revoked"]["count"] / one["credentials"]["count"], 6)


def test_months_are_paged_back_to_the_first_entry(http: httpx.Client) -> None:
    whole = ok(http, months="120")
    paged, after = [], None
    while True:
        page = ok(http, months="2", **({"to": after} if after else {}))
        paged += page["items"]
        after = page["next"]
        if after is None:
            break
    assert paged == whole["items"][: len(paged)]
    assert any(one["issuersRegistered"] for one in paged)
    assert not any(one["issuers"] for one in whole["items"][len(paged) :])
    last, first = paged[0]["month"], paged[-1]["month"]
    ranged = ok(http, **{"from": first, "to": last})
    assert ranged["items"] == paged
    assert ranged["next"] is None


def test_an_answer_is_no_longer_than_its_bound(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ok(http)["items"]
    monkeypatch.setattr("node.api.statistics.MOST_ISSUER_MONTHS", 4)
    short = ok(http)
    assert 0 < len(short["items"]) < len(whole)
    assert short["next"] == whole[len(short["items"])]["month"]
    begin = whole[-1]["month"]
    assert ok(http, **{"from": begin})["next"] == short["next"]


def test_one_issuers_counts_are_suppressed_as_among_all(
    http: httpx.Client, made: tuple[Country, Actor]
) -> None:
    did = made[0].university.did
    for one, alone in zip(ok(http)["items"], ok(http, issuer=did)["items"], strict=True):
        assert alone == one | {"issuers": [issuer for issuer in one["issuers"] if issuer["did"] == did]}


def test_only_the_month_that_runs_is_not_complete(http: httpx.Client) -> None:
    running, *before = ok(http)["items"]
    assert not running["complete"]
    assert all(one["complete"] for one in before)


def test_of_the_month_that_runs_no_count_of_people_is_told(tmp_path: Path) -> None:
    home = country()
    with node_of(home.world, tmp_path) as node, served(application(node)) as url:
        answer = httpx.get(url + "/v1/statistics", trust_env=False).json()
    running, *before = answer["items"]
    assert running["issuers"]
    for one in (running, *running["issuers"]):
        for name in ("batches", "credentials", "revoked", "suspended"):
            assert one[name] == {"count": None, "suppressed": True}
        assert one["revocationRate"] is None
    assert running["issuersRegistered"]
    assert before[0]["credentials"] == {"count": 0, "suppressed": False}


@pytest.mark.parametrize(
    "query",
    [
        {"months": "0"},
        {"months": "121"},
        {"months": "x"},
        {"to": "2026-13"},
        {"to": "2026-1"},
        {"to": "0000-01"},
        {"to": "1969-12"},
        {"from": "2026-01", "months": "3"},
        {"from": "2026-02", "to": "2026-01"},
        {"from": "2010-01", "to": "2026-01"},
        {"issuer": "did:key:z6Mk"},
        {"issuers": "all"},
    ],
)
def test_what_asks_for_no_months_is_refused(http: httpx.Client, query: dict[str, str]) -> None:
    answer = http.get("/v1/statistics", params=query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_months_far_from_any_entry_are_empty(http: httpx.Client) -> None:
    for far in ("1970-01", "9999-12"):
        assert not any(one["issuers"] for one in ok(http, to=far)["items"])


def test_the_same_record_is_counted_once(
    http: httpx.Client, made: tuple[Country, Actor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = http.get("/v1/statistics")
    again = http.get("/v1/statistics", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    asked: list[Any] = []
    derive = service._derive

    def noted(*args: Any) -> Any:
        asked.append(args)
        return derive(*args)

    monkeypatch.setattr(service, "_derive", noted)
    with node_of(made[0].world, tmp_path) as node, served(application(node)) as url:
        for _ in range(3):
            httpx.get(url + "/v1/statistics", trust_env=False).raise_for_status()
        assert len(asked) == 1
        ListChanges(node.engine).step(datetime(2026, 11, 22, tzinfo=UTC))
        answer = httpx.get(url + "/v1/statistics", trust_env=False).json()
        assert len(asked) == 2
    assert answer["items"] == first.json()["items"]
