"""The projection digest, computed a second time from its description alone."""

import struct
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, insert

from node.db.digest import projection_digest
from node.db.session import reading, writing
from node.db.tables import DID, ENTRY, POLICY, PROJECTION, USER_GRANT


def entry(index: int) -> dict[str, Any]:
    return {
        "entry_index": index,
        "kind": "policy.inserted",
        "subject": bytes([index]) * 32,
        "previous": bytes(32),
        "time": 1_790_000_000 + index,
        "actor": b"\x09" * 20,
        "parent": bytes(32),
        "payload": b"payload %d" % index,
        "hash": sha256(b"%d" % index).digest(),
        "payload_hash": bytes(32),
        "did": None if index % 2 else "did:ebsi:z",
        "block_number": index,
        "block_hash": bytes(32),
        "transaction_hash": bytes(32),
    }


def described(value: object) -> bytes:
    if value is None:
        return b"n"
    if value is True or value is False:
        return b"y" if value else b"f"
    if isinstance(value, int):
        return b"i" + struct.pack(">q", value)
    content = value.encode() if isinstance(value, str) else value
    assert isinstance(content, bytes)
    return (b"t" if isinstance(value, str) else b"b") + struct.pack(">Q", len(content)) + content


def test_the_digest_is_what_its_description_says(engine: Engine) -> None:
    rows = {table.name: list[dict[str, Any]]() for table in PROJECTION}
    rows["entry"] = [entry(index) for index in range(4)]
    rows["did"] = [{"did": "did:ebsi:zą", "entry_index": 2}]
    rows["policy"] = [{"entry_index": 1, "policy_name": "a", "change": "inserted", "description": ""}]
    rows["user_grant"] = [
        {
            "entry_index": 3,
            "position": at,
            "account": b"\x01" * 20,
            "attribute": f"X:{at}",
            "granted": at == 0,
        }
        for at in range(2)
    ]
    with writing(engine) as connection:
        for table in (ENTRY, DID, POLICY, USER_GRANT):
            connection.execute(insert(table), rows[table.name][::-1])
    for size in range(5):
        expected = b""
        for table in PROJECTION:
            expected += described(table.name)
            for row in rows[table.name]:
                if row["entry_index"] < size:
                    expected += b"".join(described(row[column.name]) for column in table.columns)
        with reading(engine) as connection:
            assert projection_digest(connection, size=size) == sha256(expected).digest()
