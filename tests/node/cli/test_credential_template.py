import io
import json
from pathlib import Path

import jsonschema_rs
import pytest

from node.client.course_template import read_template
from tests.node.cli.conftest import Type
from tests.node.client.courses import ISSUER

GOOD = f"subject,given_name,family_name,grade,awarding_date\n{ISSUER},Ana,Ąžuolė,9,2026-06-30\n"


@pytest.mark.parametrize("options", [[], ["--json-form"], ["--non-formal"], ["--json-form", "--non-formal"]])
def test_a_new_template_is_valid_and_never_overwrites(
    options: list[str], tmp_path: Path, type_in: Type
) -> None:
    path = tmp_path / "course"
    typed = type_in("credential", "template", "new", path, *options)
    assert typed.code == 0
    assert f"ankyra credential template check {path}" in typed.out
    assert read_template(path).members["learning_setting"] == (
        "non-formal" if "--non-formal" in options else "formal"
    )
    assert (path.read_text(encoding="utf-8")[0] == "{") == ("--json-form" in options)
    assert type_in("credential", "template", "check", path).code == 0
    again = type_in("credential", "template", "new", path)
    assert (again.code, again.err) == (2, f"ankyra: {path} is there already, and is not overwritten\n")
    lost = type_in("credential", "template", "new", tmp_path / "no" / "course")
    assert lost.code == 2
    assert "cannot write" in lost.err


def test_rows_are_counted_and_the_first_credential_is_shown(tmp_path: Path, type_in: Type) -> None:
    course, learners = tmp_path / "course.toml", tmp_path / "learners.csv"
    type_in("credential", "template", "new", course)
    learners.write_text(GOOD + GOOD.splitlines()[1] + f"\n{ISSUER},Jo,Petraitis,10,\n", encoding="utf-8")
    typed = type_in("credential", "template", "check", course, learners)
    assert typed.code == 0
    assert "3 rows would become credentials; 1 of them say what an earlier one says" in typed.out
    for said in (
        "Ana Ąžuolė",
        "2026-06-30",
        "3 ECTS",
        "EQF level 6",
        "formal learning",
        "all standard elements",
    ):
        assert said in typed.out
    assert f"Next: ankyra credential issue {learners} --template {course} --out" in typed.out


def test_bad_rows_are_told_with_line_column_and_reason(tmp_path: Path, type_in: Type) -> None:
    course, learners = tmp_path / "course.toml", tmp_path / "learners.csv"
    type_in("credential", "template", "new", course)
    key = "did:key:z" + "2" * 60
    others = "".join(f"x{number},D,D,1,2026-01-01\n" for number in range(30))
    learners.write_text(GOOD + f"{key},Bo,B,8,\n\nCy\n" + "x,D,D,1,\n" * 9 + others, encoding="utf-8")
    typed = type_in("credential", "template", "check", course, learners)
    assert typed.code == 1
    lines = [line.split(maxsplit=3) for line in typed.out.splitlines()]
    assert lines[3][:3] == ["1", "3", "subject"]
    assert lines[3][3].startswith("its did:key is no key that anybody could have: ")
    assert lines[4] == ["1", "5", "it", "has 1 cells, and there are 5 columns"]
    assert lines[5] == ["9", "6", "subject", "“x” is not a did:key or did:ebsi"]
    assert "… and 13 more for other reasons." in typed.out
    assert "1 row would become credentials." in typed.out
    told = json.loads(type_in("credential", "template", "check", course, learners, "--json").out)
    assert told["rows"] == {"good": 1, "repeated": 0, "bad": 41}
    assert told["refused"][1] == {
        "line": 5,
        "column": None,
        "reason": "it has 1 cells, and there are 5 columns",
        "rows": 1,
    }
    assert len(told["refused"]) == 20
    assert told["first"]["learner"]["name"] == "Ana Ąžuolė"
    assert told["digest"] == read_template(course).digest.hex()


def test_all_that_is_wrong_with_a_template_is_told(tmp_path: Path, type_in: Type) -> None:
    course = tmp_path / "course.toml"
    course.write_text("[level]\neqf = 9\n", encoding="utf-8")
    typed = type_in("credential", "template", "check", course)
    assert typed.code == 2
    assert "level.eqf: 9 is not a level, 1 to 8" in typed.err
    assert "mode: missing: form of participation" in typed.err
    assert type_in("credential", "template", "check", tmp_path / "none").code == 2


def test_a_file_without_rows_is_not_well(tmp_path: Path, type_in: Type) -> None:
    course, learners = tmp_path / "course.toml", tmp_path / "learners.csv"
    type_in("credential", "template", "new", course, "--json")
    learners.write_text("subject\n", encoding="utf-8")
    typed = type_in("credential", "template", "check", course, learners)
    assert (typed.code, "0 rows would become credentials." in typed.out) == (1, True)


def test_rows_through_a_pipe_are_checked_too(
    tmp_path: Path, type_in: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = tmp_path / "course.toml"
    type_in("credential", "template", "new", course)
    rows = GOOD + "".join(f"{ISSUER},Ana,A,{grade},\n" for grade in range(2000))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(rows.encode())))
    typed = type_in("credential", "template", "check", course, "-")
    assert typed.code == 0
    assert "2001 rows would become credentials." in typed.out


def test_rows_that_were_refused_before_are_checked_without_what_was_written_about_them(
    tmp_path: Path, type_in: Type
) -> None:
    course, learners = tmp_path / "course.toml", tmp_path / "learners.rejects.csv"
    type_in("credential", "template", "new", course)
    learners.write_text(
        f"reject_line,reject_field,reject_reason,subject\n2,subject,none,{ISSUER}\n", encoding="utf-8"
    )
    assert type_in("credential", "template", "check", course, learners).code == 0


def test_a_schema_in_the_template_is_looked_for_nowhere(tmp_path: Path, type_in: Type) -> None:
    course, learners = tmp_path / "course.json", tmp_path / "learners.csv"
    type_in("credential", "template", "new", course, "--json-form")
    learners.write_text(GOOD, encoding="utf-8")
    members = json.loads(course.read_text(encoding="utf-8"))
    members["schema"] = "https://node.example/trusted-schemas-registry/v3/schemas/0x" + "ab" * 32
    course.write_text(json.dumps(members), encoding="utf-8")
    assert type_in("credential", "template", "check", course, learners).code == 0
    members["schema"] = "https://node.example/elsewhere"
    course.write_text(json.dumps(members), encoding="utf-8")
    typed = type_in("credential", "template", "check", course, learners)
    assert typed.code == 1
    assert "is no schema of the registry" in typed.err


def test_the_schema_is_one(type_in: Type) -> None:
    printed = json.loads(type_in("credential", "template", "schema").out)
    jsonschema_rs.meta.validate(printed)
    assert printed["required"][0] == "language"
