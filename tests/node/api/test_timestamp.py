"""EBSI's Timestamp API, read: ids and members in EBSI's spelling."""

import base64
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from eth_utils.address import to_checksum_address

from did.base64url import encode_base64url
from tests.node.api.test_policies import ok, served_log
from tests.node.logged import Log

pytestmark = pytest.mark.enable_socket

SERVICE = "/timestamp/v4"
OWNER, GUEST = b"\x0b" * 20, b"\x0d" * 20
HASH, OTHER = sha256(b"a file").digest(), sha256(b"another file").digest()
RECORD = sha256(b"a record").digest()
TIMESTAMP_ID = "u" + encode_base64url(b"\x12\x20" + sha256(HASH).digest())
RECORD_ID = "u" + encode_base64url(RECORD)
ALGORITHM: dict[str, Any] = {
    "outputLength": 256,
    "ianaName": "sha-256",
    "oid": "2.16.840.1.101.3.4.2.1",
    "multiHash": "sha2-256",
}


def stamped() -> Log:
    log = Log()
    log.open(OWNER)
    log.write("timestamp.algorithm.inserted", hashAlgorithmId=0, status=1, **ALGORITHM)
    log.write("timestamp.algorithm.inserted", hashAlgorithmId=1, status=1, **ALGORITHM | {"multiHash": ""})
    log.write("timestamp.algorithm.updated", hashAlgorithmId=1, status=2, **ALGORITHM)
    for actor, value in ((OWNER, HASH), (GUEST, HASH), (OWNER, OTHER)):
        fields = {"hashAlgorithmId": 0, "hashValue": value, "timestampData": b'{"by":1}'}
        log.write("timestamp.hashes", actor=actor, **fields)
    for version, value in ((0, HASH), (1, OTHER)):
        log.write(
            "timestamp.record.versioned",
            actor=OWNER,
            recordId=RECORD,
            versionId=version,
            hashAlgorithmIds=[0],
            hashValues=[value],
            timestampData=[],
            versionInfo=b'{"v":%d}' % version,
        )
    for owner in (GUEST, b"\x0e" * 20):
        dates = {"notBefore": 1, "notAfter": 0}
        log.write("timestamp.record.owner.added", actor=OWNER, recordId=RECORD, ownerId=owner, **dates)
    log.write("timestamp.record.owner.revoked", actor=OWNER, recordId=RECORD, ownerId=GUEST)
    return log


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder: Path = tmp_path_factory.mktemp("timestamps")
    with served_log(stamped(), folder) as client:
        yield client


def test_hash_algorithms_are_listed_by_number_and_shown_as_last_described(http: httpx.Client) -> None:
    listed = ok(http, f"{SERVICE}/hash-algorithms")
    assert [item["hashAlgorithmId"] for item in listed["items"]] == [0, 1]
    assert ok(http, listed["items"][0]["href"]) == {
        "outputLengthBits": 256,
        "ianaName": "sha-256",
        "oid": "2.16.840.1.101.3.4.2.1",
        "status": "active",
        "multihash": "sha2-256",
        "multiHash": "sha2-256",
    }
    assert ok(http, listed["items"][1]["href"])["status"] == "revoked"
    assert ok(http, f"{SERVICE}/hash-algorithms?page[after]=9")["items"] == []


def test_a_timestamp_is_the_first_of_its_hash_under_the_multihash_of_its_sha_256(http: httpx.Client) -> None:
    listed = ok(http, f"{SERVICE}/timestamps")
    assert listed["items"][0]["timestampId"] == TIMESTAMP_ID
    assert listed["total"] == 2
    shown = ok(http, listed["items"][0]["href"])
    assert base64.b64decode(shown["hash"][1:] + "==") == b"\x12\x20" + HASH
    entry = stamped().entries[4]
    assert {name: shown[name] for name in shown if name != "hash"} == {
        "timestampedBy": to_checksum_address(OWNER),
        "blockNumber": 4,
        "timestamp": "2026-09-21T14:13:24.000Z",
        "data": "0x" + b'{"by":1}'.hex(),
        "transactionHash": "0x" + entry.hash.hex(),
    }


