from pathlib import Path

import pytest

from node.client.errors import PassphraseMissing
from node.client.passphrase import read_passphrase


def test_a_named_file_goes_before_everything(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes("pä ss\r\nsecond line\n".encode())
    environment = {"ANKYRA_PASSPHRASE": "other", "ANKYRA_PASSPHRASE_FILE": "/nowhere"}
    assert read_passphrase(file=file, environment=environment, prompt=None) == "pä ss"


def test_the_file_of_the_environment_goes_before_its_passphrase(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from file")
    environment = {"ANKYRA_PASSPHRASE": "other", "ANKYRA_PASSPHRASE_FILE": str(file)}
    assert read_passphrase(file=None, environment=environment, prompt=lambda: "typed") == "from file"


def test_the_environment_goes_before_the_prompt() -> None:
    environment = {"ANKYRA_PASSPHRASE": "given"}
    assert read_passphrase(file=None, environment=environment, prompt=lambda: "typed") == "given"
    assert read_passphrase(file=None, environment={}, prompt=lambda: "typed") == "typed"


def test_no_source_is_said_with_what_to_do() -> None:
    with pytest.raises(PassphraseMissing, match="--passphrase-file"):
        read_passphrase(file=None, environment={}, prompt=None)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\n", b"x" * 5000])
def test_an_unusable_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(PassphraseMissing, match="secret"):
        read_passphrase(file=file, environment={}, prompt=None)


def test_a_missing_file_is_named_not_shown_as_a_trace(tmp_path: Path) -> None:
    with pytest.raises(PassphraseMissing, match="No such file"):
        read_passphrase(file=tmp_path / "none", environment={}, prompt=None)
