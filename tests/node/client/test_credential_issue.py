import json
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anchoring.digest import secured_digest
from credentials.securing.jose import verify_parsed
from credentials.securing.reading import read_secured
from did.jwk import thumbprint
from node.client.batches import anchor_files
from node.client.credential_drafts import Terms
from node.client.credential_issuing import Issued, accreditation_to_issue, issue_credentials
from node.client.credential_payloads import Payload
from node.client.errors import Refused, UnexpectedAnswer, Unusable
from node.client.issuer import Issuer
from node.client.issuing_run import IssuingRun
from node.client.status_list_record import load_record
from node.client.status_lists import create
from tests.node.client.answers import node_with
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket
LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"


def payloads(count: int, **members: Any) -> list[Payload]:
    return [
        Payload(f"p-{number:04}", f"line {number}", {"subject": {"id": LEARNER, "n": number}} | members)
        for number in range(count)
    ]


def folder_is_untouched(folder: Path) -> bool:
    return not list(folder.iterdir())


@pytest.mark.parametrize(("model", "mechanism"), [("1.1", "vc-jwt"), ("2.0", "vc-jose")])
def test_each_credential_is_signed_by_the_issuer_and_reads_back(
    play: Play, issuer: Issuer, terms: Terms, tmp_path: Path, model: Any, mechanism: str
) -> None:
    issued = issue_credentials(issuer, payloads(3), out=tmp_path / "out", terms=replace(terms, model=model))
    assert [one.path.name for one in issued] == ["p-0000.jwt", "p-0001.jwt", "p-0002.jwt"]
    document = play.node.resolve(issuer.did)
    assert document is not None
    keys = {method["id"]: method["publicKeyJwk"] for method in document["verificationMethod"]}
    for number, one in enumerate(issued):
        text = one.path.read_bytes()
        secured = read_secured(text)
        assert (secured.mechanism, secured.credential.version) == (mechanism, model)
        assert secured.credential.subjects[0]["n"] == number
        assert one.digest == secured_digest(text).digest
        jwk = keys[secured.verification_method]
        assert secured.verification_method == f"{issuer.did}#{thumbprint(jwk)}"
        assert secured.jws is not None
        verify_parsed(secured.jws, jwk=jwk)
    assert len({one.credential.id for one in issued}) == 3


def test_the_accreditation_and_the_origin_are_the_issuers_and_its_nodes(
    play: Play, issuer: Issuer, terms: Terms, tmp_path: Path
) -> None:
    (one,) = issue_credentials(issuer, payloads(1), out=tmp_path / "out", terms=terms)
    (term,) = one.credential.terms_of_use
    path = f"/trusted-issuers-registry/v5/issuers/{issuer.did}/attributes/{play.attributes['KTU'].hex()}"
    assert term.id == f"https://registry.ankyra.invalid{path}"
    assert play.world.ok(path)["did"] == issuer.did


