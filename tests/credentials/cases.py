"""Cases and verdicts over a world in memory, in one line."""

from datetime import datetime
from typing import Any

from anchoring.receipt import Receipt
from credentials.case import Case
from credentials.expected import NOTHING_EXPECTED, Expected
from credentials.policy import Policy
from credentials.presented_by import PresentedBy
from credentials.securing.reading import read_secured
from credentials.verdict import CheckName, Verdict
from credentials.verification import open_case, verify

from .credential_makers import status_entry
from .world import Country, World


def case_of(
    world: World,
    document: bytes,
    *,
    at: datetime | None = None,
    policy: Policy | None = None,
    receipt: Receipt | None = None,
    expected: Expected = NOTHING_EXPECTED,
    presented: PresentedBy | None = None,
    **ports: Any,
) -> Case:
    """The case of a credential, at the clock's time unless told otherwise; `ports` go to `World.ports`."""
    asked = world.ports(**ports)
    return open_case(
        read_secured(document),
        at=asked.now if at is None else at,
        policy=world.policy() if policy is None else policy,
        ports=asked,
        receipt=receipt,
        expected=expected,
        presented=presented,
    )


def verdict_on(
    world: World,
    document: bytes,
    *,
    at: datetime | None = None,
    policy: Policy | None = None,
    receipt: Receipt | None = None,
    expected: Expected = NOTHING_EXPECTED,
    presented: PresentedBy | None = None,
    **ports: Any,
) -> Verdict:
    """The verdict on a document, at the clock's time unless told otherwise."""
    return verify(
        document,
        at=at,
        policy=world.policy() if policy is None else policy,
        ports=world.ports(**ports),
        receipt=receipt,
        expected=expected,
        presented=presented,
    )


def decided(verdict: Verdict) -> tuple[str, CheckName | None, str | None]:
    """The outcome, and the check and the reason that decided."""
    deciding = verdict.deciding
    if deciding is None:
        return verdict.outcome, None, None
    return verdict.outcome, deciding.check, deciding.reason


def with_list(home: Country, *, index: int = 7) -> tuple[bytes, str]:
    """An anchored credential of the country's university, and the URL of the list it points into."""
    world, university = home.world, home.university
    url = world.list_url(university)
    document = world.issue(university, status=[status_entry(url, index)])
    world.anchor(university, [document])
    return document, url
