"""Check 6: what the entries of a credential mean, one by one and together."""

from typing import Any

import pytest

from anchoring.bitstring import BitString
from anchoring.status_list import StatusList
from credentials.checks.status import check_status
from credentials.verdict import Outcome
from tests.credentials.ledger import DAY
from tests.credentials.memory_record import MemoryContents, RememberingCache

from .status_cases import FAILED, INDEX, PASSED, UNKNOWN, Desk, evidence, said

KINDS = ("StatusList2021", "BitstringStatusList")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_a_clear_bit_passes_and_a_set_one_fails(kind: str, version: str) -> None:
    desk = Desk(kind=kind)
    desk.publish(INDEX - 1, INDEX + 1, version=version)
    clear = desk.judge(version=version)
    assert said(clear) == (PASSED, None)
    assert clear.sentence == "Not revoked, by the list that its issuer published on 2026-11-21."
    desk.publish(INDEX, version=version)
    revoked = desk.judge(version=version)
    assert said(revoked) == (FAILED, "revoked")
    assert revoked.sentence == "Revoked, by the list that its issuer published on 2026-11-21."


def test_the_evidence_names_the_list_and_its_publication() -> None:
    desk = Desk()
    desk.publish()
    publication = desk.world.record.publications[-1]
    assert evidence(desk.judge()) == {
        "type": "StatusList2021Entry",
        "purpose": "revocation",
        "index": INDEX,
        "url": desk.url,
        "publishedAt": "2026-11-21T10:05:00Z",
        "publicationEntry": publication.index,
        "credentialDigest": publication.credential_digest.hex(),
        "validUntil": "2026-12-21T10:04:00Z",
        "signedBy": desk.university.kid,
        "status": 0,
        "outcome": "passed",
        "reason": None,
    }


def test_suspension_is_told_apart_from_revocation() -> None:
    desk = Desk(purpose="suspension")
    desk.publish(INDEX)
    suspended = desk.judge()
    assert said(suspended) == (FAILED, "suspended")
    assert suspended.sentence.startswith("Suspended")


def test_a_reinstated_credential_passes_without_a_word_on_the_past() -> None:
    desk = Desk(purpose="suspension")
    desk.publish(INDEX)
    desk.publish()
    reinstated = desk.judge()
    assert said(reinstated) == (PASSED, None)
    assert reinstated.findings == ()


def test_a_verdict_as_of_before_the_revocation_stands() -> None:
    desk = Desk()
    desk.publish()
    before = desk.now
    desk.world.wait(DAY)
    desk.publish(INDEX)
    assert said(desk.judge(at=before)) == (PASSED, None)
    assert said(desk.judge(at=desk.now - 1)) == (PASSED, None)
    assert said(desk.judge(at=desk.now)) == (FAILED, "revoked")


@pytest.mark.parametrize("index", ["131072", "9" * 19, "9" * 20, "-1", "01", "1e3", " 1", ""], ids=repr)
def test_an_index_that_is_none_of_the_list_is_refused(index: str) -> None:
    desk = Desk()
    desk.publish()
    result = desk.judge(desk.entry(statusListIndex=index, id=None))
    expected = "index_out_of_range" if index in {"131072", "9" * 19} else "malformed_entry"
    assert said(result) == (FAILED, expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"statusListCredential": "lists/1"}, (FAILED, "malformed_entry")),
        ({"statusListCredential": None}, (FAILED, "malformed_entry")),
        ({"statusPurpose": "holiday"}, (UNKNOWN, "unknown_purpose")),
        ({"statusPurpose": None}, (FAILED, "malformed_entry")),
        ({"type": "RevocationList2020Status"}, (UNKNOWN, "unknown_type")),
        ({"type": "\x1b[2J\u202e"}, (UNKNOWN, "unknown_type")),
        ({"statusPurpose": "\x1b[2J\u202e"}, (UNKNOWN, "unknown_purpose")),
    ],
    ids=str,
)
def test_an_entry_that_is_not_understood_never_passes(
    changes: dict[str, Any], expected: tuple[Outcome, str]
) -> None:
    desk = Desk()
    desk.publish()
    result = desk.judge(desk.entry(**changes))
    assert said(result) == expected
    assert evidence(result)["reason"] == expected[1]
    assert result.sentence.isprintable()


def test_a_credential_without_status_has_none_to_judge() -> None:
    desk = Desk()
    document = desk.world.issue(desk.university)
    assert check_status(desk.case(document)).outcome is Outcome.NOT_APPLICABLE


