"""A Root TAO, a TAO and a university, whose accreditation is made as a test says, and what check 5 says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credentials.case import Case
from credentials.checks.accreditation import check_accreditation
from credentials.policy import Policy
from credentials.ports import Cache
from credentials.securing.reading import read_secured
from credentials.verdict import CheckResult, Outcome
from credentials.verification import open_case

from .ledger import Actor
from .world import ROOT_TAO, SCHEMA, TAO, TI, World


@dataclass
class Accredited:
    """The world and those who accredit one another in it."""

    world: World
    root: Actor
    tao: Actor
    university: Actor

    def judge(self, **asked: Any) -> CheckResult:
        """What check 5 says of a credential that the university issues and anchors now."""
        document = self.world.issue(self.university)
        self.world.anchor(self.university, [document])
        return judge(self.world, document, **asked)


def organisations() -> Accredited:
    """Nobody is accredited yet."""
    world = World()
    root, tao, university = (world.actor(name) for name in ("Root TAO", "Ministry", "University"))
    world.register_schema(SCHEMA)
    return Accredited(world, root, tao, university)


def accredited(**overrides: Any) -> Accredited:
    """A chain whose lowest link is made with `overrides` of `World.accredit`."""
    country = organisations()
    country.world.accredit(country.root, country.root, ROOT_TAO)
    country.world.accredit(country.tao, country.root, TAO)
    country.world.accredit(country.university, country.tao, TI, **overrides)
    return country


def case_of(
    world: World,
    document: bytes,
    *,
    at: datetime | None = None,
    policy: Policy | None = None,
    cache: Cache | None = None,
) -> Case:
    """The case of a credential, as of `at`, now unless given."""
    ports = world.ports(cache=cache)
    return open_case(
        read_secured(document),
        at=ports.now if at is None else at,
        policy=world.policy() if policy is None else policy,
        ports=ports,
    )


def judge(world: World, document: bytes, **asked: Any) -> CheckResult:
    """What check 5 says of it; `asked` goes to `case_of`."""
    return check_accreditation(case_of(world, document, **asked))


def refused(country: Accredited) -> str | None:
    """Why check 5 fails; it must, by what was so at the anchor."""
    result = country.judge()
    assert result.outcome is Outcome.FAILED
    assert result.evidence["then"]["reason"] == result.reason
    return result.reason


def edited(change: Callable[[dict[str, Any]], object]) -> Accredited:
    """A country whose university was accredited by a credential with this change."""

    def edit(members: dict[str, Any]) -> None:
        change(members)

    return accredited(edit=edit)


def with_subject(**members: Any) -> Accredited:
    """A country whose university was accredited by a credential that says this of it."""
    return edited(lambda credential: credential["credentialSubject"].update(members))
