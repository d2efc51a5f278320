"""Which accounts act for a DID: who holds its ledger keys, or its controllers' (ebsi-api section 2.4)."""

import re

from eth_utils.crypto import keccak

from did.methods.ebsi import DidState, ledger_seconds, replay
from did.syntax import Did
from node.services.did_documents import changes_of, state_in
from node.services.errors import RpcRefused
from node.services.node import Node
from node.services.view import View, viewing

_CHECK = "checkController"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_INVOCATION = "capabilityInvocation"
_PREFIX = b"\x04"  # of an uncompressed point


def act(node: Node, did: Did, method: str, params: list[object]) -> bool:
    """Return the result of an action on a DID: there is `checkController`, with one address.

    Raises:
        RpcRefused: another method, or other parameters.
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
    """
    if method != _CHECK:
        raise RpcRefused(f"The method '{method[:64]}' is invalid")
    if len(params) != 1 or not isinstance(params[0], str):
        raise RpcRefused("params must contain exactly one address")
    if not _ADDRESS.fullmatch(params[0]):
        raise RpcRefused("params[0] must be an address: 0x and 40 hexadecimal characters")
    with viewing(node, aging=False) as view:
        return controls(view, did, bytes.fromhex(params[0][2:]))


def controls(view: View, did: Did, account: bytes) -> bool:
    """Return whether the account holds a ledger key of the DID now, or of one of its controllers.

    Args:
        view: what is known.
        did: a did:ebsi.
        account: 20 bytes.

    Raises:
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
    """
    seconds = ledger_seconds(view.present)
    state = state_in(view, did)
    if _holds_ledger_key(state, account, seconds):
        return True
    for controller in state.controllers:  # ten at most
        changes = [] if controller == did else changes_of(view.connection, controller)
        if changes and _holds_ledger_key(replay(Did(controller), changes), account, seconds):
            return True
    return False


def _holds_ledger_key(state: DidState, account: bytes, seconds: int) -> bool:
    held = (
        interval.v_method_id
        for interval in state.intervals
        if interval.relationship == _INVOCATION and interval.holds_at(seconds)
    )
    methods = (state.methods[name] for name in held)
    return any(one.is_secp256k1 and ledger_account(one.public_key) == account for one in methods)


def ledger_account(public_key: bytes) -> bytes:
    """Return the 20 bytes of the account that a secp256k1 point (65 bytes, uncompressed) stands for."""
    return keccak(public_key.removeprefix(_PREFIX))[-20:]
