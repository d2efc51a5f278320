"""Verifiers with one thing changed: each must be caught by the claims that the real ones meet.

A suite that lets a broken verifier pass proves nothing about the sound one.
"""

import ast
import copy
import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from anchoring import consistency, inclusion

from .claims import Verify, check_consistency, check_inclusion

TICKS = 2_000  # no loop of a sound verifier turns more often than a tree has levels

# Mutants that compute the same as the original, each with the reason.
_NEVER_PAST = "the climb stops at the path's end before it could pass it"
_NEVER_BEYOND = "no node lies beyond the last of its level"
_NEVER_LARGER = "a larger first size was refused before"
_SAME_LENGTH = "this is the negative of the same power of two"
EQUIVALENT = {
    "inclusion: `climbed != len(path)` -> `climbed < len(path)`": _NEVER_PAST,
    "inclusion: `climbed == len(path)` -> `climbed >= len(path)`": _NEVER_PAST,
    "inclusion: `index < last` -> `index != last`": _NEVER_BEYOND,
    "consistency: `climbed != len(hashes)` -> `climbed < len(hashes)`": _NEVER_PAST,
    "consistency: `climbed == len(hashes)` -> `climbed >= len(hashes)`": _NEVER_PAST,
    "consistency: `node < last` -> `node != last`": _NEVER_BEYOND,
    "consistency: `first_size == second_size` -> `first_size >= second_size`": _NEVER_LARGER,
    "consistency: `first_size & -first_size` -> `first_size | -first_size`": _SAME_LENGTH,
}

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE, ast.NotEq),
    ast.LtE: (ast.Lt, ast.Gt, ast.Eq),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq, ast.Lt, ast.Gt),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr,
    ast.RShift: ast.LShift,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}


class _Site:
    """One node of a tree and the ways to spoil it in place; each returns a name of what it did."""

    def __init__(self, node: ast.AST, parent: ast.AST) -> None:
        self.node, self.parent = node, parent

    def spoilers(self) -> Iterator[Callable[[], str]]:
        node = self.node
        if isinstance(node, ast.Compare):
            for place, operator in enumerate(node.ops):
                for other in _COMPARISONS[type(operator)]:
                    yield lambda place=place, other=other: self._compare(place, other)  # type: ignore[misc]
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield lambda: self._constant(1)
            yield lambda: self._constant(-1)
        if isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign):
            yield self._operator
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield lambda: self._test(constant=True)
            yield lambda: self._test(constant=False)
        if isinstance(node, ast.Raise | ast.AugAssign | ast.Expr | ast.Return):
            yield self._drop
        if isinstance(node, ast.Call) and {"left", "right"} <= {word.arg for word in node.keywords}:
            yield self._swap

    def _compare(self, place: int, other: type[ast.cmpop]) -> str:
        assert isinstance(self.node, ast.Compare)
        before = ast.unparse(self.node)
        self.node.ops[place] = other()
        return f"`{before}` -> `{ast.unparse(self.node)}`"

    def _constant(self, step: int) -> str:
        assert isinstance(self.node, ast.Constant)
        assert isinstance(self.node.value, int)
        before = ast.unparse(self.parent)
        self.node.value = int(self.node.value) + step
        return f"`{before}` -> `{ast.unparse(self.parent)}`"

    def _operator(self) -> str:
        before = ast.unparse(self.node)
        if isinstance(self.node, ast.BoolOp):
            self.node.op = ast.Or() if isinstance(self.node.op, ast.And) else ast.And()
        elif isinstance(self.node, ast.BinOp | ast.AugAssign):
            self.node.op = _OPERATORS[type(self.node.op)]()
        return f"`{before}` -> `{ast.unparse(self.node)}`"

    def _test(self, *, constant: bool) -> str:
        assert isinstance(self.node, ast.If | ast.While | ast.IfExp)
        before = ast.unparse(self.node.test)
        self.node.test = ast.Constant(constant)
        return f"{type(self.node).__name__.lower()} `{before}` -> {constant}"

    def _drop(self) -> str:
        before = ast.unparse(self.node)
        for _, block in ast.iter_fields(self.parent):
            if isinstance(block, list) and self.node in block:
                block[block.index(self.node)] = ast.Pass()
        return f"dropped `{before}`"

    def _swap(self) -> str:
        assert isinstance(self.node, ast.Call)
        before = ast.unparse(self.node)
        for word in self.node.keywords:
            word.arg = {"left": "right", "right": "left"}.get(word.arg or "", word.arg)
        return f"swapped `{before}`"


