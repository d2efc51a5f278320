"""Check 6 of what points into a Token Status List: what its statuses mean, and whose lists count."""

from typing import Any

import pytest

from anchoring.token_status_entry import TokenStatusEntry
from credentials.checks.status import check_status
from credentials.errors import StatusListRefused, Unavailable
from credentials.ports import NoMemory
from credentials.status_list_credential import verify_status_list
from credentials.status_list_token import sign_status_list_token
from credentials.verdict import STATUS
from tests.credentials.cases import decided, verdict_on
from tests.credentials.ledger import DAY
from tests.credentials.sd_jwt_world import EXPECTED, home_of_degrees, issue_by_vct, shown
from tests.credentials.token_lists import BITS, TokenDesk, token_list

from .status_cases import FAILED, INDEX, PASSED, UNKNOWN, evidence, said


@pytest.fixture
def desk() -> TokenDesk:
    return TokenDesk()


@pytest.mark.parametrize(
    ("status", "expected", "sentence"),
    [
        (0x00, (PASSED, None), "Neither revoked nor suspended, by the list"),
        (0x01, (FAILED, "revoked"), "Revoked, by the list that its issuer published on 2026-11-21."),
        (0x02, (FAILED, "suspended"), "Suspended, by the list"),
        (
            0x03,
            (UNKNOWN, "unknown_status"),
            "0x03, by the list that its issuer published on 2026-11-21, is its i",
        ),
        (0x04, (UNKNOWN, "unknown_status"), "is not defined"),
        (0x0F, (UNKNOWN, "unknown_status"), "is its issuer's own"),
    ],
)
def test_each_status_has_its_outcome(
    desk: TokenDesk, status: int, expected: tuple[Any, str | None], sentence: str
) -> None:
    desk.publish_token({INDEX: status, INDEX - 1: 1, INDEX + 1: 1})
    result = desk.judge_token()
    assert said(result) == expected
    assert sentence in result.sentence
    assert evidence(result)["status"] == status
    assert result.findings == ()


@pytest.mark.parametrize("size", [1, 2, 8])
def test_statuses_of_every_size_are_read(desk: TokenDesk, size: int) -> None:
    desk.publish_token({7: 1}, size=size)
    assert said(desk.judge_token(desk.status(idx=7))) == (FAILED, "revoked")
    assert said(desk.judge_token(desk.status(idx=8))) == (PASSED, None)
    assert said(desk.judge_token(desk.status(idx=6))) == (PASSED, None)


def test_the_evidence_names_the_list_and_its_publication(desk: TokenDesk) -> None:
    desk.publish_token()
    publication = desk.world.record.publications[-1]
    assert evidence(desk.judge_token()) == {
        "type": "TokenStatusListEntry",
        "purpose": "status_list",
        "index": INDEX,
        "url": desk.url,
        "publishedAt": "2026-11-21T10:05:00Z",
        "publicationEntry": publication.index,
        "credentialDigest": publication.credential_digest.hex(),
        "validUntil": "2026-12-21T10:04:00Z",
        "signedBy": desk.university.kid,
        "status": 0,
        "statusName": "VALID",
        "outcome": "passed",
        "reason": None,
    }


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_the_claim_of_any_jwt_counts_beside_its_credential_status(desk: TokenDesk, version: str) -> None:
    desk.publish_token({INDEX: 1})
    claims = {"status": desk.status()}
    document = desk.world.issue(desk.university, version=version, claims=claims)
    assert said(check_status(desk.case(document))) == (FAILED, "revoked")
    other = desk.world.list_url(desk.university, "2")
    desk.world.publish_list(desk.university, other)
    entry = desk.entry(3, statusListCredential=other, id=f"{other}#3", statusPurpose="revocation")
    both = desk.world.issue(desk.university, version=version, status=[entry], claims=claims)
    result = check_status(desk.case(both))
    assert said(result) == (FAILED, "revoked")
    assert [evidence(result, place)["reason"] for place in (0, 1)] == [None, "revoked"]


def test_a_verdict_as_of_before_the_revocation_stands(desk: TokenDesk) -> None:
    desk.publish_token()
    before = desk.now
    desk.world.wait(DAY)
    desk.publish_token({INDEX: 1})
    assert said(desk.judge_token(at=before)) == (PASSED, None)
    assert said(desk.judge_token(at=desk.now - 1)) == (PASSED, None)
    assert said(desk.judge_token(at=desk.now)) == (FAILED, "revoked")


def test_a_suspension_that_ends_is_no_finding_and_a_revocation_that_ends_is_one(desk: TokenDesk) -> None:
    desk.publish_token({INDEX: 2, 5: 3})
    desk.publish_token()
    assert desk.judge_token().findings == ()
    assert desk.judge_token(desk.status(idx=5)).findings == ()
    desk.publish_token({INDEX: 1})
    revoking = desk.world.record.publications[-1]
    desk.publish_token({INDEX: 2})
    result = desk.judge_token()
    assert said(result) == (FAILED, "suspended")
    assert f"(entry {revoking.index}) had it" in result.findings[0]


def test_a_list_of_another_size_says_nothing_of_the_same_place(desk: TokenDesk) -> None:
    desk.publish_token({INDEX: 1}, size=2)
    desk.publish_token(size=4)
    assert said(desk.judge_token()) == (PASSED, None)
    assert desk.judge_token().findings == ()


def test_a_withheld_list_leaves_the_status_unknown_and_never_brings_back_the_previous_one(
    desk: TokenDesk,
) -> None:
    assert said(desk.judge_token()) == (UNKNOWN, "unpublished")
    desk.publish_token()
    desk.publish_token({INDEX: 1}, held=False)
    assert said(desk.judge_token()) == (UNKNOWN, "withheld")


