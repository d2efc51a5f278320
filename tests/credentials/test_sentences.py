"""Whatever a credential holds, and wherever, no sentence of its verdict commands a terminal."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from credentials.ports import NoMemory
from credentials.securing.signing_key import signing_key
from did.base64url import decode_base64url, encode_base64url

from .cases import verdict_on
from .credential_makers import SCHEMAS, status_entry
from .world import Country, country

EVIL = "\x1b[2J\u202e\u2028\n"
KINDS = {"StatusList2021": "1.1", "BitstringStatusList": "2.0"}
Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def home() -> Country:
    """Where the university has published no list yet."""
    return country()


def parts_of(home: Country, kind: str) -> list[dict[str, Any]]:
    """The header and the claims of a credential with a status."""
    status = [status_entry(home.world.list_url(home.university), 7, kind=kind, purpose="revocation")]
    document = home.world.issue(home.university, version=KINDS[kind], status=status)
    return [json.loads(decode_base64url(part, max_bytes=65_536)) for part in document.decode().split(".")[:2]]


def strings_of(value: Any, *path: str | int) -> Iterator[Path]:
    """Where texts stand in a JSON value."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from strings_of(inner, *path, name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from strings_of(inner, *path, place)


def spoilt(value: Any, path: Path, text: str) -> Any:
    """A copy with `text` at the place; `{}` in it is what stood there."""
    copy = json.loads(json.dumps(value))
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = text.replace("{}", holder[path[-1]])
    return copy


def signed(home: Country, header: Any, claims: Any) -> bytes:
    """A JWT by the university's key, whatever its header says."""
    texts = [encode_base64url(json.dumps(part).encode()) for part in (header, claims)]
    signature = signing_key(home.university.key.private).sign(".".join(texts).encode())
    return ".".join([*texts, encode_base64url(signature)]).encode()


def check_sentences(home: Country, header: Any, claims: Any) -> None:
    """Every sentence and every finding can be shown."""
    verdict = verdict_on(home.world, signed(home, header, claims), cache=NoMemory())
    for result in verdict.results:
        for text in (result.sentence, *result.findings):
            assert text.isprintable(), text


@pytest.mark.parametrize("text", [EVIL, "{}" + EVIL, EVIL + "{}"], ids=["all", "end", "begin"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_text_in_a_credential_commands_a_terminal(home: Country, kind: str, text: str) -> None:
    header, claims = parts_of(home, kind)
    check_sentences(home, header, claims)
    for path in strings_of(header):
        check_sentences(home, spoilt(header, path, text), claims)
    paths = list(strings_of(claims))
    assert len(paths) > 16
    for path in paths:
        check_sentences(home, header, spoilt(claims, path, text))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_name_in_a_credential_commands_a_terminal(home: Country, kind: str) -> None:
    header, claims = parts_of(home, kind)
    check_sentences(home, {**header, EVIL: EVIL}, claims)
    check_sentences(home, header, {**claims, EVIL: EVIL})
    members = claims.get("vc", claims)
    for name in list(members):
        for value in ({EVIL: EVIL}, [{EVIL: EVIL}], {"id": EVIL, "type": EVIL}, [EVIL]):
            changed = {**members, name: value}
            check_sentences(home, header, {**claims, "vc": changed} if "vc" in claims else changed)


@pytest.mark.parametrize(
    "rule",
    [
        {"additionalProperties": False},
        {"required": [EVIL]},
        {"properties": {EVIL: {"const": EVIL}}},
        {"properties": {EVIL: {"enum": ["a" + EVIL]}}},
        {"properties": {EVIL: {"pattern": EVIL}}},
        {"properties": {EVIL: {"pattern": "(" + EVIL}}},
        {"properties": {EVIL: {"format": EVIL, "type": "object"}}},
        {"$ref": "#/" + EVIL},
        {"$ref": "https://x/" + EVIL},
        {"type": EVIL},
    ],
    ids=repr,
)
def test_no_schema_commands_a_terminal(home: Country, rule: dict[str, Any]) -> None:
    content = json.dumps({"properties": {"credentialSubject": rule}}).encode()
    home.world.register_schema(content)
    header, claims = parts_of(home, "StatusList2021")
    subject = {**claims["vc"]["credentialSubject"], EVIL + "2": "a"} | (
        {} if "required" in rule else {EVIL: "b"}
    )
    schema = {"id": f"{SCHEMAS}/0x{sha256(content).hexdigest()}", "type": "JsonSchema"}
    vc = {**claims["vc"], "credentialSubject": subject, "credentialSchema": schema}
    check_sentences(home, header, {**claims, "vc": vc})
    verdict = verdict_on(home.world, signed(home, header, {**claims, "vc": vc}))
    assert verdict.results[4].reason in {"schema_violated", "unusable_schema"}
