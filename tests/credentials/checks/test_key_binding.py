"""Check 10 of SD-JWTs: which key a holder is named by, and when it was shown."""

from typing import Any

import pytest

from credentials.case import SKEW
from credentials.checks.holder import check_holder
from credentials.checks.key_binding import MAX_AGE
from credentials.errors import Unavailable
from credentials.expected import Expected
from credentials.moments import ledger_moment
from credentials.presented_by import PresentedBy
from credentials.securing.disclosures import digest_of
from credentials.securing.jose import sign_compact
from credentials.securing.sd_jwt_issuing import present
from credentials.verdict import HOLDER, CheckResult, Outcome
from did.methods.key import did_key_from_jwk
from tests.credentials.cases import case_of
from tests.credentials.ledger import DAY
from tests.credentials.sd_jwt_world import EXPECTED, home_of_degrees, issue_by_vct, printed, shown
from tests.credentials.securing.keys import PRIVATE_KEYS
from tests.credentials.securing.sd_jwts import AUDIENCE, HOLDER_JWK, ISSUER_JWK, NONCE, everything
from tests.credentials.securing.sd_jwts import HOLDER as HOLDER_KEY
from tests.credentials.world import Country


@pytest.fixture(scope="module")
def home() -> Country:
    return home_of_degrees()


def _judged(home: Country, document: bytes, expected: Expected = EXPECTED, **case: Any) -> CheckResult:
    return check_holder(case_of(home.world, document, expected=expected, **case))


def _shown(home: Country, *, cnf: Any = None, **said: Any) -> bytes:
    text = issue_by_vct(home.world, home.university, cnf={"jwk": HOLDER_JWK} if cnf is None else cnf)
    return shown(home.world, text, **said)


def _with_claims(home: Country, **claims: Any) -> bytes:
    """A presentation whose key binding JWT says what `sign_key_binding` never does."""
    bound = present(issue_by_vct(home.world, home.university), show=everything)
    whole = {
        "iat": home.world.now,
        "aud": AUDIENCE,
        "nonce": NONCE,
        "sd_hash": digest_of(bound, hash_name="sha-256"),
        **claims,
    }
    return (
        bound + sign_compact(header={"typ": "kb+jwt"}, payload=printed(whole).encode(), key=HOLDER_KEY)
    ).encode()


def test_the_key_that_the_issuer_wrote_down_shows_it(home: Country) -> None:
    result = _judged(home, _shown(home))
    assert (result.check, result.outcome, result.reason) == (HOLDER, Outcome.PASSED, None)
    assert result.evidence["nonce"] == NONCE
    assert result.evidence["audience"] == [AUDIENCE]
    assert result.evidence["verificationMethod"] is None


def test_a_did_is_named_by_the_url_of_its_key(home: Country) -> None:
    did = did_key_from_jwk(HOLDER_JWK)
    kid = f"{did}#{did.removeprefix('did:key:')}"
    result = _judged(home, _shown(home, cnf={"kid": kid}))
    assert result.outcome is Outcome.PASSED
    assert result.evidence["verificationMethod"] == kid
    assert (
        _judged(home, _shown(home, cnf={"kid": kid}, holder=PRIVATE_KEYS["ES256"])).reason
        == "signature_mismatch"
    )
    assert _judged(home, _shown(home, cnf={"kid": did})).reason == "no_fragment"
    assert _judged(home, _shown(home, cnf={"kid": "key-1"})).reason == "no_fragment"


def test_a_key_of_an_organisation_counts_as_of_now(home: Country) -> None:
    world = home.world
    holder = world.actor("Holder")
    document = _shown(home, cnf={"kid": holder.kid}, holder=holder.key.private)
    assert _judged(home, document).outcome is Outcome.PASSED
    before = world.moment
    world.revoke_key(holder)
    world.wait(SKEW)
    for at in (None, before):
        assert _judged(home, document, at=at).reason == "no_longer_valid"


def test_a_key_under_assertion_alone_shows_nothing(home: Country) -> None:
    holder = home.world.actor("Sealer", signs=False)
    home.world.add_key(holder, relationships=("assertionMethod",))
    document = _shown(home, cnf={"kid": holder.kid}, holder=holder.key.private)
    assert _judged(home, document).reason == "not_for_authentication"


def test_a_did_that_nobody_resolves_here_is_unknown_and_not_wrong(home: Country) -> None:
    with pytest.raises(Unavailable):
        _judged(home, _shown(home, cnf={"kid": "did:web:holder.example#key-1"}))


@pytest.mark.parametrize(
    "cnf",
    [{}, {"jkt": "x"}, {"kid": 7}, {"jwk": "x"}, {"jwk": None, "kid": 7}, {"jwk": "x", "kid": "did:key:z#z"}],
)
def test_a_confirmation_of_another_kind_binds_nobody(home: Country, cnf: dict[str, Any]) -> None:
    text = issue_by_vct(home.world, home.university, cnf=cnf)
    assert _judged(home, shown(home.world, text)).reason == "unknown_confirmation"


def test_a_jwk_that_is_no_public_key_binds_nobody(home: Country) -> None:
    assert _judged(home, _shown(home, cnf={"jwk": {}})).reason == "unfit_key"
    assert _judged(home, _shown(home, cnf={"jwk": HOLDER_JWK | {"d": "AA"}})).reason == "unfit_key"


def test_what_is_bound_to_nobody_is_shown_by_nobody(home: Country) -> None:
    text = issue_by_vct(home.world, home.university, cnf=None)
    assert _judged(home, shown(home.world, text)).reason == "no_confirmation"
    assert _judged(home, text.encode(), Expected()).reason == "no_presentation"
    assert _judged(home, text.encode(), Expected(audience="a")).reason == "no_key_binding"


def test_a_minute_more_or_less_is_forgiven(home: Country) -> None:
    now = home.world.now
    for seconds in (now + SKEW, now - MAX_AGE - SKEW):
        assert _judged(home, _shown(home, issued_at=seconds)).outcome is Outcome.PASSED
    assert _judged(home, _shown(home, issued_at=now + SKEW + 1)).reason == "not_yet_valid"
    assert _judged(home, _shown(home, issued_at=now - MAX_AGE - SKEW - 1)).reason == "presented_long_ago"


def test_limits_of_the_presentation_count(home: Country) -> None:
    now = home.world.now
    assert _judged(home, _with_claims(home, nbf=now, exp=now - SKEW)).outcome is Outcome.PASSED
    assert _judged(home, _with_claims(home, nbf=now + SKEW + 1)).reason == "not_yet_valid"
    assert _judged(home, _with_claims(home, exp=now - SKEW - 1)).reason == "expired"


def test_what_is_asked_about_a_past_time_may_be_shown_since(home: Country) -> None:
    assert _judged(home, _shown(home), at=ledger_moment(home.world.now - DAY)).outcome is Outcome.PASSED


def test_within_a_presentation_the_presentation_s_key_counts(home: Country) -> None:
    good = CheckResult(HOLDER, Outcome.PASSED, "Signed.", {})
    text = issue_by_vct(home.world, home.university)
    for jwk, outcome in ((HOLDER_JWK, Outcome.PASSED), (ISSUER_JWK, Outcome.FAILED)):
        by = PresentedBy(holder="did:key:z", verification_method="did:key:z#z", jwk=jwk, result=good)
        assert _judged(home, text.encode(), presented=by).outcome is outcome
    stale = shown(home.world, text, nonce="another")
    by = PresentedBy(holder="did:key:z", verification_method="did:key:z#z", jwk=HOLDER_JWK, result=good)
    assert _judged(home, stale, presented=by).reason == "other_nonce"
