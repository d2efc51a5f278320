"""What entries about DIDs make of the tables by which they are found (rules: `did.methods.ebsi.history`)."""

from sqlalchemy import Table

from node.db.row_making import DIDS, KeyInterval, Made, Row, Told, bounded, listing, readable
from node.db.tables import DID, DID_CONTROLLER, KEY_INTERVAL

_FIRST = ("authentication", "capabilityInvocation")
"""What the key is good for with which a DID begins."""


def inserted(told: Told) -> Made:
    """The DID, which controls itself, and its first key."""
    did, method = readable(told.fields["did"]), readable(told.fields["vMethodId"])
    return [
        (DID, {"did": did}),
        listing(told, DIDS, did.encode()),
        (DID_CONTROLLER, {"did": did, "controller": did, "added": True}),
        *(_interval(did, method, position, _given(told, name)) for position, name in enumerate(_FIRST)),
    ]


def controller(told: Told) -> Made:
    """A controller came or went."""
    fields = told.fields
    row = {"did": readable(fields["did"]), "controller": readable(fields["controller"])}
    return [(DID_CONTROLLER, row | {"added": told.change == "added"})]


def relationship(told: Told) -> Made:
    """A key under a relationship."""
    did, method = readable(told.fields["did"]), readable(told.fields["vMethodId"])
    return [_interval(did, method, 0, _given(told, readable(told.fields["name"])))]


def expired(told: Told) -> Made:
    """Another end of all that has not ended at the entry's time."""
    return _ended(told, after=told.time)


def revoked(told: Told) -> Made:
    """An earlier end of all that would end later."""
    return _ended(told, after=bounded(told.fields["notAfter"]))


def rolled(told: Told) -> Made:
    """The new key under every relationship of the old one that has not ended; then the old one's ends."""
    fields = told.fields
    did, new, old = (readable(fields[name]) for name in ("did", "vMethodId", "oldVMethodId"))
    end = bounded(fields["notBefore"] + fields["duration"])
    lasting = [one for one in told.known.intervals(did, old) if one.not_after > told.time]
    ending = [one for one in lasting if one.not_after > end]
    rows = [(old, KeyInterval(one.relationship, one.not_before, end)) for one in ending]
    rows += [(new, _given(told, one.relationship)) for one in lasting]
    return [_interval(did, method, position, one) for position, (method, one) in enumerate(rows)]


def _ended(told: Told, *, after: int) -> Made:
    did, method = readable(told.fields["did"]), readable(told.fields["vMethodId"])
    end = bounded(told.fields["notAfter"])
    moved = [one for one in told.known.intervals(did, method) if one.not_after > after]
    return [
        _interval(did, method, position, KeyInterval(one.relationship, one.not_before, end))
        for position, one in enumerate(moved)
    ]


def _given(told: Told, name: str) -> KeyInterval:
    return KeyInterval(name, bounded(told.fields["notBefore"]), bounded(told.fields["notAfter"]))


def _interval(did: str, method: str, position: int, interval: KeyInterval) -> tuple[Table, Row]:
    row = {
        "position": position,
        "did": did,
        "v_method_id": method,
        "relationship": interval.relationship,
        "not_before": interval.not_before,
        "not_after": interval.not_after,
    }
    return KEY_INTERVAL, row
