import io
import json
import os
import sys
from pathlib import Path

import pytest

from credentials.verdict import CHECKS
from tests.node.cli.conftest import Type
from tests.node.client.conftest import SCHEMA, Play

pytestmark = pytest.mark.enable_socket
LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"
ACHIEVEMENT = {
    "type": "LearningAchievement",
    "title": {"de": "Algebra für alle", "en": "Algebra for all"},
    "awardedBy": {"awardingBody": {"legalName": {"en": "Kaunas University"}}, "awardingDate": "2026-11-20"},
    "specifiedBy": {
        "eqfLevel": {"prefLabel": {"en": "Level 6"}},
        "creditPoint": {"framework": {"prefLabel": {"en": "European Credit Transfer System"}}, "point": "3"},
        "learningOutcome": [{"title": {"en": "Solves equations"}}],
    },
}


def profile(play: Play, name: str = "KTU") -> tuple[str, str]:
    return "--profile", str(play.folder / name)


@pytest.fixture
def busy(living: Play, type_in: Type, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """KTU has anchored something, so that what it did not anchor can be told."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "other.pdf").write_bytes(os.urandom(16))
    assert type_in("batch", "anchor", folder, *profile(living)).code == 0
    living.world.follow()
    return living


@pytest.fixture
def spring(tmp_path: Path) -> Path:
    """Three payloads in the short form."""
    path = tmp_path / "spring.ndjson"
    rows = [{"subject": {"id": LEARNER, "givenName": f"Ona {n}", "hasClaim": ACHIEVEMENT}} for n in range(3)]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


COMMON = ("--type", "MicroCredential", "--schema", SCHEMA)


def test_credentials_are_issued_shown_anchored_and_judged(
    busy: Play, type_in: Type, spring: Path, tmp_path: Path
) -> None:
    out, own, url = tmp_path / "out", profile(busy), busy.world.url
    issued = type_in("credential", "issue", spring, "--out", out, *COMMON, *own)
    assert issued.code == 0, issued.err
    assert "3 credentials issued" in issued.out
    assert "3 of 3 signed" in issued.err
    assert "They name no status list: they cannot be revoked." in issued.out
    assert f"Next: ankyra batch anchor {out}" in issued.out
    assert f"ankyra verify {out}/spring-0001.jwt --node {url}" in issued.out
    file = out / "spring-0002.jwt"

    shown = type_in("credential", "show", file)
    assert shown.code == 0, shown.err
    assert shown.out.startswith("Nothing was verified")
    for words in ("Algebra for all", "3 ECTS", "EQF level 6", "Kaunas University", "Ona 1", LEARNER, "ES256"):
        assert words in shown.out

    assert type_in("verify", file, "--node", url).code == 1  # not anchored yet
    assert type_in("batch", "anchor", out, *own).code == 0
    busy.world.follow()
    checked = type_in("verify", file, "--node", url)
    assert checked.code == 0, checked.out + checked.err
    assert "✔ spring-0002.jwt: Genuine, in force" in checked.out
    for number, check in enumerate(CHECKS):
        assert any(line.split()[:2] == [str(number), check.name] for line in checked.out.splitlines())
    assert "Proved here" in checked.out
    assert "by KTU, accredited by Agency, up to the Root TAO Council" in checked.out

    printed = json.loads(type_in("verify", file, "--node", url, "--json").out)
    assert printed["outcome"] == printed["verdict"]["outcome"] == "valid"
    assert printed["anchors"][0]["attestedBy"] == "node"


def test_a_policy_relaxes_checks_by_name(busy: Play, type_in: Type, spring: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert type_in("credential", "issue", spring, "--out", out, *COMMON, *profile(busy)).code == 0
    asked = ("verify", out / "spring-0001.jwt", "--node", busy.world.url)
    assert type_in(*asked).code == 1
    relaxed = type_in(*asked, "--relax", "anchor", "--relax", "status")
    assert relaxed.code == 0, relaxed.out
    assert "does not require: status, anchor" in relaxed.out
    assert "✘ failed, does not decide" in relaxed.out
    assert "nothing of this was proved here" in relaxed.out
    unkept = type_in(*asked, "--relax", "anchor", "--relax", "status", "--save-receipt")
    assert "no receipt kept: no anchor was proved" in unkept.out
    policy = tmp_path / "policy.json"
    policy.write_text('{"relax": ["anchor"]}')
    saved = type_in(*asked, "--policy", policy, "--save-receipt", "--json")
    assert (saved.code, json.loads(saved.out)["receiptSaved"]) == (0, None)
    for text in ('{"relax": "anchor"}', '{"relax": [7]}', '{"allow": []}', "[]", "{", "{}"):
        policy.write_text(text)
        assert type_in(*asked, "--policy", policy).code == 2
    assert type_in(*asked, "--policy", tmp_path / "absent.json").code == 2
    for name in ("signature", "format", "everything"):
        typed = type_in(*asked, "--relax", name)
        assert (typed.code, "cannot be relaxed" in typed.err) == (2, True)
        assert "these can be: issuer, validity, schema, accreditation, status, anchor, timeline" in typed.err
    assert type_in("verify", out / "spring-0001.jwt", "--relax", "anchor").code == 2
    assert type_in(*asked, "--as-of", "2999-01-01").code == 2


def test_standard_input_json_and_whole_credentials(
    living: Play, type_in: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["MicroCredential"],
        "credentialSubject": {"id": LEARNER, "title": "Algebra"},
        "credentialSchema": SCHEMA,
    }
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(whole).encode())))
    typed = type_in("credential", "issue", "-", "--out", tmp_path / "out", *profile(living), "--json")
    assert typed.code == 0, typed.err
    (one,) = json.loads(typed.out)["issued"]
    assert (one["model"], one["subject"], one["file"]) == (
        "2.0",
        LEARNER,
        str(tmp_path / "out" / "credential.jwt"),
    )
    shown = json.loads(type_in("credential", "show", one["file"], "--json").out)
    assert (shown["verified"], shown["mechanism"], shown["digest"]) == (False, "vc-jose", one["digest"])
    assert shown["achievements"][0]["title"] == "Algebra"


def test_a_revoked_credential_is_invalid_once_that_is_published(
    living: Play, type_in: Type, spring: Path, tmp_path: Path
) -> None:
    living.member("Agency", "Porto")
    out, own, url = tmp_path / "out", profile(living, "Porto"), living.world.url
    assert type_in("status", "create", "revoked", *own).code == 0
    issued = type_in(
        "credential", "issue", spring, "--out", out, *COMMON, "--status", "revoked", *own, "--json"
    )
    assert issued.code == 0, issued.err
    entries = [one["credentialStatus"][0] for one in json.loads(issued.out)["issued"]]
    assert len({entry["statusListIndex"] for entry in entries}) == 3
    assert type_in("batch", "anchor", out, *own).code == 0
    published = type_in("status", "publish", "revoked", *own)
    assert published.code == 0, published.err
    living.world.follow()
    file = out / "spring-0003.jwt"
    assert "revocation, place" in type_in("credential", "show", file).out
    checked = type_in("verify", file, "--node", url)
    assert checked.code == 0, checked.out
    assert type_in("status", "revoke", file, *own).code == 0
    assert type_in("status", "publish", "revoked", "--now", *own).code == 0
    living.world.follow()
    ended = type_in("verify", file, "--node", url, "--json")
    assert ended.code == 1, ended.out
    found = json.loads(ended.out)
    assert (found["outcome"], found["verdict"]["checks"][6]["reason"]) == ("invalid", "revoked")
    assert type_in("verify", out / "spring-0001.jwt", "--node", url).code == 0


def test_what_would_be_refused_abroad_is_not_signed(
    living: Play, type_in: Type, spring: Path, tmp_path: Path
) -> None:
    issue = ("credential", "issue", spring, "--out", tmp_path / "out", *profile(living))
    unregistered = "z3MgUFUkb722uq4x3dv5yAJmnNmzDFeK5UC8x83QoeLJM"
    for words, given in (
        ("not for Diploma by this schema", ("--type", "Diploma", "--schema", SCHEMA)),
        ("is not registered", ("--type", "MicroCredential", "--schema", unregistered)),
        ("is no accreditation of did:ebsi:", (*COMMON, "--attribute", "0" * 64)),
        ("not as https://registry.example", (*COMMON, "--origin", "https://registry.example")),
    ):
        refused = type_in(*issue, *given)
        assert (refused.code, words in refused.err) == (1, True), refused.err
        assert refused.err.startswith("ankyra: nothing was issued: ")
    assert not (tmp_path / "out").exists()


def test_of_a_long_run_ten_are_listed_and_the_others_counted(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    row, out = json.dumps({"subject": {"id": LEARNER}}), tmp_path / "out"
    (tmp_path / "many.ndjson").write_text(f"{row}\n" * 12)
    issued = type_in("credential", "issue", tmp_path / "many.ndjson", "--out", out, *COMMON, *profile(living))
    assert issued.code == 0, issued.err
    assert f"… and 2 more in {out}." in issued.out
    assert "many-0010.jwt" in issued.out
    assert "many-0011.jwt" not in issued.out


def test_what_cannot_be_issued_ends_in_one_line(
    living: Play, type_in: Type, spring: Path, tmp_path: Path
) -> None:
    own, out = profile(living), ("--out", tmp_path / "out")
    issue = ("credential", "issue")
    bad = tmp_path / "bad.ndjson"
    bad.write_text(spring.read_text() + '{"subject": {"id": "nobody"}}\n')
    refused = type_in(*issue, bad, *out, *COMMON, *own)
    assert (refused.code, "line 4: its subject has no DID" in refused.err) == (1, True)
    assert type_in(*issue, tmp_path / "absent.json", *out, *COMMON, *own).code == 2
    assert type_in(*issue, spring, *out, *COMMON, *own, "--model", "3.0").code == 2
    assert type_in(*issue, spring, *out, *COMMON, *own, "--attribute", "xyz").code == 2
    assert type_in(*issue, spring, *out, *COMMON, *own, "--status", "unknown-list").code != 0
    assert type_in(*issue, spring, *out, *COMMON, *profile(living, "Nobody")).code == 2
    assert type_in(*issue, spring, "--out", tmp_path, *COMMON, *own).code == 2
    refused = type_in(*issue, spring, *out, "--type", "MicroCredential", *own, "--json")
    assert (refused.code, "--schema" in json.loads(refused.out)["error"]["message"]) == (1, True)
    assert not (tmp_path / "out").exists()


def test_what_is_no_credential_is_not_shown_as_one(type_in: Type, tmp_path: Path) -> None:
    file = tmp_path / "diploma.pdf"
    file.write_bytes(b"%PDF-1.7")
    typed = type_in("credential", "show", file)
    assert (typed.code, "diploma.pdf: not a credential" in typed.err) == (1, True)
    assert type_in("credential", "show", tmp_path / "absent.jwt").code == 2


def test_a_name_in_a_credential_does_not_move_the_cursor(living: Play, type_in: Type, tmp_path: Path) -> None:
    payload = tmp_path / "p.json"
    payload.write_text(json.dumps({"subject": {"id": LEARNER, "fullName": "Ona\x1b[2J", "title": "A\x07"}}))
    out = ("--out", tmp_path / "out")
    assert type_in("credential", "issue", payload, *out, *COMMON, *profile(living)).code == 0
    shown = type_in("credential", "show", tmp_path / "out" / "p.jwt").out
    assert "Ona" in shown
    assert not set("\x1b\x07") & set(shown)
