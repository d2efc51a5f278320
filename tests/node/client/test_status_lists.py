"""Status lists from the issuer's side: places given out once, statuses changed, lists kept on disk."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from anchoring.errors import StatusListFull
from anchoring.status_entry import parse_status_entry
from anchoring.status_list import MIN_LENGTH
from node.client.api import Node
from node.client.errors import MalformedStatusRecord, NodeUnreachable, Refused, StatusListUnknown, Unusable
from node.client.issuer import Issuer
from node.client.issuing import credential_members, sign_credential
from node.client.status_list_record import Purpose, load_record, save_record
from node.client.status_lists import Place, all_lists, allot, create, places_of, reinstate, set_status
from node.client.status_publication import publish
from tests.node.client.conftest import Play
from tests.node.client.status import given_out, transactions

pytestmark = pytest.mark.enable_socket


def test_a_new_list_is_empty_has_a_proxy_and_is_the_owners_alone(play: Play) -> None:
    issuer = play.open("KTU")
    record = create(issuer, "fresh")
    play.world.follow()
    assert (record.kind, record.purpose, len(record.bits), record.bits.count()) == (
        "StatusList2021",
        "revocation",
        MIN_LENGTH,
        0,
    )
    assert record.url.startswith(
        "https://registry.ankyra.invalid/trusted-issuers-registry/v5/issuers/did:ebsi:"
    )
    data = play.node.get(urlsplit(record.url).path.rpartition("/")[0])
    assert data == {"prefix": "https://registry.ankyra.invalid", "headers": {}, "testSuffix": ""}
    path = issuer.folder / "status-lists" / "fresh.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_record(issuer.folder, "fresh") == record
    before = transactions(play, "KTU")
    create(issuer, "another", purpose="suspension")
    assert transactions(play, "KTU") == before  # one proxy serves all lists
    assert create(issuer, "fresh") == record  # a run that was cut off before it was published goes on
    with pytest.raises(Refused, match="already"):
        create(issuer, "fresh", purpose="suspension")
    publish(issuer, "fresh", now=play.now, patience=play.patience)
    with pytest.raises(Refused, match="already"):
        create(issuer, "fresh")


@pytest.mark.parametrize(
    "given",
    [
        {"name": "Über"},
        {"name": "../out"},
        {"name": ""},
        {"length": MIN_LENGTH - 8},
        {"length": MIN_LENGTH + 1},
        {"length": 4_194_312},
        {"every": timedelta(seconds=1)},
        {"every": timedelta(days=1000)},
        {"purpose": "refresh"},
        {"kind": "RevocationList2020"},
    ],
)
def test_what_can_be_no_list_is_refused_before_anything_is_sent(play: Play, given: dict[str, object]) -> None:
    with pytest.raises(Unusable):
        create(play.open("KTU"), **{"name": "odd", **given})  # type: ignore[arg-type]
    assert not (play.folder / "KTU" / "status-lists" / "odd.json").exists()


def test_no_place_is_given_out_twice_even_to_two_at_once(play: Play) -> None:
    issuer = play.open("KTU")
    create(issuer, "places")
    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(lambda _: given_out(issuer, "places", 50), range(12)))
    indexes = [index for each in rounds for index in each]
    assert len(set(indexes)) == len(indexes) == 600
    assert load_record(issuer.folder, "places").allotted.count() == 600
    assert indexes != sorted(indexes)
    with pytest.raises(StatusListFull):
        allot(issuer, "places", MIN_LENGTH)


def test_an_entry_says_where_the_status_stands(play: Play) -> None:
    issuer = play.open("KTU")
    record = create(issuer, "entries", kind="BitstringStatusList", purpose="suspension")
    (entry,) = allot(issuer, "entries", 1)
    parsed = parse_status_entry(entry)
    assert (parsed.entry_type, parsed.status_purpose) == ("BitstringStatusListEntry", "suspension")
    assert (parsed.status_list_credential, parsed.id) == (
        record.url,
        f"{record.url}#{parsed.status_list_index}",
    )
    assert record.entry(parsed.status_list_index) == parsed
    with pytest.raises(StatusListUnknown, match="entries"):
        allot(issuer, "nowhere", 1)


def credential_with(issuer: Issuer, play: Play, entries: list[dict[str, object]]) -> bytes:
    members = credential_members(
        identifier=b"\7" * 16,
        types=("MicroCredential",),
        issuer=issuer.did,
        subject={"id": "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"},
        schema="https://registry.ankyra.invalid/trusted-schemas-registry/v3/schemas/z",
        now=play.now,
        expires=None,
    )
    members["credentialStatus"] = entries
    return sign_credential(members, signer=issuer.signer()).encode()


def test_a_credential_is_suspended_and_reinstated_and_revoked_for_ever(play: Play) -> None:
    issuer = play.open("KTU")
    for name, purpose in (("revokes", "revocation"), ("suspends", "suspension")):
        create(issuer, name, purpose=purpose)  # type: ignore[arg-type]  # two words out of two
    entries = [*allot(issuer, "revokes", 1), *allot(issuer, "suspends", 1)]
    foreign: dict[str, object] = {"type": "EbsiAccreditationEntry", "id": "https://elsewhere.example/x"}
    credential = credential_with(issuer, play, [*entries, foreign])

    def bits(name: str) -> int:
        return load_record(issuer.folder, name).bits.count()

    def act(purpose: Purpose) -> None:
        set_status(issuer, places_of(issuer, credential, purpose=purpose), purpose=purpose)

    act("suspension")
    assert (bits("revokes"), bits("suspends")) == (0, 1)
    reinstate(issuer, places_of(issuer, credential, purpose="suspension"))
    assert (bits("revokes"), bits("suspends")) == (0, 0)
    act("revocation")
    act("revocation")
    assert (bits("revokes"), bits("suspends")) == (1, 0)
    with pytest.raises(Refused, match="for ever"):
        reinstate(issuer, places_of(issuer, credential, purpose="revocation"))
    assert bits("revokes") == 1


def test_only_places_that_were_given_out_in_lists_of_the_purpose_are_changed(play: Play) -> None:
    issuer = play.open("KTU")
    create(issuer, "strict")
    (index,) = given_out(issuer, "strict")
    free = next(place for place in range(MIN_LENGTH) if place != index)
    for place in (free, -1, MIN_LENGTH):
        with pytest.raises(Refused, match="never given out"):
            set_status(issuer, [Place("strict", index), Place("strict", place)], purpose="revocation")
    with pytest.raises(Refused, match="is for revocation"):
        set_status(issuer, [Place("strict", index)], purpose="suspension")
    with pytest.raises(StatusListUnknown):
        set_status(issuer, [Place("strict", index), Place("none", 1)], purpose="revocation")
    assert load_record(issuer.folder, "strict").bits.count() == 0


def test_a_credential_of_another_issuer_or_without_a_place_here_is_refused(play: Play) -> None:
    issuer, other = play.open("KTU"), play.open("Agency")
    create(issuer, "mine")
    entries = allot(issuer, "mine", 1)
    with pytest.raises(Refused, match="issued by"):
        places_of(issuer, credential_with(other, play, entries), purpose="revocation")
    with pytest.raises(Refused, match=r"no place .* for ever"):
        places_of(issuer, credential_with(issuer, play, entries), purpose="suspension")
    unknown = [{**entries[0], "statusListCredential": "https://elsewhere.example/list"}]
    with pytest.raises(Refused, match="no place"):
        places_of(issuer, credential_with(issuer, play, unknown), purpose="revocation")


def test_a_list_that_was_damaged_on_disk_is_named_and_never_used(play: Play, tmp_path: Path) -> None:
    issuer = play.open("KTU")
    record = create(issuer, "broken")
    path = issuer.folder / "status-lists" / "broken.json"
    whole = json.loads(path.read_text())
    changes: tuple[dict[str, object], ...] = (
        {"bits": "x"},
        {"bits": whole["bits"][:-8]},
        {"kind": "other"},
        {"purpose": "refresh"},
        {"every": 1},
        {"every": 10**30},
        {"offset": -1},
        {"url": 5},
        {"name": "other"},
        {"published": {}},
        {
            "pending": {
                "credential": "",
                "signedAt": 10**30,
                "validFrom": 0,
                "validUntil": 1,
                "bits": whole["bits"],
            }
        },
    )
    for change in changes:
        path.write_text(json.dumps(whole | change))
        with pytest.raises(MalformedStatusRecord, match=r"broken\.json"):
            load_record(issuer.folder, "broken")
    for text in ("", "[]", "{}", "[" * 10_000, "\0"):
        path.write_text(text)
        with pytest.raises(MalformedStatusRecord):
            load_record(issuer.folder, "broken")
    save_record(issuer.folder, record)
    assert record in all_lists(issuer.folder)
    assert all_lists(tmp_path) == []


def test_nothing_is_kept_of_a_list_whose_node_is_away(play: Play) -> None:
    issuer = Issuer(play.folder / "KTU", keystore=play.keystore("KTU"), node=Node("http://127.0.0.1:9"))
    with pytest.raises(NodeUnreachable):
        create(issuer, "away")
    assert not (issuer.folder / "status-lists" / "away.json").exists()