def test_the_claims_of_a_vc_jwt_repeat_its_members(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    (one,) = issue_credentials(
        issuer,
        payloads(1, validUntil="2999-01-01T00:00:00Z"),
        out=tmp_path / "out",
        terms=terms,
    )
    secured = read_secured(one.path.read_bytes())
    assert secured.jws is not None
    claims = json.loads(secured.jws.payload)
    vc = claims["vc"]
    assert (claims["iss"], claims["sub"], claims["jti"]) == (vc["issuer"], LEARNER, vc["id"])
    assert claims["nbf"] == claims["iat"] == int(terms.now.timestamp())
    assert claims["exp"] == 32_472_144_000
    assert dict(secured.jws.header) == {"alg": "ES256", "kid": secured.verification_method, "typ": "JWT"}


def test_a_vc_jose_says_what_it_is(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    (one,) = issue_credentials(issuer, payloads(1), out=tmp_path / "out", terms=replace(terms, model="2.0"))
    secured = read_secured(one.path.read_bytes())
    assert secured.jws is not None
    assert (secured.jws.header["typ"], secured.jws.header["cty"]) == ("vc+jwt", "vc")
    assert "vc" not in json.loads(secured.jws.payload)


def test_an_issuer_that_is_an_object_still_signs_as_its_did(
    issuer: Issuer, terms: Terms, tmp_path: Path
) -> None:
    members = {"credentialSubject": {"id": LEARNER}, "issuer": {"id": issuer.did, "legalName": "KTU"}}
    (one,) = issue_credentials(issuer, [Payload("p", "p", members)], out=tmp_path / "out", terms=terms)
    assert one.credential.issuer == issuer.did


def test_each_credential_gets_a_place_of_its_own_in_each_list(
    issuer: Issuer, terms: Terms, tmp_path: Path
) -> None:
    create(issuer, "revoked")
    create(issuer, "suspended", purpose="suspension")
    issued = issue_credentials(
        issuer, payloads(20), out=tmp_path / "out", terms=terms, lists=("revoked", "suspended")
    )
    for purpose in ("revocation", "suspension"):
        entries = [
            entry for one in issued for entry in one.credential.statuses if entry["statusPurpose"] == purpose
        ]
        assert len({entry["statusListIndex"] for entry in entries}) == 20
        assert len({entry["statusListCredential"] for entry in entries}) == 1
    newer = replace(terms, model="2.0")
    with pytest.raises(Refused, match=r"line 0: it is of the data model 2\.0 .* revoked is a StatusList2021"):
        issue_credentials(issuer, payloads(1), out=tmp_path / "new", terms=newer, lists=("revoked",))
    assert load_record(issuer.folder, "revoked").allotted.count() == 20
    own = {"id": "https://example.org/status#1", "type": "Other"}
    members = {"credentialSubject": {"id": LEARNER}, "credentialStatus": own}
    (one,) = issue_credentials(
        issuer, [Payload("p", "p", members)], out=tmp_path / "own", terms=terms, lists=("revoked", "revoked")
    )
    assert [status["type"] for status in one.credential.statuses] == ["Other", "StatusList2021Entry"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"subject": {"id": "nobody"}}, "line 0: its subject has no DID"),
        ({"subject": {"id": LEARNER}, "validUntil": "1 May 2027"}, "line 0: validUntil"),
        ({"subject": {"id": LEARNER}, "type": [f"T{n}" for n in range(70)]}, "line 0: "),
        ({"credentialSubject": {"id": LEARNER}, "credentialStatus": 7}, "line 0: "),
        ({"credentialSubject": {"id": LEARNER}, "vc": {}, "@context": ["https://x.example"]}, "line 0: "),
    ],
)
def test_one_bad_payload_spoils_the_run_and_nothing_is_written(
    issuer: Issuer, terms: Terms, tmp_path: Path, members: dict[str, Any], reason: str
) -> None:
    bad = Payload("bad", "line 0", members)
    with pytest.raises(Refused) as refused:
        issue_credentials(issuer, [*payloads(2), bad], out=tmp_path / "out", terms=terms)
    assert reason in str(refused.value)
    assert "nothing was issued" in str(refused.value)
    assert folder_is_untouched(tmp_path)


