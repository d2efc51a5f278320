"""`ankyra-devnet appoint`, `schema` and `hash-algorithm`: on the ledger, or refused in one line."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from devnet.errors import NotAsked
from devnet.folder import DevnetFolder
from devnet.hash_algorithms import ACTIVE, ALGORITHMS, insert_hash_algorithm
from devnet.office import LARGEST_SCHEMA, appoint, at_office, register_schema
from devnet.rpc import JsonRpc
from devnet.sender import Sender
from did.multibase import decode_base58btc, encode_base58btc
from did.multihash import decode_multihash, encode_multihash
from node.client.accreditation import ISSUER_TYPES
from node.config import load_deployment

pytestmark = pytest.mark.enable_socket

SCHEMA = b'{"title": "Micro-credential", "type": "object"}\n'


class Office:
    """Runs the command as a person would, for one devnet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "devnet.cli", command, "--dir", str(self.folder), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)

    def refusal(self, code: int, command: str, *arguments: str) -> str:
        done = self.run(command, *arguments)
        assert (done.returncode, done.stdout) == (code, "")
        assert len(done.stderr.splitlines()) == 1
        return done.stderr

    def read(self, contract: str, function: str, *arguments: object) -> tuple[Any, ...]:
        devnet = DevnetFolder(self.folder)
        running = devnet.running()
        assert running is not None
        with JsonRpc(running.rpc) as rpc:
            address = load_deployment(devnet.deployment).address(contract)
            return Sender(rpc, Account.from_key(bytes(31) + b"\x01")).call(
                contract, address, function, *arguments
            )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office") / "devnet")
    up = made.run("up", "--port", "0")
    assert up.returncode == 0, up.stderr
    yield made
    made.run("reset", "--yes")


