"""Random histories of records, and what is to be seen of them: a slow twin by the contract's own rules."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from tests.node.logged import Log

ACCOUNTS = tuple(bytes([number]) * 20 for number in range(1, 4))
HASHES = tuple(sha256(bytes([number])).digest() for number in range(4))
INFO = (b"", b'{"a":1}', b"\xff", b"[]")
Move = tuple[str, int, int, int, int]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            ("stamp", "record", "version", "append", "detach", "info", "own", "revoke", "algorithm")
        ),
        *(st.integers(0, 3),) * 4,
    ),
    max_size=30,
)


@dataclass(slots=True)
class Seen:
    """A record as its owners would tell it."""

    owners: list[bytes]
    revoked: list[bytes] = field(default_factory=list)
    versions: list[tuple[list[bytes], list[bytes]]] = field(default_factory=list)


@dataclass(slots=True)
class Twin:
    """Takes each move that the contract would take, writes its entries, and remembers what they mean."""

    log: Log = field(default_factory=Log)
    stamps: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    records: dict[bytes, Seen] = field(default_factory=dict)
    algorithms: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The log is open."""
        self.log.open(ACCOUNTS[0])

    def move(self, what: str, a: int, b: int, c: int, d: int) -> None:
        """One call of the contract, if it would take it."""
        actor = ACCOUNTS[a % len(ACCOUNTS)]
        if what == "algorithm":
            self._algorithm(b, c)
        elif what == "stamp":
            self._stamp(actor, [HASHES[b], HASHES[c]])
        elif what == "record":
            self._record(actor, b, [HASHES[c], HASHES[d]])
        elif self.records:
            record_id, seen = list(self.records.items())[b % len(self.records)]
            if actor in seen.owners:
                getattr(self, f"_{what}")(actor, record_id, seen, c, d)

    def _algorithm(self, number: int, status: int) -> None:
        name, state = f"sha2-{256 + status}", 1 + status % 2
        known = number < len(self.algorithms)
        index = number if known else len(self.algorithms)
        self.log.write(
            "timestamp.algorithm.updated" if known else "timestamp.algorithm.inserted",
            hashAlgorithmId=index,
            outputLength=256,
            ianaName=name,
            oid="",
            status=state,
            multiHash=name,
        )
        self.algorithms[index : index + 1] = [(name, state)]

    def _stamp(self, actor: bytes, values: list[bytes]) -> None:
        for value in values:
            data = b"%d" % len(self.log.entries)
            fields = {"hashAlgorithmId": 0, "hashValue": value, "timestampData": data}
            entry = self.log.write("timestamp.hashes", actor=actor, **fields)
            self.stamps.setdefault(value, (entry.index, data))

    def _record(self, actor: bytes, number: int, values: list[bytes]) -> None:
        record_id = sha256(actor + bytes([number])).digest()
        if record_id in self.records:
            return
        self._stamp(actor, values)
        self.records[record_id] = Seen([actor])
        self._versioned(actor, record_id, values, INFO[number])

    def _version(self, actor: bytes, record_id: bytes, _seen: Seen, c: int, d: int) -> None:
        self._stamp(actor, [HASHES[c]])
        self._versioned(actor, record_id, [HASHES[c]], INFO[d])

    def _versioned(self, actor: bytes, record_id: bytes, values: list[bytes], info: bytes) -> None:
        versions = self.records[record_id].versions
        self._write(actor, "versioned", record_id, len(versions), **_hashes(values, info))
        versions.append((list(dict.fromkeys(values)), [info] if info else []))

    def _append(self, actor: bytes, record_id: bytes, seen: Seen, c: int, d: int) -> None:
        number = d % len(seen.versions)
        hashes, said = seen.versions[number]
        self._stamp(actor, [HASHES[c]])
        self._write(actor, "appended", record_id, number, **_hashes([HASHES[c]], INFO[d]))
        hashes += [HASHES[c]] if HASHES[c] not in hashes else []
        said += [INFO[d]] if INFO[d] else []

    def _detach(self, actor: bytes, record_id: bytes, seen: Seen, c: int, d: int) -> None:
        number = d % len(seen.versions)
        hashes, _ = seen.versions[number]
        if HASHES[c] in hashes and len(hashes) > 1:
            self._write(actor, "detached", record_id, number, versionHash=HASHES[c])
            hashes.remove(HASHES[c])

    def _info(self, actor: bytes, record_id: bytes, seen: Seen, c: int, d: int) -> None:
        number = d % len(seen.versions)
        if INFO[c]:
            self._write(actor, "info", record_id, number, versionInfo=INFO[c])
            seen.versions[number][1].append(INFO[c])

    def _own(self, actor: bytes, record_id: bytes, seen: Seen, c: int, d: int) -> None:
        owner = ACCOUNTS[c % len(ACCOUNTS)]
        if owner not in (*seen.owners, *seen.revoked):
            dates = {"notBefore": d, "notAfter": 0}
            self.log.write(
                "timestamp.record.owner.added", actor=actor, recordId=record_id, ownerId=owner, **dates
            )
            seen.owners.append(owner)

    def _revoke(self, actor: bytes, record_id: bytes, seen: Seen, c: int, _d: int) -> None:
        owner = ACCOUNTS[c % len(ACCOUNTS)]
        if owner in seen.owners:
            self.log.write("timestamp.record.owner.revoked", actor=actor, recordId=record_id, ownerId=owner)
            seen.owners.remove(owner)
            seen.revoked.append(owner)

    def _write(self, actor: bytes, change: str, record_id: bytes, number: int, **fields: Any) -> None:
        self.log.write(
            f"timestamp.record.{change}", actor=actor, recordId=record_id, versionId=number, **fields
        )


def _hashes(values: list[bytes], info: bytes) -> dict[str, Any]:
    return {
        "hashAlgorithmIds": [0] * len(values),
        "hashValues": values,
        "timestampData": [],
        "versionInfo": info,
    }
