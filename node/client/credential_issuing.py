"""Credentials issued: completed, placed in status lists, signed, read back, and written all or none."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from credentials.errors import CredentialsError
from credentials.model import Credential
from node.client.accreditation import own_attribute
from node.client.credential_coverage import check_covered
from node.client.credential_drafts import Terms, complete, model_of, with_status
from node.client.credential_payloads import Payload, named_places
from node.client.errors import Refused, Unusable
from node.client.issue_reading_back import read_back
from node.client.issuer import Issuer
from node.client.issuing import Signer, sign_credential
from node.client.issuing_run import IssuingRun
from node.client.status_list_record import KIND_OF, StatusListRecord, load_record, locked
from node.client.status_lists import allot
from node.client.vc_jose import sign_vc_jose

SUFFIX = ".jwt"
_STEP = 500  # credentials between two words on progress

Progress = Callable[[int, int], None]
"""Told how many of how many credentials are signed."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One credential on the disk."""

    path: Path
    digest: bytes
    credential: Credential

    def to_json(self) -> dict[str, Any]:
        """What a university keeps of it beside the learner's record."""
        members = self.credential.members
        return {
            "file": str(self.path),
            "id": self.credential.id,
            "model": self.credential.version,
            "subject": self.credential.subjects[0].get("id"),
            "digest": self.digest.hex(),
            "validUntil": members.get("expirationDate", members.get("validUntil")),
            "credentialStatus": [dict(status) for status in self.credential.statuses],
        }


def accreditation_to_issue(issuer: Issuer, *, by: str | None = None, named: bytes | None = None) -> bytes:
    """The id (32 bytes) of the issuer's latest accreditation.

    Args:
        issuer: whose it is.
        by: the DID that gave it, on whose behalf the issuer seals; None for anybody.
        named: its id, if it has to be that one.

    Raises:
        Refused: it has none in force.
        ClientError: the node does not answer as it should.
    """
    return own_attribute(issuer.node, issuer.did, types=("RootTAO", "TAO", "TI"), by=by, named=named)


def issue_credentials(
    issuer: Issuer,
    payloads: Sequence[Payload],
    *,
    out: Path,
    terms: Terms,
    lists: Sequence[str] = (),
    progress: Progress = lambda _signed, _all: None,
    random: Callable[[int], bytes] = os.urandom,
) -> list[Issued]:
    """The signed credentials, in the order of their payloads, each a file of its own in `out`.

    Either all are written or none. The same run again after a failure gets the same places in status lists.

    Args:
        issuer: who signs, with the ES256 key.
        payloads: what they shall say.
        out: a folder that is new or empty.
        terms: what the payloads leave out.
        lists: names of status lists of the payloads' data model; each credential gets a place in each.
        progress: told now and then.
        random: the operating system's randomness.

    Raises:
        Unusable: the folder holds something, or cannot be written or replaced.
        Refused: a payload cannot become a credential, or one that verifiers refuse, since the accreditation
            does not cover it; the first few are named. Or a list is of another kind.
        ClientError: a status list or the keystore refused.
        StatusListFull: a list has too few places left (`anchoring.errors`).
    """
    _check_new(out)
    drafts = _drafts(payloads, terms=terms, random=random)
    lists = tuple(dict.fromkeys(lists))
    for name in lists:
        _check_kind(load_record(issuer.folder, name), payloads, drafts)
    places = [payload.place for payload in payloads]
    check_covered(issuer, list(zip(places, drafts, strict=True)), origin=terms.origin, now=terms.now)
    signer = issuer.signer()
    with _run(issuer, payloads, out=out, lists=lists) as run:
        issued = []
        with _whole_or_gone(out, run) as folder:  # before places are given out
            run.begin()
            for name in lists:
                entries = allot(issuer, name, len(drafts), run=run.name)
                drafts = [with_status(draft, entry) for draft, entry in zip(drafts, entries, strict=True)]
            for number, (payload, draft) in enumerate(zip(payloads, drafts, strict=True), 1):
                text, credential, digest = _signed(payload, draft, signer=signer)
                (folder / (payload.name + SUFFIX)).write_text(text, encoding="ascii")
                issued.append(Issued(out / (payload.name + SUFFIX), digest, credential))
                if number % _STEP == 0 or number == len(payloads):
                    progress(number, len(payloads))
    return issued


