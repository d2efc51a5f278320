"""Places in status lists of the rows of a run, which stops and goes on with these lists or others."""

from typing import Any

import pytest

from anchoring.errors import StatusListFull
from credentials.securing.reading import read_secured
from node.client import issue_places, status_lists
from node.client.errors import Refused, Unusable
from node.client.issue_journal import Journal
from node.client.issue_plan import Plan
from node.client.issuer import Issuer
from node.client.status_list_record import load_record
from node.client.status_lists import create
from tests.node.client.issuing import Issue, bad_row, lines, names_in
from tests.node.client.learners import rows

pytestmark = pytest.mark.enable_socket


@pytest.mark.usefixtures("small_chunks")
def test_each_row_has_a_place_of_its_own_in_each_list_and_no_other_is_taken(
    issuer: Issuer, issue: Issue, plan: Plan
) -> None:
    create(issuer, "one")
    create(issuer, "other", purpose="suspension")
    issue(rows(11), lists=("one", "other"))
    for purpose, name in (("revocation", "one"), ("suspension", "other")):
        entries = [
            entry
            for line in lines(plan.out)
            for entry in read_secured(line["credential"].encode()).credential.statuses
            if entry["statusPurpose"] == purpose
        ]
        record = load_record(issuer.folder, name)
        taken = {int(entry["statusListIndex"]) for entry in entries}
        assert len(taken) == 11
        assert all(record.allotted.get(index) for index in taken)
        assert (record.allotted.count(), dict(record.reserved)) == (11, {})
        assert all(entry["id"] == f"{record.url}#{entry['statusListIndex']}" for entry in entries)


def test_a_list_of_the_other_model_and_a_list_that_is_not_there_are_refused(
    issuer: Issuer, issue: Issue, plan: Plan
) -> None:
    create(issuer, "newer", kind="BitstringStatusList")
    with pytest.raises(Refused, match="need a list of the kind StatusList2021"):
        issue(rows(1), lists=("newer",))
    with pytest.raises(Unusable, match="keeps no status list"):
        issue(rows(1), lists=("absent",))
    assert not plan.out.exists()


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(
    "later",
    [("b", "a"), ("a",), ("b",), ("a", "c"), ("c", "b"), ("c",), (), ("c", "b", "a")],
    ids=lambda names: "-".join(names) or "none",
)
def test_a_run_that_goes_on_with_other_lists_gives_no_place_twice(
    issuer: Issuer, issue: Issue, plan: Plan, monkeypatch: pytest.MonkeyPatch, later: tuple[str, ...]
) -> None:
    before = "-".join(("after", *later))
    names = {short: f"{before}-list-{short}" for short in "abc"}
    for name in names.values():
        create(issuer, name)
    first, then = tuple(names[one] for one in "ab"), tuple(names[one] for one in later)
    whole, appended = Journal.append, 0

    def ends(self: Journal, chunk: Any) -> None:
        nonlocal appended
        appended += 1
        if appended == 4:
            raise KeyboardInterrupt
        whole(self, chunk)

    monkeypatch.setattr(Journal, "append", ends)
    with pytest.raises(KeyboardInterrupt):
        issue(rows(40), lists=first)
    monkeypatch.setattr(Journal, "append", whole)
    assert any(len(places) > 4 for places in load_record(issuer.folder, first[0]).reserved.values())
    monkeypatch.setattr(Journal, "append", ends)
    appended = 1
    with pytest.raises(KeyboardInterrupt):
        issue([bad_row(1), *rows(40)], lists=then)
    monkeypatch.setattr(Journal, "append", whole)
    assert issue(rows(30), lists=then).total == 30
    assert issue(rows(60), lists=first).total == 60
    given: dict[str, list[int]] = {}
    for line in lines(plan.out):
        for entry in read_secured(line["credential"].encode()).credential.statuses:
            given.setdefault(entry["statusListCredential"], []).append(int(entry["statusListIndex"]))
    for name in names.values():
        record = load_record(issuer.folder, name)
        places = given.get(record.url, [])
        assert len(set(places)) == len(places)
        assert all(map(record.allotted.get, places))
        if name in (*first, *then):
            assert (record.allotted.count(), dict(record.reserved)) == (len(places), {})


def test_a_list_that_is_named_twice_is_refused(issuer: Issuer, issue: Issue) -> None:
    create(issuer, "twice")
    with pytest.raises(Refused, match="each status list once"):
        issue(rows(1), lists=("twice", "twice"))


@pytest.mark.usefixtures("small_chunks")
def test_a_list_that_runs_full_stops_the_run_and_another_one_goes_on(
    issuer: Issuer, issue: Issue, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(issuer, "full")
    create(issuer, "empty")
    given = 0

    def scarce(issuer: Issuer, name: str, size: int, *, run: str) -> Any:
        nonlocal given
        if name == "full" and given + size > 8:
            raise StatusListFull(taken=given, wanted=size, length=8)
        given += size
        return allotted(issuer, name, size, run=run)

    allotted = status_lists.allot_indexes
    monkeypatch.setattr(issue_places, "allot_indexes", scarce)
    with pytest.raises(StatusListFull):
        issue(rows(12), lists=("full",))
    assert len(lines(plan.out)) in {4, 8}
    assert issue(rows(12), lists=("empty",)).total == 12
    assert len(set(names_in(plan.out))) == 12
