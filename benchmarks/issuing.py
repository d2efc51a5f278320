"""Credentials made of the rows of a table, secured and digested, beside bare ES256 signatures over them.

Rates are per core: all CPU time counts, that of the processes that sign and of the one that reads and writes.
Of a few goes the best counts on either side, for neighbours only ever make one slower.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx

from anchoring.bitstring import BitString
from anchoring.publication_schedule import PublicationSchedule
from benchmarks.figures import Figure, best_of
from node.client.api import Node
from node.client.course_example import example
from node.client.course_template import CourseTemplate, parse_template
from node.client.credential_drafts import Terms
from node.client.issue_forms import Securing
from node.client.issue_plan import Plan
from node.client.issue_run import issue_rows
from node.client.issue_seals import profile_key
from node.client.issue_workers import cores
from node.client.issuer import Issuer
from node.client.issuing import Signer, credential_members, sign_credential
from node.client.keystore import Keystore
from node.client.learner_rows import read_rows
from node.client.onboarding import create_profile
from node.client.status_list_record import StatusListRecord, save_record

COUNT, FEW = 100_000, 10_000
ORIGIN = "https://registry.ankyra.invalid"
SCHEMA = "zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD"
SCHEMA_URL = f"{ORIGIN}/trusted-schemas-registry/v3/schemas/{SCHEMA}"
ATTRIBUTE = bytes(range(32))
LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
EUROPE = "https://publications.europa.eu/resource/authority/atu/EUR"
LIST = 1_048_576
_SIGNATURES = 2_000
_GOES = 3


def run(count: int = COUNT, few: int = FEW) -> list[Figure]:
    """Issue into one file and into files, and a tenth of them for the memory."""
    lines, files = _best_of("ndjson", count), _best_of("files", count)
    fewer = _measured("ndjson", few)
    of_lines, of_files = (100 * count / one["cpu"] / one["bare"] for one in (lines, files))
    return [
        Figure(f"{count:,} credentials of a table into one file", count / lines["wall"], "/s"),
        Figure("of them per second of CPU, all processes", count / lines["cpu"], "/s"),
        Figure("bare ES256 over the same bytes, one core", lines["bare"], "/s"),
        Figure("into one file: of the bare rate, per core", of_lines, "%", limit=25.0, floor=True),
        Figure(f"{count:,} credentials of a table into files", count / files["wall"], "/s"),
        Figure("into files: of the bare rate, per core", of_files, "%", limit=12.0, floor=True),
        Figure("peak memory of all processes", lines["memory"], "MiB"),
        Figure(f"beside that for {few:,} credentials", lines["memory"] / fewer["memory"], "x", limit=1.25),
    ]


def _best_of(layout: str, count: int) -> dict[str, float]:
    """The go that took the least CPU, beside the fastest bare signatures and the most memory of any."""
    goes = [_measured(layout, count) for _ in range(_GOES)]
    most = {name: max(go[name] for go in goes) for name in ("bare", "memory")}
    return min(goes, key=lambda go: go["cpu"]) | most


def _measured(layout: str, count: int) -> dict[str, float]:
    """What a process of its own measured, so that its memory and its children's are this run's alone."""
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_issue, args=(writer, layout, count))
    process.start()
    writer.close()
    told: dict[str, float] = reader.recv()
    process.join()
    return told


def _issue(report: Connection, layout: str, count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="ankyra-bench-") as made:
        folder = Path(made)
        table = _table(folder / "learners.csv", count)
        issuer = _issuer(folder / "profile")
        terms = Terms(issuer=issuer.did, origin=ORIGIN, attribute_id=ATTRIBUTE, now=NOW)
        signer = issuer.signer()
        plan = Plan(
            out=folder / ("out.ndjson" if layout == "ndjson" else "out"),
            rejects=folder / "rejects.csv",
            template=_template(),
            securing=Securing(form="vc-jwt", did=issuer.did, kid=signer.kid, key=profile_key(issuer), at=NOW),
            lists=("revocation",),
            workers=cores(),
        )
        before, started = _cpu(), time.perf_counter()
        outcome = issue_rows(
            issuer, read_rows(table, standard_input=sys.stdin.buffer), terms=terms, plan=plan
        )
        told = {"wall": time.perf_counter() - started, "cpu": _cpu() - before, "memory": _memory()}
        assert outcome.issued == count, outcome
        report.send(told | {"bare": _bare(signer, _one_of(plan.out))})


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _memory() -> float:
    """MiB of this process and, as often as there are, of the largest of those that sign."""
    own, other = (
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (own + cores() * other) / 1024


def _one_of(out: Path) -> bytes:
    if out.is_file():
        with out.open() as lines:
            return json.loads(next(lines))["credential"].encode()  # type: ignore[no-any-return]
    return next(next(path for path in out.iterdir() if path.is_dir()).iterdir()).read_bytes()


def _bare(signer: Signer, credential: bytes) -> float:
    signing_input = credential.rpartition(b".")[0]

    def sign() -> None:
        for _ in range(_SIGNATURES):
            signer.key.sign(signing_input)

    (seconds,) = best_of(5, sign)
    return _SIGNATURES / seconds


def _template() -> CourseTemplate:
    """The example, with the schema that the issuer is accredited for."""
    named = f'schema = "{SCHEMA}"\ntypes = ["MicroCredential"]\n'
    text = example().replace('mode = "Blended"', f'{named}mode = "Blended"', 1)
    return parse_template(text.encode(), name="course.toml")


def _issuer(folder: Path) -> Issuer:
    """An issuer with a status list, whose node answers out of this process."""
    keystore = Keystore(folder / "keys", passphrase="none", scrypt_n=2)  # noqa: S106 - keys of a minute
    create_profile(folder, node_url="http://127.0.0.1:1", keystore=keystore)
    issuer = Issuer(folder, keystore=keystore)
    issuer.node = _node(issuer.did, issuer.signer())
    places = BitString.empty(LIST)
    save_record(
        folder,
        StatusListRecord(
            name="revocation",
            url=f"{ORIGIN}/lists/revocation",
            purpose="revocation",
            kind="StatusList2021",
            schedule=PublicationSchedule(timedelta(days=1), timedelta(0)),
            allotted=places,
            bits=places,
        ),
    )
    return issuer


def _node(did: str, signer: Signer) -> Node:
    """A node that has accredited the issuer."""
    scope = [{"schemaId": SCHEMA_URL, "types": ["MicroCredential"], "limitJurisdiction": EUROPE}]
    accreditation = credential_members(
        identifier=bytes(16),
        types=("VerifiableAccreditation", "VerifiableAccreditationToAttest"),
        issuer=did,
        subject={"id": did, "reservedAttributeId": ATTRIBUTE.hex(), "accreditedFor": scope},
        schema=SCHEMA_URL,
        now=NOW,
        expires=None,
    )
    own = {"attributeId": ATTRIBUTE.hex(), "issuerType": "TI", "accreditation": {"inForce": True}}
    answers: dict[str, Any] = {
        "/v1/deployment": {"origins": [ORIGIN]},
        f"/v1/issuers/{did}": {"attributes": [own]},
        f"/trusted-issuers-registry/v5/issuers/{did}/attributes/{ATTRIBUTE.hex()}": {
            "attribute": {"body": sign_credential(accreditation, signer=signer)}
        },
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=answers.get(request.url.path, {}))

    return Node("http://127.0.0.1:1", transport=httpx.MockTransport(answer))


def _table(path: Path, count: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("subject", "given_name", "family_name", "grade", "reference"))
        writer.writerows(_rows(count))
    return path


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        yield LEARNER, "Ona", f"Petraitė {number}", 5 + number % 6, number
