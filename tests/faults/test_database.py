"""PostgreSQL restarted, and a disk that is full, while fifty clients submit."""

import contextlib
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from devnet.node_process import free_ports
from devnet.postgres import Cluster
from tests.crash.processes import Program
from tests.crash.stage import Stage
from tests.faults.afterwards import found_after
from tests.faults.conftest import MakeWorld
from tests.faults.crowd import submitting
from tests.faults.template import Template, World
from tests.faults.watcher import asking

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]
_DISK = 6 * 1024 * 1024  # bytes


def test_postgresql_restarted_as_after_a_crash(
    a_world: MakeWorld, template: Template, program: Program, tmp_path: Path
) -> None:
    with (
        _a_node_that_has_everything(template, program, tmp_path) as peer,
        Cluster() as cluster,
        a_world(database_url=cluster.create("node"), PEERS=peer) as world,
    ):
        _await_content(world)
        with asking(world) as watch, submitting(world.stage, world.clients, batches=1) as crowd:
            time.sleep(0.8)
            cluster.restart("immediate")
            time.sleep(1.5)
            cluster.stop("fast")
            time.sleep(1.5)
            cluster.start()
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        assert watch.verdicts("good") >= {"valid"}


def test_a_full_disk(a_world: MakeWorld, tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk") as disk, a_world(node_folder=disk.folder) as world:
        with (
            disk.full(world.stage) as freed,
            asking(world) as watch,
            submitting(world.stage, world.clients, batches=1) as crowd,
        ):
            deadline = time.monotonic() + 30
            while not any(told.startswith("503") for told in crowd.told):
                assert time.monotonic() < deadline, crowd.told
                time.sleep(0.1)
            freed()
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        assert watch.verdicts("good") >= {"valid"}


class _Disk:
    """A disk that can be filled: a small file system where one may be mounted, else a limit on files.

    Without root a mount needs a name space of its own, into which the test could not look; then the node's
    process gets a limit on the size of its files, which refuses the same writes by another error.
    """

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder, self.mounted = folder / "node", mounted

    @contextlib.contextmanager
    def full(self, stage: Stage) -> Iterator[Callable[[], None]]:
        """No more can be written until what it gives is called."""
        if not self.mounted:
            assert stage.node is not None
            assert stage.node.pid is not None
            limits = resource.prlimit(stage.node.pid, resource.RLIMIT_FSIZE)
            process = stage.node.pid
            resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, limits[1]))

            def free() -> None:
                resource.prlimit(process, resource.RLIMIT_FSIZE, limits)

            yield free
            return
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        assert shutil.disk_usage(self.folder).free < 4096
        yield filler.unlink


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[_Disk]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield _Disk(folder, mounted=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def _a_node_that_has_everything(template: Template, program: Program, folder: Path) -> Iterator[str]:
    """The URL of a node over a copy of the template's database: leaves and lists are no part of a ledger."""
    home = folder / "peer"
    shutil.copytree(template.node_folder, home)
    (port,) = free_ports(1)
    settings = {
        "ANKYRA_LEDGER_URLS": "http://127.0.0.1:9",
        "ANKYRA_DEPLOYMENT": str(template.folder / "deployment.json"),
        "ANKYRA_DATA_DIR": str(home),
        "ANKYRA_PORT": str(port),
    }
    process = program.start("node", "serve", cwd=folder, log=folder / "peer.log", settings=settings)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()


def _await_content(world: World) -> None:
    """Return once the node has followed and copied what it judges by."""
    wanted = {world.good: "valid", world.revoked: "invalid"}
    deadline = time.monotonic() + 60
    with httpx.Client(base_url=world.stage.url, trust_env=False, timeout=60) as http:
        while True:
            answers = [
                http.post("/v1/verifications", content=jwt, headers={"Content-Type": "application/vc+jwt"})
                for jwt in wanted
            ]
            if [answer.json().get("outcome") for answer in answers] == list(wanted.values()):
                return
            assert time.monotonic() < deadline, [answer.text for answer in answers]
            time.sleep(0.1)
