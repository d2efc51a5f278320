"""`make bench` prints every figure and fails on a missed limit; the limits are the promised ones."""

import ast
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import __main__ as bench
from benchmarks.figures import Figure, best_of, quickest

FOLDER = Path(bench.__file__).parent
PROMISED = {
    "trees": {("x", 3.0, False), ("MiB", 400.0, False), ("ms", 1.0, False)},
    "digests": {("x", 2.5, True), ("%", 80.0, True)},
    "follower": {("/s", 5_000, True)},
    "anchors": set[tuple[str, float, bool]](),
    "anchoring": set[tuple[str, float, bool]](),
    "embedded_proofs": {("/s", 5_000, True), ("x", 0.8, True)},
    "issuing": {("%", 25.0, True), ("%", 12.0, True), ("x", 1.25, False)},
    "pages": {("ms", 300.0, False)},
    "rebuild": set[tuple[str, float, bool]](),
    "resolution": {("%", 40.0, True), ("%", 100.0, False), ("x", 1.5, False)},
    "sd_jwts": {("x", 0.6, True)},
    "seals": {("%", 25.0, True)},
    "verification": {("%", 25.0, True), ("us", 5.0, False), ("%", 30.0, True)},
    "workers": set[tuple[str, float, bool]](),
}
"""Benchmark → (unit, limit, whether it is the least that is wanted)."""


def _run(monkeypatch: pytest.MonkeyPatch, figures: list[Figure], *arguments: str) -> int:
    module = ModuleType("benchmarks.invented")
    module.run = lambda: figures  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "benchmarks.invented", module)
    monkeypatch.setattr(bench, "BENCHMARKS", {"invented": "something measured"})
    monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
    return bench.main()


def test_a_missed_limit_is_exit_code_1_and_every_figure_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = [
        Figure("kept", 2.0, "x", limit=3.0),
        Figure("slow", 9.0, "ms", limit=1.0),
        Figure("free", 7, "s"),
    ]
    assert _run(monkeypatch, figures) == 1
    said = capsys.readouterr().out
    for figure in figures:
        assert f"  {figure.name} " in said
        assert f"{figure.value:,.3f} {figure.unit}" in said
    assert said.count("MISSED") == 1
    assert said.endswith("missed:\n  invented: slow\n")


def test_with_every_limit_kept_it_is_exit_code_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "figures.json"
    figures = [Figure("rate", 6_000, "/s", limit=5_000, floor=True)]
    assert _run(monkeypatch, figures, "invented", "--json", str(path)) == 0
    assert capsys.readouterr().out.endswith("every limit kept\n")
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "invented": [{"name": "rate", "value": 6_000, "unit": "/s", "limit": 5_000}]
    }


def test_a_benchmark_that_does_not_exist_is_misuse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _run(monkeypatch, [], "unheard")
    assert ended.value.code == 2
    assert "unheard" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "limit", "floor", "kept"),
    [
        (3.0, 3.0, False, True),
        (3.01, 3.0, False, False),
        (2.5, 2.5, True, True),
        (2.49, 2.5, True, False),
        (float("nan"), 3.0, False, False),
        (1e9, None, False, True),
    ],
)
def test_a_limit_is_kept_up_to_its_own_value(
    value: float,
    limit: float | None,
    floor: bool,  # noqa: FBT001 - a table
    kept: bool,  # noqa: FBT001 - a table
) -> None:
    assert Figure("f", value, "x", limit=limit, floor=floor).kept is kept


def _limits(benchmark: str) -> set[tuple[str, float, bool]]:
    found = set()
    for call in ast.walk(ast.parse((FOLDER / f"{benchmark}.py").read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Figure":
            words = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
            if "limit" in words:
                found.add((ast.literal_eval(call.args[2]), words["limit"], words.get("floor", False)))
    return found


def test_every_promised_limit_is_held_to() -> None:
    assert {name: _limits(name) for name in bench.BENCHMARKS} == PROMISED


@pytest.mark.parametrize(("measure", "turns_taken"), [(best_of, 3), (quickest, 4)])
def test_the_least_of_interleaved_rounds_is_taken(
    measure: Callable[..., list[float]], turns_taken: int
) -> None:
    turns: list[str] = []
    least = measure(3, lambda: turns.append("a"), lambda: turns.append("b"))
    assert turns == ["a", "b"] * turns_taken
    assert len(least) == 2
    assert all(0 <= seconds < float("inf") for seconds in least)
