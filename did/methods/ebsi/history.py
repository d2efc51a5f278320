"""What the DID registry recorded of one did:ebsi, replayed entry by entry."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from did.document import RELATIONSHIPS
from did.errors import InvalidHistory, InvalidOptions, NotFound
from did.syntax import Did

T = TypeVar("T")
D = TypeVar("D")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """One `did.*` entry of the log; `fields` by the names of its payload.

    `time` is the block's, in seconds; `index` the entry's place in the log.
    """

    index: int
    time: int
    kind: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of an interval, in ledger seconds, and the entry that set it."""

    seconds: int
    set_by: Change


@dataclass(frozen=True, slots=True)
class Interval:
    """A verification method stands under a relationship from `not_before` until just before `not_after`."""

    relationship: str
    v_method_id: str
    not_before: Bound
    not_after: Bound

    def holds_at(self, seconds: int) -> bool:
        """Whether `seconds` lies in [not_before, not_after)."""
        return self.not_before.seconds <= seconds < self.not_after.seconds


@dataclass(frozen=True, slots=True)
class Method:
    """A verification method as recorded; whether its bytes are a key is not said."""

    v_method_id: str
    public_key: bytes
    is_secp256k1: bool
    added: Change
    revoked: Change | None = None


@dataclass(slots=True)
class DidState:
    """All that is recorded of a DID after `last`; intervals in the order in which they were recorded.

    `places` finds a verification method's intervals without reading all, so that a long history replays
    in time proportional to its length. Base documents and controllers are kept with the entries that
    recorded them, oldest first.
    """

    did: Did
    first: Change
    last: Change
    base_documents: list[tuple[Change, str]] = field(default_factory=list)
    controllers_over_time: list[tuple[Change, tuple[str, ...]]] = field(default_factory=list)
    methods: dict[str, Method] = field(default_factory=dict)
    intervals: list[Interval] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)

    @property
    def controllers(self) -> tuple[str, ...]:
        """The controllers after `last`."""
        return self.controllers_over_time[-1][1]

    def controllers_at(self, seconds: int) -> tuple[str, ...]:
        """The controllers by the entries recorded at or before `seconds`; none before the first."""
        return _recorded_at(self.controllers_over_time, seconds, default=())

    def base_document_at(self, seconds: int) -> str | None:
        """The base document recorded last at or before `seconds`; None before the first."""
        return _recorded_at(self.base_documents, seconds, default=None)

    def steady_around(self, seconds: int) -> tuple[int, int | None]:
        """From when until when the document at `seconds` says the same, as far as is recorded.

        The second is None where nothing recorded ends it.
        """
        turns = [bound.seconds for one in self.intervals for bound in (one.not_before, one.not_after)]
        turns += [change.time for change, _ in (*self.base_documents, *self.controllers_over_time)]
        since = max((turn for turn in turns if turn <= seconds), default=0)
        return since, min((turn for turn in turns if turn > seconds), default=None)

    def intervals_of(self, v_method_id: str) -> tuple[Interval, ...]:
        """The intervals of one verification method, in the order in which they were recorded."""
        return tuple(self.intervals[place] for place in self.places.get(v_method_id, ()))


def ledger_seconds(instant: datetime | int) -> int:
    """The whole seconds since 1970 of an aware datetime; an integer is taken for ledger seconds already.

    Raises:
        InvalidOptions: a datetime without an offset.
    """
    if isinstance(instant, int):
        return instant
    if instant.tzinfo is None:
        raise InvalidOptions("a time without an offset from UTC")
    return (instant - _EPOCH) // timedelta(seconds=1)


def replay(
    did: Did,
    changes: Sequence[Change],
    *,
    known_through: datetime | int | None = None,
    index_before: int | None = None,
) -> DidState:
    """The state of `did` after its entries.

    Args:
        did: the DID all changes must be of.
        changes: the `did.*` entries of that DID, in log order.
        known_through: look only at entries recorded at or before this time.
        index_before: look only at entries with a smaller log index.

    Raises:
        NotFound: no entry is left to look at.
        InvalidHistory: no contract could have recorded these entries.
        InvalidOptions: a time without an offset.
    """
    limit = None if known_through is None else ledger_seconds(known_through)
    state: DidState | None = None
    for change in changes:
        if index_before is not None and change.index >= index_before:
            break
        if limit is not None and change.time > limit:
            break
        state = _apply(did, state, change)
    if state is None:
        raise NotFound(did)
    return state


