"""Credentials of an issuer of the play, anchored by one, and the verdict on them."""

from pathlib import Path
from typing import Any

from node.client.batches import anchor_files
from node.client.credential_drafts import Terms
from node.client.credential_issuing import accreditation_to_issue, issue_credentials
from node.client.credential_payloads import Payload
from node.client.verdict import FileVerdict
from node.client.verify import verify_file
from tests.node.client.conftest import SCHEMA, Play

LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"
VERDICTS = "/v1/verifications"


def issue(play: Play, name: str, out: Path, *, count: int = 1, model: Any = None) -> list[Path]:
    issuer = play.open(name)
    terms = Terms(
        issuer=issuer.did,
        origin=issuer.registry_origin(),
        attribute_id=accreditation_to_issue(issuer),
        now=play.now,
        model=model,
        types=("MicroCredential",),
        schema=SCHEMA,
    )
    payloads = [Payload(f"{n}", f"{n}", {"subject": {"id": LEARNER, "n": n}}) for n in range(count)]
    return [one.path for one in issue_credentials(issuer, payloads, out=out, terms=terms)]


def anchor(play: Play, name: str, folder: Path) -> None:
    anchor_files(play.open(name), [folder], patience=play.patience)


def verify(play: Play, path: Path, **options: Any) -> FileVerdict:
    return verify_file(path, now=play.now, **{"node": play.node} | options)


def outcomes(verdict: FileVerdict) -> dict[str, str]:
    assert verdict.told is not None
    return {check.check.name: check.outcome.value for check in verdict.told.checks}
