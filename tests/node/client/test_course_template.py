import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.client.course_example import example
from node.client.course_members import MEMBERS, json_schema, member_at
from node.client.course_template import MAX_TEMPLATE, parse_template, read_template
from node.client.errors import Unusable
from tests.node.client.courses import template

EXAMPLE: dict[str, Any] = json.loads(example(json_form=True))


def faults(members: Any) -> list[str]:
    with pytest.raises(Unusable) as refused:
        parse_template(json.dumps(members).encode(), name="course.json")
    first, *told = str(refused.value).splitlines()
    assert first == "course.json is no course template yet:"
    return told


@pytest.mark.parametrize("non_formal", [False, True])
def test_the_example_is_valid_in_both_forms_and_means_the_same(*, non_formal: bool) -> None:
    written = parse_template(example(non_formal=non_formal).encode(), name="a")
    assert written == parse_template(example(json_form=True, non_formal=non_formal).encode(), name="b")
    assert written.members["learning_setting"] == ("non-formal" if non_formal else "formal")
    assert len(written.digest) == 32
    jsonschema_rs.validator_for(json_schema()).validate(tomllib.loads(example(non_formal=non_formal)))


def test_the_digest_is_of_the_meaning_and_not_of_the_writing() -> None:
    same = [
        template(),
        template(("ects = 3", "ects = 3.0")),
        template(("ects = 3", 'ects = "3.00"')),
        template(("hours = 80", "hours = 8e1  # eighty")),
        parse_template(json.dumps(dict(reversed(EXAMPLE.items()))).encode(), name="c"),
        parse_template(b"\xef\xbb\xbf" + example().encode(), name="d"),
    ]
    assert len({one.digest for one in same}) == 1
    assert template(("ects = 3", "ects = 4")).digest != same[0].digest
    assert template(("ects = 3\n", "ects = 3.001\n")).digest != same[0].digest


def test_all_faults_are_told_at_once_each_with_its_path_and_what_would_be_right() -> None:
    told = faults(
        {
            "titl": {"en": "x"},
            "language": "xx",
            "title": {"en": "x", "lt": ""},
            "awarding_body": {"legal_name": {"en": "U"}, "country": "lt"},
            "learning_outcomes": [{"title": {"en": "a"}}, {"title": "b", "skills": ["urn:x"]}, 3],
            "workload": {},
            "level": {"eqf": 9},
            "mode": "online",
            "learning_setting": "formal",
            "quality_assurance": "yes",
            "rows": {"may_give": ["mod", "language", "learning_outcomes"], "ignored": ["grade"]},
        }
    )
    begun = [line.split(": ")[0] for line in told]
    assert begun == [
        "“titl”",
        "language",
        "title",
        "awarding_body.country",
        "learning_outcomes[2].title",
        "learning_outcomes[2].skills",
        "learning_outcomes[3]",
        "workload",
        "level.eqf",
        "assessment",
        "mode",
        "quality_assurance",
        "rows.may_give",
        "rows.may_give",
        "rows.may_give",
        "rows.ignored",
    ]
    assert "did you mean `title`?" in told[0]
    assert "a code of the EU's table of countries, as LTU" in told[3]
    assert "needs `ects` or `hours`" in told[7]
    assert "9 is not a level, 1 to 8" in told[8]
    assert "missing: how the outcomes are assessed" in told[9]
    assert "one of Blended, Online" in told[10]
    assert "did you mean `mode`?" in told[12]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("language", "lt-LT"),
        ("title", {}),
        ("title", {"en": "two\nlines"}),
        ("title", {"en": "x" * 513}),
        ("title", {"en": "a\N{RIGHT-TO-LEFT OVERRIDE}b"}),
        ("description", {"en": "a\N{SOFT HYPHEN}b"}),
        ("title", {"lt": "be kalbos"}),
        ("awarding_body.homepage", "javascript:alert(1)"),
        ("awarding_body.id", "no identifier"),
        ("learning_outcomes", []),
        ("learning_outcomes", [{"title": {"en": "x"}}] * 33),
        ("workload.ects", 0),
        ("workload.ects", 1001),
        ("workload.ects", True),
        ("workload.ects", "NaN"),
        ("workload.ects", 1.2345),
        ("workload.ects", "1_0"),
        ("workload.ects", "\N{FULLWIDTH DIGIT THREE}"),
        ("workload.ects", "1e1"),
        ("workload.ects", " 3"),
        ("workload.hours", "-1"),
        ("workload.ects", 1e300),
        ("level.eqf", 6.0),
        ("level.qf_ehea", "fourth cycle"),
        ("assessment.type", {"id": "http://data.europa.eu/snb/learning-assessment/1", "label": {"en": "x"}}),
        ("assessment.type", {"id": "http://data.europa.eu/snb/assessment/1"}),
        ("assessment.type", {"id": "http://data.europa.eu/snb/assessment/a b", "label": {"en": "x"}}),
        ("awarding_body.country", "GER"),
        ("awarding_body.country", ["LTU"]),
        ("description", {"en": "x" * 4001}),
        ("fields", ["11"]),
        ("fields", ["0418"]),
        ("fields", [413]),
        ("fields", ["0413", "0413"]),
        ("fields", [{"code": "0413", "title": {"en": "x"}}]),
        ("fields", [{"label": {"en": "x"}}]),
        ("fields", "0413"),
        ("stackability", {}),
        ("stackability.partial", "true"),
        ("model", 2.0),
        ("types", ["not a name"]),
        ("types", []),
        ("valid_until", "soon"),
        ("valid_until", "0001-01-01"),
        ("valid_until", 2030),
        ("rows.may_give", ["awarding_body"]),
        ("rows.may_give", ["fields"]),
        ("rows.may_give", ["learning_outcomes.title"]),
        ("rows.may_give", ["valid_until"]),
    ],
)
def test_a_member_that_is_not_of_its_kind_is_one_fault(path: str, value: Any) -> None:
    changed = json.loads(json.dumps(EXAMPLE))
    *above, last = path.split(".")
    inner = changed
    for step in above:
        inner = inner[step]
    inner[last] = value
    told = faults(changed)
    assert len(told) == 1
    assert told[0].startswith((path, f"{path}.en"))


