import io
import json
from pathlib import Path

import pytest

from node.client.credential_payloads import MAX_PAYLOAD, Payload, read_payloads
from node.client.errors import Refused, Unusable


def read(*paths: Path, standard_input: bytes = b"") -> list[Payload]:
    return read_payloads(paths, standard_input=io.BytesIO(standard_input))


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_one_object_is_one_payload_however_it_is_laid_out(tmp_path: Path) -> None:
    members = {"subject": {"id": "did:key:z1", "name": "Ķēniņš"}, "type": "MicroCredential"}
    for indent in (None, 0, 1):
        text = json.dumps(members, indent=indent, ensure_ascii=False)
        (payload,) = read(written(tmp_path, "one.json", f"\ufeff{text}\n"))
        assert (payload.name, payload.members) == ("one", members)


def test_each_line_is_a_payload_that_keeps_its_lines_number(tmp_path: Path) -> None:
    text = '{"a": 1}\n\n  {"a": 2}\r\n{"a": 3}'
    found = read(written(tmp_path, "class.of.2027.ndjson", text))
    assert [payload.name for payload in found] == [
        "class.of.2027-0001",
        "class.of.2027-0003",
        "class.of.2027-0004",
    ]
    assert [payload.members["a"] for payload in found] == [1, 2, 3]
    assert found[1].place.endswith("class.of.2027.ndjson, line 3")


def test_many_lines_sort_as_they_stand(tmp_path: Path) -> None:
    found = read(written(tmp_path, "many.ndjson", '{"a": 1}\n' * 1200))
    assert [payload.name for payload in found] == sorted(payload.name for payload in found)


def test_a_dash_is_standard_input() -> None:
    (payload,) = read(Path("-"), standard_input=b'{"a": 1}')
    assert (payload.name, payload.place) == ("credential", "standard input")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1', "not strict JSON"),
        ('[{"a": 1}]', "one object on each line"),
        ('{"a": 1, "a": 2}', "JSON"),
        ('{"a": NaN}', "JSON"),
        ('{\n"a": 1,\n}', "not strict JSON"),
        ("7", "not an object"),
        ('{"a": "' + "x" * MAX_PAYLOAD + '"}', "more than"),
        ("[" * 10_000, "object on each line"),
    ],
)
def test_what_is_no_object_is_refused_by_its_place(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(Refused, match=r"broken\.json: ") as refused:
        read(written(tmp_path, "broken.json", text))
    assert reason in str(refused.value)


def test_the_first_broken_lines_are_named_and_the_others_counted(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"line 1: .*; .*line 5: .*; and 5 more"):
        read(written(tmp_path, "class.ndjson", '{"a": 1}}\n' * 10))


def test_a_broken_line_among_others_waits_with_its_fault_to_be_told_with_theirs(tmp_path: Path) -> None:
    found = read(written(tmp_path, "class.ndjson", '{"a": 1}\n{"a": 1\n{"a": 3}'))
    assert [bool(payload.fault) for payload in found] == [False, True, False]
    assert found[1].place.endswith("class.ndjson, line 2")


def test_nothing_to_issue_is_said_with_the_files_name(tmp_path: Path) -> None:
    full, empty = written(tmp_path, "full.json", "{}"), written(tmp_path, "empty.ndjson", "\n \n")
    with pytest.raises(Unusable, match=r"no payload .* in .*empty\.ndjson"):
        read(full, empty)
    with pytest.raises(Unusable, match=r"no payload .* in standard input"):
        read(Path("-"))
    with pytest.raises(Unusable, match="cannot read"):
        read(tmp_path / "absent.json")


def test_two_files_never_become_one(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    paths = [written(folder, "same.json", '{"a": 1}') for folder in (tmp_path, tmp_path / "other")]
    with pytest.raises(Unusable, match=r"same\.jwt"):
        read(*paths)


def test_a_file_that_begins_with_a_dot_becomes_one_that_is_seen(tmp_path: Path) -> None:
    (payload,) = read(written(tmp_path, ".hidden", '{"a": 1}'))
    assert payload.name == "hidden"
