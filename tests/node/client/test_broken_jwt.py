"""A JWT that was cut off or never signed is told from a file that lost its receipt, by its form alone."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from did.base64url import encode_base64url
from node.client.broken_jwt import broken_jwt
from node.client.errors import Unusable
from node.client.issuing import Signer
from node.client.keys import new_key
from node.client.verdict import FileVerdict
from node.client.verify import verify_file
from tests.node.client.credentials import signed_credential

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIGNER = Signer.of("did:ebsi:zZeKyEJfUTGwajhNyNX928z", new_key("P-256", random=os.urandom))


@pytest.fixture
def jwt(tmp_path: Path) -> Path:
    path = tmp_path / "credential.jwt"
    path.write_text(signed_credential(SIGNER, now=NOW))
    return path


def unsigned(text: str, **header: object) -> str:
    head = encode_base64url(json.dumps(header).encode())
    return f"{head}.{text.split('.')[1]}."


def verdict_on(path: Path) -> FileVerdict:
    return verify_file(path, now=NOW)


@pytest.mark.parametrize("name", ["credential.jwt", "credential"])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_jwt_that_was_cut_off_is_said_to_be(jwt: Path, name: str, share: float) -> None:
    text = jwt.read_text()
    cut = jwt.with_name(name)
    cut.write_text(text[: int(text.rindex(".") * share)])
    verdict = verdict_on(cut)
    assert (verdict.outcome, verdict.intact) == ("invalid", False)
    assert verdict.sentence == f"{name} looks like a JWT that was cut off"
    assert "receipt" not in verdict.sentence


@pytest.mark.parametrize(
    ("alg", "why"), [("none", "the algorithm 'none' is not accepted"), ("ES256", "signature")]
)
def test_an_unsigned_jwt_is_no_credential(jwt: Path, alg: str, why: str) -> None:
    """Play the attack: the signature is taken away."""
    jwt.write_text(unsigned(jwt.read_text(), alg=alg, kid=SIGNER.kid, typ="JWT"))
    verdict = verdict_on(jwt)
    assert verdict.outcome == "invalid"
    assert verdict.sentence.startswith("credential.jwt looks like a JWT, and is no signed one: ")
    assert why in verdict.sentence


def test_an_unsigned_jwt_of_a_kind_that_is_not_judged_stays_unknown(jwt: Path) -> None:
    jwt.write_text(unsigned(jwt.read_text(), alg="ES256", kid=SIGNER.kid, typ="vc+sd-jwt") + "~abc~")
    verdict = verdict_on(jwt)
    assert (verdict.outcome, "not judged yet" in verdict.sentence) == ("indeterminate", True)


@pytest.mark.parametrize("content", [b"garbage", b"\xff\xfe\x00", b"", b"a.b.c", b'{"name": "value"}'])
def test_what_is_only_named_like_a_jwt_is_none(jwt: Path, content: bytes) -> None:
    jwt.write_bytes(content)
    verdict = verdict_on(jwt)
    assert verdict.outcome == "invalid"
    assert verdict.sentence.startswith("credential.jwt is named like a JWT, and is no signed one: ")


def test_other_files_are_left_to_their_receipts(tmp_path: Path) -> None:
    for content in (b"%PDF-1.7", b"eyJ and words", b""):
        path = tmp_path / "diploma.pdf"
        path.write_bytes(content)
        assert broken_jwt(path) is None
        with pytest.raises(Unusable, match="no receipt beside"):
            verdict_on(path)
    with pytest.raises(Unusable, match="cannot read"):
        broken_jwt(tmp_path / "absent.jwt")