def _check_new(out: Path) -> None:
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise Unusable(f"{out} is not empty: each run issues into a folder of its own")
        if out.is_symlink() or (out.exists() and (out.is_mount() or out.samefile(Path.cwd()))):
            raise Unusable(f"{out} cannot be replaced as a whole: name a new folder inside it")
    except OSError as error:
        raise Unusable(f"cannot look into {out}: {error.strerror}") from None


@contextmanager
def _run(
    issuer: Issuer, payloads: Sequence[Payload], *, out: Path, lists: Sequence[str]
) -> Iterator[IssuingRun]:
    """The run that issues these payloads into `out`: the one that was cut off, or a new one."""
    if not lists:
        yield IssuingRun.without_places(out)
        return
    with locked(issuer.folder, lists[0], act="issue"):
        run = IssuingRun.of(issuer.folder, payloads, out=out, lists=lists)
        if run.is_done:  # the run before was cut off after its credentials were written
            run.settle(issuer)
            run = IssuingRun.of(issuer.folder, payloads, out=out, lists=lists)
        yield run
        run.settle(issuer)


@contextmanager
def _whole_or_gone(out: Path, run: IssuingRun) -> Iterator[Path]:
    """A folder that becomes `out` when the block ends, and is gone when it raises.

    What lies in it is about people: a new folder is its owner's alone, an empty one keeps its mode.
    """
    temporary = run.temporary
    shutil.rmtree(temporary, ignore_errors=True)  # of a run that was killed
    try:
        temporary.mkdir(mode=0o700, parents=True)
        yield temporary
        if out.exists():
            temporary.chmod(stat.S_IMODE(out.stat().st_mode))
        run.is_to_be_written()
        temporary.replace(out)
    except OSError as error:
        run.failed()
        named = error.filename2 or error.filename or out
        raise Unusable(f"cannot write {named}: {error.strerror or error}; nothing was issued") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _drafts(
    payloads: Sequence[Payload], *, terms: Terms, random: Callable[[int], bytes]
) -> list[dict[str, Any]]:
    drafts: list[dict[str, Any]] = []
    broken: list[str] = []
    seen: set[str] = set()
    for payload in payloads:
        if payload.fault:
            broken.append(f"{payload.place}: {payload.fault}")
            continue
        try:
            drafts.append(complete(payload.members, terms=terms, identifier=random(16)))
        except Refused as error:
            broken.append(f"{payload.place}: {error}")
            continue
        identifier = drafts[-1]["id"]
        if identifier in seen:
            broken.append(f"{payload.place}: another credential of this run has the same id")
        seen.add(identifier)
    if broken:
        raise Refused(f"nothing was issued: {named_places(broken)}")
    return drafts


def _check_kind(
    record: StatusListRecord, payloads: Sequence[Payload], drafts: Sequence[dict[str, Any]]
) -> None:
    for payload, draft in zip(payloads, drafts, strict=True):
        kind = KIND_OF[model_of(draft)]
        if record.kind != kind:
            raise Refused(
                f"nothing was issued: {payload.place}: it is of the data model {model_of(draft)} and needs a "
                f"list of the kind {kind}; {record.name} is a {record.kind}"
            )


def _signed(payload: Payload, draft: dict[str, Any], *, signer: Signer) -> tuple[str, Credential, bytes]:
    """The credential's text, as a verifier would read it: what no verifier could read is never handed out."""
    sign = sign_credential if model_of(draft) == "1.1" else sign_vc_jose
    try:
        text = sign(draft, signer=signer)
        secured = read_back(text.encode(), draft)
    except (Refused, CredentialsError) as error:
        raise Refused(f"nothing was issued: {payload.place}: {error}") from None
    return text, secured.credential, secured.digest
