"""A served node with a batch, a backup of it, and a machine that has nothing yet."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.backup.making import back_up_node
from node.backup.restoring import restore_node
from node.config import Settings
from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, people
from tests.node.api.world import World, digests, settings_for, world

LEAVES = digests(*range(700))


@dataclass(frozen=True)
class Kept:
    """A served node with a batch, and a backup of it."""

    made: World
    file: Path


@contextmanager
def kept_in(saved: DeployedState, folder: Path) -> Iterator[Kept]:
    with resume(saved, folder / "ledger.json") as ledger, world(ledger, folder / "one") as made:
        people(made)
        made.anchor(KAUNAS, LEAVES)
        back_up_node(made.node.settings, folder / "node.backup", clock=made.clock)
        yield Kept(made, folder / "node.backup")


@pytest.fixture(scope="module")
def kept(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """For tests that leave the node and its backup as they are."""
    with kept_in(deployed_state, tmp_path_factory.mktemp("kept")) as found:
        yield found


@pytest.fixture
def elsewhere(kept: Kept, tmp_path: Path) -> Settings:
    """Settings of a machine that has nothing yet."""
    return settings_on(kept, tmp_path / "other")


def settings_on(kept: Kept, folder: Path) -> Settings:
    return settings_for(kept.made.ledger.ledger.url, kept.made.ledger.deployment, folder)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def rewritten(
    source: Path, target: Path, members: dict[str, object], *, content: bytes | None = None
) -> Path:
    """The backup with other members or another content, and a digest that fits."""
    with source.open("rb") as file:
        first, second, database = file.readline(), file.readline(), file.read()
    database = database if content is None else content
    line = json.dumps(json.loads(second) | members, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    digest = hashlib.sha256(line + database).hexdigest().encode()
    target.write_bytes(first[: first.index(b" ") + 1] + digest + b"\n" + line + database)
    return target


def refused(kind: type[Exception], settings: Settings, file: Path, *, force: bool = False) -> str:
    """The sentence with which the restore was refused; the folder is as it was."""
    before = names(settings.data_dir)
    with pytest.raises(kind) as caught:
        restore_node(settings, file, force=force)
    assert names(settings.data_dir) == before
    return str(caught.value)
