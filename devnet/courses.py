"""The courses of the scenario as a registrar hands them in: a template, and a table of learners."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from devnet.content import LITHUANIA, Course
from devnet.schemas import SCHEMA_NAME, TYPES

_QUALITY = "External quality assurance of the institution (example)"
_AGENCY = "Agency for Quality in Higher Education (example)"
_GRADES = ("8", "9", "10")


def course_template(course: Course, *, did: str, awarding_body: str) -> str:
    """Return a course as a template in JSON, as `ankyra credential issue --template` takes it.

    Args:
        course: what is learnt.
        did: of the awarding body.
        awarding_body: its name.
    """
    code, field = course.isced_f
    return json.dumps(
        {
            "language": "en",
            "schema": SCHEMA_NAME,
            "types": list(TYPES),
            "title": {"en": course.title},
            "awarding_body": {"id": did, "legal_name": {"en": awarding_body}, "country": LITHUANIA},
            "learning_outcomes": [
                {
                    "title": {"en": course.outcome},
                    "skills": [
                        {"id": f"http://data.europa.eu/esco/skill/{key}", "label": {"en": label}}
                        for key, label in course.skills
                    ],
                }
            ],
            "workload": {"ects": float(course.ects)},
            "level": {"eqf": course.eqf},
            "assessment": {"type": "project work", "title": {"en": "Project and report"}},
            "mode": "Blended",
            "learning_setting": "formal",
            "quality_assurance": {
                "title": {"en": _QUALITY},
                "type": "Institutional Quality Assurance",
                "agency": {"legal_name": {"en": _AGENCY}, "country": LITHUANIA},
            },
            "fields": [{"code": code, "label": {"en": field}}],
        },
        indent=1,
    )


def learners_table(count: int, *, holders: Sequence[str]) -> str:
    """Return so many rows in CSV, one for each credential; learners have several if there are fewer."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("subject", "grade", "reference"))
    for place in range(count):
        table.writerow((holders[place % len(holders)], _GRADES[place % len(_GRADES)], f"{place + 1}"))
    return text.getvalue()
