"""Take the JSON-LD contexts of `node/foreign/contexts` anew: `python -m tests.vectors.take_contexts`.

They come from npm packages of pinned versions, whose contexts are published at the addresses that
`node/foreign/json_ld_contexts.py` names; the SHA-256 that it prints have to stand there. Context files are
taken byte by byte; of packages that hold them as modules, the object is printed as JSON.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from devnet.toolchain import binary
from node.foreign.json_ld_contexts import SHIPPED

FOLDER = Path(__file__).resolve().parents[2] / "node" / "foreign" / "contexts"
_PRINT = "process.stdout.write(JSON.stringify(require(process.argv[1]), null, 2) + '\\n')"


def main() -> None:
    """Write each file that has a package."""
    with tempfile.TemporaryDirectory() as folder:
        for package in sorted({one.package for one in SHIPPED.values() if one.package}):
            packed = subprocess.run(
                ["npm", "pack", "--silent", "--ignore-scripts", package],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            unpacked = Path(folder) / package.replace("/", "_")
            with tarfile.open(Path(folder) / packed) as archive:
                archive.extractall(unpacked, filter="data")
            for one in SHIPPED.values():
                if one.package == package:
                    _write(FOLDER / one.file, unpacked / "package" / one.within)
    for one in SHIPPED.values():
        found = hashlib.sha256((FOLDER / one.file).read_bytes()).hexdigest()
        sys.stdout.write(f"{one.file} {found}\n")


def _write(path: Path, source: Path) -> None:
    if source.suffix == ".js":
        command = [str(binary("node")), "-e", _PRINT, str(source)]
        path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    else:
        path.write_bytes(source.read_bytes())


if __name__ == "__main__":
    main()
