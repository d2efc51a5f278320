"""Status lists published on time, at once and again; cut off anywhere, a publication goes on."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import pytest

from credentials.model import CONTEXT_1_1
from credentials.securing.jose import parse_compact
from credentials.securing.reading import read_secured
from credentials.status_list_credential import read_status_list
from node.client.accreditation import revoke
from node.client.errors import StillWaiting
from node.client.patience import Patience
from node.client.status_list_record import Kind, StatusListRecord, load_record
from node.client.status_lists import Place, create, set_status
from node.client.status_publication import publish
from node.db.payloads import drop_payload
from node.db.session import writing
from tests.node.client.conftest import Play
from tests.node.client.status import given_out, transactions

pytestmark = pytest.mark.enable_socket


def hosted(play: Play, record: StatusListRecord) -> bytes:
    return play.node.request("GET", urlsplit(record.url).path).content


@pytest.mark.parametrize("kind", ["StatusList2021", "BitstringStatusList"])
def test_a_list_is_published_when_it_is_due_and_not_before(play: Play, kind: Kind) -> None:
    issuer, name = play.open("KTU"), f"due-{kind.lower()}"
    record = create(issuer, name, kind=kind)
    stages: list[str] = []
    first = publish(issuer, name, now=play.now, patience=play.patience, progress=stages.append)
    assert (first.changed, stages) == (True, ["signed", "kept", "sent", "shown"])
    read = read_status_list(hosted(play, record))
    assert (read.issuer, read.url, read.status_list.list_type) == (issuer.did, record.url, kind)
    assert read.status_list.bits.count() == 0
    (schema,) = read_secured(hosted(play, record)).credential.schemas
    assert schema.type == {"StatusList2021": "FullJsonSchemaValidator2021"}.get(kind, "JsonSchema")
    (index,) = given_out(issuer, name)
    assert set_status(issuer, [Place(name, index)], purpose="revocation")[0].unpublished == 1
    waiting = publish(issuer, name, now=play.now, patience=play.patience)
    assert (waiting.changed, waiting.record.unpublished) == (False, 1)
    assert waiting.next_due > play.now
    play.pass_by(waiting.next_due - play.now)
    second = publish(issuer, name, now=play.now, patience=play.patience)
    assert (second.changed, second.record.unpublished, second.record.pending) == (True, 0, None)
    read = read_status_list(hosted(play, record))
    assert read.status_list.bits.get(index) == 1
    assert read.valid_until is not None
    assert read.valid_until >= second.next_due.timestamp() + timedelta(days=1).total_seconds()


def test_a_list_is_published_at_once_if_that_is_asked_for(play: Play) -> None:
    issuer = play.open("KTU")
    create(issuer, "urgent")
    publish(issuer, "urgent", now=play.now, patience=play.patience)
    (index,) = given_out(issuer, "urgent")
    set_status(issuer, [Place("urgent", index)], purpose="revocation")
    assert publish(issuer, "urgent", now=play.now, at_once=True, patience=play.patience).changed
    assert read_status_list(hosted(play, load_record(issuer.folder, "urgent"))).status_list.bits.get(index)


class CutOff(Exception):
    """The power goes."""


@pytest.mark.parametrize(("stage", "sent"), [("signed", 1), ("kept", 1), ("sent", 1), ("shown", 2)])
def test_a_publication_cut_off_anywhere_goes_on(play: Play, stage: str, sent: int) -> None:
    issuer, name = play.open("KTU"), f"cut-{stage}"
    create(issuer, name)
    play.world.follow()
    before = transactions(play, "KTU")

    def cut(reached: str) -> None:
        if reached == stage:
            raise CutOff

    with pytest.raises(CutOff):
        publish(issuer, name, now=play.now, patience=play.patience, progress=cut)
    play.world.follow()
    kept = load_record(issuer.folder, name)
    assert (kept.pending is None) == (stage == "shown")
    done = publish(issuer, name, now=play.now, at_once=stage == "shown", patience=play.patience)
    assert transactions(play, "KTU") == before + sent
    assert done.record.published is not None
    if stage != "shown":
        assert kept.pending is not None
        assert done.record.published.credential == kept.pending.credential
    assert hosted(play, done.record) == done.record.published.credential.encode()


def test_what_changed_since_a_run_was_cut_off_is_signed_anew(play: Play) -> None:
    issuer = play.open("KTU")
    create(issuer, "changed")
    (index,) = given_out(issuer, "changed")

    def cut(_reached: str) -> None:
        raise CutOff

    with pytest.raises(CutOff):
        publish(issuer, "changed", now=play.now, patience=play.patience, progress=cut)
    set_status(issuer, [Place("changed", index)], purpose="revocation")
    done = publish(issuer, "changed", now=play.now, patience=play.patience)
    assert read_status_list(hosted(play, done.record)).status_list.bits.get(index)


def test_a_node_that_does_not_show_the_list_is_waited_for_and_then_asked_again(play: Play) -> None:
    issuer = play.open("KTU")
    create(issuer, "slow")
    issuer.patience = replace(play.patience, attempts=2)
    impatient = Patience(attempts=2, sleep=lambda _seconds: None)
    with pytest.raises(StillWaiting):
        publish(issuer, "slow", now=play.now, patience=impatient)
    before = transactions(play, "KTU")
    play.world.follow()
    done = publish(issuer, "slow", now=play.now, patience=impatient)
    assert (done.changed, transactions(play, "KTU")) == (False, before)
    assert done.record.pending is None


def test_a_run_at_once_that_was_cut_off_goes_on_before_the_list_is_due(play: Play) -> None:
    issuer = play.open("KTU")
    create(issuer, "hasty")
    publish(issuer, "hasty", now=play.now, patience=play.patience)
    (index,) = given_out(issuer, "hasty")
    set_status(issuer, [Place("hasty", index)], purpose="revocation")

    def cut(_reached: str) -> None:
        raise CutOff

    with pytest.raises(CutOff):
        publish(issuer, "hasty", now=play.now, at_once=True, patience=play.patience, progress=cut)
    done = publish(issuer, "hasty", now=play.now, patience=play.patience)
    assert (done.changed, done.record.unpublished) == (True, 0)
    assert not publish(issuer, "hasty", now=play.now, patience=play.patience).changed


def test_a_list_that_its_node_lost_is_published_again(play: Play) -> None:
    issuer = play.open("KTU")
    create(issuer, "lost")
    done = publish(issuer, "lost", now=play.now, patience=play.patience)
    assert done.record.published is not None
    assert not publish(issuer, "lost", now=play.now, patience=play.patience).changed
    digest = sha256(done.record.published.credential.encode()).digest()
    with writing(play.world.node.engine) as connection:
        drop_payload(connection, digest)
    assert publish(issuer, "lost", now=play.now, patience=play.patience).changed
    assert hosted(play, done.record)


def test_who_lost_the_accreditation_still_revokes(play: Play) -> None:
    issuer = play.member("Agency", "Closing")
    create(issuer, "last")
    (index,) = given_out(issuer, "last")
    attribute = play.attributes["Closing"]
    revoke(play.issuers["Agency"], did=issuer.did, attribute_id=attribute)
    play.world.follow()
    set_status(issuer, [Place("last", index)], purpose="revocation")
    done = publish(issuer, "last", now=play.now, patience=play.patience)
    assert read_status_list(hosted(play, done.record)).status_list.bits.get(index)


def test_the_list_that_is_signed_is_of_ebsis_form(play: Play) -> None:
    issuer = play.open("KTU")
    record = create(issuer, "form")
    done = publish(issuer, "form", now=play.now, patience=play.patience).record.published
    assert done is not None
    parsed = parse_compact(done.credential)
    claims = json.loads(parsed.payload)
    assert (claims["jti"], claims["sub"]) == (record.url, f"{record.url}#list")
    members = claims["vc"]
    assert members["@context"] == [CONTEXT_1_1, "https://w3id.org/vc/status-list/2021/v1"]
    assert members["type"][1:] == ["VerifiableAttestation", "StatusList2021Credential"]
    assert members["validFrom"] == members["issuanceDate"]
    assert set("+/") >= set(members["credentialSubject"]["encodedList"]) - set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789="
    )
    digest = sha256(done.credential.encode()).hexdigest()
    assert play.node.request("GET", f"/v1/payloads/{digest}").content == done.credential.encode()
