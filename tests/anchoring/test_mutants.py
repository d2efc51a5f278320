"""Proof code with one thing changed: each mutant must be caught by the tests that the real code meets.

A suite that lets a broken verifier pass proves nothing about the sound one.
"""

import ast
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from anchoring import batch, checkpoint, consistency, history, inclusion, receipt_verification

from . import test_batch, test_checkpoint, test_history, test_receipt_verification
from .claims import Verify, check_consistency, check_inclusion
from .mutation import Names, load, mutants, parsed, short_name

# Mutants that compute the same as the original, each with the reason.
_NEVER_PAST = "the climb stops at the path's end before it could pass it"
_NEVER_BEYOND = "no node lies beyond the last of its level"
_NEVER_LARGER = "a larger first size was refused before"
_SAME_LENGTH = "this is the negative of the same power of two"
_STANDS_IN = "64 stands in for the protocol's limit, which test_the_limit_is_the_protocols pins"
_REFUSED_ANYHOW = "one digest more is read of what is too many anyhow"
_NO_LEAF_THERE = "beyond the last leaf stands nothing, which is no digest either"
_WITHIN = "no search ends beyond the size"
_NEVER_SMALLER = "the search ends at the first leaf that is not smaller"
_ONLY_SPACE = "without slots an object is larger and does the same"
_NEVER_NEGATIVE = "no entry has a negative time or index"
_FIRST_KIND = "no kind of entry sorts before it"
_NO_SMALLER_TYPE = "type 0 was refused before"
EQUIVALENT = {
    "inclusion: `climbed != len(path)` -> `climbed < len(path)`": _NEVER_PAST,
    "inclusion: `climbed == len(path)` -> `climbed >= len(path)`": _NEVER_PAST,
    "inclusion: `index < last` -> `index != last`": _NEVER_BEYOND,
    "consistency: `climbed != len(hashes)` -> `climbed < len(hashes)`": _NEVER_PAST,
    "consistency: `climbed == len(hashes)` -> `climbed >= len(hashes)`": _NEVER_PAST,
    "consistency: `node < last` -> `node != last`": _NEVER_BEYOND,
    "consistency: `first_size == second_size` -> `first_size >= second_size`": _NEVER_LARGER,
    "consistency: `first_size & -first_size` -> `first_size | -first_size`": _SAME_LENGTH,
    "batch: `MAX_BATCH_SIZE: Final = 64` -> `MAX_BATCH_SIZE: Final = 65`": _STANDS_IN,
    "batch: `MAX_BATCH_SIZE: Final = 64` -> `MAX_BATCH_SIZE: Final = 63`": _STANDS_IN,
    "batch: `MAX_BATCH_SIZE + 1` -> `MAX_BATCH_SIZE + 2`": _REFUSED_ANYHOW,
    "batch: `index == self.size or self._leaf(index) != digest` -> "
    "`False or self._leaf(index) != digest`": _NO_LEAF_THERE,
    "batch: `index == self.size` -> `index >= self.size`": _WITHIN,
    "batch: `self._leaf(index) != digest` -> `self._leaf(index) > digest`": _NEVER_SMALLER,
    "history: dropped `__slots__ = ('_closed', '_heads', '_time', '_tree')`": _ONLY_SPACE,
    "history: `self._time = 0` -> `self._time = -1`": _NEVER_NEGATIVE,
    "history: `entry.index == 0` -> `entry.index <= 0`": _NEVER_NEGATIVE,
    "receipt_verification: `entry.kind != 'anchor.batch'` -> `entry.kind > 'anchor.batch'`": _FIRST_KIND,
    "receipt_verification: `issuer_type == ROOT_TAO` -> `issuer_type <= ROOT_TAO`": _NO_SMALLER_TYPE,
    "receipt_verification: `issuer_type == ROOT_TAO` -> `issuer_type <= ROOT_TAO` (2)": _NO_SMALLER_TYPE,
}
SMALLER = {batch: {"1_048_576": "64"}}  # a million digests for each mutant would take minutes
Check = Callable[[Names], None]


def _asked(verifier: str, check: Callable[[Verify], None]) -> Check:
    def play(names: Names) -> None:
        verify, reset = names[verifier], names["_reset"]
        assert callable(verify)
        assert callable(reset)

        def ask(**claim: object) -> None:
            reset()
            verify(**claim)

        check(ask)

    return play


def _calls(test: Callable[..., None]) -> Iterator[Callable[[], None]]:
    """Yield the calls that pytest would make of a test, for each of its rows."""
    rows = [mark.args for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    if not rows:
        yield test
        return
    ((arguments, values),) = rows
    for value in values:
        row = (value,) if isinstance(arguments, str) else value
        yield lambda row=row: test(*row)  # type: ignore[misc]


def _tested(module: ModuleType, tests: ModuleType, *, without: frozenset[str] = frozenset()) -> Check:
    """Return a check that runs a module's own tests, but not those with random examples, on other names."""
    calls = [
        call
        for name, test in vars(tests).items()
        if name.startswith("test_") and name not in without and not hasattr(test, "is_hypothesis_test")
        for call in _calls(test)
    ]
    ours = [name for name, value in vars(tests).items() if getattr(module, name, None) is value]

    def play(names: Names) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name in ours:
                patch.setattr(tests, name, names[name])
            for call in calls:
                call()

    return play


_PIN = frozenset({"test_the_limit_is_the_protocols"})
_SLOW = frozenset({"test_no_hexadecimal_digit_of_a_receipt_can_be_changed"})
CHECKS: dict[ModuleType, Check] = {
    inclusion: _asked("verify_inclusion", check_inclusion),
    consistency: _asked("verify_consistency", check_consistency),
    checkpoint: _tested(checkpoint, test_checkpoint),
    batch: _tested(batch, test_batch, without=_PIN),
    history: _tested(history, test_history),
    receipt_verification: _tested(receipt_verification, test_receipt_verification, without=_SLOW),
}


def _survives(tree: ast.Module, module: ModuleType) -> bool:
    names = load(tree, module)
    try:
        CHECKS[module](names)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever a mutant does wrong betrays it
        return False
    return True


@pytest.mark.parametrize("module", CHECKS)
def test_the_unspoilt_module_survives(module: ModuleType) -> None:
    CHECKS[module](load(parsed(module, SMALLER.get(module)), module))


@pytest.mark.parametrize("module", CHECKS)
def test_no_mutant_survives(module: ModuleType) -> None:
    played = dict(mutants(module, parsed(module, SMALLER.get(module))))
    survivors = {name for name, tree in played.items() if _survives(tree, module)}
    assert survivors == {name for name in EQUIVALENT if name.startswith(f"{short_name(module)}: ")}
    assert len(played) > 60
