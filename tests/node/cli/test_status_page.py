"""The section on status lists of docs/operating.md, typed line by line as it is written."""

import re
import shlex
from pathlib import Path

import pytest

from tests.node.cli.conftest import Type
from tests.node.client.conftest import SCHEMA, Play

pytestmark = pytest.mark.enable_socket

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "operating.md"


def _blocks(kind: str) -> list[str]:
    section = _PAGE.read_text(encoding="utf-8").partition("\n## Status lists\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{kind}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def test_the_section_on_status_lists_works_as_it_is_written(
    living: Play, type_in: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (payloads,), (block,) = _blocks("json"), _blocks("sh")
    (tmp_path / "spring.ndjson").write_text(payloads, encoding="utf-8")
    (tmp_path / "university").symlink_to(living.folder / "KTU")
    monkeypatch.chdir(tmp_path)
    block = block.replace("\\\n", " ").replace("$SCHEMA", SCHEMA)
    told = []
    for line in block.replace("http://127.0.0.1:8080", living.world.url).splitlines():
        name, *words = shlex.split(line, comments=True)
        if name == "export":
            monkeypatch.setenv(*words[0].split("="))
            continue
        assert name == "ankyra"
        typed = type_in(*words)
        assert typed.code == (1 if "exit code 1" in line else 0), (line, typed.out, typed.err)
        told.append(typed.out)
    assert told[6].count(" 1 unpublished") == 2
    assert "spring-0001.jwt: Revoked" in told[8]
    assert "spring-0002.jwt: Suspended" in told[9]
    assert "spring-0002.jwt: Genuine, in force" in told[-1]
