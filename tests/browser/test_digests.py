"""The digest that the browser finds is the node's, or there is none: two readers of one rule."""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest

from anchoring.digest import secured_digest
from anchoring.errors import AnchoringError
from did.base64url import encode_base64url
from tests.browser.cast import Cast
from tests.browser.conftest import Desk

pytestmark = pytest.mark.enable_socket

_DIGESTS = """(documents) => Promise.all(documents.map(async (document) => {
    try {
        return await digestOf(Uint8Array.from(atob(document), (one) => one.charCodeAt(0)));
    } catch (error) {
        return `${error.name}: ${error.message}`;
    }
}))"""
HEX = 64
PROOF = {"type": "DataIntegrityProof", "proofValue": "z1"}
NUMBERS = "[0, -0, 1.50, 1e-7, 123456789.125, 0.1, 5e-324, 9007199254740991]"
NAMES = (
    '{"\\u20ac": 1, "\\r": 2, "\\ufb33": 3, "1": 4, "\\ud83d\\ude00": 5, "\\u00f6": 6, "__proto__": {"a": 7}}'
)


def digests(desk: Desk, documents: Sequence[bytes]) -> list[str | None]:
    """What the browser finds, None where it refuses."""
    with desk.reader() as somebody:
        somebody.open("")
        found = somebody.page.evaluate(_DIGESTS, [b64encode(document).decode() for document in documents])
    return [one if len(one) == HEX else None for one in found]


def of_node(document: bytes) -> str | None:
    """What the node finds."""
    try:
        return secured_digest(document).digest.hex()
    except AnchoringError:
        return None


def ordinary(people: Cast) -> Iterator[bytes]:
    """Documents as people have them."""
    yield from (people.valid, people.valid + b"\r\n", people.unaccredited, people.sealed)
    yield people.valid + b"~WyJzYWx0IiwiYSIsMV0~"
    yield people.valid + b"~WyJzYWx0IiwiYSIsMV0~" + people.valid
    header, payload, signature = people.sealed.decode().split(".")
    parts = {"protected": header, "signature": signature}
    yield json.dumps({"payload": payload, **parts, "header": {"etsiU": ["x"]}}).encode()
    yield json.dumps({"payload": payload, "signatures": [parts]}, indent=2).encode()
    yield json.dumps({"title": "Kūrybiškumas\u2028", "proof": PROOF}, ensure_ascii=False).encode()
    yield json.dumps({"title": 'Kū"\\/\x7f\t', "proof": [PROOF, PROOF], "a": {"b": [None, True]}}).encode()
    yield f'{{"numbers": {NUMBERS}, "proof": {json.dumps(PROOF)}, "names": {NAMES}}}'.encode()


def test_the_browser_finds_the_digest_of_every_ordinary_document(desk: Desk, people: Cast) -> None:
    documents = list(ordinary(people))
    found = digests(desk, documents)
    assert found == [of_node(document) for document in documents]
    assert None not in found


def test_the_browser_gives_no_digest_that_the_node_would_not(desk: Desk, people: Cast) -> None:
    random = Random(7)
    documents = [*delicate(people), *altered([*ordinary(people)], random, 1500), *made(random, 300)]
    found = digests(desk, documents)
    wrong = [
        (document, one)
        for document, one in zip(documents, found, strict=True)
        if one is not None and one != of_node(document)
    ]
    assert wrong == []
    assert len({*found} - {None}) > len(documents) // 20


def delicate(people: Cast) -> Iterator[bytes]:
    """Documents on which readers of JSON and of base64url are known to disagree."""
    proof = json.dumps(PROOF)
    for members in (
        '"a": 1, "a": 1', '"a": 1, "\\u0061": 1', '"a": 12345678901234567890', '"a": 1e400', '"a": "\\ud800"',
        '"a": 9007199254740993', '"a": 1.0e0', '"a": 01', '"a": NaN', '"a": "\x01"', '"\\ud800": 1',
    ):  # fmt: skip
        yield f'{{{members}, "proof": {proof}}}'.encode()
    yield b"\xef\xbb\xbf" + f'{{"proof": {proof}}}'.encode()
    yield b"\xc2\xa0" + people.valid
    yield people.valid + b"\x0b"
    yield people.valid[:-1] + b"="
    yield people.valid + b"~~"
    yield people.valid + b"." + people.valid
    headers: list[Any] = [{"alg": "none"}, {"alg": "ES256", "b64": False}, {"alg": 7}, {}, []]
    for header in headers:
        encoded = encode_base64url(json.dumps(header).encode())
        yield f"{encoded}.e30.AAAA".encode()
        yield json.dumps({"protected": encoded, "payload": "e30", "signature": "AAAA"}).encode()
    yield f'{{"a": {"[" * 500 + "]" * 500}, "proof": {proof}}}'.encode()


def altered(documents: Sequence[bytes], random: Random, count: int) -> Iterator[bytes]:
    """Documents with a byte or two changed, put in or taken out."""
    alphabet = b'"{}[],:.~=\\ eyJ01-\xff\x00\xc5'
    for _ in range(count):
        document = bytearray(random.choice(documents))
        for _ in range(random.randint(1, 2)):
            at = random.randrange(len(document))
            with_byte = bytes([random.choice(alphabet)])
            document[at : at + random.randint(0, 1)] = random.choice([b"", with_byte])
        yield bytes(document)


def made(random: Random, count: int) -> Iterator[bytes]:
    """JSON documents with a proof and whatever else."""
    for _ in range(count):
        members = {_text(random): _value(random, 3) for _ in range(random.randint(0, 5))} | {"proof": PROOF}
        yield json.dumps(members, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _value(random: Random, depth: int) -> Any:
    match random.randrange(5 if depth else 3):
        case 0:
            return _text(random)
        case 1:
            return _number(random)
        case 2:
            return random.choice([None, True, False])
        case 3:
            return [_value(random, depth - 1) for _ in range(random.randint(0, 3))]
        case _:
            return {_text(random): _value(random, depth - 1) for _ in range(random.randint(0, 3))}


def _text(random: Random) -> str:
    alphabet = 'aZ0 "\\/\b\n\x1f\x7fėŽ€\u2028\ufb33\ud800😀'
    return "".join(random.choice(alphabet) for _ in range(random.randint(0, 4)))


def _number(random: Random) -> float:
    some = random.uniform(-1, 1) * 10.0 ** random.randint(-25, 25)
    return random.choice([random.randint(-9, 9), some, 2.0**53, 1.0])
