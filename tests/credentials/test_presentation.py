"""Presentations judged: the holder once, each credential by itself; nothing altered is valid."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.errors import MalformedPresentation
from credentials.expected import Expected
from credentials.policy import Policy
from credentials.presentation import Presentation
from credentials.presentation_reading import read_presentation
from credentials.presentation_verdict import PresentationVerdict
from credentials.presentation_verification import verify_presentation
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.verdict import CHECKS, FORMAT, HOLDER, REQUIRED, Outcome
from tests.credentials.presentations import ASKED, AUDIENCE, NONCE, Wallet, enveloped, presentation
from tests.credentials.world import Country, country


def read_or_refused(document: bytes) -> Presentation | MalformedPresentation | None:
    try:
        return read_presentation(document)
    except MalformedPresentation as error:
        return error


class Desk:
    """A country in which a learner has two credentials, one of each data model."""

    def __init__(self) -> None:
        self.home: Country = country()
        world, university = self.home.world, self.home.university
        self.wallet = Wallet(world)
        self.credentials = [
            world.issue(university, subject=self.wallet.subject(), version=version)
            for version in ("1.1", "2.0")
        ]
        self.others = self.home.credential
        self.revoked = world.issue(university, subject=self.wallet.subject(), expires=world.moment)
        self.unknown = world.issue(university, subject=self.wallet.subject())
        world.anchor(university, [*self.credentials, self.revoked])
        world.wait(3600)

    def judged(
        self,
        document: bytes,
        *,
        expected: Expected = ASKED,
        policy: Policy | None = None,
        at: datetime | None = None,
        **more: Any,
    ) -> PresentationVerdict:
        read = read_or_refused(document)
        assert read is not None
        return verify_presentation(
            read,
            at=at,
            policy=self.home.world.policy() if policy is None else policy,
            ports=self.home.world.ports(),
            expected=expected,
            **more,
        )

    def reason(self, document: bytes, **more: Any) -> tuple[str, str | None]:
        found = self.judged(document, **more)
        return found.outcome, found.result.reason


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_a_learner_shows_her_credentials(desk: Desk, version: str) -> None:
    found = desk.judged(desk.wallet.shows(*desk.credentials, version=version))
    assert (found.outcome, found.own) == ("valid", "valid")
    assert found.sentence == f"Shown by {desk.wallet.did}; its 2 credentials are valid."
    assert [verdict.outcome for verdict in found.verdicts] == ["valid", "valid"]
    assert all(verdict.result(HOLDER).outcome is Outcome.PASSED for verdict in found.verdicts)
    one = desk.judged(desk.wallet.shows(desk.credentials[0], version=version))
    assert one.sentence == f"Shown by {desk.wallet.did}; its credential is valid."


@pytest.mark.parametrize(
    ("expected", "outcome", "reason"),
    [
        (Expected(nonce="another", audience=AUDIENCE), "invalid", "other_nonce"),
        (Expected(nonce=NONCE, audience="https://other.example"), "invalid", "other_audience"),
        (Expected(), "indeterminate", "no_expected_nonce"),
        (Expected(nonce=NONCE), "indeterminate", "no_expected_audience"),
    ],
)
def test_a_copy_of_what_was_shown_to_somebody_else_is_not_valid(
    desk: Desk, expected: Expected, outcome: str, reason: str
) -> None:
    found = desk.judged(desk.wallet.shows(*desk.credentials), expected=expected)
    assert (found.outcome, found.own, found.result.reason) == (outcome, outcome, reason)
    assert found.sentence == found.result.sentence
    assert {verdict.outcome for verdict in found.verdicts} == {outcome}
    assert {verdict.result(HOLDER).reason for verdict in found.verdicts} == {reason}


def test_credentials_of_somebody_else_are_not_valid_in_it(desk: Desk) -> None:
    found = desk.judged(desk.wallet.shows(desk.credentials[0], desk.others))
    assert (found.own, found.outcome) == ("valid", "invalid")
    assert [verdict.outcome for verdict in found.verdicts] == ["valid", "invalid"]
    assert found.verdicts[1].result(HOLDER).reason == "other_subject"
    assert found.sentence.startswith("1 of 2 credentials are valid. Of another: It is about somebody else")


def test_the_worst_credential_is_told_of(desk: Desk) -> None:
    found = desk.judged(desk.wallet.shows(desk.unknown, desk.revoked))
    assert [verdict.outcome for verdict in found.verdicts] == ["invalid", "invalid"]
    nested = desk.wallet.shows(desk.credentials[0])
    mixed = desk.judged(desk.wallet.shows(nested, desk.credentials[0], desk.revoked))
    assert [verdict.outcome for verdict in mixed.verdicts] == ["indeterminate", "valid", "invalid"]
    assert "until" in mixed.sentence
    assert mixed.outcome == "invalid"


def test_a_presentation_within_a_presentation_is_no_credential(desk: Desk) -> None:
    nested = desk.wallet.shows(desk.credentials[0])
    for document in (
        desk.wallet.shows(nested),
        desk.wallet.shows(enveloped(nested.decode(), media_type="application/vp+jwt"), version="2.0"),
    ):
        found = desk.judged(document)
        assert (found.own, found.outcome) == ("valid", "indeterminate")
        assert found.verdicts[0].result(FORMAT).reason == "not_judged"
        assert found.sentence.startswith("0 of 1 credentials are valid.")
    bare = desk.judged(desk.wallet.shows(presentation(desk.wallet.did, [])))
    assert (bare.own, bare.outcome) == ("valid", "invalid")
    assert len(bare.portfolio.entries) == 1
    assert not bare.portfolio.total


def test_what_shows_nothing_shows_nothing_valid(desk: Desk) -> None:
    found = desk.judged(desk.wallet.shows())
    assert (found.own, found.outcome) == ("valid", "indeterminate")
    assert found.sentence == "It shows no credential."


def test_nothing_that_nobody_signed_is_shown_by_anybody(desk: Desk) -> None:
    document = json.dumps(presentation(desk.wallet.did, desk.credentials)).encode()
    assert desk.reason(document) == ("invalid", "unsigned_presentation")
    relaxed = desk.judged(document, policy=desk.home.world.policy("holder"))
    assert (relaxed.outcome, relaxed.result.outcome) == ("valid", Outcome.FAILED)
    assert relaxed.sentence == (
        "Not bound to whoever shows it; its 2 credentials are valid. "
        "By a policy that does not require: holder."
    )


def proved(desk: Desk, *credentials: Any, **over: Any) -> bytes:
    """A JSON-LD presentation with a proof by the learner's key."""
    secured = sign_data_integrity(
        presentation(desk.wallet.did, credentials),
        key=desk.wallet.key.private,
        verification_method=desk.wallet.kid,
        **{"cryptosuite": "ecdsa-jcs-2019", "purpose": "authentication"}
        | {"challenge": NONCE, "domain": AUDIENCE}
        | over,
    )
    return json.dumps(secured).encode()


