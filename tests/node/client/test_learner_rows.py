import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.client.errors import Unusable
from node.client.learner_row import MAX_COLUMNS, MAX_ROW, NOT_UTF_8, TOO_LONG, lines_of
from node.client.learner_rows import LearnerRow, _rows, read_rows
from tests.node.client.courses import rows_of

NAMES = ("subject", "given_name", "grade", "title.en")
TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), st.sampled_from('",;\t\n ')
    ),
    max_size=12,
)
TABLES = st.lists(st.dictionaries(st.sampled_from(NAMES), TEXTS, min_size=1), max_size=6)


def said(rows: list[LearnerRow]) -> list[tuple[dict[str, Any], str]]:
    return [(dict(one.members), one.fault) for one in rows]


def in_csv(rows: list[dict[str, str]], delimiter: str, end: str, mark: str, quoting: Any) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, NAMES, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return (mark + written.getvalue()).encode()


@given(
    rows=TABLES,
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    indent=st.sampled_from([None, 1]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_a_table_a_list_and_lines_of_json_give_the_same_rows(
    rows: list[dict[str, str]], delimiter: str, end: str, mark: str, indent: int | None, quoting: Any
) -> None:
    kept = [{name: value for name, value in one.items() if value.strip()} for one in rows]
    assert said(rows_of(in_csv(rows, delimiter, end, mark, quoting))) == [(one, "") for one in kept if one]
    expected = [(one, "" if one else "it says nothing") for one in kept]
    listed = (mark + json.dumps(rows, indent=indent, ensure_ascii=indent is None)).encode()
    assert said(rows_of(listed)) == expected
    lines = (mark + end.join(json.dumps(one) for one in rows)).encode()
    assert said(rows_of(lines)) == expected


@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [b'"', b"\n", b",", b";", b"{", b"}", b"[", b"]", b"\\", b"a", b":", b"1", b"\xff", b" "]
            ),
            max_size=40,
        ).map(b"".join),
        st.lists(st.sampled_from([b'{"a":"b"}', b",", b"\n", b'"', b"}", b"x", b"\\"]), max_size=20).map(
            lambda parts: b"[" + b"".join(parts)
        ),
    ),
    size=st.integers(1, 9),
)
def test_broken_bytes_give_faults_and_raise_nothing_however_they_arrive(content: bytes, size: int) -> None:
    found = rows_of(content)
    for one in found:
        assert bool(one.fault) <= (not one.members)
        assert 1 <= one.number <= content.count(b"\n") + 1
    assert [one.number for one in found] == sorted(one.number for one in found)
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    assert list(_rows(pieces)) == found


@given(content=st.lists(st.sampled_from([b"\n", b"a", b"bb"])).map(b"".join), size=st.integers(1, 5))
def test_lines_are_those_of_the_whole_file(content: bytes, size: int) -> None:
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    expected = content.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert list(lines_of(pieces)) == list(enumerate(expected, 1))


def test_rows_of_a_table_are_numbered_as_an_editor_numbers_lines() -> None:
    rows = rows_of(b'a,b\r\n"1\r\n2",x\r\n\r\n,\r\n3,4\r\n')
    assert [(one.number, dict(one.members)) for one in rows] == [
        (2, {"a": "1\r\n2", "b": "x"}),
        (6, {"a": "3", "b": "4"}),
    ]


def test_a_bad_row_of_a_table_is_told_and_the_rest_goes_on() -> None:
    rows = rows_of(
        b'name,grade\nAna,9\nO"Neil,8\n"Bo" b,7\nCy\nD,1,2\n\xff,6\n"Eve\nFay,5\n'
        + b"x" * (MAX_ROW + 1)
        + b"\nGus,4"
    )
    assert [(one.number, one.members.get("name")) for one in rows if not one.fault] == [
        (2, "Ana"),
        (9, "Fay"),
        (11, "Gus"),
    ]
    assert {one.number: one.fault for one in rows if one.fault} == {
        3: "a quotation mark that does not enclose a whole cell; inside of one it is doubled",
        4: "a quotation mark that does not enclose a whole cell; inside of one it is doubled",
        5: "it has 1 cells, and there are 2 columns",
        6: "it has 3 cells, and there are 2 columns",
        7: NOT_UTF_8,
        8: "a quotation mark is opened and not closed",
        10: f"longer than {MAX_ROW} bytes",
    }


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (b"a,a\n1,2", "two columns are called a"),
        (b"a,,b\n1,2,3", "column 2 has no name"),
        ("a,b".encode("utf-16"), "not UTF-8"),
        (b"a,b\x00\n", "column 2 has no name"),
        (b",".join(b"c%d" % one for one in range(MAX_COLUMNS + 1)), f"more than {MAX_COLUMNS} columns"),
        (b'"a,b\n1,2', "a quotation mark is opened and not closed"),
    ],
)
def test_a_table_without_names_for_its_columns_has_no_rows(header: bytes, fault: str) -> None:
    rows = rows_of(header)
    assert [one.number for one in rows] == [1]
    assert rows[0].fault.startswith("the first line names no columns: ")
    assert fault in rows[0].fault


