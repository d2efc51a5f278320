"""100,000 documents digested and rooted, beside pymerkle's tree alone and beside bare rfc8785 + SHA-256."""

from __future__ import annotations

import base64
import json
import random
from hashlib import sha256

import pymerkle
import rfc8785

from anchoring.batch import Batch
from anchoring.digest import secured_digest, secured_digests
from benchmarks.figures import Figure, best_of

COUNT = 100_000
JSON_COUNT = 10_000


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _credential(number: int) -> dict[str, object]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        "type": ["VerifiableCredential", "MicroCredential"],
        "issuer": "did:ebsi:zZeKyEJfUTGwajhNyNX928z",
        "validFrom": "2026-11-21T10:00:00Z",
        "credentialSubject": {
            "id": f"did:example:{number}",
            "title": "Water and the city",
            "ects": 3,
            "eqf": 7,
            "outcomes": [
                f"Explains principle {place} of urban water management in her own words" for place in range(8)
            ],
        },
    }


def _jwts() -> list[bytes]:
    chance = random.Random(7515)
    header = _b64(b'{"alg":"ES256","kid":"did:ebsi:zZeKyEJfUTGwajhNyNX928z#key-1","typ":"JWT"}')
    claims = (json.dumps({"vc": _credential(number)}).encode() for number in range(COUNT))
    return [f"{header}.{_b64(payload)}.{_b64(chance.randbytes(64))}".encode() for payload in claims]


def _ours(documents: list[bytes]) -> bytes:
    return Batch.from_digests(secured_digests(documents)).root


def _pymerkle(documents: list[bytes]) -> bytes:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for document in documents:
        tree.append_entry(document)
    return bytes(tree.get_state())


def run() -> list[Figure]:
    jwts = _jwts()
    digests = sorted(secured_digests(jwts))
    ours, theirs = best_of(6, lambda: _ours(jwts), lambda: _pymerkle(digests))
    assert _ours(jwts) == _pymerkle(digests)
    documents = [
        json.dumps(
            _credential(number)
            | {
                "proof": {
                    "type": "DataIntegrityProof",
                    "cryptosuite": "eddsa-jcs-2022",
                    "proofValue": f"z{number}",
                }
            }
        ).encode()
        for number in range(JSON_COUNT)
    ]

    def bare() -> None:
        for document in documents:
            sha256(rfc8785.dumps(json.loads(document))).digest()

    def whole() -> None:
        for document in documents:
            secured_digest(document)

    bare_time, whole_time = best_of(5, bare, whole)
    return [
        Figure(f"{COUNT:,} JWTs of {len(jwts[0]):,} bytes digested and rooted", ours, "s of CPU"),
        Figure("pymerkle's tree alone over the same digests", theirs, "s of CPU"),
        Figure("ratio pymerkle's tree / ours whole", theirs / ours, "x", limit=2.5, floor=True),
        Figure(
            f"{JSON_COUNT:,} JSON-LD documents of {len(documents[0]):,} bytes digested",
            whole_time,
            "s of CPU",
        ),
        Figure("bare json + rfc8785 + SHA-256", bare_time, "s of CPU"),
        Figure("ours as a share of the bare rate", 100 * bare_time / whole_time, "%", limit=80.0, floor=True),
    ]
