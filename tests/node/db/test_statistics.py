"""Counts by month are those of the entries, counted one by one, whatever came in which order."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine

from anchoring.entry import Entry
from node.db.check_projection import check_projection
from node.db.deriving import derive_again
from node.db.list_changes import ListChange, changes_counted, keep_changes, uncounted_from
from node.db.months import first_second, month_at, month_number, month_text
from node.db.row_making import Totals
from node.db.session import reading, writing
from node.db.statistics import (
    IssuerMonth,
    Marked,
    difference,
    issuer_months,
    marked_between,
    month_bounds,
    totals_below,
)
from tests.node.logged import BEGIN, Log, follow, go_back

ENTRIES, DIDS = 240, 6
DAY = 86_400


def made_up(seed: int) -> Log:
    """Some ten months, in which organisations are accredited and revoked, anchor and publish as it comes."""
    source, log = Random(seed), Log(apart=DAY + 4321)
    log.open(b"\x0a" * 20)
    for number in range(ENTRIES):
        did = f"did:ebsi:z{source.randrange(DIDS)}"
        attribute = bytes([source.randrange(2)]) * 32
        match source.choice(("batch", "batch", "batch", "status", "metadata", "data", "other")):
            case "batch":
                root = number.to_bytes(32, "big")
                log.write("anchor.batch", did=did, attributeId=attribute, root=root, size=1 + number % 7)
            case "status":
                log.write("status.published", did=did, attributeId=attribute, **published(number))
            case "metadata":
                log.write("issuer.attribute.metadata", did=did, attributeId=attribute, **standing(source))
            case "data":
                revision = source.randbytes(32)
                given = {"attributeId": attribute, "revisionId": revision, "attributeData": b"x"}
                log.write("issuer.attribute.data", did=did, **given)
            case _:
                log.write("policy.inserted", policyName=f"policy {number}", description="")
    return log


def standing(source: Random) -> dict[str, Any]:
    return {
        "revisionId": source.randbytes(32),
        "issuerType": source.randrange(1, 5),
        "taoDid": "did:ebsi:z0",
        "attributeIdTao": bytes(32),
    }


def published(number: int) -> dict[str, Any]:
    return {
        "url": f"https://node.example/{number % 3}",
        "purpose": "revocation",
        "bits": 131_072,
        "credentialDigest": number.to_bytes(32, "big"),
        "validFrom": 0,
        "validUntil": 2**40,
    }


def one_by_one(entries: Sequence[Entry]) -> Iterator[tuple[int, str, Counter[str]]]:
    """What each entry adds, by the entries themselves: month, DID and counts."""
    types: dict[tuple[str, bytes], int] = {}
    issuers: set[str] = set()
    for entry in entries:
        fields: dict[str, Any] = entry.fields
        added: Counter[str] = Counter()
        if entry.kind.startswith("issuer.attribute.") and fields["did"] not in issuers:
            issuers.add(fields["did"])
            added["issuers"] += 1
        if entry.kind == "issuer.attribute.metadata":
            key = fields["did"], fields["attributeId"]
            was, now = types.get(key, 0) in {1, 2, 3}, fields["issuerType"] in {1, 2, 3}
            types[key] = fields["issuerType"]
            added["given"] += now and not was
            added["revoked"] += was and not now
        if entry.kind == "anchor.batch":
            added["batches"] += 1
            added["credentials"] += fields["size"]
        if entry.kind == "status.published":
            added["publications"] += 1
        yield month_at(entry.time), str(fields.get("did")), added


def totals(counted: Counter[str]) -> Totals:
    return Totals(**{name: counted[name] for name in Totals.__dataclass_fields__})


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_the_entries(engine: Engine, seed: int) -> None:
    log = made_up(seed)
    follow(engine, log.entries[:100])
    follow(engine, log.entries)
    go_back(engine, log.entries, size=180)
    follow(engine, log.entries)
    overall: dict[int, Counter[str]] = {}
    own: dict[tuple[str, int], Counter[str]] = {}
    for month, did, added in one_by_one(log.entries):
        overall.setdefault(month, Counter()).update(added)
        own.setdefault((did, month), Counter()).update(added)
    first, last = min(overall), max(overall)
    assert last - first > 6
    with reading(engine) as connection:
        bounds = month_bounds(connection, first, last)
        sums = [totals_below(connection, bound) for bound in bounds]
        for place, month in enumerate(range(first, last + 1)):
            counted = overall.get(month, Counter())
            assert difference(sums[place + 1], sums[place]) == totals(counted), month_text(month)
        for begin, end in ((first, last), (first + 2, first + 4), (last + 1, last + 3), (first, first)):
            expected = {
                IssuerMonth(did, month, added["batches"], added["credentials"], added["publications"])
                for (did, month), added in own.items()
                if begin <= month <= end and added["batches"] + added["publications"]
            }
            found = issuer_months(connection, begin, end)
            assert len(found) == len(set(found))
            assert set(found) == expected
        assert list(check_projection(connection)) == []


def test_what_lists_changed_is_known_once_and_goes_with_its_entry(engine: Engine) -> None:
    log = made_up(1)
    follow(engine, log.entries)
    with reading(engine) as connection:
        published = uncounted_from(connection, 0, limit=ENTRIES)
    assert len(published) == sum(added["publications"] for _, _, added in one_by_one(log.entries)) > 20
    odd = [one for one in published if one.entry_index % 2]
    changes = [ListChange(one.entry_index, one.did, one.digest, one.entry_index, 1) for one in odd]
    half = next(one.entry_index for one in changes if one.entry_index > ENTRIES - 50)
    early, late = (
        [one for one in changes if one.entry_index < half],
        [one for one in changes if one.entry_index >= half],
    )
    with writing(engine) as connection:
        keep_changes(connection, changes)
        keep_changes(connection, [replace(one, revoked=0) for one in changes])  # too late
        assert changes_counted(connection) == len(changes)
        found = marked_between(connection, start=0, stop=half)
        assert found == {
            did: (Marked(sum(own), len(own)), len(own))
            for did in {one.did for one in early}
            if (own := [one.entry_index for one in early if one.did == did])
        }
        assert uncounted_from(connection, 0, limit=ENTRIES) == [one for one in published if one not in odd]
    go_back(engine, log.entries, size=half)
    with writing(engine) as connection:
        assert changes_counted(connection) == len(early)
        keep_changes(connection, late)  # of entries that are gone
        assert changes_counted(connection) == len(early)


def test_an_empty_log_counts_nothing(engine: Engine) -> None:
    with reading(engine) as connection:
        assert issuer_months(connection, 0, 30_000) == []
        assert totals_below(connection, 5) == Totals()
        assert month_bounds(connection, month_at(BEGIN), month_at(BEGIN)) == [0, 0]


def test_what_was_derived_again_counts_the_same(engine: Engine) -> None:
    log = made_up(2)
    follow(engine, log.entries)
    first, last = month_at(log.entries[0].time), month_at(log.entries[-1].time)
    with reading(engine) as connection:
        before = issuer_months(connection, first, last), totals_below(connection, len(log.entries))
    with writing(engine) as connection:
        derive_again(connection)
        assert (issuer_months(connection, first, last), totals_below(connection, len(log.entries))) == before


@pytest.mark.parametrize("text", ["1970-01", "2026-11", "2028-02", "9999-12"])
def test_a_month_is_its_seconds(text: str) -> None:
    month = month_number(text)
    assert month_text(month) == text
    assert month_at(first_second(month)) == month
    assert first_second(month + 1) - first_second(month) in {day * DAY for day in (28, 29, 30, 31)}
    if text != "1970-01":
        assert month_at(first_second(month) - 1) == month - 1
