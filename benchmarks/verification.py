"""One verdict: warm and cold beside the bare signature, by check, and over HTTP beside in process."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from anchoring.status_entry import parse_status_entry
from benchmarks.figures import Figure, quickest
from credentials import verification
from credentials.ports import NoMemory, Ports
from credentials.published_status import status_at
from credentials.securing.jose import parse_compact
from credentials.securing.reading import read_secured
from credentials.verdict import CHECKS
from node.api.caching import json_bytes
from node.services.node import Node
from node.services.verification import verify_credential
from node.services.verification_memory import VerificationMemory
from tests.credentials.credential_makers import status_entry
from tests.credentials.world import Country, country
from tests.node.api.world import served
from tests.node.projected import node_of

COUNT = 400
"""Credentials, all different, of one batch: what one person checks of a class, warm after the first."""
AT_A_TIME = 20
"""Of them measured in one go: short enough that some goes are not disturbed by other processes."""
CONNECTIONS = 64
REQUESTS = 2_000
ROUNDS = 4


@dataclass
class Class:
    """A country, the credentials of one class in one batch, and the ports of a verifier."""

    home: Country
    credentials: list[bytes]
    ports: Ports


def _class() -> Class:
    home = country()
    world, university = home.world, home.university
    url = world.list_url(university)
    entries = [status_entry(url, number) for number in range(COUNT)]
    credentials = [world.issue(university, status=[entry]) for entry in entries]
    world.publish_list(university, url, set_bits=[131_071])
    world.anchor(university, credentials)
    world.wait(3600)
    return Class(home, credentials, world.ports(cache=VerificationMemory()))


def run() -> list[Figure]:
    made = _class()
    return [*_in_process(made), *_by_check(made), *_over_http(made)]


def _in_process(made: Class) -> list[Figure]:
    policy, ports = made.home.world.policy(), made.ports
    cold_ports = made.home.world.ports(cache=NoMemory())

    def judge(credentials: Sequence[bytes], ports: Ports) -> None:
        for credential in credentials:
            verdict = verification.verify(credential, at=None, policy=policy, ports=ports)
            assert verdict.outcome == "valid", verdict.sentence

    some = made.credentials[:AT_A_TIME]
    bare, warm, cold = (
        seconds / AT_A_TIME
        for seconds in quickest(
            300, _bare(made, some), lambda: judge(some, ports), lambda: judge(some, cold_ports)
        )
    )
    return [
        Figure("bare ES256 of cryptography", 1e6 * bare, "us"),
        Figure("verify() of a VC-JWT with a status entry, warm", 1e6 * warm, "us"),
        Figure("verify(), nothing remembered", 1e6 * cold, "us"),
        Figure("verify(), warm, as a share of the bare rate", 100 * bare / warm, "%", limit=25.0, floor=True),
        Figure("its overhead for each check", 1e6 * (warm - bare) / len(CHECKS), "us"),
    ]


def _bare(made: Class, credentials: Sequence[bytes]) -> Callable[[], None]:
    private = made.home.university.key.private
    assert isinstance(private, EllipticCurvePrivateKey)
    key = private.public_key()
    signed = []
    for credential in credentials:
        jws = parse_compact(credential.decode())
        r, s = (int.from_bytes(half, "big") for half in (jws.signature[:32], jws.signature[32:]))
        signed.append((encode_dss_signature(r, s), bytes(jws.signing_input)))
    algorithm = ECDSA(SHA256())

    def verify() -> None:
        for signature, message in signed:
            key.verify(signature, message, algorithm)

    return verify


def _by_check(made: Class) -> list[Figure]:
    """CPU microseconds of reading, of placing on the ledger and of each check, over the same cases."""
    ports, policy = made.ports, made.home.world.policy()
    credentials = made.credentials[:AT_A_TIME]
    secured = [read_secured(credential) for credential in credentials]
    cases = [verification.open_case(one, at=ports.now, policy=policy, ports=ports) for one in secured]
    entry = parse_status_entry(secured[0].credential.statuses[0])
    issuer, until = cases[0].issuer, cases[0].until

    def over(check: Callable[[Any], object], given: Sequence[Any]) -> Callable[[], None]:
        def action() -> None:
            for one in given:
                check(one)

        return action

    actions = {
        "reading": over(read_secured, credentials),
        "anchors in memory": over(
            lambda one: verification.open_case(one, at=ports.now, policy=policy, ports=ports), secured
        ),
        **{
            f"check {check.number}, {check.name}": over(function, cases)
            for check, function in zip(CHECKS, verification._CHECKS, strict=True)  # noqa: SLF001 - what is measured
        },
        "status": over(lambda _: status_at(ports, entry, issuer=issuer, at=until), cases),
    }
    *seconds, status = quickest(200, *actions.values())
    figures = [
        Figure(f"  {name}", 1e6 * least / AT_A_TIME, "us")
        for name, least in zip(actions, seconds, strict=False)
    ]
    return [*figures, Figure("look-up in a warm status list", 1e6 * status / AT_A_TIME, "us", limit=5.0)]


def _over_http(made: Class) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        with node_of(made.home.world, Path(folder)) as node:
            alone = min(_rate(node, made.credentials) for _ in range(ROUNDS))
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, Path(folder) / "served"), daemon=True)
        process.start()
        try:
            port, credentials = ours.recv()
            asyncio.run(load(port, credentials, COUNT))
            seconds = min(asyncio.run(load(port, credentials, REQUESTS)) for _ in range(ROUNDS))
        finally:
            ours.send("enough")
            process.join(30)
    return [
        Figure("the node's service alone, a verdict as JSON", 1e6 * alone, "us"),
        Figure("verdicts per second in process", 1 / alone, "/s"),
        Figure(f"verdicts per second over {CONNECTIONS} connections", REQUESTS / seconds, "/s"),
        Figure(
            "over HTTP as a share of the rate in process",
            100 * REQUESTS * alone / seconds,
            "%",
            limit=30.0,
            floor=True,
        ),
    ]


def _rate(node: Node, credentials: Sequence[bytes]) -> float:
    """Seconds for one verdict, by the wall: a database is waited for too."""
    verify_credential(node, credentials[0], at=None)
    started = time.perf_counter()
    for credential in credentials:
        json_bytes(verify_credential(node, credential, at=None).verdict.to_json())
    return (time.perf_counter() - started) / len(credentials)


def _serve(pipe: Connection, folder: Path) -> None:
    """A node process of its own, with a world of its own, until told to end."""
    from node.app import application

    made = _class()
    with node_of(made.home.world, folder) as node, served(application(node)) as url:
        pipe.send((int(url.rpartition(":")[2]), made.credentials))
        pipe.recv()


async def load(port: int, credentials: Sequence[bytes], count: int) -> float:
    """Seconds until `count` verdicts have come over all connections, each of which asks again and again."""
    numbers = iter(range(count))
    started = time.perf_counter()
    await asyncio.gather(*(_ask(port, credentials, numbers) for _ in range(CONNECTIONS)))
    return time.perf_counter() - started


async def _ask(port: int, credentials: Sequence[bytes], numbers: Any) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in numbers:
        body = credentials[number % len(credentials)]
        writer.write(
            b"POST /v1/verifications HTTP/1.1\r\nHost: node\r\nContent-Type: application/vc+jwt\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        answer = await reader.readexactly(length)
        assert head.startswith(b"HTTP/1.1 200 ") and b'"outcome":"valid"' in answer  # noqa: PT018
    writer.close()
    await writer.wait_closed()