def test_a_learner_shows_her_credentials_by_an_embedded_proof(desk: Desk) -> None:
    found = desk.judged(proved(desk, *desk.credentials))
    assert (found.outcome, found.own) == ("valid", "valid")
    assert found.to_json()["presentation"]["form"] == "embedded-proof"
    assert desk.reason(proved(desk, challenge="another")) == ("invalid", "other_nonce")
    assert desk.reason(proved(desk, domain="https://other.example")) == ("invalid", "other_audience")
    assert desk.reason(proved(desk, purpose="assertionMethod")) == ("invalid", "malformed")
    expired = desk.home.world.moment - timedelta(minutes=5)
    assert desk.reason(proved(desk, expires=expired)) == ("invalid", "expired")


def test_what_an_embedded_proof_is_over_does_not_change(desk: Desk) -> None:
    members = json.loads(proved(desk, desk.credentials[0]))
    for name, value in (
        ("verifiableCredential", [desk.others.decode()]),
        ("verifiableCredential", members["verifiableCredential"] * 2),
        ("id", "urn:uuid:another"),
        ("more", "words"),
    ):
        altered = json.dumps(members | {name: value}).encode()
        assert desk.reason(altered) == ("invalid", "signature_mismatch")
    moved = members["proof"] | {"challenge": "another"}
    fresh = Expected(nonce="another", audience=AUDIENCE)
    again = json.dumps(members | {"proof": moved}).encode()
    assert desk.reason(again, expected=fresh) == ("invalid", "signature_mismatch")


