"""The scenario: what is done in which order, and what must then be seen by who was not there.

A step acts, and is then judged by what is read back over HTTP, replayed, or found by the `ankyra` command;
what is expected follows from the plan. The two must be equal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from devnet.step import Facts, Outcome, Step
from devnet.steps import (
    accredited,
    anchored,
    audited,
    checked_abroad,
    deaccredited,
    every_format,
    issued,
    keys_and_time,
    rotated,
    status_changed,
    status_published,
    tampered,
    trust_ended,
    verified_abroad,
    withheld_list,
)
from devnet.world import World

STEPS: tuple[Step, ...] = (
    accredited.STEP,
    anchored.STEP,
    checked_abroad.STEP,
    rotated.STEP,
    deaccredited.STEP,
    audited.STEP,
    tampered.STEP,
    issued.STEP,
    status_published.STEP,
    verified_abroad.VERIFIED_ABROAD,
    verified_abroad.ALTERED,
    status_changed.REVOKED,
    status_changed.REVOKED_DAY_BEFORE,
    status_changed.SUSPENDED,
    status_changed.REINSTATED,
    every_format.STEP,
    trust_ended.UNACCREDITED,
    keys_and_time.KEY_REVOKED_BEFORE_ANCHOR,
    keys_and_time.KEY_ROTATED_AFTER_ANCHOR,
    keys_and_time.RETROACTIVE,
    keys_and_time.BACKDATED,
    trust_ended.TAO_REVOKED,
    withheld_list.STEP,
)


def play(
    world: World,
    *,
    steps: Sequence[Step] = STEPS,
    before_act: Callable[[Step], None] = lambda _step: None,
    before_observe: Callable[[Step, World], None] = lambda _step, _world: None,
) -> Iterator[Outcome]:
    """Yield the outcome of each step, up to the first that does not hold: later ones build on it.

    Args:
        world: a fresh stage.
        steps: in their order.
        before_act: told of each step that begins.
        before_observe: called between doing and looking.
    """
    for step in steps:
        before_act(step)
        outcome = _played(step, world, before_observe)
        yield outcome
        if not outcome.ok:
            return


def _played(step: Step, world: World, before_observe: Callable[[Step, World], None]) -> Outcome:
    started = time.monotonic()
    expected: Facts = {}
    try:
        step.act(world)
        expected = step.expected(world)
        before_observe(step, world)
        observed = step.observe(world)
        if observed == expected:  # after one that does not hold nothing begins
            step.leave(world)
    except Exception as error:  # noqa: BLE001 - whatever stops a step, the report names the step
        observed = {"error": f"{type(error).__name__}: {error}"}
    return Outcome(step, expected, observed, time.monotonic() - started)
