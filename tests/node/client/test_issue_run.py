from dataclasses import replace
from pathlib import Path

import pytest

from anchoring.digest import secured_digest
from credentials.securing.jose import verify_parsed
from credentials.securing.reading import read_secured
from node.client import issue_gathering, issue_outputs
from node.client.course_template import parse_template
from node.client.credential_drafts import Terms
from node.client.errors import MalformedDraft, Refused, Unusable
from node.client.issue_journal import Journal
from node.client.issue_outputs import issued_files, journal_path
from node.client.issue_plan import Plan
from node.client.issue_run import issue_rows
from node.client.issuer import Issuer
from node.client.status_list_record import load_record
from node.client.status_lists import create
from tests.node.client.conftest import Play
from tests.node.client.issuing import Issue, bad_row, lines, names_in, places_in
from tests.node.client.learners import rows, template_text

pytestmark = pytest.mark.enable_socket


def test_each_row_becomes_a_credential_that_reads_back(
    play: Play, issuer: Issuer, issue: Issue, plan: Plan
) -> None:
    outcome = issue(rows(3))
    assert (outcome.rows, outcome.issued, outcome.total) == (3, 3, 3)
    document = play.node.resolve(issuer.did)
    assert document is not None
    keys = {method["id"]: method["publicKeyJwk"] for method in document["verificationMethod"]}
    for number, line in enumerate(lines(plan.out)):
        secured = read_secured(line["credential"].encode())
        assert secured.jws is not None
        verify_parsed(secured.jws, jwk=keys[secured.verification_method])
        assert line["row"] == number + 2
        assert line["id"] == secured.credential.id
        assert line["digest"] == secured_digest(line["credential"].encode()).digest.hex()
    assert names_in(plan.out) == [f"Petraitė {number}" for number in range(3)]
    assert len({line["id"] for line in lines(plan.out)}) == 3
    assert not plan.rejects.exists()


@pytest.mark.usefixtures("small_chunks")
def test_the_same_rows_again_issue_nothing_and_a_longer_table_only_what_is_new(
    issue: Issue, plan: Plan
) -> None:
    assert issue(rows(6)).issued == 6
    before = plan.out.read_bytes()
    again = issue(rows(6))
    assert (again.rows, again.issued, again.before, again.total) == (6, 0, 6, 6)
    assert plan.out.read_bytes() == before
    longer = issue(rows(9))
    assert (longer.issued, longer.before, longer.total) == (3, 6, 9)
    assert names_in(plan.out) == [f"Petraitė {number}" for number in range(9)]


@pytest.mark.usefixtures("small_chunks")
def test_processes_make_what_this_one_would_in_the_order_of_the_rows(
    issuer: Issuer, issue: Issue, plan: Plan
) -> None:
    create(issuer, "processes")
    outcome = issue([*rows(9), bad_row(11), *rows(4, start=9)], lists=("processes",), workers=2)
    assert (outcome.issued, outcome.refused) == (13, 1)
    assert names_in(plan.out) == [f"Petraitė {number}" for number in range(13)]
    assert len(set(places_in(plan.out))) == 13


def test_a_row_that_stands_twice_is_issued_once(issue: Issue, plan: Plan) -> None:
    outcome = issue([*rows(3), *rows(2)])
    assert (outcome.issued, outcome.repeated) == (3, 2)
    assert len(lines(plan.out)) == 3


def test_a_run_with_nothing_but_bad_rows_issues_nothing(issue: Issue, plan: Plan) -> None:
    outcome = issue([bad_row(number) for number in range(3)])
    assert (outcome.issued, outcome.refused, outcome.total) == (0, 3, 0)
    assert plan.out.read_bytes() == b""


def test_files_lie_in_a_folder_for_each_chunk_under_the_numbers_of_their_rows(
    issue: Issue, tmp_path: Path
) -> None:
    out, elm = tmp_path / "out", tmp_path / "elm"
    issue([*rows(2), bad_row(4)], out=out, stem="spring", elm=elm)
    assert [path.relative_to(out).as_posix() for path in issued_files(out)] == [
        "00000/spring-0000002.jwt",
        "00000/spring-0000003.jwt",
    ]
    for path in issued_files(out):
        assert read_secured(path.read_bytes()).mechanism == "vc-jwt"
        assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in elm.rglob("*.json")) == ["spring-0000002.json", "spring-0000003.json"]
    assert issue(rows(3), out=out, stem="autumn").issued == 1
    assert [path.name for path in issued_files(out)][-1] == "autumn-0000004.jwt"


def test_a_place_that_is_somebody_elses_is_left_alone(issue: Issue, tmp_path: Path) -> None:
    (tmp_path / "kept.ndjson").write_text("kept")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    for out in (tmp_path / "kept.ndjson", tmp_path / "folder"):
        with pytest.raises(Unusable, match="not issued here"):
            issue(rows(1), out=out)
    with pytest.raises(Unusable, match="not exported here"):
        issue(rows(1), elm=tmp_path / "folder")
    assert (tmp_path / "kept.ndjson").read_text() == "kept"


