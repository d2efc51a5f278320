"""Presentations in forms of their own: an SD-JWT in two envelopes, and each byte of a JSON-LD one changed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from credentials.presentation_reading import read_presentation
from credentials.presentation_verdict import PresentationVerdict
from credentials.presentation_verification import verify_presentation
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.securing.sd_jwt_issuing import present
from credentials.verdict import FORMAT, HOLDER, Outcome, Verdict

from .cases import verdict_on
from .memory_record import RememberingCache
from .presentations import ASKED, AUDIENCE, NONCE, Wallet, enveloped, presentation
from .sd_jwt_world import home_of_degrees, issue_by_vct
from .securing.sd_jwts import everything
from .test_presentation import read_or_refused
from .world import Country, World, country

SD_JWT = "application/dc+sd-jwt"
EVERY = 3
"""Of the bytes of a document one is changed."""


@pytest.fixture(scope="module")
def home() -> Country:
    return home_of_degrees()


@pytest.fixture(scope="module")
def wallet(home: Country) -> Wallet:
    return Wallet(home.world)


@pytest.fixture(scope="module")
def degree(home: Country, wallet: Wallet) -> str:
    """An SD-JWT VC that is bound to the learner's key, and anchored."""
    text = issue_by_vct(home.world, home.university, cnf={"jwk": dict(wallet.key.jwk)}, sub=wallet.did)
    home.world.anchor(home.university, [text.encode()])
    return text


def _twice_enveloped(wallet: Wallet, token: str) -> bytes:
    shown = wallet.shows(enveloped(token, media_type=SD_JWT), version="2.0").decode()
    return json.dumps(enveloped(shown, media_type="application/vp+jwt", kind="Presentation")).encode()


def _judged(world: World, document: bytes, **ports: Any) -> PresentationVerdict:
    read = read_presentation(document)
    assert read is not None
    return verify_presentation(
        read, at=None, policy=world.policy(), ports=world.ports(**ports), expected=ASKED
    )


def test_an_sd_jwt_within_an_enveloped_presentation_is_valid(
    home: Country, wallet: Wallet, degree: str
) -> None:
    found = _judged(home.world, _twice_enveloped(wallet, present(degree, show=everything)))
    (verdict,) = found.verdicts
    assert (found.outcome, found.own) == ("valid", "valid"), found.sentence
    assert (verdict.outcome, verdict.result(HOLDER).outcome) == ("valid", Outcome.PASSED)
    assert verdict.credential is not None
    assert verdict.credential.members["degree"] == "Master"


def test_what_the_learner_keeps_back_is_not_shown_in_it(home: Country, wallet: Wallet, degree: str) -> None:
    (verdict,) = _judged(
        home.world, _twice_enveloped(wallet, present(degree, show=lambda _one: False))
    ).verdicts
    assert verdict.credential is not None
    assert "degree" not in verdict.credential.members


def test_an_sd_jwt_is_shown_by_nobody_else_and_with_no_disclosure_of_another(
    home: Country, wallet: Wallet, degree: str
) -> None:
    thief = _judged(home.world, _twice_enveloped(Wallet(home.world), degree))
    assert (thief.outcome, thief.own) == ("invalid", "valid")
    assert thief.verdicts[0].result(HOLDER).reason == "other_key"
    other = issue_by_vct(home.world, home.university, grade="10").split("~")[1]
    added = _judged(home.world, _twice_enveloped(wallet, f"{degree}{other}~"))
    assert (added.outcome, added.verdicts[0].result(FORMAT).reason) == ("invalid", "malformed")


# --- no byte of a JSON-LD presentation may change -----------------------------------------------------------


def _proved(wallet: Wallet, *credentials: Any, version: str) -> bytes:
    secured = sign_data_integrity(
        presentation(wallet.did, credentials, version=version),
        key=wallet.key.private,
        verification_method=wallet.kid,
        cryptosuite="ecdsa-jcs-2019",
        purpose="authentication",
        challenge=NONCE,
        domain=AUDIENCE,
    )
    return json.dumps(secured, separators=(",", ":")).encode()


def _mutants(document: bytes) -> Iterator[bytes]:
    """One bit of every so many bytes flipped, another one each time."""
    for number, place in enumerate(range(0, len(document), EVERY)):
        yield document[:place] + bytes([document[place] ^ 1 << number % 8]) + document[place + 1 :]


def _outcome(home: Country, document: bytes, cache: RememberingCache) -> Verdict | PresentationVerdict:
    read = read_or_refused(document)
    if read is None:  # by its content no presentation any more: whoever sends it gets the verdict of that
        return verdict_on(home.world, document, expected=ASKED, cache=cache)
    world = home.world
    return verify_presentation(
        read, at=None, policy=world.policy(), ports=world.ports(cache=cache), expected=ASKED
    )


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_no_changed_byte_of_a_json_ld_presentation_survives(version: str) -> None:
    home, cache = country(), RememberingCache()
    wallet = Wallet(home.world)
    credential = home.world.issue(home.university, subject=wallet.subject(), version=version)
    home.world.anchor(home.university, [credential])
    document = _proved(wallet, credential, version=version)
    assert _outcome(home, document, cache).outcome == "valid"
    said = [_outcome(home, mutant, cache) for mutant in _mutants(document)]
    assert len(said) > 600
    assert {one.outcome for one in said} <= {"invalid", "indeterminate"}
    assert any(isinstance(one, PresentationVerdict) and one.verdicts for one in said)
