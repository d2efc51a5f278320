import os
from datetime import timedelta

import pytest

from credentials.securing.jose import parse_compact
from did.json_text import parse_object
from node.client.accreditation import accept, accredit, own_attribute, revoke
from node.client.challenge import answer_challenge, asker_of, new_challenge
from node.client.errors import ClientError, NodeProblem, PaperRefused, ProfileExists, Refused, Unusable
from node.client.invitation import invite
from node.client.onboarding import create_profile, register
from node.client.rotation import LEAST_OVERLAP, rotate
from node.db.did_filters import key_intervals
from node.db.session import reading
from tests.node.client.conftest import SCOPE, Play

pytestmark = pytest.mark.enable_socket


def test_the_chain_from_the_university_to_the_root_stands_on_the_ledger(play: Play) -> None:
    found = play.world.ok(f"/v1/issuers/{play.issuers['KTU'].did}")
    assert found["name"] == "KTU"
    dids = [link["did"] for link in found["accreditation"]["links"]]
    assert dids == [play.issuers[name].did for name in ("KTU", "Agency", "Council")]
    assert found["accreditation"]["inForce"] is True


def test_both_keys_stand_in_the_document_under_what_they_are_for(play: Play) -> None:
    issuer = play.issuers["KTU"]
    document = issuer.node.resolve(issuer.did)
    assert document is not None
    ledger_key, credential_key = (
        f"{issuer.did}#{kid}" for kid in (issuer.profile.ledger_key, issuer.profile.credential_key)
    )
    assert document["capabilityInvocation"] == [ledger_key]
    assert document["assertionMethod"] == [credential_key]
    assert set(document["authentication"]) == {ledger_key, credential_key}


def test_an_accreditation_credential_has_the_claims_that_clients_require(play: Play) -> None:
    play.join("Aalborg")
    made = play.accredit("Agency", "Aalborg", "TI")
    parsed = parse_compact(made.credential)
    claims = parse_object(parsed.payload, max_bytes=1 << 16)
    vc, tao = claims["vc"], play.issuers["Agency"]
    assert parsed.header["kid"] == f"{tao.did}#{tao.profile.credential_key}"
    assert (claims["iss"], claims["sub"], claims["jti"]) == (tao.did, made.did, vc["id"])
    assert vc["id"].startswith("urn:uuid:")
    assert vc["validFrom"] == vc["issuanceDate"] == vc["issued"]
    assert vc["type"][-1] == "VerifiableAccreditationToAttest"
    issuers = "https://registry.ankyra.invalid/trusted-issuers-registry/v5/issuers"
    attribute = play.attributes["Agency"].hex()
    assert vc["termsOfUse"] == {
        "id": f"{issuers}/{tao.did}/attributes/{attribute}",
        "type": "IssuanceCertificate",
    }
    assert vc["credentialStatus"]["id"] == f"{issuers}/{made.did}/attributes/{made.attribute_id.hex()}"
    assert vc["credentialSubject"]["reservedAttributeId"] == made.attribute_id.hex()
    assert claims["exp"] > claims["iat"]


def test_a_root_accredits_itself_and_names_no_certificate(play: Play) -> None:
    council = play.issuers["Council"]
    attribute = play.world.ok(
        f"/trusted-issuers-registry/v5/issuers/{council.did}/attributes/{play.attributes['Council'].hex()}"
    )
    vc = parse_object(parse_compact(attribute["attribute"]["body"]).payload, max_bytes=1 << 16)["vc"]
    assert vc["type"][-1] == "VerifiableAuthorisationForTrustChain"
    assert "termsOfUse" not in vc
    assert vc["issuer"] == vc["credentialSubject"]["id"] == council.did


