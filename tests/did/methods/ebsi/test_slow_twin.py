"""Documents against a slow twin that asks, for each grant, what every later entry did to it."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from did.document import RELATIONSHIPS
from did.methods.ebsi import Change, document_from_changes, method_valid

from .changes import DID, Registry

END = 60
Grant = tuple[int, str, str]


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    registry = Registry(time=draw(st.integers(0, 5)))
    first = registry.insert("m0")
    seconds = st.integers(0, END)
    registry.changes = [
        Change(first.index, first.time, first.kind, {**first.fields, "notBefore": 2, "notAfter": 40})
    ]
    methods, revoked = ["m0"], set[str]()
    for _ in range(draw(st.integers(0, 9))):
        registry.time += draw(st.integers(0, 6))
        name = draw(st.sampled_from(methods))
        new = f"m{len(methods)}"
        action = draw(st.sampled_from(["add", "relate", "expire", "revoke", "roll"]))
        if action == "add":
            registry.method(new)
            methods.append(new)
        elif name in revoked:
            continue
        elif action == "relate":
            registry.relate(name, draw(st.sampled_from(RELATIONSHIPS)), draw(seconds), draw(seconds))
        elif action == "expire":
            registry.expire(name, draw(seconds))
        elif action == "revoke":
            registry.revoke(name, draw(seconds))
            revoked.add(name)
        else:
            start, end, duration = draw(seconds), draw(seconds), draw(st.integers(0, 20))
            registry.roll(name, new, not_before=start, not_after=end, duration=duration)
            methods.append(new)
    return registry.changes


def _grants(changes: Sequence[Change], upto: int) -> set[Grant]:
    """(entry, method, relationship) of everything granted by entries before position `upto`."""
    granted: set[Grant] = set()
    for place, change in enumerate(changes[:upto]):
        fields = change.fields
        if change.kind == "did.inserted":
            granted |= {(place, fields["vMethodId"], n) for n in ("authentication", "capabilityInvocation")}
        elif change.kind == "did.relationship.added":
            granted.add((place, fields["vMethodId"], fields["name"]))
        elif change.kind == "did.method.rolled":
            for grant in _grants(changes, place):
                if grant[1] == fields["oldVMethodId"] and _end(changes, grant, place) > change.time:
                    granted.add((place, fields["vMethodId"], grant[2]))
    return granted


def _end(changes: Sequence[Change], grant: Grant, upto: int) -> int:
    """The end of a grant, as the entries before position `upto` left it."""
    end: int = changes[grant[0]].fields["notAfter"]
    for change in changes[grant[0] + 1 : upto]:
        fields = change.fields
        if change.kind == "did.method.rolled" and fields["oldVMethodId"] == grant[1]:
            end = min(end, fields["notBefore"] + fields["duration"])
        elif change.kind == "did.method.revoked" and fields["vMethodId"] == grant[1]:
            end = min(end, fields["notAfter"])
        elif change.kind == "did.method.expired" and fields["vMethodId"] == grant[1]:
            end = fields["notAfter"] if end > change.time else end
    return end


@given(histories(), st.integers(0, END), st.none() | st.integers(0, END))
def test_every_relationship_holds_exactly_when_the_twin_says_so(
    changes: list[Change], at: int, known_through: int | None
) -> None:
    known = [c for c in changes if known_through is None or c.time <= known_through]
    expected = {
        (name, method)
        for place, method, name in _grants(known, len(known))
        if known[place].fields["notBefore"] <= at < _end(known, (place, method, name), len(known))
    }
    methods = {c.fields["vMethodId"] for c in changes}
    valid = {
        (name, method)
        for name in RELATIONSHIPS
        for method in methods
        if method_valid(changes, v_method_id=method, relationship=name, at=at, known_through=known_through)
    }
    assert valid == expected
    if known:
        document = document_from_changes(DID, changes, at=at, known_through=known_through)
        listed = {(n, i.partition("#")[2]) for n, ids in document.relationships.items() for i in ids}
        assert listed == expected
        assert {m.id.partition("#")[2] for m in document.verification_method} == {m for _, m in expected}


@given(histories(), st.integers(0, END), st.integers(0, 9))
def test_what_was_known_before_an_entry_does_not_depend_on_it(
    changes: list[Change], at: int, cut: int
) -> None:
    head = changes[: cut + 1]
    before = document_from_changes(DID, changes, at=at, index_before=head[-1].index + 1)
    assert before == document_from_changes(DID, head, at=at)
