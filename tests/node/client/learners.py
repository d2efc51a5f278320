"""A course template and learners' rows, for tests that issue."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from node.client.course_example import example
from node.client.course_template import CourseTemplate, parse_template
from node.client.learner_rows import LearnerRow

SCHEMA = "zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD"
LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"


def template_text(*, awarding_did: str = "") -> str:
    """A template whose schema and type the issuers of the play are accredited for."""
    named = f'schema = "{SCHEMA}"\ntypes = ["MicroCredential"]\n\n'
    text = example().replace('mode = "Blended"', named + 'mode = "Blended"', 1)
    return text.replace('# id = "did:ebsi:…"', f'id = "{awarding_did}"') if awarding_did else text


def template(*, awarding_did: str = "") -> CourseTemplate:
    return parse_template(template_text(awarding_did=awarding_did).encode(), name="course.toml")


def learners(count: int, *, start: int = 0) -> list[dict[str, str]]:
    return [
        {
            "subject": LEARNER,
            "given_name": "Ona",
            "family_name": f"Petraitė {number}",
            "reference": str(number),
        }
        for number in range(start, start + count)
    ]


def rows(count: int, *, start: int = 0) -> list[LearnerRow]:
    return [LearnerRow(number, one) for number, one in enumerate(learners(count, start=start), start + 2)]


def write_csv(path: Path, said: Sequence[dict[str, str]]) -> Path:
    """The rows as a table under all of their columns."""
    names = list(dict.fromkeys(name for one in said for name in one))
    text = io.StringIO()
    table = csv.DictWriter(text, names, lineterminator="\n")
    table.writeheader()
    table.writerows(said)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path
