"""The key of an e-seal: recorded by its certificate, sealing for a member, ended; whatever is typed."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from devnet.seal_certificates import seal_certificates
from did.jwk import jwk_from_public_key, thumbprint
from node.clock import wall_clock
from tests.node.cli.conftest import Type
from tests.node.cli.test_credential_rows import pem, profile, taken_out
from tests.node.client.conftest import Play
from tests.node.client.learners import learners, template_text, write_csv

pytestmark = pytest.mark.enable_socket
_LIFE = timedelta(days=365)


@pytest.fixture(scope="module")
def rsa() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def certificate(path: Path, jwk: dict[str, str], now: datetime) -> Path:
    (der,) = seal_certificates(jwk, organisation="KTU", now=now)
    return pem(path, der)


def test_an_rsa_seal_is_recorded_seals_for_a_member_and_is_revoked(
    living: Play, type_in: Type, rsa: RSAPrivateKey, tmp_path: Path
) -> None:
    own, did, now = profile(living), living.open("KTU").did, wall_clock()
    jwk = jwk_from_public_key(rsa.public_key())
    seal, key, passphrase = (tmp_path / name for name in ("seal.pem", "seal.key", "passphrase"))
    certificate(seal, jwk, now)
    passphrase.write_text("of the seal")
    encrypted = BestAvailableEncryption(b"of the seal")
    key.write_bytes(rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encrypted))

    recorded = type_in("did", "add", seal, *own, "--json")
    assert recorded.code == 0, recorded.err
    told = json.loads(recorded.out)
    assert told["key"] == f"{did}#{thumbprint(jwk)}"
    assert told["organisation"] == "KTU"
    assert told["until"] == f"{now + _LIFE:%Y-%m-%dT%H:%M:%SZ}"
    shown = type_in("did", "show", *own)
    assert f"{thumbprint(jwk)}" in shown.out
    assert "RSA" in shown.out
    again = json.loads(type_in("did", "add", seal, *own, "--json").out)
    assert again == {**told, "until": None}
    assert "recorded before" in type_in("did", "add", seal, *own).out

    course, out = tmp_path / "course.toml", tmp_path / "sealed.ndjson"
    course.write_text(template_text(), encoding="utf-8")
    table = write_csv(tmp_path / "learners.csv", learners(2))
    sealing = ("--seal-certificate", seal, "--seal-key", key, "--seal-passphrase-file", passphrase)
    member = ("--on-behalf-of", living.issuers["Agency"].did)
    command = ("credential", "issue", "--template", course, table, "--out", out, "--form", "jades")
    issued = type_in(*command, *sealing, *member, "--anchor", *own, "--json")
    assert issued.code == 0, issued.err
    living.world.follow()
    credential = taken_out(out, tmp_path)
    ask = ("verify", credential, "--node", living.world.url, "--json")
    assert json.loads(type_in(*ask).out)["verdict"]["outcome"] == "valid"

    past = now - timedelta(days=3)
    ended = type_in("did", "end", thumbprint(jwk), "--at", past.isoformat(), *own, "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["revoked"] is True
    living.world.follow()
    assert json.loads(type_in(*ask).out)["verdict"]["outcome"] != "valid"
    assert type_in(*command, *sealing, *member, *own).code != 0
    refused = type_in("did", "add", seal, *own)
    assert refused.code == 1
    assert "already revoked" in refused.err


def test_a_key_ends_soon_where_no_time_is_given(living: Play, type_in: Type, tmp_path: Path) -> None:
    own = profile(living)
    jwk = jwk_from_public_key(generate_ec(SECP256R1()).public_key())
    until = wall_clock().replace(microsecond=0) + timedelta(days=9)
    seal = certificate(tmp_path / "seal.pem", jwk, living.now)
    added = type_in("did", "add", seal, "--until", until.isoformat(), *own, "--json")
    assert json.loads(added.out)["until"] == f"{until:%Y-%m-%dT%H:%M:%SZ}", added.err
    kid = json.loads(added.out)["key"]
    before = wall_clock()
    ended = json.loads(type_in("did", "end", kid, *own, "--json").out)
    assert (ended["key"], ended["revoked"]) == (kid, False)
    assert before < datetime.fromisoformat(ended["end"]) < before + timedelta(minutes=5)
    assert "ends at" in type_in("did", "end", kid, *own).out


@pytest.mark.parametrize("use", ["ledger", "credential"])
def test_a_key_that_the_profile_needs_is_replaced_and_not_ended(
    living: Play, type_in: Type, use: str
) -> None:
    name = getattr(living.open("KTU").profile, f"{use}_key")
    refused = type_in("did", "end", name, *profile(living))
    assert refused.code == 2
    assert f"ankyra did rotate --{use}-key" in refused.err


def test_a_key_that_the_did_never_had_cannot_be_ended(living: Play, type_in: Type) -> None:
    refused = type_in("did", "end", "nobody", *profile(living))
    assert refused.code == 1
    assert len(refused.err.splitlines()) == 1
    assert "vMethodId doesn't exist" in refused.err


@pytest.mark.parametrize("years", [-1, 2])
def test_a_key_ends_in_the_life_of_its_certificate(
    living: Play, type_in: Type, tmp_path: Path, years: int
) -> None:
    other = generate_ec(SECP256R1())
    seal = certificate(tmp_path / "seal.pem", jwk_from_public_key(other.public_key()), living.now)
    until = living.now + years * _LIFE
    refused = type_in("did", "add", seal, "--until", until.isoformat(), *profile(living))
    assert refused.code == 2
    assert "not after the end of the certificate" in refused.err


def test_a_certificate_of_a_key_that_seals_nothing_is_told(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    jwk = jwk_from_public_key(generate_ec(SECP256K1()).public_key())
    seal = certificate(tmp_path / "seal.pem", jwk, living.now)
    refused = type_in("did", "add", seal, *profile(living))
    assert refused.code == 2
    assert "Ed25519, P-256, P-384, RSA" in refused.err
    assert len(refused.err.splitlines()) == 1