def test_the_worst_entry_decides_and_revocation_comes_before_suspension() -> None:
    desk, other = Desk(), "suspension"
    second = desk.world.list_url(desk.university, "2")
    suspension = desk.entry(7, statusPurpose=other, statusListCredential=second, id=f"{second}#7")
    desk.publish()
    assert said(desk.judge(desk.entry(), suspension)) == (UNKNOWN, "unpublished")
    desk.world.publish_list(desk.university, second, purpose=other)
    passed = desk.judge(desk.entry(), suspension)
    assert said(passed) == (PASSED, None)
    assert passed.sentence.startswith("Not revoked, ")
    assert "Not suspended, " in passed.sentence
    desk.world.publish_list(desk.university, second, purpose=other, set_bits=[7])
    assert said(desk.judge(desk.entry(), suspension)) == (FAILED, "suspended")
    unknown = {"type": "AnyExtension", "id": "urn:x:1"}
    assert said(desk.judge(unknown, suspension)) == (FAILED, "suspended")
    assert said(desk.judge(desk.entry("01"), suspension)) == (FAILED, "malformed_entry")
    desk.publish(INDEX)
    both = desk.judge(suspension, desk.entry())
    assert said(both) == (FAILED, "revoked")
    assert [evidence(both, place)["reason"] for place in (0, 1)] == ["suspended", "revoked"]


def test_a_revocation_that_was_taken_back_is_never_silent() -> None:
    desk = Desk()
    desk.publish()
    desk.publish(INDEX)
    revoking = desk.world.record.publications[-1]
    desk.publish()
    desk.publish()
    result = desk.judge()
    assert said(result) == (PASSED, None)
    (finding,) = result.findings
    assert f"the list published on 2026-11-21 (entry {revoking.index}) had it" in finding
    assert desk.judge(desk.entry(INDEX + 1)).findings == ()
    assert desk.judge(at=revoking.time - 1).findings == ()


def test_earlier_lists_that_are_lost_or_none_keep_nobody_from_judging() -> None:
    desk = Desk()
    desk.publish(INDEX, held=False)
    desk.publish(text=b"no list")
    desk.publish(INDEX, edit=lambda members: members.update(id=desk.url + "2"))
    desk.publish()
    result = desk.judge()
    assert said(result) == (PASSED, None)
    assert result.findings == ()


def test_a_revocation_that_was_taken_back_shows_once_its_list_comes_to_hand() -> None:
    desk = Desk()
    first = desk.publish(INDEX, held=False)
    desk.publish(INDEX + 1)
    desk.publish()
    assert desk.judge().findings == ()
    assert "entry" in desk.judge(desk.entry(INDEX + 1)).findings[0]
    state = desk.world.record.state
    desk.world.contents.kept[desk.world.record.publications[0].credential_digest] = first
    assert "A revocation was taken back" in desk.judge().findings[0]
    assert desk.world.record.state == state


def test_lists_that_are_none_are_not_read_again_while_another_is_awaited() -> None:
    desk = Desk()
    desk.publish(INDEX, held=False)
    desk.publish(text=b"no list")
    desk.publish(text=b"{}")
    desk.publish(edit=lambda members: members["type"].append("VerifiablePresentation"))
    desk.publish()
    desk.judge()
    asked: list[bytes] = []

    class Noting(MemoryContents):
        def content(self, content_hash: bytes) -> bytes | None:
            asked.append(content_hash)
            return super().content(content_hash)

    desk.world.contents = Noting(desk.world.contents.kept)
    assert desk.judge().findings == ()
    assert asked == [desk.world.record.publications[0].credential_digest]


def test_no_more_than_32_earlier_lists_are_looked_at() -> None:
    desk = Desk()
    desk.publish(INDEX)
    for _ in range(32):
        desk.publish()
    assert len(desk.judge().findings) == 1
    desk.publish()
    assert desk.judge().findings == ()


def test_an_earlier_list_that_is_lost_after_it_was_seen_is_named_without_its_date() -> None:
    desk = Desk()
    desk.publish(INDEX)
    desk.publish()
    desk.judge(desk.entry(1))
    assert isinstance(desk.cache, RememberingCache)
    first = desk.world.record.publications[0].credential_digest
    del desk.world.contents.kept[first]
    desk.cache.kept = {key: kept for key, kept in desk.cache.kept.items() if first not in key}  # type: ignore[operator]
    assert "an earlier list had it" in desk.judge().findings[0]


@pytest.mark.parametrize("purpose", ["refresh", "message"])
def test_purposes_that_inform_never_keep_a_credential_from_passing(purpose: str) -> None:
    desk = Desk(kind="BitstringStatusList", purpose=purpose)
    unknown = desk.judge()
    assert said(unknown) == (PASSED, None)
    assert "no status list" in unknown.findings[0]
    desk.publish()
    assert desk.judge().findings == ()
    desk.publish(INDEX)
    result = desk.judge()
    assert said(result) == (PASSED, None)
    assert evidence(result)["status"] == 1
    assert len(result.findings) == 1


