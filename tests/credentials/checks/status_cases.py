"""Credentials with status entries, brought before the check of status alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from credentials.case import Case
from credentials.checks.status import check_status
from credentials.ports import Cache, Ports, Proofs, WebDids
from credentials.securing.reading import read_secured
from credentials.verdict import CheckResult, Outcome
from tests.credentials.credential_makers import Edit, status_entry
from tests.credentials.ledger import Actor
from tests.credentials.memory_record import RememberingCache
from tests.credentials.world import World

INDEX = 94_567
PASSED, FAILED, UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_DETERMINABLE


@dataclass
class Desk:
    """A university, one URL of a list, and whoever looks at its credentials."""

    world: World = field(default_factory=World)
    kind: str = "StatusList2021"
    purpose: str = "revocation"
    cache: Cache = field(default_factory=RememberingCache)

    def __post_init__(self) -> None:
        """Register the university."""
        self.university: Actor = self.world.actor("University")
        self.url = self.world.list_url(self.university)

    @property
    def now(self) -> int:
        """The ledger's clock."""
        return self.world.now

    def publish(self, *set_bits: int, **overrides: Any) -> bytes:
        """Publish the list with these bits set."""
        overrides = {"kind": self.kind, "purpose": self.purpose, **overrides}
        return self.world.publish_list(self.university, self.url, set_bits=set_bits, **overrides)

    def entry(self, index: int | str = INDEX, **changes: Any) -> dict[str, Any]:
        """An entry that points into the list, with members changed; None takes one out."""
        members = status_entry(self.url, index, kind=self.kind, purpose=self.purpose) | changes
        return {name: value for name, value in members.items() if value is not None}

    def ports(self, **others: Any) -> Ports:
        """What may be asked at the ledger's time."""
        return self.world.ports(cache=self.cache, **others)

    def judge(
        self,
        *entries: Mapping[str, Any],
        at: int | None = None,
        version: str = "1.1",
        edit: Edit | None = None,
        web_dids: WebDids | None = None,
        proofs: Proofs | None = None,
    ) -> CheckResult:
        """The check of a credential with these entries, with the usual one unless given, as of `at`."""
        statuses: Sequence[Mapping[str, Any]] = entries or (self.entry(),)
        document = self.world.issue(self.university, version=version, status=statuses, edit=edit)
        return check_status(self.case(document, at=at, web_dids=web_dids, proofs=proofs))

    def case(self, document: bytes, *, at: int | None = None, **others: Any) -> Case:
        """The case of a credential as of `at`, now unless given."""
        ports = self.ports(**others)
        return Case(
            secured=read_secured(document),
            at=ports.now if at is None else datetime.fromtimestamp(at, UTC),
            past=at is not None,
            anchor=None,
            unseen=(),
            policy=self.world.policy(),
            ports=ports,
        )


def said(result: CheckResult) -> tuple[Outcome, str | None]:
    """The outcome and the word for it, of a result with a whole sentence and printable evidence."""
    assert result.check.number == 6
    assert result.sentence.endswith(".")
    json.dumps(result.to_json(required=True), allow_nan=False)
    return result.outcome, result.reason


def evidence(result: CheckResult, entry: int = 0) -> dict[str, Any]:
    """What was shown of one entry."""
    return dict(result.evidence["entries"][entry])
