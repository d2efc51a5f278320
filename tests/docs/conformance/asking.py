"""One request for each line of the page."""

import re
from typing import Any

import httpx
from eth_account import Account

from tests.docs.conformance.authorisation import ask_for_token, token_for
from tests.docs.conformance.calls import SCOPES, SENT, Call, call_of
from tests.docs.conformance.ledger import ledger_call
from tests.docs.conformance.rows import Row
from tests.docs.conformance.town import Town
from tests.node.api.world import sign

_NAME = re.compile(r"\{(\w+)\}")
_SEND = "sendSignedTransaction"
_ENVELOPE_CASES: dict[str, dict[str, Any]] = {
    "with a number for its id": {"id": 42},
    "with a text for its id": {"id": "forty-two"},
    "without an id": {},
}
_BATCH_LIMIT = 1024


class UnknownCase(Exception):
    """The page tells of a case that the walk does not know how to make."""


def ask(town: Town, row: Row) -> httpx.Response:
    """The node's answer to the request of this line.

    Raises:
        UnknownCase: the walk does not know how to make it.
    """
    path = _NAME.sub(lambda name: town.values[name[1]], row.base + row.path)
    http = town.play.world.http
    if row.state == "not served" and row.method == "POST":
        return http.post(path, json=_envelope(row.call, {}))
    if row.method != "POST":
        return http.request(row.method, path, headers=_headers(town, row, path))
    if row.case == "that is no JSON":
        headers = _authorised(town, row) | {"Content-Type": "application/json"}
        return http.post(path, content=b"{", headers=headers)
    return _ASKING[row.path.rpartition("/")[2]](town, row, path)


def _checked(town: Town, row: Row, path: str) -> httpx.Response:
    """Whether an address controls a DID."""
    controls = row.case == "of an address that controls it"
    address = town.key("KTU").address if controls else town.values["unknown_address"]
    return town.play.world.http.post(path, json=_envelope(row.call, address))


def _passed_on(town: Town, row: Row, path: str) -> httpx.Response:
    return town.play.world.http.post(path, json=_ledger_body(town, row))


def _given(town: Town, row: Row, path: str) -> httpx.Response:
    return ask_for_token(town, path, row.case)


def _written(town: Town, row: Row, path: str) -> httpx.Response:
    return _sent(town, row, path) if row.call == _SEND else _built(town, row, path)


_ASKING = {"actions": _checked, "besu": _passed_on, "token": _given, "jsonrpc": _written}


def _headers(town: Town, row: Row, path: str) -> dict[str, str]:
    if row.case == "with the ETag of the answer before":
        return {"If-None-Match": town.play.world.get(path).headers.get("etag", "")}
    if row.case not in {"", "anonymously"}:
        raise UnknownCase(row.name)
    return dict(row.headers)


def _built(town: Town, row: Row, path: str) -> httpx.Response:
    """The first step: a method's unsigned transaction."""
    call = call_of(town, row.base, row.call)
    parameters: dict[str, Any] = {"from": town.key(call.actor).address} | dict(call.parameters)
    body = _envelope(row.call, parameters)
    if row.case in _ENVELOPE_CASES:
        body = {name: value for name, value in body.items() if name != "id"} | _ENVELOPE_CASES[row.case]
    elif row.case == "with two parameters":
        body["params"] *= 2
    elif row.case == "with an unknown parameter":
        parameters["surprise"] = "1"
    elif row.case == "with a parameter left out":
        del parameters[next(iter(call.parameters))]
    elif row.case == "without the policy":
        parameters["from"] = town.key("Agency").address
    elif row.case and row.case not in _TOKEN_CASES:
        other = call_of(town, row.base, f"{row.call} {row.case}").parameters
        if not other:
            raise UnknownCase(row.name)
        body = _envelope(row.call, {"from": parameters["from"]} | dict(other))
    return town.play.world.http.post(path, json=body, headers=_authorised(town, row, call))


