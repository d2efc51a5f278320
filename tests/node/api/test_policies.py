"""EBSI's Trusted Policies Registry, read: policies, accounts, what they hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from eth_utils.address import to_checksum_address

from node.api.forms import rfc3339
from node.app import application
from node.services.node import open_node
from tests.node.api.world import Clock, served, settings_for
from tests.node.logged import BEGIN, Log, follow
from tests.node.projected import DEPLOYMENT

pytestmark = pytest.mark.enable_socket

SERVICE = "/trusted-policies-registry/v3"
OPERATOR = bytes.fromhex("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
SHOWN = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # one of EIP-55's own examples
OFFICE, NOBODY = b"\x0b" * 20, "0x" + "0c" * 20


@contextmanager
def served_log(log: Log, folder: Path) -> Iterator[httpx.Client]:
    """A node that holds the log; its ledger is out of reach."""
    node = open_node(
        settings_for("http://127.0.0.1:9", DEPLOYMENT, folder), clock=Clock(BEGIN), holder="test"
    )
    try:
        follow(node.engine, log.entries)
        with served(application(node)) as url, httpx.Client(base_url=url, trust_env=False) as http:
            yield http
    finally:
        node.close()


def some_policies() -> Log:
    log = Log()
    log.open(OPERATOR)
    for name in ("TIR:insertIssuer", "a/b ?\0", "1"):
        log.write("policy.inserted", policyName=name, description="first")
    log.write("policy.updated", policyName="TIR:insertIssuer", description="second")
    log.write("policy.granted", user=OFFICE, attributes=["TIR:insertIssuer", "1", "a/b ?\0"])
    log.write("policy.deactivated", policyName="1", description="")
    log.write("policy.withdrawn", user=OFFICE, attributes=["a/b ?\0"])
    return log


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served_log(some_policies(), tmp_path_factory.mktemp("policies")) as client:
        yield client


def ok(http: httpx.Client, path: str) -> Any:
    answer = http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_policies_are_numbered_in_the_order_of_their_insertion(http: httpx.Client) -> None:
    listed = ok(http, f"{SERVICE}/policies?page[size]=3")
    assert [item["policyName"] for item in listed["items"]] == [
        "TPR:operator",
        "TIR:insertIssuer",
        "a/b ?\\x00",
    ]
    assert (listed["total"], listed["pageSize"]) == (4, 3)
    assert [ok(http, item["href"])["policyId"] for item in listed["items"]] == ["0", "1", "2"]
    assert [item["policyName"] for item in ok(http, listed["links"]["next"])["items"]] == ["1"]


def test_a_policy_is_found_by_name_before_it_is_found_by_number(http: httpx.Client) -> None:
    policy = {
        "policyId": "1",
        "policyName": "TIR:insertIssuer",
        "description": "second",
        "status": True,
    }
    assert ok(http, f"{SERVICE}/policies/TIR:insertIssuer") == policy
    assert ok(http, f"{SERVICE}/policies/2")["policyName"] == "a/b ?\\x00"
    assert ok(http, f"{SERVICE}/policies/1")["policyId"] == "3"
    assert ok(http, f"{SERVICE}/policies/TPR:operator")["status"] is True


def test_a_deactivated_policy_says_so_and_counts_for_nobody(http: httpx.Client) -> None:
    assert ok(http, f"{SERVICE}/policies/3") == {
        "policyId": "3",
        "policyName": "1",
        "description": "first",
        "status": False,
    }
    assert ok(http, f"{SERVICE}/users/0x{OFFICE.hex()}")["attributes"] == ["TIR:insertIssuer"]


def test_what_an_account_holds_of_a_deactivated_policy_comes_back_with_it(tmp_path: Path) -> None:
    log = some_policies()
    log.write("policy.activated", policyName="1", description="")
    log.write("policy.granted", user=OFFICE, attributes=["a/b ?\0"])
    with served_log(log, tmp_path) as http:
        answer = http.get(f"{SERVICE}/users/0x{OFFICE.hex()}")
        assert answer.json()["attributes"] == ["TIR:insertIssuer", "1", "a/b ?\\x00"]
        assert http.get(f"{SERVICE}/policies/3").json()["status"] is True
        activated = http.get(f"{SERVICE}/policies/3").headers["last-modified"]
        assert answer.headers["last-modified"] > activated


def test_policies_and_accounts_are_shown_as_recorded_by_a_time(http: httpx.Client) -> None:
    log = some_policies()

    def at(size: int) -> str:
        return "valid-at=" + rfc3339(log.entries[size - 1].time)

    user = f"{SERVICE}/users/0x{OFFICE.hex()}"
    assert http.get(f"{user}?{at(5)}").status_code == 404
    assert ok(http, f"{user}?{at(6)}")["attributes"] == ["TIR:insertIssuer", "1", "a/b ?\\x00"]
    assert ok(http, f"{user}?{at(7)}")["attributes"] == ["TIR:insertIssuer", "a/b ?\\x00"]
    assert ok(http, f"{user}?{at(8)}") == ok(http, user)
    policy = f"{SERVICE}/policies/TIR:insertIssuer"
    assert http.get(f"{policy}?{at(1)}").json()["title"] == "Policy Not Found"
    assert ok(http, f"{policy}?{at(4)}")["description"] == "first"
    assert ok(http, f"{policy}?{at(5)}")["description"] == "second"
    assert ok(http, f"{SERVICE}/policies/3?{at(6)}")["status"] is True
    assert http.get(f"{user}?valid-at=yesterday").status_code == 400


def test_the_first_operator_holds_its_policy_though_no_grant_says_so(http: httpx.Client) -> None:
    users = ok(http, f"{SERVICE}/users")
    assert [item["user"] for item in users["items"]] == [SHOWN, to_checksum_address(OFFICE)]
    assert ok(http, users["items"][0]["href"]) == {"user": SHOWN, "attributes": ["TPR:operator"]}


@pytest.mark.parametrize("spelled", [SHOWN, SHOWN.lower(), "0x" + SHOWN[2:].upper()])
def test_an_address_comes_in_any_case_and_goes_out_in_eip_55(http: httpx.Client, spelled: str) -> None:
    assert ok(http, f"{SERVICE}/users/{spelled}")["user"] == SHOWN


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (f"/users/{NOBODY}", "User Not Found"),
        ("/policies/TSR:insertSchema", "Policy Not Found"),
        ("/policies/4", "Policy Not Found"),
        ("/policies/01", "Policy Not Found"),
        (f"/policies/{'9' * 19}", "Policy Not Found"),
        ("/policies/%00", "Policy Not Found"),
    ],
)
def test_what_is_not_there_is_titled_as_ebsi_does_it(http: httpx.Client, path: str, title: str) -> None:
    problem = http.get(SERVICE + path).json()
    assert (problem["status"], problem["title"], problem["type"]) == (404, title, "about:blank")


@pytest.mark.parametrize("wrong", ["0x12", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x" + "g" * 40, "me"])
def test_what_is_no_address_is_refused_in_ebsis_words(http: httpx.Client, wrong: str) -> None:
    problem = http.get(f"{SERVICE}/users/{wrong}").json()
    assert (problem["status"], problem["title"]) == (400, "Bad Request")
    assert problem["detail"] == '["user must be an Ethereum address"]'


def test_a_reader_who_holds_the_answer_gets_304(http: httpx.Client) -> None:
    answer = http.get(f"{SERVICE}/users")
    assert "last-modified" in answer.headers
    again = http.get(f"{SERVICE}/users", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert http.get(f"{SERVICE}/users", headers={"Accept": "text/html"}).status_code == 406
    assert http.get(f"{SERVICE}/users?page[size]=51").status_code == 400
    assert http.get(f"{SERVICE}/users?unknown=1").status_code == 400


def test_names_that_are_the_same_but_for_how_a_url_writes_them_are_told_apart(tmp_path: Path) -> None:
    names = {"a?b": "a%3Fb", "a%3Fb": "a%253Fb", "a#b": "a%23b", "a%23b": "a%2523b"}
    log = Log()
    log.open(OPERATOR)
    for name in names:
        log.write("policy.inserted", policyName=name, description="first")
    with served_log(log, tmp_path) as http:
        for name, written in names.items():
            assert ok(http, f"{SERVICE}/policies/{written}")["policyName"] == name
