from credentials.checks.format import format_passed, format_refused
from credentials.errors import MalformedCredential, NotJudged
from credentials.verdict import FORMAT, Outcome
from tests.credentials.cases import case_of, verdict_on
from tests.credentials.world import country


def test_a_credential_that_was_read_passes_and_says_what_it_is() -> None:
    home = country()
    for version, mechanism in (("1.1", "vc-jwt"), ("2.0", "vc-jose")):
        result = format_passed(case_of(home.world, home.world.issue(home.university, version=version)))
        assert (result.check, result.outcome, result.reason) == (FORMAT, Outcome.PASSED, None)
        assert f"data model {version}" in result.sentence
        assert result.evidence["mechanism"] == mechanism
        assert result.evidence["algorithm"] == "ES256"
        assert result.evidence["verificationMethod"] == home.university.kid
        assert "MicroCredential" in result.evidence["types"]


def test_a_broken_document_fails_and_one_that_nothing_here_judges_does_not() -> None:
    broken = format_refused(MalformedCredential("its issuer is no DID"))
    assert (broken.outcome, broken.reason) == (Outcome.FAILED, "malformed")
    assert broken.sentence.endswith("its issuer is no DID.")
    foreign = format_refused(NotJudged("an SD-JWT is not judged yet"))
    assert (foreign.outcome, foreign.reason) == (Outcome.NOT_DETERMINABLE, "not_judged")
    assert foreign.sentence.endswith("an SD-JWT is not judged yet.")


def test_an_sd_jwt_is_indeterminate_and_a_broken_document_invalid() -> None:
    home = country()
    assert verdict_on(home.world, home.credential + b"~").outcome == "indeterminate"
    assert verdict_on(home.world, home.credential + b".").outcome == "invalid"