def test_exports_of_another_place_stay(issue: Issue, tmp_path: Path) -> None:
    elm, one, other = tmp_path / "elm", tmp_path / "one", tmp_path / "other.ndjson"
    issue(rows(2), out=one, elm=elm)
    exported = sorted(elm.rglob("*.json"))
    assert len(exported) == 2
    for out in (other, tmp_path / "third"):
        with pytest.raises(Unusable, match="issued elsewhere"):
            issue(rows(2), out=out, elm=elm)
        with pytest.raises(Unusable, match="not exported here"):
            issue(rows(2), out=out, elm=one)
    assert sorted(elm.rglob("*.json")) == exported
    assert len(list(issued_files(one))) == 2
    issue(rows(3), out=one, elm=elm)
    assert len(list(elm.rglob("*.json"))) == 3


@pytest.mark.parametrize("elm", ["out", "./out", "out/00000", ".", "out/../out"])
def test_exports_have_a_folder_apart_from_the_credentials(issue: Issue, tmp_path: Path, elm: str) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(Unusable, match="in one another"):
        issue(rows(1), out=tmp_path / "out", elm=tmp_path / elm)
    issue(rows(1), out=tmp_path / "out")
    with pytest.raises(Unusable, match="in one another"):
        issue(rows(1), out=tmp_path / "out", elm=tmp_path / elm)
    assert len(list(issued_files(tmp_path / "out"))) == 1


def test_another_template_or_form_is_issued_into_a_place_of_its_own(
    issue: Issue, plan: Plan, terms: Terms, issuer: Issuer
) -> None:
    issue(rows(1))
    other = parse_template(template_text().replace("ects = 3", "ects = 4").encode(), name="other.toml")
    with pytest.raises(Unusable, match="another template"):
        issue(rows(2), template=other)
    newer = replace(plan.securing, form="vc-jose")
    with pytest.raises(Unusable, match="another form"):
        issue_rows(issuer, rows(2), terms=replace(terms, model="2.0"), plan=replace(plan, securing=newer))
    assert issue(rows(2)).issued == 1


def test_what_no_verifier_would_take_is_refused_before_anything_is_signed(issue: Issue, plan: Plan) -> None:
    text = template_text().replace('types = ["MicroCredential"]', 'types = ["Diploma"]')
    with pytest.raises(Refused, match=r"nothing was issued: line 2: .* not for Diploma"):
        issue(rows(2), template=parse_template(text.encode(), name="other.toml"))
    assert plan.out.read_bytes() == b""


def test_two_commands_do_not_issue_into_one_place_at_once(issue: Issue, plan: Plan) -> None:
    issue(rows(1))
    path = journal_path(plan.out)
    with Journal(path, header=plan.header()), pytest.raises(Unusable, match="issues there now"):
        issue(rows(2))


def test_credentials_that_were_cut_off_after_they_were_issued_are_not_issued_again(
    issue: Issue, plan: Plan
) -> None:
    issue(rows(3))
    plan.out.write_bytes(plan.out.read_bytes()[:-10])
    with pytest.raises(MalformedDraft, match="cut short"):
        issue(rows(3))


def test_more_rows_than_one_run_takes_are_refused(issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issue_gathering, "MOST_ROWS", 2)
    with pytest.raises(Unusable, match="at most 2"):
        issue(rows(3))


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("where", ["put", "append", "shown"])
@pytest.mark.parametrize("layout", ["out.ndjson", "out"])
def test_a_run_that_ends_anywhere_goes_on_with_the_same_places(
    issuer: Issuer, issue: Issue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, layout: str
) -> None:
    name = f"{where}-{layout}".replace(".", "-")
    create(issuer, name)
    out = tmp_path / layout
    output = issue_outputs.FolderOutput if layout == "out" else issue_outputs.NdjsonOutput
    broken = Journal if where == "append" else output
    whole, calls = getattr(broken, where), 0

    def ends(self: object, *given: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return whole(self, *given)

    monkeypatch.setattr(broken, where, ends)
    with pytest.raises(KeyboardInterrupt):
        issue(rows(14), out=out, lists=(name,))
    reserved = {index for places in load_record(issuer.folder, name).reserved.values() for index in places}
    monkeypatch.setattr(broken, where, whole)
    outcome = issue(rows(14), out=out, lists=(name,))
    assert outcome.total == 14
    record = load_record(issuer.folder, name)
    assert (record.allotted.count(), dict(record.reserved)) == (14, {})
    texts = (
        [line["credential"].encode() for line in lines(out)]
        if out.is_file()
        else [path.read_bytes() for path in issued_files(out)]
    )
    read = [read_secured(text).credential for text in texts]
    assert [one.subjects[0]["familyName"]["en"] for one in read] == [f"Petraitė {n}" for n in range(14)]
    places = [int(one.statuses[0]["statusListIndex"]) for one in read]
    assert len(set(places)) == 14
    assert reserved & set(places)
