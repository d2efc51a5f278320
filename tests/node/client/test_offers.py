from pathlib import Path

import pytest

from node.client.challenge import asker_of
from node.client.errors import Unusable
from node.client.offers import forget_challenge, kept_challenge

OWN, OTHER = "did:ebsi:zZeKyEJfUTGwajhNyNX928z", "did:ebsi:zvShEq1tLmXp49ymXWGo76Y"


def test_a_challenge_is_kept_until_it_is_answered(tmp_path: Path) -> None:
    sent = kept_challenge(tmp_path, own=OWN, did=OTHER)
    assert asker_of(sent) == OWN
    assert kept_challenge(tmp_path, own=OWN, did=OTHER) == sent
    forget_challenge(tmp_path, did=OTHER)
    assert kept_challenge(tmp_path, own=OWN, did=OTHER) != sent


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"did:ebsi:zvShEq1tLmXp49ymXWGo76Y?challenge=" + b"A" * 43]
)
def test_a_challenge_of_somebody_else_or_none_is_replaced(tmp_path: Path, content: bytes) -> None:
    kept_challenge(tmp_path, own=OWN, did=OTHER)
    (file,) = (tmp_path / "challenges").iterdir()
    file.write_bytes(content)
    assert asker_of(kept_challenge(tmp_path, own=OWN, did=OTHER)) == OWN


def test_what_is_no_did_gets_no_challenge(tmp_path: Path) -> None:
    with pytest.raises(Unusable):
        kept_challenge(tmp_path, own=OWN, did="../../did:ebsi:z")
