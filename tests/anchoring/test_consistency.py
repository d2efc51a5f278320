"""Consistency: vectors, the definition, properties."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.consistency import verify_consistency
from anchoring.errors import AnchoringError, RootMismatch
from anchoring.merkle import AppendOnlyTree, hash_leaf

from .claims import check_consistency, flip

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "consistency.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS["cases"], ids=lambda vector: str(vector["name"]))
def test_vectors(vector: dict[str, Any]) -> None:
    claim = dict(VECTORS["claims"][vector["claim"]], **vector["change"])
    claim = {
        "first_size": claim["first_size"],
        "second_size": claim["second_size"],
        "first_root": bytes.fromhex(claim["first_root"]),
        "second_root": bytes.fromhex(claim["second_root"]),
        "path": [bytes.fromhex(node) for node in claim["path"]],
    }
    if vector["good"]:
        verify_consistency(**claim)
    else:
        with pytest.raises(AnchoringError):
            verify_consistency(**claim)


def test_true_claims_pass_and_no_named_lie_survives() -> None:
    check_consistency(verify_consistency)


@given(st.integers(1, 300), st.data())
def test_every_later_log_continues_every_earlier_one(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    tree = AppendOnlyTree(hash_leaf(bytes([n % 256, n // 256])) for n in range(second))
    path = tree.consistency_path(first, second)
    roots = {"first_root": tree.root(first), "second_root": tree.root(second)}
    verify_consistency(first_size=first, second_size=second, path=path, **roots)
    name = data.draw(st.sampled_from(sorted(roots)))
    with pytest.raises(RootMismatch):
        verify_consistency(
            first_size=first, second_size=second, path=path, **{**roots, name: flip(roots[name], 77)}
        )


@given(st.integers(2, 120), st.data())
def test_a_log_that_rewrote_an_entry_continues_nothing(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    changed = data.draw(st.integers(0, first - 1))
    honest = AppendOnlyTree(hash_leaf(bytes([n])) for n in range(second))
    forged = AppendOnlyTree(
        hash_leaf(bytes([n, n == changed]) if n == changed else bytes([n])) for n in range(second)
    )
    for path in (honest.consistency_path(first), forged.consistency_path(first)):
        with pytest.raises(AnchoringError):
            verify_consistency(
                first_size=first,
                second_size=second,
                first_root=honest.root(first),
                second_root=forged.root(),
                path=path,
            )