@pytest.mark.parametrize(
    ("path", "value", "kept"),
    [
        ("valid_until", "2030-06-30", "2030-06-30T00:00:00Z"),
        ("valid_until", "2030-06-30T01:30:00+02:00", "2030-06-29T23:30:00Z"),
        ("workload.ects", "2.50", "2.5"),
        ("level.eqf", "7", 7),
        ("title", {"en": "Un\N{NO-BREAK SPACE}titre"}, {"en": "Un titre"}),
        ("description", {"en": " Two\nlines.\n"}, {"en": "Two lines."}),
        ("fields", ["0413"], [{"code": "0413"}]),
        (
            "supervision",
            {"id": "http://data.europa.eu/snb/supervision-verification/x", "label": {"en": "Seen"}},
            {"code": "x", "label": {"en": "Seen"}},
        ),
    ],
)
def test_values_are_kept_in_one_form(path: str, value: Any, kept: Any) -> None:
    changed = json.loads(json.dumps(EXAMPLE))
    *above, last = path.split(".")
    inner, found = changed, None
    for step in above:
        inner = inner[step]
    inner[last] = value
    found = parse_template(json.dumps(changed).encode(), name="x").members
    for step in [*above, last]:
        found = found[step]
    assert found == kept


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no course template yet"),
        (b"{", "is no JSON"),
        (b'{"title": 1, "title": 2}', "is no JSON: a key twice in one JSON object"),
        (b"title = ", "is neither TOML nor JSON"),
        (b"\xff", "is no text in UTF-8"),
        (b"a = " + b"[" * 100_000, "is neither TOML nor JSON"),
        (b"[]", "is neither TOML nor JSON"),
        (b"a = 1979-05-27T07:32:00\nb = inf\nc = 07:32:00", "“c”: no member"),
    ],
)
def test_what_is_no_template_is_said_in_words(content: bytes, said: str) -> None:
    with pytest.raises(Unusable) as refused:
        parse_template(content, name="course")
    assert said in str(refused.value)


@given(content=st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with pytest.raises(Unusable):
        parse_template(content, name="course")


@given(
    path=st.sampled_from([member.path for member in MEMBERS if "[]" not in member.path]),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_no_value_breaks_the_reader_and_what_it_takes_its_schema_takes(path: str, value: Any) -> None:
    changed = json.loads(json.dumps(EXAMPLE))
    *above, last = path.split(".")
    inner = changed
    for step in above:
        inner = inner[step]
    inner[last] = value
    try:
        parse_template(json.dumps(changed).encode(), name="x")
    except Unusable:
        return
    _SCHEMA.validate(changed)


_SCHEMA = jsonschema_rs.validator_for(json_schema())


def test_a_file_is_read_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "course.toml"
    path.write_text(example(), encoding="utf-8")
    assert read_template(path) == template()
    path.write_bytes(b"#" * (MAX_TEMPLATE + 1))
    with pytest.raises(Unusable, match="is larger than"):
        read_template(path)
    for absent in (tmp_path, tmp_path / "none"):
        with pytest.raises(Unusable, match="cannot read"):
            read_template(absent)


def test_members_are_found_by_path_and_through_no_list() -> None:
    assert member_at("workload.ects") is not None
    for path in ("", "none", "workload.none", "learning_outcomes.title"):
        assert member_at(path) is None
