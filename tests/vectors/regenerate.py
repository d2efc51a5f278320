"""Write the vectors of this folder anew: `python -m tests.vectors.regenerate`.

They come from the recursive definitions of RFC 9162 alone, never from the code under test.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.anchoring.claims import ENTRIES, LEAVES, ROOTS, flip
from tests.anchoring.reference import path, proof

Claim = dict[str, object]
Case = dict[str, object]
INCLUSION = (
    (0, 1),
    (0, 2),
    (1, 2),
    (2, 3),
    (0, 7),
    (3, 7),
    (6, 7),
    (5, 8),
    (7, 8),
    (8, 9),
    (12, 13),
    (16, 17),
)
CONSISTENCY = ((1, 1), (1, 2), (2, 3), (3, 7), (4, 7), (6, 8), (7, 8), (8, 8), (8, 9), (6, 17), (16, 17))


def main() -> None:
    """Write both files."""
    folder = Path(__file__).parent
    for name, vectors in (("inclusion", _inclusion()), ("consistency", _consistency())):
        (folder / f"{name}.json").write_text(json.dumps(vectors, indent=1) + "\n", "utf-8")


def _inclusion() -> dict[str, object]:
    claims: dict[str, Claim] = {}
    cases: list[Case] = []
    for index, size in INCLUSION:
        name = f"leaf {index} of {size}"
        nodes = path(index, ENTRIES[:size])
        claims[name] = {
            "leaf_hash": LEAVES[index].hex(),
            "index": index,
            "tree_size": size,
            "path": [node.hex() for node in nodes],
            "root": ROOTS[size].hex(),
        }
        cases.append({"name": name, "claim": name, "change": {}, "good": True})
        lies: dict[str, Claim] = {
            "as the leaf after": {"index": index + 1},
            "as the leaf before": {"index": index - 1},
            "with the root flipped": {"root": flip(ROOTS[size], 9).hex()},
            "with the leaf flipped": {"leaf_hash": flip(LEAVES[index], 200).hex()},
            "with another leaf": {"leaf_hash": LEAVES[(index + 1) % 17].hex()},
            "in an empty tree": {"tree_size": 0},
            "in a tree of half the size": {"tree_size": size // 2},
            "in a tree four times the size": {"tree_size": size * 4},
            "with a short root": {"root": ROOTS[size].hex()[2:]},
            **_path_lies(nodes),
        }
        cases.extend(_lies(name, lies))
    return _file(claims, cases)


def _consistency() -> dict[str, object]:
    claims: dict[str, Claim] = {}
    cases: list[Case] = []
    for first, second in CONSISTENCY:
        name = f"from {first} to {second}"
        nodes = proof(first, ENTRIES[:second])
        claims[name] = {
            "first_size": first,
            "second_size": second,
            "first_root": ROOTS[first].hex(),
            "second_root": ROOTS[second].hex(),
            "path": [node.hex() for node in nodes],
        }
        cases.append({"name": name, "claim": name, "change": {}, "good": True})
        lies: dict[str, Claim] = {
            "from nothing": {"first_size": 0},
            "from one more": {"first_size": first + 1},
            "from one less": {"first_size": first - 1},
            "to a smaller log": {"second_size": first - 1},
            "with the first root flipped": {"first_root": flip(ROOTS[first], 3).hex()},
            "with the second root flipped": {"second_root": flip(ROOTS[second], 250).hex()},
            "with a short first root": {"first_root": ROOTS[first].hex()[2:]},
            **_path_lies(nodes),
        }
        if first != second:
            lies["with the roots exchanged"] = {
                "first_root": ROOTS[second].hex(),
                "second_root": ROOTS[first].hex(),
            }
        cases.extend(_lies(name, lies))
    return _file(claims, cases)


def _path_lies(nodes: list[bytes]) -> dict[str, Claim]:
    printed = [node.hex() for node in nodes]
    lies: dict[str, Claim] = {"with a hash more": {"path": [*printed, ROOTS[1].hex()]}}
    if nodes:
        lies["with the last hash cut off"] = {"path": printed[:-1]}
        lies["with the first hash cut off"] = {"path": printed[1:]}
        lies["with a short hash"] = {"path": [printed[0][2:], *printed[1:]]}
        lies["with a flipped hash"] = {"path": [flip(nodes[0], 100).hex(), *printed[1:]]}
    if len(set(nodes)) > 1:
        lies["with the path turned round"] = {"path": printed[::-1]}
    return lies


def _lies(name: str, lies: dict[str, Claim]) -> Iterator[Case]:
    for lie, change in lies.items():
        yield {"name": f"{name}, {lie}", "claim": name, "change": change, "good": False}


def _file(claims: dict[str, Claim], cases: list[Case]) -> dict[str, object]:
    source = "the recursive definitions of RFC 9162 section 2.1, tests/vectors/regenerate.py"
    return {"source": source, "claims": claims, "cases": cases}


if __name__ == "__main__":
    main()
