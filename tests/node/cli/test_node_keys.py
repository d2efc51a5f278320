"""`ankyra node keys` and `ankyra node invite` as an operator types them."""

import json
from pathlib import Path

import pytest

from credentials.securing.jose import parse_compact
from node.config import CONTRACTS
from tests.node.cli.conftest import Type

DID = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    address = "0x" + "ab" * 20
    named = {"name": "desk", "chainId": 1337, "registryLog": address, "firstBlock": 1}
    contracts = {"contracts": dict.fromkeys(CONTRACTS, address)}
    Path("deployment.json").write_text(json.dumps(named | contracts))
    monkeypatch.setenv("ANKYRA_DEPLOYMENT", "deployment.json")
    monkeypatch.setenv("ANKYRA_DATA_DIR", "data")


def test_keys_are_listed_and_rotated(type_in: Type) -> None:
    assert "No key yet" in type_in("node", "keys", "list").out
    first = json.loads(type_in("node", "keys", "rotate", "--json").out)["kid"]
    second = json.loads(type_in("node", "keys", "rotate", "--json").out)["kid"]
    listed = json.loads(type_in("node", "keys", "list", "--json").out)["keys"]
    assert [(key["kid"], key["retiresAt"] is None) for key in listed] == [(second, True), (first, False)]
    shown = type_in("node", "keys", "list").out
    assert first in shown
    assert "and signs" not in shown
    assert "signs" in shown
    assert "signs from now on" in type_in("node", "keys", "rotate", "--at-once").out
    assert len(json.loads(type_in("node", "keys", "list", "--json").out)["keys"]) == 1


def test_a_did_is_invited(type_in: Type) -> None:
    printed = type_in("node", "invite", DID)
    assert (printed.code, parse_compact(printed.out.strip()).alg) == (0, "ES256")
    typed = type_in("node", "invite", DID, "--out", "invitation.jwt")
    assert (typed.code, "invitation.jwt" in typed.out) == (0, True)
    made = Path("invitation.jwt")
    assert made.stat().st_mode & 0o777 == 0o600
    claims = json.loads(parse_compact(made.read_text().strip()).payload)
    assert (claims["sub"], "cnf" in claims) == (DID, False)
    Path("key.json").write_text(json.dumps(JWK))
    bound = json.loads(type_in("node", "invite", DID, "--bound-to", "key.json", "--json").out)
    claims = json.loads(parse_compact(bound["invitation"]).payload)
    assert claims["cnf"] == {"jwk": JWK}


def test_what_cannot_be_invited_is_told_in_one_line(type_in: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("key.json").write_text("{")
    Path("private.json").write_text(json.dumps(JWK | {"d": "AAAA"}))
    for arguments in (
        ("did:key:z2dm",),
        (DID, "--bound-to", "key.json"),
        (DID, "--bound-to", "private.json"),
        (DID, "--bound-to", "absent.json"),
    ):
        typed = type_in("node", "invite", *arguments)
        assert typed.code == 2
        assert "Traceback" not in typed.err
    monkeypatch.setenv("ANKYRA_KEYS_PASSPHRASE_FILE", "absent")
    typed = type_in("node", "keys", "rotate")
    assert (typed.code, "ANKYRA_KEYS_PASSPHRASE_FILE" in typed.err) == (2, True)
