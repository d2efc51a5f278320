import json
import os
import signal
import subprocess
import sys
import time
from base64 import encodebytes
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from credentials.securing.reading import read_secured
from devnet.seal_certificates import seal_certificates
from did.jwk import jwk_from_public_key
from node.client.accreditation import own_attribute
from node.client.issue_outputs import issued_files
from node.client.status_list_record import load_record
from node.client.status_lists import create
from tests.node.cli.conftest import Type
from tests.node.cli.test_killed import PROGRAM, environment
from tests.node.client.conftest import Play
from tests.node.client.learners import learners, template_text, write_csv

pytestmark = pytest.mark.enable_socket


def profile(play: Play, name: str = "KTU") -> tuple[str, str]:
    return "--profile", str(play.folder / name)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    path = tmp_path / "course.toml"
    path.write_text(template_text(), encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "learners.csv", learners(3))


@pytest.fixture
def seal(living: Play, tmp_path: Path) -> Path:
    """A certificate of the key by which KTU signs, in PEM."""
    issuer = living.open("KTU")
    (der,) = seal_certificates(issuer.signer().key.public_jwk, organisation="KTU", now=living.now)
    return pem(tmp_path / "seal.pem", der)


def pem(path: Path, der: bytes) -> Path:
    path.write_text(f"-----BEGIN CERTIFICATE-----\n{encodebytes(der).decode()}-----END CERTIFICATE-----\n")
    return path


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def taken_out(out: Path, folder: Path) -> Path:
    """The first credential of an NDJSON file with its receipt, as a learner gets them."""
    (receipts,) = out.parent.glob(f"{out.stem}.receipts-*.ndjson")
    first = lines(out)[0]
    (receipt,) = [one["receipt"] for one in lines(receipts) if one["digest"] == first["digest"]]
    path = folder / "mine.jwt"
    path.write_text(first["credential"])
    path.with_name("mine.jwt.receipt.json").write_text(receipt)
    return path


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("vc-jwt", "StatusList2021"),
        ("vc-jose", "BitstringStatusList"),
        ("sd-jwt-vc", "BitstringStatusList"),
        ("jades", "StatusList2021"),
    ],
)
def test_credentials_of_each_form_are_issued_anchored_and_judged_valid(
    living: Play, type_in: Type, course: Path, table: Path, seal: Path, tmp_path: Path, form: str, kind: str
) -> None:
    own, name, out = profile(living), f"revoked-{form}", tmp_path / f"{form}.ndjson"
    assert type_in("status", "create", name, "--kind", kind, *own).code == 0
    sealing: tuple[object, ...] = ()
    if form == "jades":
        member = living.issuers["Agency"].did
        sealing = ("--seal-certificate", seal, "--on-behalf-of", member)
    command = ("credential", "issue", "--template", course, table, "--out", out, "--form", form, *sealing)
    issued = type_in(*command, "--status", name, "--anchor", *own, "--json")
    assert issued.code == 0, issued.err
    told = json.loads(issued.out)
    assert (told["issued"], told["total"], told["anchored"]["anchored"]) == (3, 3, 3)
    assert type_in("status", "publish", name, *own).code == 0
    living.world.follow()
    credential = taken_out(out, tmp_path)
    checked = type_in("verify", credential, "--node", living.world.url, "--json")
    assert checked.code == 0, checked.out
    verdict = json.loads(checked.out)["verdict"]
    assert verdict["outcome"] == "valid"
    if form == "jades":
        members = read_secured(credential.read_bytes()).credential.members
        assert members["issuer"] == living.issuers["Agency"].did
    with out.open("ab") as file:  # as of a run that was killed before its journal had the chunk
        file.write(out.read_bytes()[:100])
    anew = json.loads(type_in("batch", "anchor", out, *own, "--json").out)
    assert (anew["anchored"], anew["anchoredBefore"]) == (0, 3)
    again = json.loads(type_in(*command, "--status", name, "--anchor", *own, "--json").out)
    assert (again["issued"], again["issuedBefore"]) == (0, 3)
    assert (again["anchored"]["anchored"], again["anchored"]["anchoredBefore"]) == (0, 3)