def test_a_record_tells_owners_and_hashes(http: httpx.Client) -> None:
    listed = ok(http, f"{SERVICE}/records")
    assert [item["recordId"] for item in listed["items"]] == [RECORD_ID]
    assert ok(http, listed["items"][0]["href"]) == {
        "ownerIds": ["0x" + OWNER.hex(), "0x" + "0e" * 20],
        "revokedOwnerIds": ["0x" + GUEST.hex()],
        "firstVersionTimestamps": ["0x" + HASH.hex()],
        "lastVersionTimestamps": ["0x" + OTHER.hex()],
        "totalVersions": 2,
    }
    versions = ok(http, f"{SERVICE}/records/{RECORD_ID}/versions?page[size]=1&page[after]=2")
    assert [item["versionId"] for item in versions["items"]] == [1]
    assert versions["total"] == 2
    assert ok(http, versions["items"][0]["href"]) == {"hashes": ["0x" + OTHER.hex()], "info": [{"v": 1}]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"owner=0x{OWNER.hex()}", 1),
        (f"owner=0x{OWNER.hex().upper()}", 1),
        (f"owner=0x{GUEST.hex()}", 0),
        (f"first-version=0x{HASH.hex()}", 1),
        (f"first-version=0x{sha256(HASH).hexdigest()}", 1),
        (f"first-version={TIMESTAMP_ID}", 1),
        (f"first-version=0x{OTHER.hex()}", 0),
        (f"owner=0x{OWNER.hex()}&first-version=0x{OTHER.hex()}", 0),
    ],
)
def test_records_are_found_by_owner_and_by_the_hash_of_their_first_version(
    http: httpx.Client, query: str, found: int
) -> None:
    listed = ok(http, f"{SERVICE}/records?{query}")
    assert (len(listed["items"]), listed["total"]) == (found, found)
    assert query in listed["links"]["last"]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("hash-algorithms/2", "Hash Algorithm Not Found"),
        ("timestamps/u" + encode_base64url(b"\x12\x20" + bytes(32)), "Timestamp Not Found"),
        ("records/u" + encode_base64url(bytes(32)), "Record Not Found"),
        ("records/u" + encode_base64url(bytes(32)) + "/versions", "Record Not Found"),
        ("records/u" + encode_base64url(bytes(32)) + "/versions/0", "Record Not Found"),
        (f"records/{RECORD_ID}/versions/2", "Version Not Found"),
    ],
)
def test_what_is_not_there_is_titled_as_ebsi_does_it(http: httpx.Client, path: str, title: str) -> None:
    problem = http.get(f"{SERVICE}/{path}").json()
    assert (problem["status"], problem["title"], problem["type"]) == (404, title, "about:blank")


@pytest.mark.parametrize(
    "path",
    [
        "hash-algorithms/-1",
        "hash-algorithms/one",
        f"timestamps/{TIMESTAMP_ID[1:]}",
        "timestamps/u" + encode_base64url(b"\x13\x20" + bytes(32)),
        "timestamps/u" + encode_base64url(b"\x12\x01\x00"),
        f"timestamps/{TIMESTAMP_ID}A",
        f"records/{RECORD_ID[:-1]}",
        f"records/{RECORD.hex()}",
        "records/u" + encode_base64url(bytes(31)),
        f"records/{RECORD_ID}/versions/x",
        "records?owner=me",
        "records?first-version=" + HASH.hex(),
        "records?first-version=0x0",
        "records?first-version=uAA",
        "records?page[size]=0",
        "records?version=1",
    ],
)
def test_what_cannot_be_is_refused(http: httpx.Client, path: str) -> None:
    problem = http.get(f"{SERVICE}/{path}").json()
    assert (problem["status"], problem["title"], problem["type"]) == (400, "Bad Request", "about:blank")
