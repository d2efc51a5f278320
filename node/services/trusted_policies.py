"""The policies registry as EBSI shows it: policies, accounts and what they hold (section 5)."""

import re
from dataclasses import dataclass
from datetime import datetime

from eth_utils.address import to_checksum_address

from node.db import policies as db
from node.db.listed import name_at, ordinal_of
from node.db.row_making import LARGEST, POLICIES, readable
from node.services.recorded_by import recorded_by
from node.services.registry_errors import PolicyNotFound, UserNotFound
from node.services.view import View

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy.

    Attributes:
        policy_id: its number, from 0 in the order of insertion.
        policy_name: by which contracts know it.
        description: the last one.
        active: whether it counts for those who hold it.
        recorded: time of its newest entry, in ledger seconds.
    """

    policy_id: int
    policy_name: str
    description: str
    active: bool
    recorded: int


@dataclass(frozen=True, slots=True)
class User:
    """An account that was granted something, once.

    Attributes:
        address: EIP-55.
        attributes: the policies that the contracts find with it now, in the order in which they were granted.
        recorded: time of the newest entry that this rests on, in ledger seconds.
    """

    address: str
    attributes: list[str]
    recorded: int


def policy_in(view: View, name_or_id: str, *, at: datetime | None = None) -> Policy:
    """Return the policy of that name, or else of that number; `at`: as recorded by then.

    Raises:
        PolicyNotFound: there is neither, or was not yet.
    """
    name, before = policy_named(view, name_or_id), recorded_by(view, at)
    state = None if name is None else db.policy_state(view.connection, name, before=before)
    if name is None or state is None:
        raise PolicyNotFound(name_or_id)
    number = ordinal_of(view.connection, POLICIES, name.encode())
    assert number is not None
    return Policy(number, name, state.description, state.active, state.recorded)


def policy_named(view: View, name_or_id: str, *, by_number: bool = False) -> str | None:
    """Return the name of the policy that is called so, or else has that number; None if there is neither.

    Args:
        view: what is known.
        name_or_id: a name, or a number in decimal digits.
        by_number: whether it can only be the number.
    """
    name = readable(name_or_id)
    if not by_number and ordinal_of(view.connection, POLICIES, name.encode()) is not None:
        return name
    if not _NUMBER.fullmatch(name_or_id) or int(name_or_id) > LARGEST - 1:
        return None
    found = name_at(view.connection, POLICIES, int(name_or_id))
    return None if found is None else found.decode()


def user_in(view: View, account: bytes, *, at: datetime | None = None) -> User:
    """Return what the account holds: what was granted, not withdrawn, and is of an active policy.

    Args:
        view: what is known.
        account: 20 bytes.
        at: as recorded by then; None: now.

    Raises:
        UserNotFound: it was never granted anything, or not yet.
    """
    before = recorded_by(view, at)
    granted = db.grants(view.connection, account, before=before)
    if not granted:
        raise UserNotFound(to_checksum_address(account))
    held: dict[str, None] = {}
    for grant in granted:
        held.pop(grant.attribute, None)
        if grant.granted:
            held[grant.attribute] = None
    switches = db.policy_switches(view.connection, held, before=before)
    return User(
        address=to_checksum_address(account),
        attributes=[attribute for attribute in held if switches[attribute].active],
        recorded=max(granted[-1].time, *(switch.time for switch in switches.values())),
    )