def _sites(tree: ast.AST) -> Iterator[_Site]:
    """Yield all places below the functions, but not what only words an error or a docstring."""
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if not docstring:
                yield _Site(child, parent)


def _unworded(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            node.exc.args = [ast.Constant("")]
        if isinstance(node, ast.FunctionDef):
            node.args.kw_defaults, node.returns = node.args.kw_defaults, None
            for argument in (*node.args.args, *node.args.kwonlyargs):
                argument.annotation = None
    return tree


def _mutants(module: ModuleType) -> Iterator[tuple[str, ast.Module]]:
    original = _unworded(ast.parse(inspect.getsource(module)))
    seen, names = set(), Counter[str]()
    for number, site in enumerate(_sites(original)):
        for way in range(len(list(site.spoilers()))):
            mutant = copy.deepcopy(original)
            spoil = list(list(_sites(mutant))[number].spoilers())[way]
            name = spoil()
            text = ast.unparse(mutant)
            if text not in seen:
                seen.add(text)
                names[name] += 1
                place = f" ({names[name]})" if names[name] > 1 else ""
                yield f"{module.__name__.removeprefix('anchoring.')}: {name}{place}", mutant


def _load(tree: ast.Module, module: ModuleType) -> dict[str, object]:
    ticks = [0]

    def tick() -> None:
        ticks[0] += 1
        if ticks[0] > TICKS:
            raise AssertionError("the loop does not end")

    def reset() -> None:
        ticks[0] = 0

    for node in ast.walk(tree):
        if isinstance(node, ast.While):
            node.body.insert(0, ast.parse("_tick()").body[0])
    names: dict[str, object] = {"__package__": "anchoring", "__name__": module.__name__, "_tick": tick}
    exec(compile(ast.fix_missing_locations(tree), module.__name__, "exec"), names)  # noqa: S102 - our own source
    names["_reset"] = reset
    return names


def _survives(names: dict[str, object], verifier: str, check: Callable[[Verify], None]) -> bool:
    verify, reset = names[verifier], names["_reset"]
    assert callable(verify)
    assert callable(reset)

    def ask(**claim: object) -> None:
        reset()
        verify(**claim)

    try:
        check(ask)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever a mutant does wrong betrays it
        return False
    return True


CASES = [
    *((name, tree, inclusion, check_inclusion) for name, tree in _mutants(inclusion)),
    *((name, tree, consistency, check_consistency) for name, tree in _mutants(consistency)),
]


@pytest.mark.parametrize(
    ("module", "check"), [(inclusion, check_inclusion), (consistency, check_consistency)]
)
def test_the_unspoilt_verifier_survives(module: ModuleType, check: Callable[[Verify], None]) -> None:
    names = _load(_unworded(ast.parse(inspect.getsource(module))), module)
    assert _survives(names, f"verify_{module.__name__.removeprefix('anchoring.')}", check)


def test_mutants_are_many() -> None:
    assert len(CASES) > 100


def test_the_equivalents_are_real_mutants() -> None:
    assert EQUIVALENT.keys() <= {name for name, *_ in CASES}


@pytest.mark.parametrize(("name", "tree", "module", "check"), CASES, ids=[case[0] for case in CASES])
def test_no_mutant_survives(
    name: str, tree: ast.Module, module: ModuleType, check: Callable[[Verify], None]
) -> None:
    survives = _survives(_load(tree, module), f"verify_{module.__name__.removeprefix('anchoring.')}", check)
    assert survives == (name in EQUIVALENT)
