"""Logs: one JSON object a line, and whatever is said, nothing personal and nothing secret."""

import json
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.methods.ebsi import new_did
from node.json_log import MAX_TEXT, JsonLines, cut
from tests.ledger import DeployedLedger
from tests.node.api.world import settings_for

DID = new_did(b"the secret did!!")
DIGEST = "5ec4e7" + "ab" * 29
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJuYW1lIjoiU2VrcmV0YSJ9.c2VjcmV0"
NAME, BEARER, KEY, PASSWORD, USER = "Sekreta", "b34r3r-s3cr3t", "l3dg3r-k3y", "d4t4b4s3-p4ss", "s3cr3t-us3r"
SECRETS = (
    DID.removeprefix("did:ebsi:"),
    DIGEST,
    DIGEST[:20],
    JWT,
    "Sekreta",
    BEARER,
    KEY,
    PASSWORD,
    USER,
    "c2VjcmV0",
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"no {DID}#c here", "no did:ebsi:… here"),
        (f"leaf {DIGEST}.", "leaf 5ec4e7ab…."),
        (f"0x{DIGEST * 3}", "0x5ec4e7ab…"),
        ("to 0x" + "ab" * 20, "to 0xabababab…"),
        (f"body '{JWT}'", "body 'eyJ…'"),
        (f"https://mainnet.example/v3/{KEY} failed", "https://mainnet.example/… failed"),
        (f"http://ledger.example:8545?key={KEY}", "http://ledger.example:8545/…"),
        (f"postgresql+psycopg://{USER}:{PASSWORD}@db.example/ankyra", "postgresql+psycopg://db.example/…"),
        (f"postgresql://{USER}:{PASSWORD}@db.example", "postgresql://…@db.example"),
        ("A" * 43 * 3, "A" * 8 + "…"),
        (repr(f"\n{DID}\n{DIGEST}\n{JWT}"), "'\\ndid:ebsi:…\\n5ec4e7ab…\\neyJ…'"),
        ("alarm reorg-too-deep: block 17, not 12", "alarm reorg-too-deep: block 17, not 12"),
        ('File "/usr/lib/python3.11/site-packages/sqlalchemy/engine/base.py", line 1967', None),
        ("node.indexer.follower: a_function_with_a_name_that_is_rather_long_but_not_too_long", None),
    ],
)
def test_what_may_name_a_person_or_open_a_door_is_cut(said: str, kept: str | None) -> None:
    assert cut(said) == (said if kept is None else kept)


@given(st.text(max_size=60), st.sampled_from([DID, DIGEST, JWT]), st.text(max_size=60))
def test_wherever_it_stands(before: str, secret: str, after: str) -> None:
    assert secret not in cut(f"{before} {secret} {after}")


def test_a_line_is_one_object_and_bounded() -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    try:
        int(f"{DID}\n" * 10_000)
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "b", 1, "first\nsecond %s", (DIGEST,), sys.exc_info())
    record.url = f"http://ledger.example/{KEY}"
    handler.emit(record)
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert (found["level"], found["message"], found["url"]) == (
        "error",
        "first\nsecond 5ec4e7ab…",
        "http://ledger.example/…",
    )
    assert len(line) < 3 * MAX_TEXT
    assert not [secret for secret in SECRETS if secret in line]


PROGRAM = """
import logging, sys
from node import app, json_log
app.log_to = lambda stream: json_log.log_to(stream, level=logging.DEBUG)
from node.config import load_settings
sys.exit(app.serve(load_settings()))
"""


