"""Whether the endpoints of a ledger tell one story: a pure judgement over what each of them said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from node.chain.every_endpoint import Seen, Stand
from node.chain.headers import Header, LogState
from node.errors import Alarm, AnotherLedger, HeaderHashDiffers, LedgerUnavailable
from node.indexer.alarms import alarm_of

BEHIND = 3
"""Blocks by which an endpoint may be behind the newest before it is said to lag."""


class Disagreement(Alarm):
    """Endpoints have other blocks at one height, or another log after one block."""

    def __init__(self, sentence: str, names: Iterable[str]) -> None:
        super().__init__("endpoints-disagree", sentence)
        self.names = frozenset(names)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom to follow for one look.

    Attributes:
        source: the endpoint that is asked for blocks and entries.
        others: those that answered besides, against whom it is held.
        newest: number of the newest block that as many endpoints have as must agree.
    """

    source: Seen
    others: tuple[Seen, ...]
    newest: int


def choose(
    seen: Sequence[Seen], *, chain_id: int, quorum: int, avoid: str | None = None, followed: int = -1
) -> Chosen:
    """Whom to follow: the endpoint with the newest block.

    Args:
        seen: every endpoint's answer, at least one.
        chain_id: that of the deployment.
        quorum: how many endpoints must answer alike.
        avoid: name of one that is not to be the source if another can: one that leads on, or does not lag.
        followed: number of the last followed block.

    Raises:
        Alarm: an endpoint is of another chain, or gave a header that does not hash to its hash; or so many
            answer with errors that too few are left.
        Disagreement: two gave other blocks at the height asked for.
        LedgerUnavailable: too few answered.
    """
    answered: list[tuple[Seen, Header]] = []
    for one in seen:
        if isinstance(one.error, HeaderHashDiffers):
            raise alarm_of(one.error, at=one.name)
        if one.head is None:
            continue
        if one.chain_id != chain_id:
            other = AnotherLedger("the chain id", expected=chain_id, found=one.chain_id)
            raise alarm_of(other, at=one.name)
        answered.append((one, one.head))
    if len(answered) < quorum:
        _too_few(seen, len(answered), quorum)
    _alike({one.name: one.header for one, _ in answered if one.header is not None})
    ranked = sorted((head.number for _, head in answered), reverse=True)
    # Whoever stumbled once is not gone round for good: the others may be stuck.
    best = max((head.number for one, head in answered if one.name != avoid), default=None)
    round_it = best is not None and (best > followed or best >= ranked[0] - BEHIND)
    source, top = min(answered, key=lambda one: (round_it and one[0].name == avoid, -one[1].number))
    others = tuple(one for one, _ in answered if one is not source)
    return Chosen(source, others, min(top.number, ranked[quorum - 1]))


def hold_against(others: Iterable[Seen], chain: Mapping[int, bytes], *, said_by: str) -> None:
    """Return if no other endpoint's newest block contradicts `chain`, which the source gave.

    Args:
        others: the endpoints beside the source.
        chain: hashes by number.
        said_by: the source's name.

    Raises:
        Disagreement: one has another block at one of the numbers.
    """
    for one in others:
        for header in (one.head, one.header):
            if header is not None and chain.get(header.number, header.hash) != header.hash:
                raise _other_blocks(header.number, {said_by: chain[header.number], one.name: header.hash})


def hold_to_rewind(others: Iterable[Seen], followed: Mapping[int, bytes], *, to: int, said_by: str) -> None:
    """Return if no other endpoint still has a followed block above `to`, nor another one up to it.

    Raises:
        Disagreement: one has, so that the source alone took blocks back.
    """
    for one in others:
        for header in (one.head, one.header):
            if header is None or header.number not in followed:
                continue
            still = followed[header.number] == header.hash
            if still == (header.number > to):
                theirs = f"{one.name} has block {header.number} as {header.hash.hex()}"
                raise Disagreement(
                    f"{said_by} took back all blocks above {to}; {theirs}", {said_by, one.name}
                )


def count_alike(stands: Iterable[Stand], reached: Header, state: LogState, *, said_by: str) -> int:
    """How many endpoints, the source counted, have that very block and, where they say, that log after it.

    Args:
        stands: what the others have at the height.
        reached: the block that is to be followed.
        state: the log after it, as the source's events make it.
        said_by: the source's name.

    Raises:
        Disagreement: one has another block or another log.
    """
    alike = 1
    for one in stands:
        if one.header is None:
            continue
        if one.header.hash != reached.hash:
            raise _other_blocks(reached.number, {said_by: reached.hash, one.name: one.header.hash})
        if one.state is not None and one.state != state:
            logs = f"{state.size} entries and the root {state.root.hex()}"
            theirs = f"{one.state.size} entries and the root {one.state.root.hex()}"
            sentence = f"after block {reached.number} the log has {logs} at {said_by}, {theirs} at {one.name}"
            raise Disagreement(sentence, {said_by, one.name})
        alike += 1
    return alike


def state_of(one: Seen, *, newest: int | None, disputed: frozenset[str]) -> str:
    """An endpoint's state in one word, as `EndpointState` has them."""
    if isinstance(one.error, LedgerUnavailable):
        return "unreachable"
    if one.name in disputed:
        return "disagrees"
    if one.head is None:
        return "unusable"
    return "lags" if newest is not None and one.head.number < newest - BEHIND else "agrees"


def _alike(found: Mapping[str, Header]) -> None:
    if len({header.hash for header in found.values()}) > 1:
        number = next(iter(found.values())).number
        raise _other_blocks(number, {name: header.hash for name, header in found.items()})


def _other_blocks(number: int, hashes: Mapping[str, bytes]) -> Disagreement:
    told = "; ".join(f"{found.hex()} at {name}" for name, found in hashes.items())
    return Disagreement(f"block {number} is {told}", hashes)


def _too_few(seen: Sequence[Seen], answered: int, quorum: int) -> NoReturn:
    for one in seen:
        if one.error is not None and not isinstance(one.error, LedgerUnavailable):
            raise alarm_of(one.error, at=one.name if len(seen) > 1 else None)
    reasons = "; ".join(str(one.error) for one in seen if one.error)
    wanted = f"{answered} of the {quorum} endpoints that must agree answer" if quorum > 1 else ""
    raise LedgerUnavailable("; ".join(part for part in (wanted, reasons) if part))
