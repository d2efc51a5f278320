"""What every verifier of proofs must accept and refuse; asked of ours and of its mutants alike."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

import pytest

from anchoring.errors import AnchoringError, MalformedProof, RootMismatch

from . import reference

Verify = Callable[..., None]
SIZES = range(1, 18)
ENTRIES = [sha256(bytes([n])).digest() for n in range(max(SIZES))]
LEAVES = [reference.merkle_tree_hash([entry]) for entry in ENTRIES]
ROOTS = [reference.merkle_tree_hash(ENTRIES[:size]) for size in range(max(SIZES) + 1)]


def flip(value: bytes, bit: int = 0) -> bytes:
    """Return `value` with one bit changed."""
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def refused(verify: Verify, claim: dict[str, object], *, by: type[AnchoringError]) -> None:
    """Assert that a claim is refused by exactly this class."""
    with pytest.raises(AnchoringError) as refusal:
        verify(**claim)
    assert type(refusal.value) is by, claim


def inclusion_claims() -> Iterator[dict[str, object]]:
    """Yield the true claim for each leaf of each size."""
    for size in SIZES:
        for index in range(size):
            yield {
                "leaf_hash": LEAVES[index],
                "index": index,
                "tree_size": size,
                "path": reference.path(index, ENTRIES[:size]),
                "root": ROOTS[size],
            }


def consistency_claims() -> Iterator[dict[str, object]]:
    """Yield the true claim for each pair of sizes."""
    for second in SIZES:
        for first in range(1, second + 1):
            yield {
                "first_size": first,
                "second_size": second,
                "first_root": ROOTS[first],
                "second_root": ROOTS[second],
                "path": reference.proof(first, ENTRIES[:second]),
            }


def check_inclusion(verify: Verify) -> None:
    """Assert that true claims pass and that no named lie survives."""
    for claim in inclusion_claims():
        verify(**claim)
        _check_inclusion_lies(verify, claim)


def _check_inclusion_lies(verify: Verify, claim: dict[str, object]) -> None:
    path, root, leaf = _hashes(claim, "path"), _bytes(claim, "root"), _bytes(claim, "leaf_hash")
    size = claim["tree_size"]
    assert isinstance(size, int)
    for index in (-1, size):
        refused(verify, {**claim, "index": index}, by=MalformedProof)
    for impossible in (0, -1):
        refused(verify, {**claim, "tree_size": impossible}, by=MalformedProof)
    for other in range(size):
        if other != claim["index"]:
            _refused_somehow(verify, {**claim, "index": other})
    refused(verify, {**claim, "root": flip(root)}, by=RootMismatch)
    refused(verify, {**claim, "leaf_hash": flip(leaf, 255)}, by=RootMismatch)
    for wrong in (root[:-1], root + b"\0", b""):
        refused(verify, {**claim, "root": wrong}, by=MalformedProof)
        refused(verify, {**claim, "leaf_hash": wrong}, by=MalformedProof)
    _check_path_lies(verify, claim, path)
    if path:
        # The first step's result, offered as a leaf of the next level: an inner node is no document.
        inner = sha256(b"\x01" + leaf + path[0]).digest()
        _refused_somehow(verify, {**claim, "leaf_hash": inner, "path": path[1:]})


def check_consistency(verify: Verify) -> None:
    """Assert that true claims pass and that no named lie survives."""
    for claim in consistency_claims():
        verify(**claim)
        _check_consistency_lies(verify, claim)


def _check_consistency_lies(verify: Verify, claim: dict[str, object]) -> None:
    path = _hashes(claim, "path")
    first, second = claim["first_size"], claim["second_size"]
    assert isinstance(second, int)
    for sizes in ((0, second), (-1, second), (second + 1, second), (1, 0), (0, 0)):
        refused(verify, {**claim, "first_size": sizes[0], "second_size": sizes[1]}, by=MalformedProof)
    for name in ("first_root", "second_root"):
        root = _bytes(claim, name)
        refused(verify, {**claim, name: flip(root)}, by=RootMismatch)
        for wrong in (root[:-1], root + b"\0", b""):
            refused(verify, {**claim, name: wrong}, by=MalformedProof)
    for other in SIZES:
        if other != first:
            _refused_somehow(verify, {**claim, "first_size": other})
    if first == second:
        refused(verify, {**claim, "path": [ROOTS[1]]}, by=MalformedProof)
        return
    _refused_somehow(verify, {**claim, "second_size": first})
    swapped = {"first_root": claim["second_root"], "second_root": claim["first_root"]}
    refused(verify, {**claim, **swapped}, by=RootMismatch)
    _check_path_lies(verify, claim, path)


def _check_path_lies(verify: Verify, claim: dict[str, object], path: Sequence[bytes]) -> None:
    refused(verify, {**claim, "path": [*path, ROOTS[1]]}, by=MalformedProof)
    refused(verify, {**claim, "path": [*path, b""]}, by=MalformedProof)
    if path:
        refused(verify, {**claim, "path": path[:-1]}, by=MalformedProof)
        refused(verify, {**claim, "path": path[1:]}, by=MalformedProof)
        refused(verify, {**claim, "path": []}, by=MalformedProof)
    for place, node in enumerate(path):
        for changed in (flip(node), flip(node, 255)):
            refused(verify, {**claim, "path": [*path[:place], changed, *path[place + 1 :]]}, by=RootMismatch)
        for wrong in (node[:-1], node + b"\0"):
            refused(verify, {**claim, "path": [*path[:place], wrong, *path[place + 1 :]]}, by=MalformedProof)
    if len(set(path)) > 1:
        refused(verify, {**claim, "path": path[::-1]}, by=RootMismatch)


def _refused_somehow(verify: Verify, claim: dict[str, object]) -> None:
    with pytest.raises(AnchoringError):
        verify(**claim)


def _bytes(claim: dict[str, object], name: str) -> bytes:
    value = claim[name]
    assert isinstance(value, bytes)
    return value


def _hashes(claim: dict[str, object], name: str) -> list[bytes]:
    value = claim[name]
    assert isinstance(value, list)
    return value
