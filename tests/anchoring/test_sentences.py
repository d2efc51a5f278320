"""Sentences: every kind has one, and it names what an officer asks for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from anchoring.entry import KINDS, Entry
from anchoring.sentences import Line, sentence, timeline

from .entries import entries, fields_of
from .world import ANCHOR, BATCH, KTU_DID, KTU_LINK, ROOT_DID, ROOT_LINK, TAO_DID, WORLD, World, accreditation


@given(entries())
def test_every_entry_is_one_sentence(entry: Entry) -> None:
    told = sentence(entry)
    assert told.endswith(".")
    assert told.isprintable()


def test_texts_from_the_ledger_cannot_forge_lines() -> None:
    world = World()
    world.write("log.opened", WORLD.entries[0].fields)
    forged = f"x.\n{KTU_DID} anchored everything\x1b[31m\u202e"
    told = sentence(
        world.write("policy.granted", {"user": bytes(20), "attributes": (forged,), "authority": 0})
    )
    assert told.isprintable()
    long = {"policyName": "p" * 5_000, "description": "", "authority": 0}
    assert len(sentence(world.write("policy.inserted", long))) < 300


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_sentence(kind: str) -> None:
    fields = {
        name: {"string": "x", "bool": True, "address": bytes(20), "bytes32": bytes(32), "bytes": b"x"}.get(
            abi_type, () if abi_type.endswith("[]") else 1
        )
        for abi_type, name in KINDS[kind].fields
    }
    world = World()
    if kind != "log.opened":
        world.write("log.opened", WORLD.entries[0].fields)
    told = sentence(world.write(kind, fields))
    assert told.endswith("." if kind.startswith("log.") else ", by its controller.")
    assert fields_of(kind) is not None


def test_sentences_name_who_did_what() -> None:
    assert sentence(ANCHOR) == f"{KTU_DID} anchored a batch of 11 digests with the root {BATCH.root.hex()}."
    assert sentence(KTU_LINK) == (
        f"{KTU_DID} was accredited as Trusted Issuer by {TAO_DID} (accreditation 0c0c0c0c0c0c0c0c…)."
    )
    assert sentence(ROOT_LINK) == f"{ROOT_DID} was accredited as Root TAO (accreditation 0a0a0a0a0a0a0a0a…)."


def test_sentences_tell_revocations_authorities_and_dates() -> None:
    world = World()
    world.write(
        "log.opened", {**WORLD.entries[0].fields, "predecessorOrigin": "old/1/0x00", "predecessorSize": 1}
    )
    assert sentence(world.entries[0]).endswith("on chain 31337, continuing old/1/0x00.")
    revoked = {**accreditation(KTU_DID, bytes(32), 4, TAO_DID, bytes(32)), "authority": 2}
    assert sentence(world.write("issuer.attribute.metadata", revoked)) == (
        f"The accreditation 0000000000000000… of {KTU_DID} was revoked, by an operator's policy."
    )
    key = {"did": KTU_DID, "vMethodId": "key-1", "notAfter": 1_795_255_200, "authority": 0}
    assert sentence(world.write("did.method.revoked", key)) == (
        f"The key key-1 of {KTU_DID} was revoked as of 2026-11-21 10:00:00 UTC."
    )
    endless = {**key, "notAfter": 2**64 - 1}
    assert sentence(world.write("did.method.expired", endless)).endswith("to expire at no set time.")
    granted = {"user": b"\x07" * 20, "attributes": ("LOG:close", "TIR:x"), "authority": 0}
    assert sentence(world.write("policy.granted", granted)) == (
        f"The account 0x{'07' * 20} was granted LOG:close, TIR:x."
    )


def test_a_timeline_is_by_issuer_and_in_order() -> None:
    lines = timeline(WORLD.entries)
    assert list(lines) == [None, ROOT_DID, TAO_DID, KTU_DID]
    assert [line.index for line in lines[KTU_DID]] == [3, 4]
    assert lines[None][0].kind == "log.opened"
    assert lines[KTU_DID][1] == Line(
        time=datetime(2026, 11, 21, 10, 4, tzinfo=UTC),
        index=4,
        kind="anchor.batch",
        sentence=sentence(ANCHOR),
    )
