"""Modules with one thing changed at a time, loaded beside the sound ones.

What only words an error, an annotation or a docstring is left alone: tests do not read them.
"""

import ast
import inspect
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from operator import le
from types import ModuleType

TICKS = 2_000  # no loop of a sound verifier turns more often than a tree has levels
Names = dict[str, object]

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE, ast.NotEq),
    ast.LtE: (ast.Lt, ast.Gt, ast.Eq),
    ast.Gt: (ast.GtE, ast.LtE, ast.NotEq),
    ast.GtE: (ast.Gt, ast.Lt, ast.Eq),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq, ast.Lt, ast.Gt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.RShift: ast.LShift,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
_OTHER_NAMES = {"any": "all", "all": "any", "lt": "le", "sorted": "list", "bisect_left": "bisect_right"}
_TWINS = (
    {"left", "right"},
    {"expected", "found"},
    {"attested", "found"},
    {"trusted", "offered"},
    {"root", "leaf_hash"},
)
_DROPPED = ast.Raise | ast.Assign | ast.AugAssign | ast.Expr | ast.Return
_UNREAD = {"decorator_list", "bases", "returns", "args", "annotation"}  # of functions, classes, annotations


class Site:
    """One node of a tree and the ways to spoil it in place; each returns a name of what it did."""

    def __init__(self, node: ast.AST, parent: ast.AST) -> None:
        self.node, self.parent = node, parent

    def spoilers(self) -> Iterator[Callable[[], str]]:
        """Yield every way."""
        node = self.node
        if isinstance(node, ast.Compare):
            yield from self._of_comparison(node)
        elif isinstance(node, ast.Constant):
            yield from self._of_constant(node)
        elif isinstance(node, ast.Call):
            yield from self._of_call(node)
        elif isinstance(node, ast.If | ast.While | ast.IfExp):
            yield lambda: self._test(constant=True)
            yield lambda: self._test(constant=False)
        elif isinstance(node, ast.Name) and node.id in _OTHER_NAMES:
            yield lambda: self._shown(lambda: setattr(node, "id", _OTHER_NAMES[node.id]), self.parent)
        if isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign | ast.UnaryOp):
            yield lambda: self._shown(lambda: _operator(node))
        if isinstance(node, ast.BoolOp):
            for place in range(len(node.values)):
                yield lambda place=place: self._shown(lambda: _neutral(node, place))  # type: ignore[misc]
        if isinstance(node, _DROPPED):
            yield self._drop

    def _of_call(self, node: ast.Call) -> Iterator[Callable[[], str]]:
        for pair in _TWINS:
            if pair <= {word.arg for word in node.keywords}:
                yield lambda pair=pair: self._shown(lambda: _swap(node, *sorted(pair)))  # type: ignore[misc]

    def _of_comparison(self, node: ast.Compare) -> Iterator[Callable[[], str]]:
        def other(place: int, operator: type[ast.cmpop]) -> str:
            return self._shown(lambda: node.ops.__setitem__(place, operator()))

        for place, operator in enumerate(node.ops):
            for spoilt in _COMPARISONS[type(operator)]:
                yield lambda place=place, spoilt=spoilt: other(place, spoilt)  # type: ignore[misc]
        sides = [side for side in (node.left, *node.comparators) if isinstance(side, ast.Tuple)]
        for place in range(len(sides[0].elts) if sides else 0):
            yield lambda place=place: self._shown(lambda: _blind(node, place))  # type: ignore[misc]

    def _of_constant(self, node: ast.Constant) -> Iterator[Callable[[], str]]:
        value = node.value
        others: tuple[object, ...] = ()
        if isinstance(value, bool):
            others = (not value,)
        elif isinstance(value, int):
            others = (value + 1, value - 1)
        elif isinstance(value, str) and " " not in value:  # words for people may change
            others = (value + "x",)
        for other in others:
            yield lambda other=other: self._shown(lambda: setattr(node, "value", other), self.parent)  # type: ignore[misc]

    def _shown(self, change: Callable[[], None], whole: ast.AST | None = None) -> str:
        shown = whole or self.node
        before = ast.unparse(shown)
        change()
        return f"`{before}` -> `{ast.unparse(shown)}`"

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


def _neutral(node: ast.BoolOp, place: int) -> None:
    node.values[place] = ast.Constant(isinstance(node.op, ast.And))


def _operator(node: ast.BoolOp | ast.BinOp | ast.AugAssign | ast.UnaryOp) -> None:
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.UnaryOp):
        node.operand = ast.UnaryOp(node.op, node.operand)  # -(-x) and not (not x)
    else:
        node.op = _OPERATORS[type(node.op)]()


def _swap(node: ast.Call, one: str, other: str) -> None:
    for word in node.keywords:
        word.arg = {one: other, other: one}.get(word.arg or "", word.arg)


def _blind(node: ast.Compare, place: int) -> None:
    def without(side: ast.expr) -> ast.expr:
        return ast.Call(ast.Name("_without", ast.Load()), [ast.Constant(place), side], [])

    node.left, node.comparators = without(node.left), [without(side) for side in node.comparators]


def _without(place: int, value: object) -> object:
    return value[:place] + value[place + 1 :] if isinstance(value, tuple) else value


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        cast = isinstance(node.func, ast.Name) and node.func.id == "cast"
        yield from (node.func, *node.args[cast:], *node.keywords)
    elif isinstance(node, ast.Raise):
        return
    elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AnnAssign):
        for name, value in ast.iter_fields(node):
            children = value if isinstance(value, list) else [value]
            yield from (child for child in children if isinstance(child, ast.AST) and name not in _UNREAD)
    else:
        yield from ast.iter_child_nodes(node)


def _sites(parent: ast.AST) -> Iterator[Site]:
    if isinstance(parent, ast.Raise) and isinstance(parent.exc, ast.Call):
        yield Site(parent.exc, parent)  # its evidence may change places; its words are not looked into
    for child in _children(parent):
        docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        if not docstring:
            yield Site(child, parent)
            yield from _sites(child)


def parsed(module: ModuleType, smaller: dict[str, str] | None = None) -> ast.Module:
    """Return the sound module's tree, with limits of `smaller` put for others so that tests end soon."""
    source = inspect.getsource(module)
    for limit, less in (smaller or {}).items():
        assert source.count(limit) == 1
        source = source.replace(limit, less)
    return ast.parse(source)


def short_name(module: ModuleType) -> str:
    """Return a module's name within its room."""
    return module.__name__.removeprefix("anchoring.")


def mutants(module: ModuleType, original: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Yield every spoilt tree with a name that says what was changed."""
    source = ast.unparse(original)  # parsing it again is faster than copying the tree
    names = Counter[str]()
    for number, site in enumerate(_sites(original)):
        for way, _ in enumerate(site.spoilers()):
            mutant = ast.parse(source)
            twin = next(islice(_sites(mutant), number, None))
            name = next(islice(twin.spoilers(), way, None))()
            names[name] += 1
            place = f" ({names[name]})" if names[name] > 1 else ""
            yield f"{short_name(module)}: {name}{place}", mutant


def load(tree: ast.Module, module: ModuleType) -> Names:
    """Return the names that a tree defines; a loop that does not end raises; `_reset` counts anew."""
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
    names: Names = {"__package__": "anchoring", "__name__": module.__name__, "_tick": tick}
    names |= {"_without": _without, "le": le, "bisect_right": bisect_right}
    exec(compile(ast.fix_missing_locations(tree), module.__name__, "exec"), names)  # noqa: S102 - our own source
    names["_reset"] = reset
    return names
