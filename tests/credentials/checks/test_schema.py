"""Check 4: which revision of a schema counts, and what cannot be judged."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from credentials.checks.schema import check_schema
from credentials.errors import Unavailable
from credentials.verdict import CheckResult, Outcome
from did.multibase import encode_base58btc
from tests.credentials.cases import case_of
from tests.credentials.credential_makers import SCHEMAS
from tests.credentials.ledger import Actor
from tests.credentials.memory_record import RememberingCache
from tests.credentials.world import SCHEMA, SCHEMA_URL, Country, World, country

ANYTHING = b"{}"
NOTHING = b'{"not":{}}'
SCHEMA_ID = sha256(SCHEMA).digest()


def _judged(home: Country, **overrides: Any) -> CheckResult:
    return check_schema(case_of(home.world, home.world.issue(home.university, **overrides)))


def _url(content: bytes) -> str:
    return f"{SCHEMAS}/{encode_base58btc(sha256(content).digest())}"


def test_a_credential_that_conforms_passes() -> None:
    home = country()
    result = check_schema(case_of(home.world, home.credential))
    assert (result.outcome, result.reason) == (Outcome.PASSED, None)
    assert result.sentence == "It conforms to its schema as registered on 2026-11-21."
    (evidence,) = result.evidence["schemas"]
    assert evidence == {
        "id": SCHEMA_URL,
        "type": "FullJsonSchemaValidator2021",
        "schemaId": SCHEMA_ID.hex(),
        "entry": 12,
        "registered": "2026-11-21T10:13:00Z",
    }


def test_a_departure_fails_and_names_the_place_but_not_the_content() -> None:
    home = country()
    result = _judged(home, subject={"id": "did:key:z6MkSecretName"})
    assert (result.outcome, result.reason) == (Outcome.FAILED, "schema_violated")
    assert "/credentialSubject" in result.sentence
    assert "SecretName" not in json.dumps(result.to_json(required=True))
    assert result.evidence["schemas"][0]["keyword"] == "required"


def test_a_departure_at_the_top_is_said_so() -> None:
    home = country()
    schema = b'{"required":["evidence"]}'
    home.world.register_schema(schema)
    result = _judged(home, schema=_url(schema))
    assert result.sentence.endswith('schema at its top level: "evidence" is a required property.')


def test_the_revision_before_the_anchor_counts_whatever_was_registered_later() -> None:
    """Play the attack: a schema is made narrower, or wider, after the anchor."""
    home = country()
    home.world.register_schema(NOTHING, update_of=SCHEMA_ID)
    assert check_schema(case_of(home.world, home.credential)).outcome is Outcome.PASSED
    assert _judged(home).reason == "schema_violated"


def test_without_an_anchor_the_last_revision_by_the_time_asked_for_counts() -> None:
    home = country()
    world = home.world
    before = world.moment
    document = world.issue(home.university)
    world.register_schema(NOTHING, update_of=SCHEMA_ID)
    assert check_schema(case_of(world, document, at=before)).outcome is Outcome.PASSED
    assert check_schema(case_of(world, document)).outcome is Outcome.FAILED


def test_a_schema_registered_after_the_anchor_was_not_registered_then() -> None:
    home = country(lambda world, actor: world.issue(actor, schema=_url(ANYTHING)))
    home.world.register_schema(ANYTHING)
    result = check_schema(case_of(home.world, home.credential))
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unregistered_schema")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ({"id": _url(ANYTHING), "type": "JsonSchema"}, "unregistered_schema"),
        ({"id": "https://elsewhere.example/schemas/1", "type": "JsonSchema"}, "foreign_schema"),
        ({"id": SCHEMA_URL, "type": "JsonSchemaCredential"}, "unsupported_schema_type"),
    ],
)
def test_what_is_not_in_the_registry_or_not_known_is_not_determinable(
    edit: dict[str, str], reason: str
) -> None:
    home = country()
    result = _judged(home, edit=lambda members: members.update(credentialSchema=edit))
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, reason)


def test_an_unusable_schema_judges_nothing() -> None:
    home = country()
    home.world.register_schema(b'{"type":"strin"}', update_of=SCHEMA_ID)
    result = _judged(home)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unusable_schema")
    assert result.sentence.startswith("Its schema, as registered, cannot be used: ")


def test_a_schema_that_doubles_judges_nothing() -> None:
    """Play the attack: an accredited issuer registers a schema that holds each verifier for hours."""
    home = country()
    doubled: dict[str, Any] = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(28)}
    schema = json.dumps({"$ref": "#/$defs/d0", "$defs": {**doubled, "d28": {}}}).encode()
    home.world.register_schema(schema)
    assert _judged(home, schema=_url(schema)).reason == "unusable_schema"


def test_a_credential_that_takes_too_long_is_not_held_against_its_schema() -> None:
    """Play the attack: two branches go down together, and the credential has thirty levels."""
    home = country()
    part = {"additionalProperties": {"$ref": "#"}}
    schema = json.dumps({"anyOf": [part | {"required": ["a"]}, part | {"type": "object"}]}).encode()
    home.world.register_schema(schema)
    nested: dict[str, Any] = {}
    for _ in range(24):
        nested = {"part": nested}
    subject = {"id": "did:key:z6MkLearner", "hasClaim": nested}
    result = _judged(home, schema=_url(schema), subject=subject)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "too_much_work")
    assert result.evidence["schemas"][0]["schemaId"] == sha256(schema).hexdigest()


def test_no_place_is_looked_for_in_a_large_credential_of_anybodys() -> None:
    """Play the attack: a megabyte under alternatives, signed by nobody, took gigabytes to explain."""
    home = country()
    one = {"type": "object", "required": ["title"]}
    claims = {"anyOf": [one, {"type": "array", "items": one}]}
    schema = json.dumps({"properties": {"credentialSubject": {"properties": {"hasClaim": claims}}}}).encode()
    home.world.register_schema(schema)

    def judged(count: int) -> CheckResult:
        subject = {"id": "did:key:z6MkLearner", "hasClaim": [{}] * count}
        return _judged(home, schema=_url(schema), subject=subject)

    assert judged(1).evidence["schemas"][0]["place"] == "/credentialSubject/hasClaim"
    large = judged(5_000)
    assert (large.outcome, large.reason) == (Outcome.FAILED, "schema_violated")
    assert large.sentence == "It does not conform to its schema: where is not looked for in what is so large."


def test_of_several_schemas_the_worst_decides() -> None:
    home = country()
    home.world.register_schema(ANYTHING)
    home.world.register_schema(NOTHING)
    good = {"id": _url(ANYTHING), "type": "JsonSchema"}
    bad = {"id": _url(NOTHING), "type": "JsonSchema"}
    gone = {"id": _url(b"[]"), "type": "JsonSchema"}

    def judged(*schemas: dict[str, str]) -> CheckResult:
        return _judged(home, edit=lambda members: members.update(credentialSchema=list(schemas)))

    assert judged(good, good).sentence == "It conforms to its 2 schemas."
    assert judged(good, gone).reason == "unregistered_schema"
    assert judged(gone, good, bad).reason == "schema_violated"
    assert len(judged(gone, good, bad).evidence["schemas"]) == 3


def test_a_credential_without_a_schema_has_nothing_to_conform_to() -> None:
    home = country()
    case = case_of(home.world, home.credential)
    bare = replace(case.secured, credential=replace(case.credential, schemas=()))
    result = check_schema(replace(case, secured=bare))
    assert (result.outcome, result.reason) == (Outcome.NOT_APPLICABLE, "no_schema")


def test_a_schema_may_refer_to_schemas_of_the_registry_and_to_no_others() -> None:
    home = country()
    world = home.world
    base = b'{"required":["id"]}'
    world.register_schema(base)
    inside = json.dumps({"$ref": f"{_url(base)}#"}).encode()
    world.register_schema(inside)
    assert _judged(home, schema=_url(inside)).outcome is Outcome.PASSED
    for elsewhere in ("https://elsewhere.example/schema.json", f"{SCHEMAS}/{'0x' + 'ab' * 32}"):
        outside = json.dumps({"$ref": elsewhere}).encode()
        world.register_schema(outside)
        result = _judged(home, schema=_url(outside))
        assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unusable_schema")


def test_a_schema_referred_to_is_taken_as_of_the_same_moment() -> None:
    """Play the attack: not the schema but one that it refers to is changed after the anchor."""
    base = b'{"required":["id"]}'
    inside = json.dumps({"$ref": _url(base)}).encode()

    def make(world: World, actor: Actor) -> bytes:
        world.register_schema(base)
        world.register_schema(inside)
        return world.issue(actor, schema=_url(inside))

    home = country(make)
    home.world.register_schema(NOTHING, update_of=sha256(base).digest())
    assert check_schema(case_of(home.world, home.credential)).outcome is Outcome.PASSED
    assert _judged(home, schema=_url(inside)).outcome is Outcome.FAILED


def test_a_record_that_does_not_answer_is_no_absent_schema() -> None:
    home = country()
    home.world.record.out_of_order.add("schema_revisions")
    with pytest.raises(Unavailable):
        _judged(home)


def test_a_compiled_schema_is_kept_and_a_new_revision_is_seen() -> None:
    home, cache = country(), RememberingCache()
    check_schema(case_of(home.world, home.credential, cache=cache))
    derived = cache.derived
    check_schema(case_of(home.world, home.credential, cache=cache))
    assert cache.derived == derived
    home.world.register_schema(NOTHING, update_of=SCHEMA_ID)
    document = home.world.issue(home.university)
    assert check_schema(case_of(home.world, document, cache=cache)).outcome is Outcome.FAILED
