"""Whole verdicts on SD-JWTs: who signed which words, who shows them, and what may have been kept back."""

from collections.abc import Mapping
from typing import Any

import pytest

from credentials.errors import Unavailable
from credentials.expected import Expected
from credentials.securing.sd_jwt_issuing import Selectively, present
from credentials.status_list_credential import read_status_list
from credentials.verdict import (
    ACCREDITATION,
    FORMAT,
    HOLDER,
    SCHEMA_CHECK,
    SIGNATURE,
    STATUS,
    TIMELINE,
    VALIDITY,
    Outcome,
)
from did.base64url import encode_base64url

from .cases import decided, verdict_on
from .credential_makers import status_entry
from .memory_record import RememberingCache
from .sd_jwt_world import EXPECTED, VCT, home_of_degrees, issue_by_vct, issue_w3c, shown
from .securing.keys import PRIVATE_KEYS
from .securing.sd_jwts import NONCE, disclosure, issued, named
from .world import Country


@pytest.fixture(scope="module")
def home() -> Country:
    return home_of_degrees()


@pytest.fixture(scope="module")
def w3c(home: Country) -> str:
    text = issue_w3c(home.world, home.university)
    home.world.anchor(home.university, [text.encode()])
    return text


@pytest.fixture(scope="module")
def degree(home: Country) -> str:
    text = issue_by_vct(home.world, home.university)
    home.world.anchor(home.university, [text.encode()])
    return text


@pytest.mark.parametrize("form", ["w3c", "degree"])
def test_what_a_holder_shows_to_this_asker_is_valid(
    home: Country, form: str, request: pytest.FixtureRequest
) -> None:
    text = request.getfixturevalue(form)
    verdict = verdict_on(home.world, shown(home.world, text), expected=EXPECTED)
    assert verdict.outcome == "valid", verdict.sentence
    assert {result.outcome for result in verdict.results[:9]} <= {Outcome.PASSED, Outcome.NOT_APPLICABLE}
    holder = verdict.to_json()["checks"][10]
    assert (holder["outcome"], holder["required"], holder["evidence"]["nonce"]) == ("passed", True, NONCE)


def test_every_presentation_has_the_digest_that_was_anchored(home: Country, degree: str) -> None:
    whole = verdict_on(home.world, degree.encode())
    less = verdict_on(home.world, shown(home.world, degree, show=named("degree")), expected=EXPECTED)
    assert whole.digest == less.digest is not None
    assert (whole.outcome, less.outcome) == ("valid", "valid")


def test_the_evidence_says_what_it_is(home: Country, degree: str) -> None:
    evidence = verdict_on(home.world, degree.encode()).result(FORMAT).evidence
    assert (evidence["mechanism"], evidence["dataModel"]) == ("sd-jwt-vc", "sd-jwt-vc")
    assert evidence["types"] == [VCT]


@pytest.mark.parametrize(
    ("expected", "said", "outcome", "reason"),
    [
        (Expected(nonce="other", audience=EXPECTED.audience), {}, "invalid", "other_nonce"),
        (Expected(nonce=NONCE, audience="https://thief.example"), {}, "invalid", "other_audience"),
        (Expected(nonce=NONCE), {}, "indeterminate", "no_expected_audience"),
        (Expected(), {}, "indeterminate", "no_expected_nonce"),
        (EXPECTED, {"holder": PRIVATE_KEYS["ES256"]}, "invalid", "signature_mismatch"),
        (EXPECTED, {"holder": PRIVATE_KEYS["EdDSA"]}, "invalid", "unfit_key"),
    ],
)
def test_a_replayed_forwarded_or_stolen_presentation_is_not_valid(
    home: Country, degree: str, expected: Expected, said: Mapping[str, Any], outcome: str, reason: str
) -> None:
    verdict = verdict_on(home.world, shown(home.world, degree, **said), expected=expected)
    assert decided(verdict) == (outcome, HOLDER, reason)


@pytest.mark.parametrize(("seconds", "reason"), [(-700, "presented_long_ago"), (120, "not_yet_valid")])
def test_a_presentation_of_another_time_is_not_valid(
    home: Country, degree: str, seconds: int, reason: str
) -> None:
    document = shown(home.world, degree, issued_at=home.world.now + seconds)
    assert decided(verdict_on(home.world, document, expected=EXPECTED)) == ("invalid", HOLDER, reason)


def test_a_credential_bound_to_a_key_is_one_without_its_holder_and_no_presentation(
    home: Country, degree: str
) -> None:
    alone = verdict_on(home.world, degree.encode())
    assert (alone.outcome, alone.result(HOLDER).reason) == ("valid", "no_key_binding")
    assert decided(verdict_on(home.world, degree.encode(), expected=EXPECTED)) == (
        "invalid",
        HOLDER,
        "no_key_binding",
    )