def test_a_message_stands_in_the_evidence() -> None:
    desk = Desk(kind="BitstringStatusList", purpose="message")
    desk.publish(INDEX)
    entry = desk.entry(
        statusMessage=[{"status": "0x0", "message": "pending"}, {"status": "0x1", "message": "accepted"}]
    )
    assert evidence(desk.judge(entry))["message"] == "accepted"


def widened(desk: Desk, statuses: dict[int, int], size: int = 2) -> None:
    """Publish a list of 131,072 entries of `size` bits."""
    bits = BitString.empty(131_072, size=size)
    for index, status in statuses.items():
        bits = bits.with_set([index], status=status)
    subject = StatusList("BitstringStatusList", (desk.purpose,), bits).to_subject()
    desk.publish(edit=lambda members: members.update(credentialSubject=subject), bits=131_072 * size)


def of_size(size: int, *messages: str) -> dict[str, Any]:
    """Members of an entry of several bits; its last statuses have no message to speak of."""
    texts = [*messages, *("m" for _ in range(2**size - len(messages)))]
    return {
        "statusSize": size,
        "statusMessage": [{"status": f"{status:#x}", "message": text} for status, text in enumerate(texts)],
    }


def test_a_status_of_several_bits_is_read_whole() -> None:
    desk = Desk(kind="BitstringStatusList")
    widened(desk, {3: 2})
    assert said(desk.judge(desk.entry(3, **of_size(2)))) == (FAILED, "revoked")
    assert said(desk.judge(desk.entry(4, **of_size(2)))) == (PASSED, None)
    assert said(desk.judge(desk.entry(3, **of_size(4)))) == (FAILED, "list_too_short")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"statusMessage": None}, "malformed_entry"),
        ({"statusSize": 3}, "malformed_entry"),
        ({"statusSize": 1}, "malformed_entry"),
        ({"statusSize": 2.0}, "malformed_entry"),
        ({"statusSize": "2"}, "malformed_entry"),
        ({"statusListIndex": "131072"}, "index_out_of_range"),
    ],
    ids=str,
)
def test_a_status_of_several_bits_says_of_how_many_and_what_each_means(
    changes: dict[str, Any], reason: str
) -> None:
    desk = Desk(kind="BitstringStatusList")
    widened(desk, {})
    assert said(desk.judge(desk.entry(3, **(of_size(2) | changes)))) == (FAILED, reason)


def test_a_message_stands_in_the_sentence_and_in_the_finding() -> None:
    desk = Desk(kind="BitstringStatusList", purpose="message")
    widened(desk, {3: 2, 4: 1})
    entry = of_size(2, "pending", "accepted", "rejected\u202e\x1b[2J" + "!" * 300)
    accepted = desk.judge(desk.entry(4, **entry))
    assert said(accepted) == (PASSED, None)
    assert accepted.sentence.endswith("has 1: “accepted”.")
    assert accepted.findings[0].endswith("which decides nothing: “accepted”.")
    rejected = desk.judge(desk.entry(3, **entry))
    assert rejected.sentence.isprintable()
    assert len(rejected.sentence) < 300
    assert evidence(rejected)["message"].startswith("rejected")
    assert evidence(rejected)["status"] == 2


def test_what_a_revocation_of_several_bits_means_stands_in_its_sentence() -> None:
    desk = Desk(kind="BitstringStatusList")
    widened(desk, {3: 3})
    before = desk.now
    desk.world.wait(DAY)
    widened(desk, {4: 1})
    entry = desk.entry(3, **of_size(2, "valid", "withdrawn", "misprinted", "fraud"))
    then = desk.judge(entry, at=before)
    assert said(then) == (FAILED, "revoked")
    assert then.sentence == "Revoked, by the list that its issuer published on 2026-11-21: “fraud”."
    now = desk.judge(entry)
    assert said(now) == (PASSED, None)
    assert "A revocation was taken back" in now.findings[0]


def test_of_several_entries_of_several_bits_the_worst_decides_and_messages_never_do() -> None:
    desk = Desk(kind="BitstringStatusList", purpose="message")
    widened(desk, {3: 2})
    second = desk.world.list_url(desk.university, "2")
    revocation = desk.entry(7, statusPurpose="revocation", statusListCredential=second, id=f"{second}#7")
    message = desk.entry(3, **of_size(2, "a", "b", "c"))
    desk.world.publish_list(desk.university, second, kind=desk.kind)
    assert said(desk.judge(message, revocation)) == (PASSED, None)
    desk.world.publish_list(desk.university, second, kind=desk.kind, set_bits=[7])
    both = desk.judge(message, revocation)
    assert said(both) == (FAILED, "revoked")
    assert "“c”" in both.findings[0]
    assert evidence(both)["message"] == "c"
