"""aics-tlog, which others wrote from C2SP's texts, agrees on consistency, inclusion and checkpoints."""

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.checkpoint import Checkpoint, origin, parse_checkpoint
from anchoring.consistency import verify_consistency
from anchoring.errors import AnchoringError
from anchoring.merkle import AppendOnlyTree, hash_leaf

FOREIGN = Path(sys.prefix) / "foreign"
ORIGIN = origin("foreign.test", 31337, bytes(range(20)))


@pytest.fixture(scope="module")
def aics() -> Iterator[ModuleType]:
    """The package from `.venv/foreign`, which only these tests see."""
    if not FOREIGN.is_dir():
        pytest.fail(f"{FOREIGN} is missing: run `make setup`")
    sys.path.append(str(FOREIGN))
    try:
        import aics_tlog

        yield aics_tlog
    finally:
        sys.path.remove(str(FOREIGN))


def _tree(size: int) -> AppendOnlyTree:
    return AppendOnlyTree(hash_leaf(b"entry %d" % index) for index in range(size))


def test_its_tree_has_our_roots(aics: ModuleType) -> None:
    ours = _tree(70)
    theirs = aics.MerkleTree([b"entry %d" % index for index in range(70)])
    assert [ours.root(size) for size in range(71)] == [theirs.root(size) for size in range(71)]


def test_it_accepts_our_consistency_proofs_and_we_accept_its(aics: ModuleType) -> None:
    ours = _tree(40)
    theirs = aics.MerkleTree([b"entry %d" % index for index in range(40)])
    for first in range(1, 41):
        for second in range(first, 41):
            path = ours.consistency_path(first, second)
            assert aics.verify_consistency(first, second, ours.root(first), ours.root(second), path)
            verify_consistency(
                first_size=first,
                second_size=second,
                first_root=ours.root(first),
                second_root=ours.root(second),
                path=theirs.consistency_proof(first, second),
            )


@given(
    first=st.integers(1, 60),
    more=st.integers(0, 60),
    lie=st.sampled_from(["first root", "second root", "path", "longer", "shorter"]),
    place=st.integers(0, 2**16),
)
def test_we_refuse_whatever_it_refuses(aics: ModuleType, first: int, more: int, lie: str, place: int) -> None:
    second = first + more
    tree = _tree(second)
    roots = [tree.root(first), tree.root(second)]
    path = list(tree.consistency_path(first, second))
    if lie == "path" and path:
        path[place % len(path)] = sha256(b"lie").digest()
    elif lie == "shorter" and path:
        path.pop(place % len(path))
    elif lie == "longer":
        path.insert(place % (len(path) + 1), sha256(b"lie").digest())
    else:
        roots[lie == "second root"] = sha256(b"lie").digest()
    assert not aics.verify_consistency(first, second, *roots, path)
    with pytest.raises(AnchoringError):
        verify_consistency(
            first_size=first, second_size=second, first_root=roots[0], second_root=roots[1], path=path
        )


def test_it_accepts_our_inclusion_proofs(aics: ModuleType) -> None:
    tree = _tree(33)
    for index in range(33):
        path = tree.inclusion_path(index, size=33)
        assert aics.verify_leaf_inclusion(b"entry %d" % index, index, 33, path, tree.root())


@given(size=st.integers(0, 2**53 - 1), seed=st.binary())
def test_it_reads_our_checkpoints_and_prints_them_alike(aics: ModuleType, size: int, seed: bytes) -> None:
    ours = Checkpoint(origin=ORIGIN, size=size, root=sha256(seed).digest())
    theirs = aics.parse_checkpoint(ours.text())
    assert (theirs.origin, theirs.size, theirs.root) == (ours.origin, ours.size, ours.root)
    assert parse_checkpoint(theirs.text()) == ours