def test_an_expired_token_leaves_the_status_unknown(desk: TokenDesk) -> None:
    desk.publish_token(claims={"exp": desk.now + DAY})
    end = desk.now + DAY
    assert said(desk.judge_token()) == (PASSED, None)
    desk.world.wait(2 * DAY)
    assert said(desk.judge_token()) == (UNKNOWN, "stale")
    assert said(desk.judge_token(at=end)) == (PASSED, None)


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_of_the_future_leaves_the_status_unknown(desk: TokenDesk, claim: str) -> None:
    desk.publish_token(claims={claim: desk.now + DAY})
    assert said(desk.judge_token()) == (UNKNOWN, "not_yet_valid")


def test_a_token_without_end_ends_with_its_publication(desk: TokenDesk) -> None:
    desk.publish_token(claims={"exp": None}, valid_for=DAY)
    assert said(desk.judge_token()) == (PASSED, None)
    desk.world.wait(2 * DAY)
    assert said(desk.judge_token()) == (UNKNOWN, "stale")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"idx": BITS // 4}, "index_out_of_range"),
        ({"idx": 10**19 - 1}, "index_out_of_range"),
        ({"idx": -1}, "malformed_entry"),
        ({"idx": "7"}, "malformed_entry"),
        ({"uri": "lists/1"}, "malformed_entry"),
        ({"uri": None}, "malformed_entry"),
    ],
    ids=str,
)
def test_a_place_that_is_none_of_the_list_is_refused(
    desk: TokenDesk, changes: dict[str, Any], reason: str
) -> None:
    desk.publish_token()
    assert said(desk.judge_token(desk.status(**changes))) == (FAILED, reason)


def test_a_list_of_another_url_or_issuer_or_length_is_refused(desk: TokenDesk) -> None:
    desk.publish_token(claims={"sub": desk.url + "2"})
    assert said(desk.judge_token()) == (FAILED, "other_list")
    stranger = desk.world.actor("Stranger")
    desk.publish_token(header={"kid": stranger.kid}, key=stranger.key)
    assert said(desk.judge_token()) == (FAILED, "foreign_list")
    desk.world.publish_list(
        stranger, desk.url, text=desk.token(), purpose="status_list", bits=BITS, published_by=stranger
    )
    assert said(desk.judge_token()) == (FAILED, "foreign_list")
    desk.world.publish_list(
        desk.university, desk.url, text=desk.token(), purpose="status_list", bits=BITS * 2
    )
    assert said(desk.judge_token()) == (FAILED, "list_mismatch")
    desk.publish_token(purpose="revocation")
    assert said(desk.judge_token()) == (FAILED, "list_mismatch")


def test_neither_kind_of_list_stands_in_for_the_other(desk: TokenDesk) -> None:
    desk.publish_token()
    entry = desk.entry(7, statusPurpose="revocation")
    assert said(desk.judge(entry)) == (FAILED, "other_purpose")
    named_so = TokenDesk(kind="BitstringStatusList")
    named_so.publish()
    assert said(named_so.judge_token()) == (FAILED, "other_list_type")


def test_a_key_that_is_not_the_issuers_or_no_longer_in_force_signs_no_list(desk: TokenDesk) -> None:
    desk.publish_token(key=desk.world.key())
    assert said(desk.judge_token()) == (FAILED, "list_signature_mismatch")
    desk.publish_token(header={"kid": f"{desk.university.did}#none"})
    assert said(desk.judge_token()) == (FAILED, "list_key_refused")


def test_a_list_in_force_when_it_was_published_holds_without_a_memory_too() -> None:
    desk = TokenDesk(cache=NoMemory())
    desk.publish_token({INDEX: 1})
    desk.publish_token()
    result = desk.judge_token()
    assert said(result) == (PASSED, None)
    assert "A revocation was taken back" in result.findings[0]


def test_no_flipped_byte_of_a_list_leaves_it_one(desk: TokenDesk) -> None:
    text = desk.token({7: 1}, bits=131_072)
    ports = desk.ports()
    read = verify_status_list(text, ports=ports, index_before=None, at=desk.now)
    assert read.status_list.bits.get(7) == 1
    for place in range(len(text)):
        flipped = bytearray(text)
        flipped[place] = ord("B") if flipped[place] == ord("A") else ord("A")
        with pytest.raises((StatusListRefused, Unavailable)):
            verify_status_list(bytes(flipped), ports=ports, index_before=None, at=desk.now)


def test_a_list_with_a_flipped_byte_lets_nobody_pass(desk: TokenDesk) -> None:
    text = bytearray(desk.token({7: 1}, bits=131_072))
    text[text.index(b".") + 40] ^= 1
    desk.world.publish_list(desk.university, desk.url, text=bytes(text), purpose="status_list", bits=131_072)
    assert desk.judge_token(desk.status(idx=3)).outcome is not PASSED


def test_a_shown_sd_jwt_is_valid_until_the_list_of_its_issuer_revokes_it() -> None:
    home = home_of_degrees()
    world, university = home.world, home.university
    url = world.list_url(university)
    sd_jwt = issue_by_vct(world, university, status=TokenStatusEntry(INDEX, url).to_json())
    world.anchor(university, [sd_jwt.encode()])
    presented = shown(world, sd_jwt)
    for statuses, expected in (({}, ("valid", None, None)), ({INDEX: 1}, ("invalid", STATUS, "revoked"))):
        text = sign_status_list_token(
            token_list(statuses), sub=url, issued_at=world.now, kid=university.kid, key=university.key.private
        )
        world.publish_list(university, url, text=text.encode(), purpose="status_list", bits=BITS)
        verdict = verdict_on(world, presented, expected=EXPECTED)
        assert decided(verdict) == expected, verdict.sentence
