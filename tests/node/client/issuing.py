"""Runs that issue rows, for tests: the fixtures, which the conftest names, and what such a run left."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from credentials.securing.reading import read_secured
from node.client import issue_run
from node.client.credential_drafts import Terms
from node.client.issue_forms import Securing
from node.client.issue_plan import Outcome, Plan
from node.client.issue_run import issue_rows
from node.client.issue_seals import profile_key
from node.client.issuer import Issuer
from node.client.learner_rows import LearnerRow
from tests.node.client.learners import template

Issue = Callable[..., Outcome]


@pytest.fixture
def plan(issuer: Issuer, terms: Terms, tmp_path: Path) -> Plan:
    securing = Securing(
        form="vc-jwt",
        did=issuer.did,
        kid=issuer.signer().kid,
        key=profile_key(issuer),
        at=terms.now,
    )
    return Plan(
        out=tmp_path / "out.ndjson", rejects=tmp_path / "rejects.csv", template=template(), securing=securing
    )


@pytest.fixture
def issue(issuer: Issuer, terms: Terms, plan: Plan) -> Issue:
    def issued(given: Iterable[LearnerRow], **other: object) -> Outcome:
        return issue_rows(issuer, given, terms=terms, plan=replace(plan, **other))  # type: ignore[arg-type]

    return issued


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issue_run, "CHUNK", 4)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def names_in(path: Path) -> list[str]:
    read = (read_secured(line["credential"].encode()) for line in lines(path))
    return [one.credential.subjects[0]["familyName"]["en"] for one in read]


def places_in(path: Path) -> list[str]:
    read = (read_secured(line["credential"].encode()) for line in lines(path))
    return [one.credential.statuses[0]["statusListIndex"] for one in read]


def bad_row(number: int) -> LearnerRow:
    return LearnerRow(number, {"subject": "nobody", "family_name": "Nobody"})
