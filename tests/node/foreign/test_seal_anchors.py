from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from node.config import Settings
from node.errors import ConfigurationError
from node.foreign import seal_anchors
from node.foreign.seal_anchors import KeptAnchors, read_seal_anchors
from tests.credentials.securing.certificates import Authority, authority

ONE, ANOTHER = authority("One", 1), authority("Another", 2)


def _pem(*given: Authority) -> bytes:
    return b"".join(one.certificate.public_bytes(Encoding.PEM) for one in given)


def test_nobody_is_trusted_unless_somebody_is_named() -> None:
    assert read_seal_anchors(Settings().seal_anchors) == KeptAnchors()
    assert KeptAnchors().certificates() == ()


def test_a_file_may_hold_several_certificates(tmp_path: Path) -> None:
    path = tmp_path / "authorities.txt"
    path.write_bytes(_pem(ONE, ANOTHER, ONE))
    assert read_seal_anchors(str(path)).certificates() == (ONE.der, ANOTHER.der)


def test_of_a_folder_the_files_of_certificates_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.pem").write_bytes(_pem(ONE))
    (tmp_path / "a.crt").write_bytes(_pem(ANOTHER))
    (tmp_path / "readme.txt").write_text("not read")
    (tmp_path / "folder.pem").mkdir()
    assert read_seal_anchors(str(tmp_path)).certificates() == (ANOTHER.der, ONE.der)


def test_what_cannot_be_trusted_stops_the_node_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusal(place: Path) -> str:
        with pytest.raises(ConfigurationError, match="seal_anchors") as refused:
            read_seal_anchors(str(place))
        return str(refused.value)

    assert "No such file" in refusal(tmp_path / "none.pem")
    assert "no certificates" in refusal(tmp_path)
    (tmp_path / "a.pem").write_bytes(b"nothing")
    assert "no PEM" in refusal(tmp_path)
    broken = _pem(ONE).replace(b"MII", b"AAA", 1)
    (tmp_path / "a.pem").write_bytes(broken)
    assert "no PEM" in refusal(tmp_path)
    (tmp_path / "a.pem").write_bytes(_pem(ONE))
    monkeypatch.setattr(seal_anchors, "MAX_BYTES", 100)
    assert "more than 100 bytes" in refusal(tmp_path)
    monkeypatch.setattr(seal_anchors, "MAX_FILES", 0)
    assert "more than 0 certificates" in refusal(tmp_path)
