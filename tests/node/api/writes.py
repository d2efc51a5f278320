"""Writes of the registries as a client sends them, and a ledger between it and the node that errs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import func, select

from node.chain.transactions import read_transaction
from node.db.session import reading
from node.db.tables import KEPT_TRANSACTION
from tests.node.api.test_json_rpc import DIDS, result
from tests.node.api.world import Actor, World, rpc, sign
from tests.node.indexer.test_lies import Liar, Tamper
from tests.node.keeping import refusal

SEND = "sendSignedTransaction"


def automine(world: World, *, on: bool) -> None:
    world.ledger.ledger.rpc.request("evm_setAutomine", on)


def built(world: World, method: str, actor: Actor, *, path: str = DIDS, **params: Any) -> dict[str, str]:
    unsigned: dict[str, str] = result(rpc(world.http, path, method, {"from": actor.address, **params}))
    return unsigned


def signed(unsigned: dict[str, str], actor: Actor, **change: str) -> dict[str, Any]:
    """The parameters of the second step; `change` replaces fields of the unsigned transaction first."""
    unsigned = unsigned | change
    return {"unsignedTransaction": unsigned, "signedRawTransaction": sign(unsigned, actor.ledger_secret)}


def name_of(sent: dict[str, Any]) -> str:
    return "0x" + read_transaction(bytes.fromhex(sent["signedRawTransaction"][2:])).hash.hex()


def state(world: World, sent: dict[str, Any] | str) -> Any:
    return world.ok(f"/v1/transactions/{sent if isinstance(sent, str) else name_of(sent)}")


def unknown(world: World, sent: dict[str, Any]) -> bool:
    answer = world.get(f"/v1/transactions/{name_of(sent)}")
    if answer.status_code == 404:
        assert answer.json()["code"] == "transactionNotFound"
    return answer.status_code == 404


def kept_count(world: World) -> int:
    with reading(world.node.engine) as connection:
        return connection.execute(select(func.count()).select_from(KEPT_TRANSACTION)).scalar() or 0


@contextmanager
def through(world: World, tamper: Tamper) -> Iterator[None]:
    """The node's ledger answers through `tamper`."""
    ledger = world.node.ledger
    honest = ledger._http
    ledger._http = httpx.Client(transport=Liar(tamper), trust_env=False)
    try:
        yield
    finally:
        ledger._http.close()
        ledger._http = honest


def refuses(*methods: str) -> Tamper:
    return lambda asked, _, answer: refusal() if asked in methods else answer


def gone(*methods: str) -> Tamper:
    return lambda asked, _, answer: httpx.Response(502, text="gone") if asked in methods else answer