def test_an_appointed_did_has_a_root_tao_s_attribute_on_the_ledger(office: Office) -> None:
    did = _did(1)
    done = office.run("appoint", did, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    attribute_id = bytes.fromhex(said["attributeId"])
    assert said["did"] == did
    assert _issuer_type(office, did, attribute_id) == ISSUER_TYPES["RootTAO"]
    assert _issuer_type(office, did, bytes(31) + b"\x01") == 0, "no other attribute was reserved"


def test_the_attribute_asked_for_is_the_one_reserved_and_the_next_command_names_it(office: Office) -> None:
    did, attribute = _did(2), "ab" * 32
    done = office.run("appoint", did, "--attribute", "0x" + attribute)
    assert done.returncode == 0, done.stderr
    assert f"ankyra issuer accept --root {attribute} " in done.stdout
    assert _issuer_type(office, did, bytes.fromhex(attribute)) == ISSUER_TYPES["RootTAO"]


def test_a_did_is_appointed_once_and_its_attribute_printed_each_time(office: Office) -> None:
    did, other = _did(7), "ef" * 32
    first = json.loads(office.run("appoint", did, "--json").stdout)["attributeId"]
    before = office.read("RegistryLog", "size")
    again = office.run("appoint", did)
    assert (again.returncode, again.stderr) == (0, "")
    assert f"ankyra issuer accept --root {first} " in again.stdout
    assert "already: nothing was changed" in again.stdout
    assert appoint(DevnetFolder(office.folder), did, attribute_id=bytes.fromhex(first)).before
    assert office.read("RegistryLog", "size") == before
    asked_for = appoint(DevnetFolder(office.folder), did, attribute_id=bytes.fromhex(other))
    assert (asked_for.before, asked_for.attribute_id.hex()) == (False, other)
    _end(office, did, bytes.fromhex(other))
    assert appoint(DevnetFolder(office.folder), did).attribute_id.hex() == first
    _end(office, did, bytes.fromhex(first))
    fresh = appoint(DevnetFolder(office.folder), did)
    assert fresh.attribute_id.hex() not in {first, other}, "what was revoked serves no more"
    assert not fresh.before


def test_an_attribute_of_another_did_is_refused_in_the_contract_s_words(office: Office) -> None:
    attribute = "cd" * 32
    assert office.run("appoint", _did(3), "--attribute", attribute).returncode == 0
    assert "the contract refused" in office.refusal(1, "appoint", _did(4), "--attribute", attribute)


@pytest.mark.parametrize(
    "did", ["did:web:example.org", "ktu", "did:ebsi:z", "did:ebsi:zZeKyEJfUTGwajhNyNX928"]
)
def test_what_is_no_did_of_a_legal_entity_is_refused(office: Office, did: str) -> None:
    before = office.read("RegistryLog", "size")
    with pytest.raises(NotAsked, match=did):
        appoint(DevnetFolder(office.folder), did, attribute_id=b"\x01" * 32)
    assert office.read("RegistryLog", "size") == before


@pytest.mark.parametrize("attribute_id", [b"", b"\xab", b"\xab" * 33, bytes(32)])
def test_what_is_no_attribute_id_is_refused(office: Office, attribute_id: bytes) -> None:
    with pytest.raises(NotAsked, match="64 hexadecimal digits"):
        appoint(DevnetFolder(office.folder), _did(5), attribute_id=attribute_id)


def test_what_was_mistyped_is_one_line(office: Office) -> None:
    assert "did:web:example.org" in office.refusal(2, "appoint", "did:web:example.org")
    assert "64 hexadecimal digits" in office.refusal(2, "appoint", _did(5), "--attribute", "zz")


def test_a_schema_is_registered_by_the_hash_of_its_bytes_once(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_bytes(SCHEMA)
    before = office.read("RegistryLog", "size")
    done = office.run("schema", str(file), "--json")
    assert done.returncode == 0, done.stderr
    name = json.loads(done.stdout)["schemaId"]
    assert decode_base58btc(name) == hashlib.sha256(SCHEMA).digest()
    assert office.read("RegistryLog", "size") == (before[0] + 1,)
    again = office.run("schema", str(file))
    assert (again.returncode, again.stdout, again.stderr) == (0, name + "\n", "")
    assert office.read("RegistryLog", "size") == (before[0] + 1,), "the same bytes again change nothing"
    file.write_bytes(SCHEMA + b"\n")
    again = office.run("schema", str(file))
    assert again.stdout == encode_base58btc(hashlib.sha256(SCHEMA + b"\n").digest()) + "\n"


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"a": 1, "a": 2}', b'{"a": "' + b"x" * LARGEST_SCHEMA + b'"}']
)
def test_what_is_no_schema_is_refused_before_anything_is_sent(
    office: Office, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "schema.json"
    file.write_bytes(content)
    before = office.read("RegistryLog", "size")
    with pytest.raises(NotAsked, match=re.escape(str(file))):
        register_schema(DevnetFolder(office.folder), file)
    assert office.read("RegistryLog", "size") == before


def test_a_schema_that_cannot_be_read_is_refused(office: Office, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.json"):
        assert str(path) in office.refusal(2, "schema", str(path))


def test_a_hash_algorithm_is_inserted_once_and_its_number_printed_each_time(office: Office) -> None:
    assert office.run("hash-algorithm").stdout == "0\n"
    done = office.run("hash-algorithm", "sha3-256", "--json")
    assert json.loads(done.stdout) == {
        "schema": "ankyra-devnet/1",
        "hashAlgorithmId": 1,
        "ianaName": "sha3-256",
    }
    before = office.read("RegistryLog", "size")
    assert [office.run("hash-algorithm", name).stdout for name in ("sha3-256", "sha-256")] == ["1\n", "0\n"]
    assert office.read("RegistryLog", "size") == before


def test_one_that_was_revoked_or_renamed_is_not_taken_for_it(office: Office) -> None:
    number = insert_hash_algorithm(DevnetFolder(office.folder), "sha3-512")
    assert insert_hash_algorithm(DevnetFolder(office.folder), "sha3-512") == number
    algorithm = ALGORITHMS["sha3-512"]
    _change(office, number, 512, "sha3-512", algorithm.oid, 2, algorithm.multi_hash)
    second = insert_hash_algorithm(DevnetFolder(office.folder), "sha3-512")
    assert second > number
    _change(office, second, 512, "another", "", ACTIVE, algorithm.multi_hash)
    assert insert_hash_algorithm(DevnetFolder(office.folder), "sha3-512") > second


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_algorithm_is_one_that_hashlib_and_multihash_know_alike(name: str) -> None:
    algorithm = ALGORITHMS[name]
    digest = hashlib.new(name.replace("sha-", "sha").replace("sha3-", "sha3_"), b"").digest()
    assert len(digest) * 8 == algorithm.output_length
    assert decode_multihash(encode_multihash(algorithm.multi_hash, digest))[1] == digest


def test_an_unknown_hash_algorithm_is_refused_with_those_that_there_are(office: Office) -> None:
    assert "sha-256, sha-384" in office.refusal(2, "hash-algorithm", "md5")


def test_a_devnet_that_is_down_is_told_with_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_bytes(SCHEMA)
    down = Office(tmp_path / "down")
    assert "ankyra-devnet up" in down.refusal(4, "appoint", _did(6))
    assert "ankyra-devnet up" in down.refusal(4, "schema", str(file))
    assert "ankyra-devnet up" in down.refusal(4, "hash-algorithm")
    assert not down.folder.exists()


def _change(office: Office, *algorithm: object) -> None:
    with at_office(DevnetFolder(office.folder)) as (operator, deployment):
        registry = deployment.address("AnchorRegistry")
        operator.transact("AnchorRegistry", registry, "updateHashAlgorithm", *algorithm)


def _end(office: Office, did: str, attribute_id: bytes) -> None:
    revoked = (did, attribute_id, ISSUER_TYPES["Revoked"], did, attribute_id)
    with at_office(DevnetFolder(office.folder)) as (operator, deployment):
        registry = deployment.address("TrustedIssuersRegistry")
        operator.transact("TrustedIssuersRegistry", registry, "setAttributeMetadata", *revoked)


def _did(seed: int) -> str:
    return "did:ebsi:" + encode_base58btc(b"\x01" + bytes([seed]) * 16)


def _issuer_type(office: Office, did: str, attribute_id: bytes) -> int:
    found = office.read(
        "TrustedIssuersRegistry", "issuerTypeOf", hashlib.sha256(did.encode()).digest(), attribute_id
    )
    return int(found[0])
