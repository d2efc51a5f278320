"""EBSI's own verifier, unmodified, judges our credentials by asking a node over HTTP."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from devnet.toolchain import ROOT, binary
from node.client.accreditation import revoke
from node.client.batches import anchor_files
from node.client.status_lists import create, places_of, reinstate, set_status
from node.client.status_publication import publish
from tests.foreign.degrees import issue
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket

_VERIFIER = Path(__file__).with_name("ebsi_verify.mjs")


def told_by_ebsi(play: Play, credentials: Sequence[str]) -> list[dict[str, Any]]:
    """What the verifier says of each; a process of its own, since it remembers for five minutes."""
    asked = {
        "node": play.world.url,
        "validAt": play.world.ledger.ledger.time(),
        "credentials": list(credentials),
    }
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        [str(binary("node")), str(_VERIFIER)],
        input=json.dumps(asked),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def told_by_us(play: Play, credential: str) -> tuple[str, str | None]:
    """The node's own verdict, and the check that decides it."""
    answer = play.world.http.post(
        "/v1/verifications", content=credential.encode(), headers={"Content-Type": "application/vc+jwt"}
    )
    assert answer.status_code == 200, answer.text
    verdict = answer.json()
    deciding = [one["name"] for one in verdict["checks"] if one["required"] and one["outcome"] == "failed"]
    return verdict["outcome"], deciding[0] if deciding else None


def put(play: Play, name: str) -> None:
    """Publish KTU's list of this name as it is now."""
    publish(play.open("KTU"), name, now=play.now, at_once=True, patience=play.patience)


def issued_and_anchored(play: Play, folder: Path, count: int, *, lists: Sequence[str] = ()) -> list[str]:
    """The JWTs of new credentials, which stand on the ledger."""
    issued = issue(play, folder, count, lists=lists)
    anchor_files(play.open("KTU"), [folder], patience=play.patience)
    play.world.follow()
    return [one.path.read_text() for one in issued]


def test_it_verifies_what_the_client_issued(abroad: Play, tmp_path: Path) -> None:
    jwts = issued_and_anchored(abroad, tmp_path / "out", 2)
    assert [one["verified"] for one in told_by_ebsi(abroad, jwts)] == [True, True]
    assert [told_by_us(abroad, jwt) for jwt in jwts] == [("valid", None)] * 2


def test_it_refuses_the_revoked_one_and_so_do_we(abroad: Play, tmp_path: Path) -> None:
    create(abroad.open("KTU"), "revoked")
    put(abroad, "revoked")
    kept, lost = issued_and_anchored(abroad, tmp_path / "out", 2, lists=["revoked"])
    assert [one["verified"] for one in told_by_ebsi(abroad, [kept, lost])] == [True, True]
    assert [told_by_us(abroad, jwt) for jwt in (kept, lost)] == [("valid", None)] * 2
    issuer = abroad.open("KTU")
    set_status(issuer, places_of(issuer, lost.encode(), purpose="revocation"), purpose="revocation")
    put(abroad, "revoked")
    good, bad = told_by_ebsi(abroad, [kept, lost])
    assert good["verified"]
    assert bad == {"verified": False, "error": "The credential is revoked"}
    assert told_by_us(abroad, kept) == ("valid", None)
    assert told_by_us(abroad, lost) == ("invalid", "status")


def test_it_refuses_the_suspended_one_until_it_is_reinstated(abroad: Play, tmp_path: Path) -> None:
    create(abroad.open("KTU"), "suspended", purpose="suspension")
    put(abroad, "suspended")
    (jwt,) = issued_and_anchored(abroad, tmp_path / "out", 1, lists=["suspended"])
    issuer = abroad.open("KTU")
    places = places_of(issuer, jwt.encode(), purpose="suspension")
    set_status(issuer, places, purpose="suspension")
    put(abroad, "suspended")
    (told,) = told_by_ebsi(abroad, [jwt])
    assert not told["verified"]
    assert told_by_us(abroad, jwt) == ("invalid", "status")
    reinstate(issuer, places)
    put(abroad, "suspended")
    assert told_by_ebsi(abroad, [jwt])[0]["verified"]
    assert told_by_us(abroad, jwt) == ("valid", None)


def test_it_verifies_every_accreditation_of_the_chain(abroad: Play) -> None:
    jwts = []
    for name in ("Agency", "KTU"):
        did, attribute = abroad.issuers[name].did, abroad.attributes[name].hex()
        path = f"/trusted-issuers-registry/v5/issuers/{did}/attributes/{attribute}"
        jwts.append(abroad.world.ok(path)["attribute"]["body"])
    assert [one.get("error") for one in told_by_ebsi(abroad, jwts)] == [None, None]


@pytest.mark.parametrize("part", [0, 1, 2], ids=["header", "payload", "signature"])
def test_it_refuses_whatever_is_spoilt_and_so_do_we(abroad: Play, tmp_path: Path, part: int) -> None:
    (one,) = issue(abroad, tmp_path / "out", 1)
    parts = one.path.read_text().split(".")
    middle = len(parts[part]) // 2
    parts[part] = (
        parts[part][:middle] + ("A" if parts[part][middle] != "A" else "B") + parts[part][middle + 1 :]
    )
    spoilt = ".".join(parts)
    assert not told_by_ebsi(abroad, [spoilt])[0]["verified"]
    assert told_by_us(abroad, spoilt)[0] == "invalid"


def test_it_refuses_an_issuer_that_lost_its_accreditation(abroad: Play, tmp_path: Path) -> None:
    """The last test of this play: we judge by what was so when the credential was anchored, they by now."""
    (anchored,) = issued_and_anchored(abroad, tmp_path / "before", 1)
    (never,) = issue(abroad, tmp_path / "after", 1)
    attribute, issuer = abroad.attributes["KTU"], abroad.issuers["KTU"]
    revoke(abroad.open("Agency"), did=issuer.did, attribute_id=attribute)
    abroad.world.follow()
    later = never.path.read_text()
    assert [one["verified"] for one in told_by_ebsi(abroad, [anchored, later])] == [False, False]
    assert told_by_us(abroad, anchored) == ("valid", None)
    assert told_by_us(abroad, later) == ("invalid", "accreditation")