def test_an_embedded_proof_that_nobody_here_verifies_is_not_judged(desk: Desk) -> None:
    members = json.loads(proved(desk, *desk.credentials))
    older = members["proof"] | {"type": "JsonWebSignature2020"}
    del older["cryptosuite"]
    assert desk.reason(json.dumps(members | {"proof": older}).encode()) == ("indeterminate", "unavailable")
    several = json.dumps(members | {"proof": [members["proof"]] * 2}).encode()
    found = desk.judged(several)
    assert (found.outcome, found.result.reason) == ("indeterminate", "not_judged")
    assert found.presentation is None


def test_a_broken_rule_makes_it_invalid_whatever_the_policy(desk: Desk) -> None:
    document = desk.wallet.shows(*desk.credentials, claims={"iss": desk.home.university.did})
    for policy in (desk.home.world.policy(), desk.home.world.policy("holder")):
        found = desk.judged(document, policy=policy)
        assert (found.outcome, found.own, found.result.reason) == ("invalid", "invalid", "malformed")
        assert (found.presentation, found.verdicts) == (None, ())
        assert "one and the same DID" in found.sentence
        assert found.to_json()["presentation"] == {
            "id": None, "holder": None, "form": None, "dataModel": None, "outcome": "invalid",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("claims", "outcome", "reason"),
    [
        ({"exp": -61}, "invalid", "expired"),
        ({"exp": -60}, "valid", None),
        ({"exp": None}, "valid", None),
        ({"nbf": 61}, "invalid", "not_yet_valid"),
        ({"iat": 61}, "invalid", "not_yet_valid"),
        ({"nbf": 60, "iat": None}, "valid", None),
        ({"iat": None}, "valid", None),
    ],
    ids=repr,
)
def test_it_holds_for_its_time(
    desk: Desk, claims: dict[str, int | None], outcome: str, reason: str | None
) -> None:
    now = desk.home.world.now
    moved = {name: None if value is None else now + value for name, value in claims.items()}
    assert desk.reason(desk.wallet.shows(desk.credentials[0], claims=moved)) == (outcome, reason)


def test_a_past_time_is_named(desk: Desk) -> None:
    at = desk.home.world.moment - timedelta(seconds=30)
    found = desk.judged(desk.wallet.shows(desk.credentials[0]), at=at)
    assert found.sentence.startswith("As of 2026-")
    assert found.outcome == "valid"
    assert found.judged_at == desk.home.world.moment


# --- who signed it ------------------------------------------------------------------------------------------


def test_another_key_than_the_holders_shows_nothing(desk: Desk) -> None:
    other = Wallet(desk.home.world)
    shows = desk.wallet.shows
    assert desk.reason(shows(*desk.credentials, key=other.key)) == ("invalid", "signature_mismatch")
    stolen = shows(*desk.credentials, key=other.key, header={"kid": other.kid})
    assert desk.reason(stolen) == ("invalid", "foreign_key")
    assert desk.reason(shows(header={"kid": desk.wallet.did})) == ("invalid", "no_fragment")
    assert desk.reason(shows(header={"kid": desk.wallet.did + "#1"})) == ("invalid", "unknown_key")


