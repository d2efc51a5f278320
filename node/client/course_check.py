"""Learners' rows held against a course template, before anybody issues anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from did.errors import DidError
from did.methods.key import jwk_from_did_key
from node.client.course_credential import CourseCredentials, RowRefused
from node.client.course_template import CourseTemplate
from node.client.credential_drafts import Terms
from node.client.issue_rejects import without_marks
from node.client.learner_row import LearnerRow
from node.progress import SILENT, Progress

MAX_TOLD: Final = 20
"""Reasons that are told."""

_NOBODY: Final = "did:ebsi:z00000000000000000000000"
_ORIGIN: Final = "https://registry.invalid"
_SCHEMA: Final = "0x" + bytes(32).hex()
_REGISTRY: Final = "/trusted-schemas-registry/"
_KEY_BYTES: Final = 8
_STEP: Final = 1000  # rows between two words on progress


@dataclass(slots=True)
class RowRefusal:
    """Why rows become no credentials.

    Attributes:
        line: of the first of them.
        field: the column at fault, or empty.
        reason: one sentence.
        rows: how many are refused with that sentence.
    """

    line: int
    field: str
    reason: str
    rows: int = 0


@dataclass(slots=True)
class Checked:
    """What rows would become.

    Attributes:
        good: rows that become credentials.
        repeated: of the good ones, those that say what an earlier one says: they are issued once.
        bad: rows that become none.
        told: the first reasons why.
        first: the credential of the first good row, of an issuer that does not exist.
    """

    good: int = 0
    repeated: int = 0
    bad: int = 0
    told: dict[tuple[str, str], RowRefusal] = field(default_factory=dict)
    first: Mapping[str, Any] | None = None


def invented_terms(template: CourseTemplate, now: datetime) -> Terms:
    """Terms under which a template alone becomes credentials, of nobody and under no accreditation."""
    schema = str(template.members.get("schema", ""))
    origin = schema.partition(_REGISTRY)[0] if _REGISTRY in schema else _ORIGIN
    return Terms(issuer=_NOBODY, origin=origin, attribute_id=bytes(32), now=now, schema=_SCHEMA)


def check_rows(
    template: CourseTemplate, rows: Iterable[LearnerRow], *, now: datetime, progress: Progress = SILENT
) -> Checked:
    """How many rows become credentials, and why the others do not; each did:key is decoded to its key.

    Args:
        template: of their course.
        rows: in their order.
        now: aware.
        progress: told now and then how many were looked at.

    Raises:
        Refused: the template names a schema or dates that no credential can have.
        Unusable: the rows cannot be read.
    """
    course, checked, seen = CourseCredentials(template, invented_terms(template, now)), Checked(), set()
    for number, row in enumerate(rows, 1):
        if number % _STEP == 0:
            progress.reach("rows", number)
        row = replace(row, members=without_marks(row.members))  # noqa: PLW2901 - it may be of a file of rejects
        try:
            draft = course.draft(row, identifier=bytes(16))
            _check_key(draft["credentialSubject"].get("id"))
        except RowRefused as refused:
            checked.bad += 1
            reason = refused.field, refused.reason
            if reason in checked.told or len(checked.told) < MAX_TOLD:
                checked.told.setdefault(reason, RowRefusal(row.number, *reason)).rows += 1
            continue
        checked.good += 1
        key = int.from_bytes(course.key(row)[:_KEY_BYTES])
        checked.repeated += key in seen
        seen.add(key)
        checked.first = checked.first or draft
    return checked


def _check_key(subject: str | None) -> None:
    try:
        if subject is not None and subject.startswith("did:key:"):
            jwk_from_did_key(subject)
    except DidError as error:
        raise RowRefused("subject", f"its did:key is no key that anybody could have: {error}"[:300]) from None
