"""The text check finds what it names, and nothing in a clean file."""

from pathlib import Path

import pytest

from tests.packaging.texts import findings

CLEAN = {
    "a.py": 'import pytest\n@pytest.mark.skip(reason="no such engine")\ndef t(): ...\n',
    "b.py": 'import pytest\npytest.skip("unset")\n@pytest.mark.skipif(True, reason="x")\ndef t(): ...\n',
    "README.md": "lint refuses `TODO`\n",
    "requirements.lock": "uv==1 \\\n    --hash=sha256:00\n",
    "package-lock.json": '{"funding": {"url": "https://example.org/funding/"}}',
    "node_modules/x/index.js": "// TO" + "DO later\n",
}

DIRTY: dict[str, str | bytes] = {
    "unbuilt.py": "def f():\n    raise Not" + "ImplementedError\n",
    "later.py": "x = 1  # TO" + "DO: y\n",
    "later.sol": "// FIX" + "ME\n",
    "bare.py": "import pytest\n@pytest.mark.skip\ndef t(): ...\n",
    "empty.py": 'import pytest\n@pytest.mark.skip(reason="")\ndef t(): ...\n',
    "called.py": "import pytest\npytest.skip()\n",
    "condition.py": "import pytest\n@pytest.mark.skipif(True)\ndef t(): ...\n",
    "skip.t.sol": "vm.skip(true);\n",
    "machine.md": "see /wo" + "rk/shared\n",
    "requirements.lock": "--index-url https://example.org/simple\n",
    "package-lock.json": '{"resolved": "https://example.org/x.tgz"}',
    "long.py": "x = 1\n" * 351,
    "latin.md": b"caf\xe9",
}


def _write(root: Path, name: str, text: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def test_a_clean_tree_has_no_findings(tmp_path: Path) -> None:
    for name, text in CLEAN.items():
        _write(tmp_path, name, text)
    assert list(findings(tmp_path)) == []


@pytest.mark.parametrize("name", DIRTY)
def test_each_offence_is_found_once_and_placed(tmp_path: Path, name: str) -> None:
    _write(tmp_path, name, DIRTY[name])
    found = list(findings(tmp_path))
    assert len(found) == 1, found
    assert found[0].startswith(f"{name}:")
