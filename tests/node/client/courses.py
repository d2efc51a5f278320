"""A course, its learners, and terms under which nobody ever issued."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from node.client.course_credential import CourseCredentials
from node.client.course_example import example
from node.client.course_template import CourseTemplate, parse_template
from node.client.credential_drafts import Terms
from node.client.learner_rows import LearnerRow, read_rows

ISSUER = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"
SCHEMA = "z3MgUFUkb722uq4x3dv5yAJmnNmzDFeK5UC8x83QoeLJM"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TERMS: dict[str, Any] = {
    "issuer": ISSUER,
    "origin": "https://registry.example.org",
    "attribute_id": bytes(range(32)),
    "now": NOW,
    "schema": SCHEMA,
}
ANA: Mapping[str, Any] = {
    "subject": LEARNER,
    "given_name": "Ana",
    "family_name": "Ąžuolė",
    "grade": "9",
    "awarding_date": "2026-06-30",
}


def template(*changes: tuple[str, str], non_formal: bool = False) -> CourseTemplate:
    """The example's template, with some of its text replaced."""
    text = example(non_formal=non_formal)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_template(text.encode(), name="course.toml")


def course(*changes: tuple[str, str], **terms: Any) -> CourseCredentials:
    """What makes drafts by the example's template, with some of its text replaced."""
    return CourseCredentials(template(*changes), Terms(**TERMS | terms))


def row(number: int = 2, /, **members: Any) -> LearnerRow:
    """Ana's row with other members; `None` leaves one out."""
    said = {**ANA, **members}
    return LearnerRow(number, {name: value for name, value in said.items() if value is not None})


def rows_of(content: bytes) -> list[LearnerRow]:
    """The rows of what comes through standard input."""
    return list(read_rows(Path("-"), standard_input=io.BytesIO(content)))