_TOKEN_CASES = {
    *("without a token", "with a forged token"),
    *("with a token of another registry", "with an invitation to something else"),
}


def _authorised(town: Town, row: Row, call: Call | None = None) -> dict[str, str]:
    if row.case == "without a token" or row.base not in SCOPES:
        return {}
    made = call or call_of(town, row.base, SENT[row.base])
    actor, scope = made.actor, made.scope
    if row.case == "with a token of another registry":
        scope = "tir_write"
    elif row.case == "with an invitation to something else":
        actor, scope = "Newcomer", "didr_invite"
    token = token_for(town, actor, scope)
    if token is None:
        return {}
    if row.case == "with a forged token":
        token = token[:-8] + ("A" * 8)
    return {"Authorization": f"Bearer {token}"}


def _sent(town: Town, row: Row, path: str) -> httpx.Response:
    """Both steps, the second of them as the line wants it."""
    call = call_of(town, row.base, SENT[row.base])
    key = town.key(call.actor)
    headers = _authorised(town, row, call)
    http = town.play.world.http
    built = http.post(
        path, json=_envelope(SENT[row.base], {"from": key.address} | dict(call.parameters)), headers=headers
    )
    if built.status_code != httpx.codes.OK:
        return built
    unsigned = built.json()["result"]
    secret, signed = key.scalar, dict(unsigned)
    if row.case == "signed by another key":
        secret = town.key("Council").scalar
    elif row.case == "for another chain":
        signed["chainId"] = unsigned["chainId"] = "0x1"
    elif row.case == "for another contract":
        signed["to"] = unsigned["to"] = town.play.world.ledger.deployment.registry_log
    elif row.case == "for another function":
        signed["data"] = unsigned["data"] = "0xdeadbeef"
    elif row.case == "with other parameters than were built":
        signed["data"] = signed["data"][:-2] + "01"
    elif row.case == "that the contract would refuse":
        signed["data"] = unsigned["data"] = _of_another_did(town, unsigned["data"])
    elif row.case not in {"", "of type 2"}:
        raise UnknownCase(row.name)
    raw = _of_type_2(unsigned, secret) if row.case == "of type 2" else sign(signed, secret)
    given = {"protocol": "eth", "unsignedTransaction": unsigned, "r": "0x1", "s": "0x1", "v": "0x1b"}
    answer = http.post(path, json=_envelope(_SEND, given | {"signedRawTransaction": raw}), headers=headers)
    town.play.world.follow()
    return answer


def _of_another_did(town: Town, data: str) -> str:
    """The same call about the Council's DID, which is as long and not the caller's."""
    return data.replace(town.issuer("KTU").did.encode().hex(), town.issuer("Council").did.encode().hex())


def _of_type_2(unsigned: dict[str, str], secret: bytes) -> str:
    fields = {
        "type": 2,
        "to": unsigned["to"],
        "data": unsigned["data"],
        "value": 0,
        "nonce": int(unsigned["nonce"], 16),
        "chainId": int(unsigned["chainId"], 16),
        "gas": int(unsigned["gasLimit"], 16),
        "maxFeePerGas": 0,
        "maxPriorityFeePerGas": 0,
    }
    return "0x" + bytes(Account.sign_transaction(fields, secret).raw_transaction).hex()


def _ledger_body(town: Town, row: Row) -> Any:
    if row.case == "with a batch of two":
        return [ledger_call(town, "eth_blockNumber"), ledger_call(town, "eth_chainId")]
    if row.case == f"with a batch of {_BATCH_LIMIT + 1:,}":
        return [ledger_call(town, "eth_blockNumber")] * (_BATCH_LIMIT + 1)
    if row.case == "with notifications alone":
        return [{"jsonrpc": "2.0", "method": "eth_chainId", "params": []}]
    return ledger_call(town, row.call)


def _envelope(method: str, *parameters: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": list(parameters)}
