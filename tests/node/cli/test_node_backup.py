"""`ankyra node backup` and `restore` as an operator types them."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from node.config import CONTRACTS
from node.db.session import open_engine, upgrade
from tests.node.cli.conftest import Type


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of a node that has not followed yet, and settings that name it."""
    monkeypatch.chdir(tmp_path)
    address = "0x" + "ab" * 20
    named = {"name": "desk", "chainId": 1337, "registryLog": address, "firstBlock": 1}
    contracts = {"contracts": dict.fromkeys(CONTRACTS, address)}
    Path("deployment.json").write_text(json.dumps(named | contracts))
    monkeypatch.setenv("ANKYRA_DEPLOYMENT", "deployment.json")
    monkeypatch.setenv("ANKYRA_DATA_DIR", "data")
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'node.sqlite3'}")
    upgrade(engine)
    engine.dispose()
    return tmp_path / "data" / "node.sqlite3"


def test_a_database_is_backed_up_and_restored(type_in: Type, database: Path) -> None:
    typed = type_in("node", "backup", "made")
    assert (typed.code, "0 entries" in typed.out, "bytes written: " in typed.err) == (0, True, True)
    database.unlink()
    typed = type_in("node", "restore", "made")
    assert (typed.code, "0 entries restored" in typed.out, "bytes read: " in typed.err) == (0, True, True)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("select count(*) from entry").fetchone() == (0,)


@pytest.mark.usefixtures("database")
def test_programs_get_one_object(type_in: Type) -> None:
    made = type_in("node", "backup", "made", "--json")
    said = json.loads(made.out)
    assert (made.code, made.err, said["chainId"], said["logSize"]) == (0, "", 1337, 0)
    restored = type_in("node", "restore", "made", "--force", "--json")
    replaced = json.loads(restored.out)["replaced"]
    assert (restored.code, restored.err, Path(replaced).is_file()) == (0, "", True)


@pytest.mark.usefixtures("database")
def test_what_is_refused_is_one_line_and_an_exit_code(type_in: Type) -> None:
    assert type_in("node", "backup", "made").code == 0
    Path("damaged").write_bytes(Path("made").read_bytes()[:-1])
    refused = [
        (("backup", "made"), 1, "--force"),
        (("restore", "made"), 1, "--force"),
        (("restore", "damaged", "--force"), 1, "damaged"),
        (("restore", "deployment.json"), 1, "no backup"),
        (("restore", "absent"), 2, "absent"),
        (("backup",), 2, "FILE"),
    ]
    for arguments, code, word in refused:
        typed = type_in("node", *arguments)
        assert typed.code == code, arguments
        assert [word in line for line in typed.err.splitlines() if line.startswith("ankyra: ")] == [True]
        assert "Traceback" not in typed.err
        said = json.loads(type_in("node", *arguments, "--json").out)
        assert said["error"]["code"] == code


_SMALL_DISK = """
import resource, sys
from node.cli.app import run
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_where_the_result_has_no_room_nothing_of_it_stays(
    type_in: Type, database: Path, command: str
) -> None:
    assert type_in("node", "backup", "made").code == 0
    before = database.read_bytes()
    (there := Path("there")).mkdir()
    arguments = ["backup", "there/file"] if command == "backup" else ["restore", "made", "--force"]
    ran = subprocess.run(
        [sys.executable, "-c", _SMALL_DISK, "node", *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode in {1, 2}, ran.stderr
    assert "Traceback" not in ran.stderr
    assert list(there.iterdir()) == []
    assert {path.name for path in database.parent.iterdir()} == {"node.sqlite3"}
    assert len(database.read_bytes()) == len(before)