def test_a_key_of_another_kind_shows_nothing(desk: Desk) -> None:
    secret = desk.home.world.key(private=bytes(31) + b"\x07")
    assert desk.reason(desk.wallet.shows(key=secret)) == ("invalid", "unfit_key")


def test_a_holder_on_the_ledger_uses_a_key_for_authentication(desk: Desk) -> None:
    world, wallet = desk.home.world, Wallet(desk.home.world)
    actor = world.actor("Holder", signs=False)
    wallet.did, wallet.kid = actor.did, f"{actor.did}#{wallet.key.fragment}"
    assert desk.reason(wallet.shows()) == ("invalid", "unknown_key")
    world.add_key(actor, key=wallet.key, relationships=["assertionMethod"])
    assert desk.reason(wallet.shows()) == ("invalid", "not_for_authentication")
    second = Wallet(world)
    second.did, second.kid = actor.did, f"{actor.did}#{second.key.fragment}"
    world.add_key(actor, key=second.key)
    assert desk.judged(second.shows()).own == "valid"
    world.revoke_key(actor, key=second.key)
    before = datetime.fromtimestamp(world.now - 300, UTC)
    for at in (None, before):
        assert desk.judged(second.shows(claims={"iat": None}), at=at).result.reason == "no_longer_valid"


def test_where_the_key_is_not_to_be_had_nothing_is_known(desk: Desk) -> None:
    wallet = Wallet(desk.home.world)
    wallet.did, wallet.kid = "did:web:learner.example", "did:web:learner.example#1"
    assert desk.reason(wallet.shows()) == ("indeterminate", "unavailable")


# --- bounds, and what it says for machines ------------------------------------------------------------------


def test_what_would_take_too_long_is_not_judged_and_said_so(desk: Desk) -> None:
    turns: Iterator[bool] = iter([True, False, False])
    document = desk.wallet.shows(desk.credentials[0], desk.credentials[1], desk.others)
    found = desk.judged(document, goes_on=lambda: next(turns))
    assert [verdict.outcome for verdict in found.verdicts] == ["valid", "indeterminate", "indeterminate"]
    left = found.verdicts[1]
    assert {result.reason for result in left.results} == {"out_of_time", None}
    assert [result.check for result in left.results] == list(CHECKS)
    assert left.required == REQUIRED | {HOLDER.name}
    assert left.to_json()["credential"] == {"id": None, "issuer": None, "digest": None}


def test_the_json_form_has_every_member_and_prints(desk: Desk) -> None:
    printed = desk.judged(desk.wallet.shows(*desk.credentials)).to_json()
    assert json.loads(json.dumps(printed)) == printed
    assert list(printed) == [
        *(
            "schema",
            "outcome",
            "sentence",
            "at",
            "judgedAt",
            "presentation",
            "holder",
            "credentials",
            "portfolio",
            "relaxed",
        )
    ]
    assert printed["schema"] == "ankyra-presentation-verdict/1"
    assert printed["presentation"]["holder"] == desk.wallet.did
    assert printed["presentation"]["form"] == "vp-jwt"
    assert [one["outcome"] for one in printed["portfolio"]["credentials"]] == ["valid", "valid"]
    assert printed["holder"]["outcome"] == "passed"
    assert printed["holder"]["required"] is True
    assert [one["schema"] for one in printed["credentials"]] == ["ankyra-verdict/1"] * 2
    assert {one["checks"][10]["required"] for one in printed["credentials"]} == {True}


def test_no_signed_byte_may_change(desk: Desk) -> None:
    """Each character of the token once: what is still a presentation is not its holder's."""
    document = desk.wallet.shows(desk.credentials[0])
    seen = 0
    for place, octet in enumerate(document):
        altered = bytearray(document)
        altered[place] = ord("A") if octet != ord("A") else ord("B")
        if read_or_refused(bytes(altered)) is not None:
            found = desk.judged(bytes(altered), goes_on=lambda: False)
            assert found.own == "invalid", place
            seen += 1
    assert seen > 500
