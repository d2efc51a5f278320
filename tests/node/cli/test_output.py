"""What commands print survives terminals and pipes of any encoding."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from node.cli.output import counted


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_is_printed_whatever_the_output_can_take(tmp_path: Path, encoding: str) -> None:
    document = tmp_path / "diplôme Łódź.pdf"
    document.write_bytes(b"no signature")
    command = [
        sys.executable,
        "-c",
        "from node.cli.app import main; main()",
        "verify",
        str(document),
        "--json",
    ]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert document.name in json.loads(done.stdout.decode(encoding))["error"]["message"]


def test_people_get_an_answer_on_a_terminal_without_our_signs(tmp_path: Path) -> None:
    document, receipt = tmp_path / "diploma.pdf", tmp_path / "diploma.pdf.receipt.json"
    document.write_bytes(b"no signature")
    receipt.write_bytes(b"no receipt")
    done = _ankyra("verify", str(document), encoding="ascii")
    assert done.returncode == 1
    assert b"diploma.pdf.receipt.json is refused" in done.stdout


def test_a_table_in_a_pipe_breaks_no_identifier() -> None:
    identifier = "did:ebsi:" + "z" * 300
    program = f"from node.cli.output import table; table(('a', 'b'), [('{identifier}', '{'5f' * 32}')])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "COLUMNS": "40"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert identifier in done.stdout
    assert "5f" * 32 in done.stdout


@pytest.mark.parametrize(("number", "words"), [(0, "0 batches"), (1, "1 batch"), (2, "2 batches")])
def test_one_is_not_many(number: int, words: str) -> None:
    assert counted(number, "batch", "batches") == words


def _ankyra(*arguments: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", "from node.cli.app import main; main()", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