def test_a_bad_line_of_json_is_told_and_the_rest_goes_on() -> None:
    rows = rows_of(
        b'{"a":1}\n{"a":}\n{"a":1,"a":2}\n[]\n\n{"a":NaN}\n\xff\n{"a":"' + b"x" * MAX_ROW + b'"}\n{"a":2}'
    )
    assert [(one.number, one.members) for one in rows if not one.fault] == [(1, {"a": 1}), (9, {"a": 2})]
    assert [one.fault[:30] for one in rows if one.fault] == [
        "no JSON object: Expecting valu",
        "no JSON object: a key twice in",
        "no JSON object: JSON that is n",
        "no JSON object: NaN is not JSO",
        NOT_UTF_8[:30],
        f"longer than {MAX_ROW} bytes",
    ]


def test_a_bad_element_of_a_list_is_told_and_the_rest_goes_on() -> None:
    long = b'{"a":"' + b"x" * MAX_ROW + b'"}'
    rows = rows_of(
        b'[\n{"a":1},\n{"a":"]\\"},{"},\n{"a":},{"a":2},\n{"a" "b},\n{"a":3} {"a":4},\n5,\n{"a":"\xff"},\n'
        + long
        + b",\n"
        + b"[" * 5000
        + b'1,\n{"a":6}]'
    )
    assert [(one.number, one.members["a"]) for one in rows if not one.fault] == [
        (2, 1),
        (3, ']"},{'),
        (4, 2),
    ]
    assert {one.number: one.fault[:40] for one in rows if one.fault} == {
        4: "no JSON object: Expecting value",
        5: "no JSON object: Expecting ':' delimiter",
        6: "something stands between this row and th",
        7: "no JSON object: JSON that is not an obje",
        8: NOT_UTF_8[:40],
        9: f"longer than {MAX_ROW} bytes",
        10: "no JSON object: nested too deeply, or a ",
        11: "the list of rows is not closed",
    }


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", []),
        (b" \n\t", []),
        (b"[]", []),
        (b" [ ] ", []),
        (b"[", ["the list of rows is not closed"]),
        (b'[{"a":1}', ["", "the list of rows is not closed"]),
        (b'[{"a":1},]', ["", "no JSON object: Expecting value"]),
        (b"[] []", ["there is something after the list of rows"]),
        (b'["\\', ["no JSON object: Unterminated string starting at", "the list of rows is not closed"]),
    ],
)
def test_what_begins_and_ends_wrongly_is_told(content: bytes, faults: list[str]) -> None:
    assert [one.fault for one in rows_of(content)] == faults


def test_one_object_over_several_lines_is_one_row() -> None:
    rows = rows_of(b' \n\n{\n  "grade": "9",\n  "subject": "a"\n}\n')
    assert rows == [LearnerRow(3, {"grade": "9", "subject": "a"})]
    assert list(_rows(bytes([one]) for one in b'{"grade":\n"9"}')) == rows_of(b'{"grade":"9"}')
    assert [one.number for one in rows_of(b'{"grade": "9"}\n{"grade": "8"}')] == [1, 2]
    assert all(one.fault for one in rows_of(b'{\n"grade": "9"\n}\n{"grade": \n"8"}'))


def test_an_escape_at_the_end_of_a_piece_escapes_what_comes_with_the_next() -> None:
    broken = b'[{"a":x "' + b"y" * (MAX_ROW + 9) + b"\\"
    rows = list(_rows(iter([broken, b'",{"}, {"a":1}]'])))
    assert [(one.members, bool(one.fault)) for one in rows] == [({}, True), ({"a": 1}, False)]


def test_a_row_that_comes_in_pieces_is_too_long_as_a_whole() -> None:
    rows = list(_rows(iter([b"a\n" + b"x" * (MAX_ROW + 1), b"x\n1\n"])))
    assert said(rows) == [({}, TOO_LONG), ({"a": "1"}, "")]


def test_a_row_of_several_lines_is_no_longer_than_one_of_one_line() -> None:
    lines = [b"x" * 999] * (MAX_ROW // 1000 + 1)
    rows = rows_of(b'a\n"' + b"\n".join(lines) + b'"\n1\n')
    assert rows[0] == LearnerRow(2, {}, "a quotation mark is opened and not closed")
    assert [one.number for one in rows] == [*range(2, len(lines) + 3)]
    assert rows[-1].members == {"a": "1"}


@pytest.mark.parametrize(
    ("before", "one", "after"),
    [
        (b"grade,name\n", b'"%d","a ""b"""\n', b""),
        (b"", b'{"grade": "%d", "name": "a"}\n', b""),
        (b"[", b'{"grade": "%d", "name": "a"},\n', b'{"grade": "last"}]'),
    ],
)
def test_a_large_file_is_read_while_it_comes_and_never_held(before: bytes, one: bytes, after: bytes) -> None:
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        for first in range(0, 6_000, 100):
            taken = first
            yield (b"" if first else before) + b"".join(one % number for number in range(first, first + 100))
        if after:
            yield after

    rows = _rows(pieces())
    assert [next(rows).members["grade"] for _ in range(3)] == ["0", "1", "2"]
    assert taken < 5_000
    tracemalloc.start()
    try:
        assert sum(not one.fault for one in rows) == 6_000 - 3 + bool(after)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Unusable, match=f"cannot read {path}"):
            list(read_rows(path, standard_input=io.BytesIO()))
    (tmp_path / "one.csv").write_bytes(b"a\n1\n")
    assert said(list(read_rows(tmp_path / "one.csv", standard_input=io.BytesIO()))) == [({"a": "1"}, "")]