def _apply(did: Did, state: DidState | None, change: Change) -> DidState:
    if change.fields["did"] != did:
        raise InvalidHistory(did, change.index, "an entry of another DID")
    if (state is None) is not (change.kind == "did.inserted"):
        raise InvalidHistory(did, change.index, "a DID begins with did.inserted, and only once")
    if state is None:
        return _insert(did, change)
    if change.index <= state.last.index or change.time < state.last.time:
        raise InvalidHistory(did, change.index, "entries out of order")
    rule = _RULES.get(change.kind)
    if rule is None:
        raise InvalidHistory(did, change.index, f"unknown kind {change.kind}")
    rule(state, change)
    state.last = change
    return state


def _insert(did: Did, change: Change) -> DidState:
    state = DidState(did, first=change, last=change, controllers_over_time=[(change, (did,))])
    _update_base(state, change)
    _add_method(state, change)
    for name in ("authentication", "capabilityInvocation"):
        _open(state, change, name)
    return state


def _update_base(state: DidState, change: Change) -> None:
    state.base_documents.append((change, change.fields["baseDocument"]))


def _add_controller(state: DidState, change: Change) -> None:
    now = (*state.controllers, change.fields["controller"])
    state.controllers_over_time.append((change, now))


def _revoke_controller(state: DidState, change: Change) -> None:
    if change.fields["controller"] not in state.controllers:
        raise InvalidHistory(state.did, change.index, "the controller is none")
    now = tuple(one for one in state.controllers if one != change.fields["controller"])
    state.controllers_over_time.append((change, now))


def _add_method(state: DidState, change: Change) -> None:
    fields = change.fields
    if fields["vMethodId"] in state.methods:
        raise InvalidHistory(state.did, change.index, "the verification method exists already")
    state.methods[fields["vMethodId"]] = Method(
        fields["vMethodId"], fields["publicKey"], fields["isSecp256k1"], change
    )


def _add_relationship(state: DidState, change: Change) -> None:
    if change.fields["name"] not in RELATIONSHIPS:
        raise InvalidHistory(state.did, change.index, "no verification relationship of DID Core")
    if _method(state, change, "vMethodId").revoked is not None:
        raise InvalidHistory(state.did, change.index, "the verification method is revoked for ever")
    _open(state, change, change.fields["name"])


def _expire(state: DidState, change: Change) -> None:
    """Move the end of every interval that has not ended at the entry's time."""
    end = Bound(change.fields["notAfter"], change)
    _end_after(state, _method(state, change, "vMethodId").v_method_id, change.time, end)


def _revoke(state: DidState, change: Change) -> None:
    method = _method(state, change, "vMethodId")
    state.methods[method.v_method_id] = replace(method, revoked=change)
    end = Bound(change.fields["notAfter"], change)
    _end_after(state, method.v_method_id, end.seconds, end)


def _roll(state: DidState, change: Change) -> None:
    """Give the new method every relationship of the old one that has not ended, then end the old one's."""
    old = _method(state, change, "oldVMethodId").v_method_id
    lasting = (i for i in state.intervals_of(old) if i.not_after.seconds > change.time)
    names = dict.fromkeys(interval.relationship for interval in lasting)
    end = Bound(change.fields["notBefore"] + change.fields["duration"], change)
    _end_after(state, old, end.seconds, end)
    _add_method(state, change)
    for name in names:
        _open(state, change, name)


def _recorded_at(recorded: Sequence[tuple[Change, T]], seconds: int, *, default: D) -> T | D:
    """What was recorded last at or before `seconds`; entries stand in the order of their times."""
    place = bisect_right(recorded, seconds, key=lambda one: one[0].time)
    return recorded[place - 1][1] if place else default


def _method(state: DidState, change: Change, field_name: str) -> Method:
    method = state.methods.get(change.fields[field_name])
    if method is None:
        raise InvalidHistory(state.did, change.index, "the verification method does not exist")
    return method


def _open(state: DidState, change: Change, relationship: str) -> None:
    fields = change.fields
    state.places.setdefault(fields["vMethodId"], []).append(len(state.intervals))
    state.intervals.append(
        Interval(
            relationship,
            fields["vMethodId"],
            Bound(fields["notBefore"], change),
            Bound(fields["notAfter"], change),
        )
    )


def _end_after(state: DidState, v_method_id: str, seconds: int, end: Bound) -> None:
    """Let every interval of the method that would end after `seconds` end at `end`."""
    for place in state.places.get(v_method_id, ()):
        interval = state.intervals[place]
        if interval.not_after.seconds > seconds:
            state.intervals[place] = replace(interval, not_after=end)


_RULES = {
    "did.base.updated": _update_base,
    "did.controller.added": _add_controller,
    "did.controller.revoked": _revoke_controller,
    "did.method.added": _add_method,
    "did.method.expired": _expire,
    "did.method.revoked": _revoke,
    "did.method.rolled": _roll,
    "did.relationship.added": _add_relationship,
}
