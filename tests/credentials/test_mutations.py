"""Each signed byte of a credential, of an accreditation and of a list changed, one at a time: never valid.

What was changed takes the place of what was not wherever a digest could give it away: it is anchored,
recorded or published in its stead, so that the signature alone has to notice.
"""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import islice

import pytest

from anchoring.digest import secured_digest
from anchoring.errors import AnchoringError
from credentials.checks.accreditation import check_accreditation
from credentials.checks.status import check_status
from credentials.verdict import FORMAT, SIGNATURE, Outcome
from did.base64url import decode_base64url, encode_base64url

from .cases import case_of, verdict_on
from .credential_makers import status_entry
from .memory_record import RememberingCache
from .world import Country, country

_WHOLE = 40
"""Of so many mutants one is judged by all checks; each is by the check that must not let it pass."""
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _characters(text: bytes) -> Iterator[bytes]:
    """The text with each of its characters replaced by another of the alphabet, or a dot by a letter."""
    for place, character in enumerate(text):
        other = _ALPHABET[(_ALPHABET.find(character) + 1 + place % 63) % 64]
        assert other != character
        yield text[:place] + bytes([other]) + text[place + 1 :]


def _bits(text: bytes) -> Iterator[bytes]:
    """The text with one bit of each byte behind its base64url flipped, part by part."""
    parts = [decode_base64url(part.decode(), max_bytes=len(text)) for part in text.split(b".")]
    for number, part in enumerate(parts):
        for place, octet in enumerate(part):
            flipped = part[:place] + bytes([octet ^ 1 << place % 8]) + part[place + 1 :]
            changed = [*parts[:number], flipped, *parts[number + 1 :]]
            yield ".".join(map(encode_base64url, changed)).encode()


def _mutants(text: bytes) -> Iterator[bytes]:
    yield from _characters(text)
    yield from _bits(text)


def _country(version: str = "1.1") -> tuple[Country, str, int]:
    """A country whose anchored credential points into a published list, and where."""
    home = country()
    world, university = home.world, home.university
    url = world.list_url(university)
    home.credential = world.issue(university, version=version, status=[status_entry(url, 7)])
    home.anchor = world.anchor(university, [home.credential])
    world.publish_list(university, url)
    assert verdict_on(world, home.credential).outcome == "valid"
    return home, url, len(world.record.publications) - 1


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_no_changed_byte_of_a_credential_survives(version: str) -> None:
    home, _url, _place = _country(version)
    cache = RememberingCache()
    leaves = home.world.record.batches[-1]
    for mutant in _mutants(home.credential):
        try:
            leaves.leaves = frozenset([secured_digest(mutant).digest])
        except AnchoringError:
            leaves.leaves = frozenset()
        verdict = verdict_on(home.world, mutant, cache=cache)
        assert verdict.outcome != "valid"
        assert Outcome.PASSED not in {verdict.result(FORMAT).outcome} & {verdict.result(SIGNATURE).outcome}


@pytest.mark.parametrize(("who", "step"), [("university", 1), ("tao", 9), ("root", 9)])
def test_no_changed_byte_of_an_accreditation_survives(who: str, step: int) -> None:
    """Of the links above the first, which the same function judges, a part of the mutants."""
    home, _url, _place = _country()
    record, cache = home.world.record, RememberingCache()
    case = case_of(home.world, home.credential, cache=cache)
    actor = {"university": home.university, "tao": home.tao, "root": home.root}[who]
    metadata, data = record.revisions[actor.did, actor.attribute_id]
    assert data.body is not None
    for number, mutant in enumerate(islice(_mutants(data.body), 0, None, step)):
        record.revisions[actor.did, actor.attribute_id] = [metadata, replace(data, body=mutant)]
        record.alterations += 1
        assert check_accreditation(case).outcome is not Outcome.PASSED
        if number % _WHOLE == 0:
            assert verdict_on(home.world, home.credential).outcome != "valid"
    record.revisions[actor.did, actor.attribute_id] = [metadata, data]
    record.alterations += 1
    assert check_accreditation(case).outcome is Outcome.PASSED


def test_no_changed_byte_of_a_list_survives() -> None:
    home, _url, place = _country()
    record, contents, cache = home.world.record, home.world.contents, RememberingCache()
    published = record.publications[place]
    text = contents.kept[published.credential_digest]
    case = case_of(home.world, home.credential, cache=cache)
    for number, mutant in enumerate(_mutants(text)):
        digest = sha256(mutant).digest()
        contents.kept.clear()
        contents.kept[digest] = mutant
        record.publications[place] = replace(published, credential_digest=digest)
        record.alterations += 1
        assert check_status(case).outcome is not Outcome.PASSED
        if number % _WHOLE == 0:
            assert verdict_on(home.world, home.credential).outcome != "valid"
    contents.kept[published.credential_digest] = text
    record.publications[place] = published
    assert verdict_on(home.world, home.credential).outcome == "valid"