def test_what_is_wrong_with_a_file_is_told_in_one_round(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    unread = Payload("u", "line 7", {}, "not strict JSON")
    nobody = Payload("n", "line 8", {"subject": {"id": "nobody"}})
    with pytest.raises(Refused, match="line 7: not strict JSON; line 8: its subject has no DID"):
        issue_credentials(issuer, [*payloads(1), unread, nobody], out=tmp_path / "out", terms=terms)


def test_no_two_credentials_of_a_run_have_one_id(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    same = payloads(2, id="urn:uuid:00000000-0000-4000-8000-000000000000")
    with pytest.raises(Refused, match="same id"):
        issue_credentials(issuer, same, out=tmp_path / "out", terms=terms)
    with pytest.raises(Refused, match="same id"):
        issue_credentials(issuer, payloads(2), out=tmp_path / "out", terms=terms, random=bytes)
    assert folder_is_untouched(tmp_path)


def test_a_folder_with_something_in_it_is_left_alone(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    for out in (tmp_path, tmp_path / "kept.txt"):
        with pytest.raises(Unusable, match="not empty"):
            issue_credentials(issuer, payloads(1), out=out, terms=terms)
    (tmp_path / "empty").mkdir()
    assert issue_credentials(issuer, payloads(1), out=tmp_path / "empty", terms=terms)
    assert {path.name for path in tmp_path.iterdir()} == {"kept.txt", "empty"}


def test_no_place_is_given_out_for_a_folder_that_cannot_be_written(
    issuer: Issuer, terms: Terms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(issuer, "unspent")
    (tmp_path / "file").touch()
    (tmp_path / "here").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    for out in (tmp_path / "file" / "out", Path(), tmp_path / "link"):
        with pytest.raises(Unusable):
            issue_credentials(issuer, payloads(1), out=out, terms=terms, lists=("unspent",))
    assert load_record(issuer.folder, "unspent").allotted.count() == 0
    assert {path.name for path in tmp_path.iterdir()} == {"file", "here", "link"}


def test_a_new_folder_is_its_owners_and_an_empty_one_keeps_its_mode(
    issuer: Issuer, terms: Terms, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o750)
    for name, mode in (("new", 0o700), ("shared", 0o750)):
        issue_credentials(issuer, payloads(1), out=tmp_path / name, terms=terms)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode


def test_progress_is_told_and_order_is_kept(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    issued = issue_credentials(
        issuer,
        payloads(1001),
        out=tmp_path / "out",
        terms=terms,
        progress=lambda signed, total: told.append((signed, total)),
    )
    assert told == [(500, 1001), (1000, 1001), (1001, 1001)]
    assert [one.credential.subjects[0]["n"] for one in issued] == list(range(1001))
    assert len(list((tmp_path / "out").iterdir())) == 1001


def test_what_was_issued_can_be_anchored_as_it_lies(
    play: Play, issuer: Issuer, terms: Terms, tmp_path: Path
) -> None:
    issued = issue_credentials(issuer, payloads(3), out=tmp_path / "out", terms=terms)
    anchored = anchor_files(issuer, [tmp_path / "out"], patience=play.patience)
    assert {document.digest for document in anchored.documents} == {one.digest for one in issued}
    assert all(document.salt is None for document in anchored.documents)


def test_who_was_never_accredited_issues_nothing(play: Play) -> None:
    with pytest.raises(Refused, match="not accredited"):
        accreditation_to_issue(play.join("Bologna"))


@pytest.mark.parametrize("origins", [None, [], [7], "https://x.example"])
def test_a_node_without_an_origin_is_no_source_of_one(issuer: Issuer, play: Play, origins: object) -> None:
    node = node_with({"/v1/deployment": {"origins": origins}})
    with pytest.raises(UnexpectedAnswer, match="origin"):
        Issuer(issuer.folder, keystore=play.keystore("KTU"), node=node).registry_origin()


def test_what_is_kept_of_each_credential_prints_as_json(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    one: Issued
    (one,) = issue_credentials(issuer, payloads(1), out=tmp_path / "out", terms=terms, random=os.urandom)
    printed = json.loads(json.dumps(one.to_json()))
    assert printed["subject"] == LEARNER
    assert (printed["model"], printed["validUntil"], printed["credentialStatus"]) == ("1.1", None, [])
    assert printed["file"] == str(tmp_path / "out" / "p-0000.jwt")


def test_a_run_that_failed_or_was_killed_has_the_same_places_again(
    issuer: Issuer, terms: Terms, tmp_path: Path
) -> None:
    create(issuer, "places")
    given = payloads(3)
    out = tmp_path / "out"

    class Killed(BaseException):
        pass

    def kill(_signed: int, _all: int) -> None:
        raise Killed

    for _ in range(3):
        with pytest.raises(Killed):
            issue_credentials(issuer, given, out=out, terms=terms, lists=("places",), progress=kill)
        assert not out.exists()
    (reserved,) = load_record(issuer.folder, "places").reserved.values()
    issued = issue_credentials(issuer, given, out=out, terms=terms, lists=("places",))
    places = [one.credential.statuses[0]["statusListIndex"] for one in issued]
    assert places == [str(place) for place in reserved]
    record = load_record(issuer.folder, "places")
    assert (record.allotted.count(), dict(record.reserved)) == (3, {})

    shutil.move(out, tmp_path / "handed-out")  # the same words again are other credentials, in other places
    again = issue_credentials(issuer, given, out=out, terms=terms, lists=("places",))
    assert not set(places) & {one.credential.statuses[0]["statusListIndex"] for one in again}
    assert load_record(issuer.folder, "places").allotted.count() == 6


def test_places_of_credentials_that_were_written_are_never_given_out_again(
    issuer: Issuer, terms: Terms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the folder's name and the end of the run."""
    create(issuer, "written")
    given, out = payloads(1), tmp_path / "out"

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(IssuingRun, "settle", killed)
        with pytest.raises(Killed):
            issue_credentials(issuer, given, out=out, terms=terms, lists=("written",))
    (place,) = next(iter(load_record(issuer.folder, "written").reserved.values()))
    assert [path.name for path in out.iterdir()] == ["p-0000.jwt"]
    shutil.move(out, tmp_path / "moved")
    (issued,) = issue_credentials(issuer, given, out=out, terms=terms, lists=("written",))
    assert issued.credential.statuses[0]["statusListIndex"] != str(place)
    assert dict(load_record(issuer.folder, "written").reserved) == {}
