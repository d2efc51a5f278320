import json
import os
import stat
from pathlib import Path

import pytest
from eth_account import Account

from did.jwk import public_key, thumbprint
from node.client.envelope import STRONG_N, MacMismatch, MalformedEnvelope, seal, unseal
from node.client.errors import KeyMissing, MalformedKeyFile, WrongPassphrase
from node.client.keys import PrivateKey, new_key
from node.client.keystore import Keystore

WEAK_N = 2


def keystore(folder: Path, passphrase: str = "correct horse") -> Keystore:  # noqa: S107 - opens nothing of worth
    return Keystore(folder, passphrase=passphrase, scrypt_n=WEAK_N)


def test_both_keys_come_back_from_disk(tmp_path: Path) -> None:
    made = keystore(tmp_path).create("secp256k1", "P-256")
    opened = keystore(tmp_path).open_all(key.kid for key in made)
    assert opened == made
    assert [key.algorithm for key in opened] == ["ES256K", "ES256"]


def test_a_key_is_named_by_its_thumbprint(tmp_path: Path) -> None:
    for key in keystore(tmp_path).create("secp256k1", "P-256"):
        assert key.kid == thumbprint(key.public_jwk)
        assert (tmp_path / f"{key.kid}.json").exists()
        public_key(key.public_jwk)


def test_only_the_owner_reads_a_key(tmp_path: Path) -> None:
    (key,) = keystore(tmp_path / "keys").create("P-256")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / f"{key.kid}.json").stat().st_mode) == 0o600


def test_no_file_holds_the_scalar_in_clear(tmp_path: Path) -> None:
    for key in keystore(tmp_path).create("secp256k1", "P-256"):
        content = (tmp_path / f"{key.kid}.json").read_text()
        assert key.scalar.hex() not in content
        assert key.scalar.hex() not in repr(key)


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    (key,) = keystore(tmp_path).create("P-256")
    with pytest.raises(WrongPassphrase) as refusal:
        keystore(tmp_path, "wrong horse").open(key.kid)
    assert "wrong horse" not in str(refusal.value)


def test_any_changed_byte_of_the_envelope_is_noticed(tmp_path: Path) -> None:
    (key,) = keystore(tmp_path).create("secp256k1")
    path = tmp_path / f"{key.kid}.json"
    envelope = json.loads(path.read_text())
    for member in ("ciphertext", "mac"):
        changed = json.loads(path.read_text())
        text = changed["crypto"][member]
        changed["crypto"][member] = ("0" if text[0] != "0" else "1") + text[1:]
        path.write_text(json.dumps(changed))
        with pytest.raises(WrongPassphrase):
            keystore(tmp_path).open(key.kid)
        path.write_text(json.dumps(envelope))
    path.write_text(json.dumps(envelope | {"crv": "P-256"}))
    with pytest.raises(MalformedKeyFile):
        keystore(tmp_path).open(key.kid)


def test_the_envelope_is_the_one_that_other_software_opens() -> None:
    scalar = os.urandom(32)
    envelope = seal(scalar, passphrase="pä", n=WEAK_N, random=os.urandom)
    assert bytes(Account.decrypt(json.dumps(envelope), "pä")) == scalar


def test_an_envelope_made_elsewhere_opens() -> None:
    scalar = os.urandom(32)
    assert unseal(Account.encrypt(scalar, "x", kdf="scrypt", iterations=WEAK_N), passphrase="x") == scalar


def test_the_default_cost_is_the_strong_one() -> None:
    assert STRONG_N == 262_144
    assert Keystore(Path(), passphrase="x")._scrypt_n == STRONG_N
    envelope = seal(bytes(31) + b"\1", passphrase="x", random=os.urandom)
    assert envelope["crypto"]["kdfparams"]["n"] == STRONG_N


@pytest.mark.parametrize(
    ("member", "value"),
    [("n", 1 << 30), ("n", 3), ("n", "262144"), ("n", True), ("r", 1 << 20), ("p", 1000), ("dklen", 64)],
)
def test_a_cost_out_of_bounds_is_refused_before_it_is_paid(member: str, value: object) -> None:
    envelope = seal(bytes(31) + b"\1", passphrase="x", n=WEAK_N, random=os.urandom)
    envelope["crypto"]["kdfparams"][member] = value
    with pytest.raises(MalformedEnvelope):
        unseal(envelope, passphrase="x")


def test_a_weaker_derivation_is_refused() -> None:
    envelope = Account.encrypt(b"\1" * 32, "x", kdf="pbkdf2", iterations=1)
    with pytest.raises(MalformedEnvelope):
        unseal(envelope, passphrase="x")
    with pytest.raises(MacMismatch):
        unseal(seal(b"\1" * 32, passphrase="x", n=WEAK_N, random=os.urandom), passphrase="y")


@pytest.mark.parametrize("kid", ["", "../../etc/passwd", "a" * 43 + "/", "ä" * 43, "A" * 43])
def test_a_strange_name_finds_no_key(tmp_path: Path, kid: str) -> None:
    with pytest.raises(KeyMissing):
        keystore(tmp_path).open(kid)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 5000, b" " * 9000])
def test_a_broken_key_file_is_named(tmp_path: Path, content: bytes) -> None:
    (key,) = keystore(tmp_path).create("P-256")
    (tmp_path / f"{key.kid}.json").write_bytes(content)
    with pytest.raises(MalformedKeyFile, match=key.kid):
        keystore(tmp_path).open(key.kid)


def test_a_key_is_opened_once_per_process(tmp_path: Path) -> None:
    store = keystore(tmp_path)
    (key,) = store.create("P-256")
    (tmp_path / f"{key.kid}.json").unlink()
    assert store.open(key.kid) is key


def test_a_scalar_outside_the_curve_is_drawn_again() -> None:
    draws = iter([b"\xff" * 32, bytes(32), bytes(31) + b"\5"])
    assert new_key("P-256", random=lambda _: next(draws)).scalar == bytes(31) + b"\5"


def test_a_ledger_key_has_the_account_that_others_compute() -> None:
    key = new_key("secp256k1", random=os.urandom)
    assert key.address == Account.from_key(key.scalar).address
    with pytest.raises(ValueError, match="secp256k1"):
        _ = PrivateKey("P-256", key.scalar).address
