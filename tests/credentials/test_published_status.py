"""Lists as published: the last one counts, signed then by its issuer, at hand and in date, or none does."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from anchoring.bitstring import BitString
from credentials.checks.status import check_status
from credentials.ports import NoMemory
from credentials.securing.signing_key import PrivateKey
from did.base64url import decode_base64url, encode_base64url
from tests.credentials.checks.status_cases import FAILED, INDEX, PASSED, UNKNOWN, Desk, evidence, said
from tests.credentials.ledger import DAY, Key
from tests.credentials.memory_record import RememberingCache
from tests.credentials.world import World


def test_a_withheld_list_leaves_the_status_unknown_and_never_brings_back_the_previous_one() -> None:
    desk = Desk()
    desk.publish()
    assert said(desk.judge()) == (PASSED, None)
    text = desk.publish(INDEX, held=False)
    result = desk.judge()
    assert said(result) == (UNKNOWN, "withheld")
    assert "not at hand" in result.sentence
    desk.world.contents.kept[desk.world.record.publications[-1].credential_digest] = text
    assert said(desk.judge()) == (FAILED, "revoked")


def test_other_bytes_than_those_published_are_as_good_as_none() -> None:
    desk = Desk()
    clear = desk.publish()
    desk.publish(INDEX, held=False)
    desk.world.contents.kept[desk.world.record.publications[-1].credential_digest] = clear
    assert said(desk.judge()) == (UNKNOWN, "withheld")


def test_a_list_that_was_never_published_leaves_the_status_unknown() -> None:
    desk = Desk()
    assert said(desk.judge()) == (UNKNOWN, "unpublished")
    before = desk.now
    desk.publish()
    result = desk.judge(at=before)
    assert said(result) == (UNKNOWN, "unpublished")
    assert "by then" in result.sentence


def test_urls_are_compared_as_they_are_spelled() -> None:
    desk = Desk()
    desk.publish()
    other = desk.url.replace("https://registry", "HTTPS://registry")
    assert said(desk.judge(desk.entry(statusListCredential=other))) == (UNKNOWN, "unpublished")


def test_a_stale_publication_leaves_the_status_unknown() -> None:
    desk = Desk()
    desk.publish(valid_for=DAY)
    last = desk.world.record.publications[-1]
    desk.world.wait(2 * DAY)
    assert said(desk.judge(at=last.valid_until + 60)) == (PASSED, None)
    stale = desk.judge(at=last.valid_until + 61)
    assert said(stale) == (UNKNOWN, "stale")
    assert "was valid until 2026-11-22T10:04:00Z" in stale.sentence


def test_a_list_that_ends_before_its_publication_says_leaves_the_status_unknown() -> None:
    desk = Desk()
    soon = "2026-11-21T12:00:00Z"
    desk.publish(edit=lambda members: members.update(expirationDate=soon))
    assert said(desk.judge()) == (PASSED, None)
    assert evidence(desk.judge())["validUntil"] == soon
    desk.world.wait(DAY)
    assert said(desk.judge()) == (UNKNOWN, "stale")


def test_a_list_that_is_valid_only_later_leaves_the_status_unknown() -> None:
    desk = Desk()
    later = "2026-11-23T00:00:00Z"

    def postpone(members: dict[str, Any]) -> None:
        members.update(issuanceDate=later, issued=later, validFrom=later)

    desk.publish(edit=postpone)
    result = desk.judge()
    assert said(result) == (UNKNOWN, "not_yet_valid")
    assert later in result.sentence


def test_a_list_of_the_data_model_2_0_may_have_no_dates_of_its_own() -> None:
    desk = Desk(kind="BitstringStatusList")
    text = desk.publish(version="2.0", edit=lambda members: members.pop("validUntil"), claims={"exp": None})
    assert b"validUntil" not in text
    assert said(desk.judge()) == (PASSED, None)


def test_another_issuers_list_at_the_same_url_says_nothing() -> None:
    desk = Desk()
    stranger = desk.world.actor("Stranger")
    desk.world.publish_list(stranger, desk.url)
    assert said(desk.judge()) == (UNKNOWN, "unpublished")
    desk.publish(INDEX)
    desk.world.publish_list(stranger, desk.url)
    assert said(desk.judge()) == (FAILED, "revoked")


def test_a_list_that_another_issuer_signed_is_refused_when_published_as_ones_own() -> None:
    desk = Desk()
    stranger = desk.world.actor("Stranger")
    desk.world.publish_list(stranger, desk.url, published_by=desk.university)
    result = desk.judge()
    assert said(result) == (FAILED, "foreign_list")
    assert stranger.did in result.sentence


def test_a_list_for_another_purpose_is_refused() -> None:
    desk = Desk()
    desk.publish(purpose="suspension")
    assert said(desk.judge()) == (FAILED, "other_purpose")


def test_a_list_published_for_another_purpose_than_it_has_is_refused() -> None:
    desk = Desk()

    def suspend(members: dict[str, Any]) -> None:
        members["credentialSubject"]["statusPurpose"] = "suspension"

    desk.publish(edit=suspend)
    assert said(desk.judge()) == (FAILED, "list_mismatch")


def test_a_list_for_several_purposes_answers_for_the_one_it_was_published_for() -> None:
    desk = Desk(kind="BitstringStatusList")

    def both(members: dict[str, Any]) -> None:
        members["credentialSubject"]["statusPurpose"] = ["revocation", "suspension"]

    desk.publish(edit=both)
    assert said(desk.judge()) == (PASSED, None)
    assert said(desk.judge(desk.entry(statusPurpose="suspension"))) == (FAILED, "other_purpose")


def test_a_list_of_another_type_is_refused() -> None:
    desk = Desk()
    desk.publish(kind="BitstringStatusList")
    assert said(desk.judge()) == (FAILED, "other_list_type")


def test_a_list_of_another_length_than_published_is_refused() -> None:
    desk = Desk()
    desk.publish(length=262_144)
    assert said(desk.judge()) == (FAILED, "list_mismatch")


def test_the_list_of_another_url_is_refused() -> None:
    desk = Desk()

    def move(members: dict[str, Any]) -> None:
        members["id"] = desk.url + "2"

    desk.publish(edit=move)
    assert said(desk.judge()) == (FAILED, "other_list")


def test_a_list_signed_by_a_key_that_came_after_its_publication_is_refused() -> None:
    desk = Desk()
    late = desk.world.key()
    desk.publish(key=late)
    assert said(desk.judge()) == (FAILED, "list_key_refused")
    desk.world.add_key(desk.university, key=late, not_before=0)
    assert said(desk.judge()) == (FAILED, "list_key_refused")
    desk.publish()
    assert said(desk.judge()) == (PASSED, None)


def test_a_list_signed_by_a_key_that_had_ended_is_refused() -> None:
    desk = Desk()
    old = desk.university.key
    desk.world.roll_key(desk.university)
    desk.publish(key=old)
    result = desk.judge()
    assert said(result) == (FAILED, "list_key_refused")
    assert "no longer valid" in result.sentence


def test_a_list_outlives_the_key_that_signed_it() -> None:
    desk = Desk()
    desk.publish()
    desk.world.revoke_key(desk.university)
    assert said(check_status(desk.case(desk.world.issue(desk.university, status=[desk.entry()])))) == (
        PASSED,
        None,
    )


def test_a_list_signed_by_another_key_than_it_names_is_refused() -> None:
    desk = Desk()
    desk.publish(key=desk.world.key(), header={"kid": desk.university.kid})
    assert said(desk.judge()) == (FAILED, "list_signature_mismatch")


class EncryptingWorld(World):
    """A world whose keys are declared for encryption."""

    def key(self, private: PrivateKey | None = None) -> Key:
        """The same key as in any other world."""
        made = super().key(private)
        return replace(made, jwk={**made.jwk, "use": "enc"})


def test_a_list_known_to_be_signed_is_refused_where_its_key_is_declared_for_something_else() -> None:
    """Play the attack: the memory answers for another declaration of the same key."""
    desk = Desk()
    text = desk.publish()
    assert said(desk.judge()) == (PASSED, None)
    other = Desk(world=EncryptingWorld(), cache=desk.cache)
    other.publish(text=text)
    assert other.university.kid == desk.university.kid
    assert said(other.judge()) == (FAILED, "list_signature_mismatch")


def test_a_list_once_published_as_shorter_than_it_is_is_read_all_the_same() -> None:
    desk = Desk()
    text = desk.publish(edit=lambda members: members.update(padding="a" * 50_000))
    last = desk.world.record.publications[-1]
    desk.world.record.publications[-1] = replace(last, bits=8)
    assert said(desk.judge()) == (FAILED, "malformed_list")
    desk.publish(text=text)
    assert said(desk.judge()) == (PASSED, None)


def test_a_list_signed_by_a_key_of_unknown_type_is_refused() -> None:
    desk = Desk()
    desk.world.write(
        "did.method.added",
        did=desk.university.did,
        vMethodId="unknown",
        isSecp256k1=False,
        publicKey=b'{"kty":"AKP","alg":"ML-DSA-44"}',
    )
    desk.world.write(
        "did.relationship.added",
        did=desk.university.did,
        name="assertionMethod",
        vMethodId="unknown",
        notBefore=0,
        notAfter=desk.now + DAY,
    )
    desk.publish(header={"kid": f"{desk.university.did}#unknown"})
    assert said(desk.judge()) == (FAILED, "list_key_refused")


def test_no_flipped_byte_of_a_list_survives() -> None:
    desk = Desk()
    parts = desk.publish(INDEX).decode().split(".")
    document = desk.world.issue(desk.university, status=[desk.entry()])
    last = desk.world.record.publications[-1]
    outcomes = []
    for part, encoded in enumerate(parts):
        octets = decode_base64url(encoded, max_bytes=1 << 20)
        for place in range(len(octets)):
            changed = octets[:place] + bytes([octets[place] ^ 1 << place % 8]) + octets[place + 1 :]
            text = ".".join([*parts[:part], encode_base64url(changed), *parts[part + 1 :]]).encode()
            digest = sha256(text).digest()
            desk.world.record.publications[-1] = replace(last, credential_digest=digest)
            desk.world.contents.kept, desk.cache = {digest: text}, NoMemory()
            outcomes.append(said(check_status(desk.case(document))))
    assert len(outcomes) > 1000
    assert {outcome for outcome, _ in outcomes} <= {FAILED, UNKNOWN}
    assert "revoked" not in {reason for _, reason in outcomes}


def test_a_bit_flipped_in_the_published_bytes_makes_them_unknown() -> None:
    desk = Desk()
    text = desk.publish()
    digest = desk.world.record.publications[-1].credential_digest
    for place in range(0, len(text), 97):
        desk.cache = RememberingCache()
        changed = text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :]
        desk.world.contents.kept[digest] = changed
        assert said(desk.judge()) == (UNKNOWN, "withheld")


def test_a_port_that_does_not_answer_leaves_the_status_unknown() -> None:
    desk = Desk()
    desk.publish()
    desk.world.record.out_of_order.add("publications_of")
    assert said(desk.judge()) == (UNKNOWN, "unavailable")


def test_a_list_that_was_read_once_is_not_read_again() -> None:
    desk = Desk()
    desk.publish()
    desk.judge()
    assert isinstance(desk.cache, RememberingCache)
    derived = desk.cache.derived
    assert said(desk.judge(desk.entry(1))) == (PASSED, None)
    assert desk.cache.derived == derived
    desk.world.contents.kept.clear()
    desk.world.actor("Somebody else")
    assert said(desk.judge()) == (PASSED, None)


def test_a_publication_beyond_all_calendars_can_be_shown() -> None:
    desk = Desk(kind="BitstringStatusList")
    desk.publish(version="2.0", edit=lambda members: members.pop("validUntil"))
    last = desk.world.record.publications[-1]
    desk.world.record.publications[-1] = replace(last, valid_until=2**64 - 1)
    assert evidence(desk.judge())["validUntil"] == "9999-12-31T23:59:59Z"


def test_a_list_in_more_bytes_than_any_list_needs_is_not_read() -> None:
    desk = Desk()
    desk.publish(edit=lambda members: members.update(padding="a" * 98_304))
    assert said(desk.judge()) == (FAILED, "malformed_list")


def test_a_list_that_does_not_compress_is_read() -> None:
    desk = Desk()
    noise = b"".join(sha256(bytes([place // 256, place % 256])).digest() for place in range(512))
    bits = BitString(noise)
    desk.publish(*(index for index in range(len(bits)) if bits.get(index)))
    assert said(desk.judge(desk.entry(0))) == ((FAILED, "revoked") if bits.get(0) else (PASSED, None))
