"""What an endpoint may say instead of the truth, each by its name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from node.artifacts import load_artifact
from tests.doubles.ledger_endpoints import Tamper


def _flip(text: str, place: int) -> str:
    return text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]


def _events(change: Callable[[list[Any]], list[Any]]) -> Tamper:
    return lambda method, _, result: change(result) if method == "eth_getLogs" and result else result


def _in_last(member: str, place: int) -> Tamper:
    return _events(lambda found: [*found[:-1], {**found[-1], member: _flip(found[-1][member], place)}])


def _view(name: str) -> Tamper:
    selector = "0x" + load_artifact("RegistryLog").function(name).selector.hex()

    def tamper(method: str, params: Sequence[Any], result: Any) -> Any:
        asked = method == "eth_call" and params[0]["data"] == selector
        return _flip(result, len(result) - 1) if asked else result

    return tamper


def _header(member: str, *, rename: bool) -> Tamper:
    """Another header; with `rename` its claimed hash is another one too."""

    def tamper(method: str, _: Sequence[Any], result: Any) -> Any:
        if method != "eth_getBlockByNumber" or result is None:
            return result
        changed = {**result, member: _flip(result[member], 12 if len(result[member]) > 20 else 2)}
        return {**changed, "hash": _flip(result["hash"], 10)} if rename else changed

    return tamper


def _nothing_new(method: str, _: Sequence[Any], result: Any) -> Any:
    return [] if method == "eth_getLogs" else result


LIES: Mapping[str, Tamper] = {
    "no events": _nothing_new,
    "the first event withheld": _events(lambda found: found[1:]),
    "the last event withheld": _events(lambda found: found[:-1]),
    "an event twice": _events(lambda found: [*found, found[-1]]),
    "the events turned round": _events(lambda found: found[::-1]),  # harmless: their order is their index
    "another contract's event": _in_last("address", 10),
    "another payload": _in_last("data", 2 + 2 * 192 + 40),
    "another previous": _in_last("data", 10),
    "another actor": _in_last("data", 2 + 128 + 40),
    "another parent": _in_last("data", 2 + 192 + 10),
    "another block's event": _in_last("blockHash", 10),
    "another root": _view("root"),
    "another size": _view("size"),
    "another parent's hash": _header("parentHash", rename=False),
    "another header": _header("stateRoot", rename=False),
    "another header by another name": _header("stateRoot", rename=True),
}