def test_no_flipped_byte_is_valid(home: Country, degree: str) -> None:
    """One byte in twenty, through all checks; the parts have tests of their own that take each."""
    document, cache = shown(home.world, degree), RememberingCache()
    assert verdict_on(home.world, document, expected=EXPECTED, cache=cache).outcome == "valid"
    for place in range(0, len(document), 20):
        flipped = document[:place] + bytes([document[place] ^ 1]) + document[place + 1 :]
        assert verdict_on(home.world, flipped, expected=EXPECTED, cache=cache).outcome != "valid"


def test_what_anybody_appends_is_refused(home: Country, degree: str) -> None:
    grade = disclosure("salt", "honours", "summa cum laude")
    verdict = verdict_on(home.world, f"{degree}{grade}~".encode())
    assert decided(verdict) == ("invalid", FORMAT, "malformed")
    assert "nothing that the issuer signed" in verdict.sentence


def test_another_issuer_s_key_is_refused(home: Country) -> None:
    text = issue_by_vct(home.world, home.university, header={"kid": home.tao.kid})
    assert verdict_on(home.world, text.encode()).result(SIGNATURE).reason == "foreign_key"
    text = issue_by_vct(home.world, home.university, iss=home.tao.did, header={"kid": home.tao.kid})
    assert verdict_on(home.world, text.encode()).result(SIGNATURE).reason == "signature_mismatch"


def test_its_end_and_its_beginning_count(home: Country) -> None:
    world = home.world
    over = issue_by_vct(
        world, home.university, nbf=world.now - 1000, iat=world.now - 1000, exp=world.now - 100
    )
    assert verdict_on(world, over.encode()).result(VALIDITY).reason == "expired"
    early = issue_by_vct(world, home.university, nbf=world.now + 1000)
    assert verdict_on(world, early.encode()).result(VALIDITY).reason == "not_yet_valid"
    later = issue_by_vct(world, home.university, iat=world.now + 1000, nbf=None)
    assert verdict_on(world, later.encode()).result(TIMELINE).reason == "not_issued_yet"


def test_a_type_that_nobody_registered_is_not_determinable(home: Country) -> None:
    text = issue_by_vct(home.world, home.university, vct="https://credentials.example/degree")
    verdict = verdict_on(home.world, text.encode())
    assert verdict.result(SCHEMA_CHECK).reason == "foreign_schema"
    assert "type (vct)" in verdict.result(SCHEMA_CHECK).sentence
    assert verdict.result(ACCREDITATION).reason == "not_covered"


def test_a_claim_that_its_schema_asks_for_may_be_withheld_but_then_nobody_knows(
    home: Country, degree: str
) -> None:
    document = present(degree, show=named("grade")).encode()
    verdict = verdict_on(home.world, document)
    assert decided(verdict) == ("indeterminate", SCHEMA_CHECK, "claims_withheld")
    wrong = issue_by_vct(home.world, home.university, degree=7, grade=None)
    assert verdict_on(home.world, wrong.encode()).result(SCHEMA_CHECK).reason == "schema_violated"


def test_a_holder_does_not_rid_a_credential_of_its_status(home: Country) -> None:
    """Play the holder of a revoked credential whose issuer let the status be withheld."""
    world = home.world
    url = world.list_url(home.university)

    def edit(members: dict[str, Any]) -> None:
        members["credentialStatus"] = Selectively(members["credentialStatus"])

    text = issue_w3c(world, home.university, status=[status_entry(url, 7)], edit=edit)
    assert verdict_on(world, text.encode()).result(STATUS).reason == "unpublished"
    verdict = verdict_on(world, present(text, show=lambda one: one.name != "credentialStatus").encode())
    assert decided(verdict) == ("indeterminate", FORMAT, "not_judged")
    assert "withheld" in verdict.sentence


def test_a_status_of_another_mechanism_is_not_overlooked(home: Country) -> None:
    text = issue_by_vct(home.world, home.university, status={"identifier_list": {"id": "x"}})
    assert verdict_on(home.world, text.encode()).result(STATUS).reason == "unknown_type"


def test_an_accreditation_that_can_be_shown_in_parts_accredits_nobody(home: Country) -> None:
    world = home.world
    child = world.actor("Academy")
    attribute = bytes(range(32))
    text = issue_by_vct(world, home.tao, vct="VerifiableAccreditationToAttest").encode()
    world.accredit(child, home.tao, 3, attribute_id=attribute, text=text)
    verdict = verdict_on(world, issue_by_vct(world, child).encode())
    assert verdict.result(ACCREDITATION).reason == "malformed_accreditation"


def test_a_status_list_that_can_be_shown_in_parts_is_none() -> None:
    with pytest.raises(Unavailable, match="in parts"):
        read_status_list(issued().encode())


def test_a_certificate_in_the_header_is_not_judged(home: Country) -> None:
    text = issue_by_vct(home.world, home.university, header={"x5c": [encode_base64url(b"certificate")]})
    assert decided(verdict_on(home.world, text.encode())) == ("indeterminate", FORMAT, "not_judged")