def test_nobody_is_accredited_without_answering_the_challenge(play: Play) -> None:
    agency, candidate = play.issuers["Agency"], play.join("Dublin")
    other = play.issuers["KTU"]
    challenge = new_challenge(agency.did, random=os.urandom)
    another = new_challenge(agency.did, random=os.urandom)
    foreign = new_challenge(other.did, random=os.urandom)
    signer, stranger, now = candidate.signer(), other.signer(), play.now
    answers = {
        "by another DID": answer_challenge(challenge, signer=stranger, now=now),
        "to another challenge": answer_challenge(another, signer=signer, now=now),
        "to another asker": answer_challenge(foreign, signer=signer, now=now),
        "too old": answer_challenge(challenge, signer=signer, now=now - timedelta(days=8)),
        "from the future": answer_challenge(challenge, signer=signer, now=now + timedelta(hours=1)),
        "nonsense": "a.b.c",
        "another paper": invite(agency, did=candidate.did, expires=play.expires, now=now),
    }
    before = play.world.ledger.ledger.height()
    for why, answer in answers.items():
        is_none = why in {"nonsense", "another paper"}
        with pytest.raises(PaperRefused if is_none else Refused, match="no answer" if is_none else None):
            accredit(
                agency,
                did=candidate.did,
                role="TI",
                name="Dublin",
                accredited_for=SCOPE,
                expires=play.expires,
                challenge=challenge,
                answer=answer,
                now=now,
            )
        assert play.world.ledger.ledger.height() == before, why


@pytest.mark.parametrize("text", ["", "did:ebsi:z", "did:ebsi:zZeKyEJfUTGwajhNyNX928z", "x?challenge=y"])
def test_what_is_no_challenge_is_refused(text: str) -> None:
    with pytest.raises(Unusable):
        asker_of(text)


def test_an_accreditation_for_somebody_else_is_not_accepted(play: Play) -> None:
    play.join("Stavanger")
    made = play.accredit("Agency", "Stavanger", "TI")
    with pytest.raises(Refused, match="not for"):
        accept(play.issuers["KTU"], made.credential)


def test_a_changed_accreditation_is_not_accepted(play: Play) -> None:
    play.join("Aveiro")
    made = play.accredit("Agency", "Aveiro", "TI")
    head, payload, signature = made.credential.split(".")
    for changed in (f"{head}.{payload}.{signature[:-2]}AA", f"{head}.{payload[:-2]}fQ.{signature}", "x.y.z"):
        with pytest.raises((Refused, Unusable)):
            accept(play.issuers["Aveiro"], changed)


def test_a_university_cannot_accredit(play: Play) -> None:
    with pytest.raises(Refused, match="RootTAO or TAO"):
        own_attribute(play.issuers["KTU"].node, play.issuers["KTU"].did, types=("RootTAO", "TAO"))


def test_a_revoked_accreditation_is_over_and_only_its_tao_may_revoke(play: Play) -> None:
    issuer = play.member("Agency", "Lodz")
    with pytest.raises(ClientError):
        revoke(
            play.issuers["KTU"],
            did=issuer.did,
            attribute_id=play.attributes["Lodz"],
            attribute_id_tao=play.attributes["KTU"],
        )
    revoke(play.issuers["Agency"], did=issuer.did, attribute_id=play.attributes["Lodz"])
    play.world.follow()
    assert play.world.ok(f"/v1/issuers/{issuer.did}")["accreditation"]["inForce"] is False


def test_registering_twice_writes_nothing(play: Play) -> None:
    before = play.world.ledger.ledger.height()
    assert register(play.open("KTU"), now=play.now) is False
    assert play.world.ledger.ledger.height() == before
    with pytest.raises(ProfileExists):
        create_profile(play.folder / "KTU", node_url=play.world.url, keystore=play.keystore("KTU"))


def test_a_registration_that_was_cut_off_goes_on(play: Play) -> None:
    create_profile(play.folder / "INSA", node_url=play.world.url, keystore=play.keystore("INSA"))
    issuer = play.open("INSA")
    play.invite(issuer)
    writer = issuer.writer()
    written: list[str] = []

    class CutOff(Exception):
        pass

    class Failing(type(writer)):  # type: ignore[misc]  # a writer whose line breaks after the second write
        def write(self, method_name: str, **values: object) -> object:
            if len(written) == 2:
                raise CutOff
            written.append(method_name)
            return super().write(method_name, **values)

    failing = Failing(writer.courier, writer.key)
    issuer.writer = lambda: failing  # type: ignore[method-assign]  # the wire, not the logic, is replaced
    with pytest.raises(CutOff):
        register(issuer, now=play.now)
    assert written == ["insertDidDocument", "addVerificationMethod"]
    play.world.follow()
    again = play.open("INSA")
    assert register(again, now=play.now) is True
    assert register(again, now=play.now) is False