def _environment(folder: Path, **named: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANKYRA_")}
    variables = {
        "ANKYRA_PORT": "0",
        "ANKYRA_DEPLOYMENT": str(folder / "deployment.json"),
        "ANKYRA_DATA_DIR": str(folder),
        "ANKYRA_POLL_INTERVAL": "0.05",
    }
    return kept | variables | named


@contextmanager
def serving(folder: Path, **named: str) -> Iterator[tuple[str, Path]]:
    """A real node that logs at every level, and the file of all that it writes."""
    written = folder / "written"
    with written.open("wb") as stderr:
        node = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=_environment(folder, **named),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        try:
            assert node.stdout
            yield node.stdout.readline().removeprefix("Listening on ").strip(), written
        finally:
            node.terminate()
            rest, _ = node.communicate(timeout=60)
    with written.open("a") as more:
        more.write(rest)


def strange_requests(http: httpx.Client) -> list[int]:
    """Requests of every kind, right and wrong, all with what must not be logged."""
    bearer = {"Authorization": f"Bearer {BEARER}", "X-Name": NAME, "Cookie": BEARER}
    credential: dict[str, Any] = {"@context": [NAME], "issuer": DID, "proof": {"proofValue": JWT}}
    batch = {"did": DID, "attributeId": DIGEST, "from": "0x" + DIGEST[:40], "root": DIGEST, "size": 1}
    batch |= {"digests": "A" * 43, "jws": JWT}
    call = {"jsonrpc": "2.0", "id": 1, "method": "insertDidDocument", "params": [{"from": NAME, "did": DID}]}
    sent = {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": [{"to": "0x" + DIGEST}, "latest"]}
    got = [
        http.get(path, headers=bearer).status_code
        for path in (
            *(
                f"/v1/anchors/{DIGEST}",
                f"/v1/anchors/{DIGEST}?{NAME}=1",
                f"/{NAME}/{DID}",
                f"/v1/issuers/{DID}",
            ),
            *(f"/1.0/identifiers/{DID}", f"/v1/history?issuer={DID}", f"/v1/payloads/{DIGEST}"),
            *(f"/v1/batches/{DID}/{DIGEST}/1", f"/did-registry/v5/identifiers/{DID}", f"/v1/anchors/{NAME}"),
        )
    ]
    got += [
        http.post(path, json=body, headers=bearer).status_code
        for path, body in (
            *(("/v1/verifications", credential), ("/v1/verifications", {"credential": JWT})),
            *(("/v1/batches", batch), ("/v1/batches", {"did": NAME})),
            *(("/did-registry/v5/jsonrpc", call), ("/ledger/v4/blockchains/besu", sent)),
        )
    ]
    got.append(http.post("/v1/verifications", content=JWT, headers=bearer).status_code)
    got.append(http.put("/v1/status-lists", content=JWT, headers={"content-type": "text/plain"}).status_code)
    return got


@pytest.mark.enable_socket
def test_a_node_in_trouble_writes_no_secret_and_no_personal_data(
    deployed: DeployedLedger, tmp_path: Path
) -> None:
    deployed.ledger.mine()
    settings_for(deployed.ledger.url, deployed.deployment, tmp_path)
    urls = f"http://127.0.0.1:1/v3/{KEY},{deployed.ledger.url}/{KEY}"
    with serving(tmp_path, ANKYRA_LEDGER_URLS=urls, ANKYRA_PEERS=f"http://127.0.0.1:1/{KEY}") as (
        url,
        written,
    ):
        base = httpx.URL(url)
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
            assert 200 in strange_requests(http)
            with socket.create_connection((base.host, base.port or 0)) as stranger:
                stranger.sendall(f"NONSENSE {NAME} {DID}\r\n\r\n".encode())
                stranger.recv(4096)
            deployed.ledger.stop()
            strange_requests(http)
            with sqlite3.connect(tmp_path / "node.sqlite3", timeout=60) as database:
                for table in ("batch_leaf", "entry", "submission"):
                    with suppress(sqlite3.OperationalError):
                        database.execute(f"ALTER TABLE {table} RENAME TO gone_{table}")
            assert 500 in strange_requests(http)
            time.sleep(0.3)  # the follower stumbles too
    lines = written.read_text().splitlines()
    assert any("trace" in json.loads(line) for line in lines)
    assert any(json.loads(line).get("route") == "/v1/anchors/{digest}" for line in lines)
    assert [(secret, line[:400]) for line in lines for secret in SECRETS if secret in line] == []


@pytest.mark.parametrize(
    "database",
    [
        f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:1/ankyra",
        f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:notaport/ankyra",
    ],
)
@pytest.mark.enable_socket
def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    database: str, tmp_path: Path
) -> None:
    settings_for("http://127.0.0.1:1", _deployment(), tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=_environment(
            tmp_path, ANKYRA_DATABASE_URL=database, ANKYRA_LEDGER_URLS=f"http://127.0.0.1:1/{KEY}"
        ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = ended.stdout + ended.stderr
    assert (ended.returncode, "Traceback" in told) == (2, False), told
    assert [secret for secret in SECRETS if secret in told and secret != USER] == []


def _deployment() -> Any:
    from node.config import CONTRACTS, Deployment

    return Deployment("desk", 1, "0x" + "ab" * 20, dict.fromkeys(CONTRACTS, "0x" + "ab" * 20), 0)
