"""Policies, and who holds them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from node.db.tables import ENTRY, POLICY, USER_GRANT

_NAMES = 500  # asked for in one statement
_WORDED = ("inserted", "updated")
_SWITCHED = ("inserted", "activated", "deactivated")


@dataclass(frozen=True, slots=True)
class PolicyState:
    """What holds of a policy now; `recorded` is the time of its newest entry, in ledger seconds."""

    description: str
    active: bool
    recorded: int


@dataclass(frozen=True, slots=True)
class Switch:
    """A policy is active, or not, since `time` in ledger seconds."""

    active: bool
    time: int


@dataclass(frozen=True, slots=True)
class Grant:
    """An attribute was granted to an account or withdrawn from it, at `time` in ledger seconds."""

    attribute: str
    granted: bool
    time: int


def policy_state(
    connection: Connection, policy_name: str, *, before: int | None = None
) -> PolicyState | None:
    """The policy's last description and whether it is active, by the entries below `before` where given.

    None if none of them inserted it.
    """
    query = (
        select(POLICY.c.change, POLICY.c.description, ENTRY.c.time)
        .join(ENTRY, ENTRY.c.entry_index == POLICY.c.entry_index)
        .where(POLICY.c.policy_name == policy_name)
        .order_by(POLICY.c.entry_index.desc())
        .limit(1)
    )
    if before is not None:
        query = query.where(POLICY.c.entry_index < before)
    worded = connection.execute(query.where(POLICY.c.change.in_(_WORDED))).first()
    switched = connection.execute(query.where(POLICY.c.change.in_(_SWITCHED))).first()
    if worded is None or switched is None:
        return None
    return PolicyState(
        description=worded.description,
        active=switched.change != "deactivated",
        recorded=max(worded.time, switched.time),
    )


def policy_switches(
    connection: Connection, policy_names: Iterable[str], *, before: int | None = None
) -> dict[str, Switch]:
    """How each of these policies was last switched, by its name; below entry `before` where given."""
    wanted, found = list(policy_names), dict[str, Switch]()
    for start in range(0, len(wanted), _NAMES):
        newest = (
            select(func.max(POLICY.c.entry_index))
            .where(POLICY.c.policy_name.in_(wanted[start : start + _NAMES]))
            .where(POLICY.c.change.in_(_SWITCHED))
            .group_by(POLICY.c.policy_name)
        )
        if before is not None:
            newest = newest.where(POLICY.c.entry_index < before)
        query = (
            select(POLICY.c.policy_name, POLICY.c.change, ENTRY.c.time)
            .join(ENTRY, ENTRY.c.entry_index == POLICY.c.entry_index)
            .where(POLICY.c.entry_index.in_(newest))
        )
        for row in connection.execute(query):
            found[row.policy_name] = Switch(row.change != "deactivated", row.time)
    return found


def grants(connection: Connection, account: bytes, *, before: int | None = None) -> list[Grant]:
    """Everything granted to the account and withdrawn, oldest first, below entry `before` where given."""
    query = (
        select(USER_GRANT.c.attribute, USER_GRANT.c.granted, ENTRY.c.time)
        .join(ENTRY, ENTRY.c.entry_index == USER_GRANT.c.entry_index)
        .where(USER_GRANT.c.account == account)
        .order_by(USER_GRANT.c.entry_index, USER_GRANT.c.position)
    )
    if before is not None:
        query = query.where(USER_GRANT.c.entry_index < before)
    return [Grant(row.attribute, row.granted, row.time) for row in connection.execute(query)]
