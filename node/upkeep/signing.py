"""The node's signing keys and invitations, as its operator handles them; the server may run meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from did.syntax import parse_ebsi_did
from node.clock import wall_clock
from node.config import Settings
from node.services.invitations import invite
from node.services.node_keys import listed_keys, rotate
from node.upkeep.opening import Clock, opened


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key whose tokens count; times in seconds, `retires_at` None while it may sign."""

    kid: str
    created_at: int
    retires_at: int | None


def list_keys(settings: Settings, *, clock: Clock = wall_clock) -> list[ListedKey]:
    """All keys whose tokens count, the newest first.

    Raises:
        NodeError: the database cannot be used; one line says why.
    """
    with opened(settings, clock) as node:
        return [ListedKey(key.kid, key.created_at, key.retires_at) for key in listed_keys(node)]


def rotate_keys(settings: Settings, *, at_once: bool = False, clock: Clock = wall_clock) -> str:
    """The name of a new key, which alone signs from now on; `at_once` ends the others' tokens too.

    Raises:
        NodeError: the database or the passphrase cannot be had; one line says why.
    """
    with opened(settings, clock) as node:
        return rotate(node, at_once=at_once).kid


def invite_did(
    settings: Settings, did: str, *, bound_to: Mapping[str, Any] | None = None, clock: Clock = wall_clock
) -> str:
    """A JWT that invites the DID to register at this node.

    Args:
        settings: of the node.
        did: a did:ebsi.
        bound_to: a public key as a JWK, whose holder alone can use it; None: whoever has it can.
        clock: the present.

    Raises:
        DidError: the DID is none, or the key.
        NodeError: the database or the passphrase cannot be had; one line says why.
    """
    invited = parse_ebsi_did(did)
    with opened(settings, clock) as node:
        return invite(node, invited, key=bound_to)