def test_a_registration_by_a_clock_ahead_of_the_ledgers_holds_at_once(play: Play) -> None:
    create_profile(play.folder / "Uppsala", node_url=play.world.url, keystore=play.keystore("Uppsala"))
    issuer, begun = play.open("Uppsala"), int(play.now.timestamp())
    play.invite(issuer)
    assert register(issuer, now=play.now + timedelta(hours=1)) is True
    play.world.follow()
    with reading(play.world.node.engine) as connection:
        found = key_intervals(connection, issuer.did, issuer.profile.ledger_key)
    assert found
    assert all(begun <= one.not_before <= play.now.timestamp() for one in found)


def test_a_registration_that_somebody_put_in_front_is_never_adopted(play: Play) -> None:
    create_profile(play.folder / "Trento", node_url=play.world.url, keystore=play.keystore("Trento"))
    victim = play.open("Trento")
    create_profile(play.folder / "Thief", node_url=play.world.url, keystore=play.keystore("Thief"))
    thief = play.open("Thief")
    play.invite(victim)
    thief.change(did=victim.did)
    play.invite(thief)  # two hold an invitation that names no key
    register(thief, now=play.now)
    play.world.follow()
    before = play.world.ledger.ledger.height()
    with pytest.raises(Refused, match="without this profile's key"):
        register(victim, now=play.now)
    assert play.world.ledger.ledger.height() == before


def test_a_rotated_credential_key_signs_and_the_old_one_is_kept(play: Play) -> None:
    issuer = play.member("Agency", "Linkoping")
    old = issuer.profile.credential_key
    new = rotate(issuer, "credential", now=play.now, overlap=LEAST_OVERLAP)
    play.pass_by(LEAST_OVERLAP)
    assert play.open("Linkoping").profile.retired_keys == (old,)
    document = issuer.node.resolve(issuer.did)
    assert document is not None
    assert document["assertionMethod"] == [f"{issuer.did}#{new}"]
    assert issuer.signer().kid == f"{issuer.did}#{new}"
    play.keystore("Linkoping").open(old)


def test_a_rotated_ledger_key_can_write_at_once_and_the_old_one_no_more(play: Play) -> None:
    issuer = play.member("Agency", "Tampere")
    old = issuer.profile.ledger_key
    rotate(issuer, "ledger", now=play.now, overlap=LEAST_OVERLAP)
    issuer.writer().write("updateBaseDocument", did=issuer.did, baseDocument='{"@context":"x"}')
    issuer.change(ledger_key=old)
    play.pass_by(LEAST_OVERLAP)
    with pytest.raises(NodeProblem, match="controller"):
        issuer.writer().write("updateBaseDocument", did=issuer.did, baseDocument="{}")


def test_a_rotation_without_overlap_is_refused_before_a_key_is_made(play: Play) -> None:
    issuer = play.member("Agency", "Bergen")
    before = issuer.profile
    with pytest.raises(Unusable, match="a minute at least"):
        rotate(issuer, "ledger", now=play.now, overlap=timedelta(seconds=59))
    assert issuer.profile == before


def test_a_rotation_that_was_cut_off_goes_on_with_the_same_key(play: Play) -> None:
    issuer = play.member("Agency", "Monterrey")
    (fresh,) = issuer.keystore.create("P-256")
    issuer.change(next_credential_key=fresh.kid)
    assert rotate(play.open("Monterrey"), "credential", now=play.now) == fresh.kid
    issuer = play.open("Monterrey")
    assert (issuer.profile.credential_key, issuer.profile.next_credential_key) == (fresh.kid, None)
    # cut off after the ledger took it: the profile still names the old key, the document shows the new one
    issuer.change(
        credential_key=issuer.profile.retired_keys[0], next_credential_key=fresh.kid, retired_keys=()
    )
    assert rotate(issuer, "credential", now=play.now) == fresh.kid


def test_a_rotation_goes_on_where_the_node_lags_behind_its_ledger(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = play.member("Agency", "Madrid")
    old = issuer.profile.credential_key
    new = rotate(issuer, "credential", now=play.now)
    issuer.change(credential_key=old, next_credential_key=new, retired_keys=())
    resolve = issuer.node.resolve
    answers = iter([None, None])
    monkeypatch.setattr(issuer.node, "resolve", lambda did: next(answers, resolve(did)))
    assert rotate(issuer, "credential", now=play.now) == new
    assert issuer.profile.retired_keys == (old,)