def test_people_are_told_what_became_of_their_rows_and_what_is_next(
    living: Play, type_in: Type, course: Path, tmp_path: Path
) -> None:
    own, out = profile(living), tmp_path / "spring"
    said = [*learners(2), {"subject": "nobody", "family_name": "Nobody"}]
    table = write_csv(tmp_path / "spring.csv", said)
    command = ("credential", "issue", "--template", course, table, "--out", out, *own)
    issued = type_in(*command)
    assert issued.code == 1
    assert f"2 credentials issued into {out}." in issued.out
    assert f"What was refused, and why: {tmp_path / 'spring.rejects.csv'}" in issued.out
    assert "rows: 3 of 3" in issued.err
    assert f"Next: ankyra batch anchor {out}" in issued.out
    assert "they cannot be revoked" in issued.out
    assert [path.name for path in issued_files(out)] == ["spring-0000002.jwt", "spring-0000003.jwt"]
    again = type_in(*command)
    assert "issued before" in again.out
    anchored = type_in("batch", "anchor", out, *own)
    assert anchored.code == 0, anchored.err
    living.world.follow()
    (first, _) = [path for path in issued_files(out) if path.suffix == ".jwt"]
    more = write_csv(tmp_path / "more.csv", [*said[:2], *learners(3)[2:]])
    longer = type_in(
        "credential", "issue", "--template", course, more, "--out", out, *own, "--anchor", "--json"
    )
    told = json.loads(longer.out)["anchored"]
    assert (told["anchored"], told["anchoredBefore"]) == (1, 2)
    assert [batch["size"] for batch in told["batches"]] == [1]
    once_more = json.loads(type_in("batch", "anchor", out, *own, "--json").out)
    assert (once_more["anchored"], once_more["anchoredBefore"], once_more["batches"]) == (0, 3, [])
    next(iter(out.rglob("*.receipt.json"))).unlink()
    again = json.loads(type_in("batch", "anchor", out, *own, "--json").out)
    assert (again["anchored"], [batch["size"] for batch in again["batches"]]) == (2, [2])
    relaxed = type_in("verify", first, "--node", living.world.url, "--relax", "status")
    assert relaxed.code == 0, relaxed.out


def test_refused_rows_that_are_handed_in_again_stay_as_they_were_mended(
    living: Play, type_in: Type, course: Path, tmp_path: Path
) -> None:
    own, out = profile(living), tmp_path / "again.ndjson"
    nobody = {"subject": "nobody", "family_name": "Nobody"}
    table = write_csv(tmp_path / "again.csv", [nobody, *learners(1)])
    issue = ("credential", "issue", "--template", course, "--out", out, *own, "--json")
    first = json.loads(type_in(*issue, table).out)
    rejects = Path(first["rejects"])
    before = rejects.read_bytes()
    assert json.loads(type_in(*issue, rejects).out)["rejects"] == str(tmp_path / "again.rejects-2.csv")
    assert rejects.read_bytes() == before
    refused = type_in(*issue, rejects, "--rejects", rejects)
    assert (refused.code, "another use" in refused.err) == (2, True)
    refused = type_in(*issue, rejects, "--rejects", table)
    assert (refused.code, "stays as it is" in refused.err) == (2, True)
    assert rejects.read_bytes() == before


