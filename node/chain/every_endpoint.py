"""The endpoints of a ledger, each asked for itself: what one of them says must not speak for the others."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from node.chain.client import Call, LedgerClient
from node.chain.endpoints import endpoint_name
from node.chain.headers import Header, LogState, headers, log_state, read_header
from node.chain.quantity import number
from node.errors import LedgerError, LedgerRefused, LedgerUnavailable, MalformedLedgerAnswer

_PATIENCE = 5.0  # seconds for one endpoint, so that one that hangs does not hold up the others for long
_REST = timedelta(seconds=15)  # for which one that did not answer is not asked again while others do
Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one endpoint said of itself, or why it said nothing that can be used.

    Attributes:
        name: scheme, host and port; with a number where two endpoints share them.
        ledger: the endpoint alone.
        chain_id: of its chain; None without an answer.
        head: its newest block; None without an answer.
        header: its block at the height that was asked for; None if it has none there.
        error: why there is no answer.
    """

    name: str
    ledger: LedgerClient
    chain_id: int | None = None
    head: Header | None = None
    header: Header | None = None
    error: LedgerError | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """What one endpoint has at a height, and its log's size and root there; None: it did not say."""

    name: str
    header: Header | None
    state: LogState | None


class EveryEndpoint:
    """All endpoints of a ledger, each counted once; asked side by side where there are several."""

    def __init__(self, ledger: LedgerClient, *, now: Callable[[], datetime]) -> None:
        """Nothing is asked yet.

        Args:
            ledger: names the endpoints.
            now: the node's clock, aware UTC.
        """
        self._ledger, self._now = ledger, now
        self._urls = urls_by_name(ledger)
        self._silent_since: dict[str, datetime] = {}

    def look(self, height: int | None) -> list[Seen]:
        """What each endpoint says of its chain, its newest block and its block at `height`, in their order.

        One that lately did not answer is taken to be silent still, unless no other answers.
        """
        names = list(self._urls)
        resting = {name for name in names if self._rests(name)}
        if len(resting) == len(names):
            resting = set()
        seen = dict(
            _each((name for name in names if name not in resting), lambda name: self._ask(name, height))
        )
        if resting and all(one.error for one in seen.values()):
            seen |= dict(_each(resting, lambda name: self._ask(name, height)))
        for name, one in seen.items():
            if isinstance(one.error, LedgerUnavailable):
                self._silent_since[name] = self._now()
            else:
                self._silent_since.pop(name, None)
        return [seen.get(name) or self._still_silent(name) for name in names]

    def stands(self, others: Iterable[Seen], *, height: int, log_address: str) -> list[Stand]:
        """What each of `others` has at `height`, and what its log is there."""
        by_name = {one.name: one for one in others}
        return [found for _, found in _each(by_name, lambda name: _stand(by_name[name], height, log_address))]

    def _rests(self, name: str) -> bool:
        since = self._silent_since.get(name)
        return since is not None and timedelta(0) <= self._now() - since < _REST

    def _still_silent(self, name: str) -> Seen:
        error = LedgerUnavailable("did not answer, and is asked again soon")
        return Seen(name, self._ledger.only(self._urls[name]), error=error)

    def _ask(self, name: str, height: int | None) -> Seen:
        alone = self._ledger.only(self._urls[name])
        calls: list[Call] = [("eth_chainId", ()), ("eth_getBlockByNumber", ("latest", False))]
        if height is not None:
            calls.append(("eth_getBlockByNumber", (hex(height), False)))
        try:
            chain_id, *blocks = self._quick(name).batch(calls)
            head, header = (read_header(block, alone.consensus) for block in (*blocks, None)[:2])
            if head is None:
                raise MalformedLedgerAnswer("the ledger has no newest block")
            if header is not None and header.number != height:
                raise MalformedLedgerAnswer(f"asked for block {height}, got block {header.number}")
            return Seen(name, alone, chain_id=number(chain_id), head=head, header=header)
        except LedgerError as error:
            return Seen(name, alone, error=error)

    def _quick(self, name: str) -> LedgerClient:
        """The endpoint, given up on soon where there are others."""
        return self._ledger.only(self._urls[name], timeout=_PATIENCE if len(self._urls) > 1 else None)


def urls_by_name(ledger: LedgerClient) -> dict[str, str]:
    """The ledger's endpoints, each once, by the names under which they are told of."""
    urls = tuple(dict.fromkeys(ledger.urls))
    return dict(zip(_names(urls), urls, strict=True))


def _stand(one: Seen, height: int, log_address: str) -> Stand:
    try:
        header = headers(one.ledger, [height])[0]
    except (LedgerRefused, LedgerUnavailable):
        return Stand(one.name, None, None)
    if header is None:
        return Stand(one.name, None, None)
    try:
        return Stand(one.name, header, log_state(one.ledger, log_address, block_hash=header.hash))
    except (LedgerRefused, LedgerUnavailable):
        return Stand(one.name, header, None)  # the state is not kept there any more; the hash commits to it


def _each(names: Iterable[str], ask: Callable[[str], Of]) -> list[tuple[str, Of]]:
    wanted = list(names)
    if len(wanted) <= 1:
        return [(name, ask(name)) for name in wanted]
    with ThreadPoolExecutor(max_workers=len(wanted)) as pool:
        return list(zip(wanted, pool.map(ask, wanted), strict=True))


def _names(urls: tuple[str, ...]) -> list[str]:
    """Names that tell the endpoints apart without what their paths may hold."""
    bare = [endpoint_name(url) for url in urls]
    shared, seen = Counter(bare), Counter[str]()
    names = []
    for name in bare:
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if shared[name] > 1 else name)
    return names
