"""docs/issuing.md lists the members of a course template and the columns of rows as the code has them."""

import re
from pathlib import Path

from node.client.course_example import example
from node.client.course_members import MEMBERS
from node.client.course_template import BIRTH, MAX_TEMPLATE, USUAL_COLUMNS, parse_template
from node.client.learner_row import MAX_COLUMNS, MAX_ROW

PAGE = Path(__file__).resolve().parents[2] / "docs" / "issuing.md"


def rows(heading: str) -> list[list[str]]:
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]


def test_every_member_has_a_row_that_says_what_it_is() -> None:
    assert rows("Members of a template") == [
        [f"`{one.path}`", "yes" if one.needed else "no", one.says, one.kind.says] for one in MEMBERS
    ]


def test_every_column_has_a_row() -> None:
    found = {name.strip("`"): said for name, said in rows("Columns of learners' rows")}
    assert found.pop(BIRTH)
    assert found == dict(USUAL_COLUMNS)


def test_the_bounds_are_those_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"at most {MAX_TEMPLATE // 1024} KiB" in text
    assert f"at most {MAX_ROW // 1024} KiB and {MAX_COLUMNS} columns" in text


def test_each_member_stands_in_the_example_or_is_told_of_in_it() -> None:
    text = example()
    parse_template(text.encode(), name="example")
    for one in MEMBERS:
        name = re.split(r"[.\[]", one.path.removesuffix("[]"))[-1]
        assert re.search(rf"\b{name}\b", text) or name == "additional_note", one.path