def test_what_does_not_fit_together_is_told_before_anything_is_done(
    living: Play, type_in: Type, course: Path, table: Path, seal: Path, tmp_path: Path
) -> None:
    own, out = profile(living), tmp_path / "out.ndjson"
    issue = ("credential", "issue", table, "--out", out, *own)
    for given in (
        ("--form", "jades"),
        ("--workers", "2"),
        ("--template", course, "--form", "pdf"),
        ("--template", course, "--form", "jades"),
        ("--template", course, "--seal-certificate", seal),
        ("--template", course, "--form", "vc-jose", "--model", "1.1"),
        ("--template", course, "--form", "jades", "--seal-certificate", seal, "--on-behalf-of", "KTU"),
        ("--template", course, "--form", "jades", "--seal-certificate", course),
        ("--template", course, table),
        ("--template", tmp_path / "absent.toml"),
    ):
        typed = type_in(*issue, *given)
        assert typed.code == 2, (given, typed.err)
        assert typed.err.count("\n") <= 3
    stranger = ("--on-behalf-of", living.issuers["Council"].did)
    refused = type_in(*issue, "--template", course, "--form", "jades", "--seal-certificate", seal, *stranger)
    assert (refused.code, "has no accreditation" in refused.err) == (1, True)
    named = own_attribute(living.issuers["KTU"].node, living.issuers["KTU"].did, types=("TI",))
    other = type_in(
        *issue, "--template", course, "--form", "jades", "--seal-certificate", seal, *stranger,
        "--attribute", named.hex(),
    )  # fmt: skip
    assert (other.code, "has no accreditation" in other.err) == (1, True)
    assert not out.exists()


def test_a_key_of_a_seal_is_encrypted_and_known_to_the_ledger(
    living: Play, type_in: Type, course: Path, table: Path, seal: Path, tmp_path: Path
) -> None:
    key = living.open("KTU").keystore.open(living.issuers["KTU"].profile.credential_key).private_key
    plain, locked, other = tmp_path / "plain.pem", tmp_path / "locked.pem", tmp_path / "other.pem"
    plain.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")))
    (tmp_path / "word").write_text("word\n")
    (tmp_path / "wrong").write_text("wrong\n")
    out = tmp_path / "out.ndjson"
    begun = ("credential", "issue", "--template", course, table, "--out", out, *profile(living))
    issue = (*begun, "--form", "jades", "--seal-certificate")
    word = ("--seal-passphrase-file", tmp_path / "word")
    refused = type_in(*issue, seal, "--seal-key", plain, *word)
    assert (refused.code, "no encrypted PKCS#8 key" in refused.err) == (2, True)
    refused = type_in(*issue, seal, "--seal-key", locked, "--seal-passphrase-file", tmp_path / "wrong")
    assert (refused.code, "does not open" in refused.err) == (2, True)
    stranger = generate_private_key(SECP256R1())
    (der,) = seal_certificates(jwk_from_public_key(stranger.public_key()), organisation="X", now=living.now)
    refused = type_in(*issue, pem(other, der), "--seal-key", locked, *word)
    assert (refused.code, "not under assertionMethod" in refused.err) == (1, True)
    sealed = type_in(*issue, seal, "--seal-key", locked, *word)
    assert sealed.code == 0, sealed.err
    assert read_secured(lines(out)[0]["credential"].encode()).mechanism == "jades"


def test_a_killed_command_is_typed_again_and_every_row_is_issued_once(
    living: Play, type_in: Type, course: Path, tmp_path: Path
) -> None:
    create(living.open("KTU"), "killed")
    table, out = write_csv(tmp_path / "many.csv", learners(4500)), tmp_path / "many.ndjson"
    begun = ("credential", "issue", "--template", course, table, "--out", out, *profile(living))
    command = (*begun, "--status", "killed", "--workers", "2", "--json")
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, command)],
        env=environment(ANKYRA_PASSPHRASE="pass"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not (out.exists() and out.stat().st_size) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    cut = len(out.read_bytes().split(b"\n")) - 1
    typed = type_in(*command)
    assert typed.code == 0, typed.err
    told = json.loads(typed.out)
    assert told["total"] == told["issued"] + told["issuedBefore"] == 4500
    assert told["issuedBefore"] <= cut
    issued = lines(out)
    assert [int(one["row"]) for one in issued] == list(range(2, 4502))
    places = {
        read_secured(one["credential"].encode()).credential.statuses[0]["statusListIndex"] for one in issued
    }
    assert len(places) == 4500
    record = load_record(living.folder / "KTU", "killed")
    assert (record.allotted.count(), dict(record.reserved)) == (4500, {})
