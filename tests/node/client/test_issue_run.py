import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anchoring.digest import secured_digest
from anchoring.errors import StatusListFull
from credentials.securing.jose import verify_parsed
from credentials.securing.reading import read_secured
from node.client import issue_gathering, issue_outputs, issue_places, issue_run, status_lists
from node.client.course_template import parse_template
from node.client.credential_drafts import Terms
from node.client.errors import MalformedDraft, Refused, Unusable
from node.client.issue_forms import Securing
from node.client.issue_journal import Journal
from node.client.issue_outputs import issued_files, journal_path
from node.client.issue_plan import Outcome, Plan
from node.client.issue_run import issue_rows
from node.client.issue_seals import profile_key
from node.client.issuer import Issuer
from node.client.learner_rows import LearnerRow, read_rows
from node.client.status_list_record import load_record
from node.client.status_lists import create
from tests.node.client.conftest import Play
from tests.node.client.learners import rows, template, template_text

pytestmark = pytest.mark.enable_socket
Issue = Callable[..., Outcome]


@pytest.fixture
def plan(issuer: Issuer, terms: Terms, tmp_path: Path) -> Plan:
    securing = Securing(
        form="vc-jwt",
        did=issuer.did,
        kid=issuer.signer().kid,
        key=profile_key(issuer),
        at=terms.now,
    )
    return Plan(
        out=tmp_path / "out.ndjson", rejects=tmp_path / "rejects.csv", template=template(), securing=securing
    )


@pytest.fixture
def issue(issuer: Issuer, terms: Terms, plan: Plan) -> Issue:
    def issued(given: Iterable[LearnerRow], **other: object) -> Outcome:
        return issue_rows(issuer, given, terms=terms, plan=replace(plan, **other))  # type: ignore[arg-type]

    return issued


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issue_run, "CHUNK", 4)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def names_in(path: Path) -> list[str]:
    read = (read_secured(line["credential"].encode()) for line in lines(path))
    return [one.credential.subjects[0]["familyName"]["en"] for one in read]


def places_in(path: Path) -> list[str]:
    read = (read_secured(line["credential"].encode()) for line in lines(path))
    return [one.credential.statuses[0]["statusListIndex"] for one in read]


def bad_row(number: int) -> LearnerRow:
    return LearnerRow(number, {"subject": "nobody", "family_name": "Nobody"})


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


@pytest.mark.usefixtures("small_chunks")
def test_bad_rows_go_aside_with_line_field_and_reason_and_the_rest_goes_on(
    issuer: Issuer, issue: Issue, plan: Plan
) -> None:
    create(issuer, "aside")
    given = [*rows(5), bad_row(7), LearnerRow(8, {}, "not strict JSON"), *rows(2, start=5)]
    outcome = issue(given, lists=("aside",))
    assert (outcome.issued, outcome.refused) == (7, 2)
    header, first, second = plan.rejects.read_text().splitlines()
    assert header == "reject_line,reject_field,reject_reason,subject,family_name"
    assert first.startswith("7,subject,")
    assert first.endswith(",nobody,Nobody")
    assert second == "8,,not strict JSON,,"
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


def test_a_run_with_nothing_but_bad_rows_issues_nothing(issue: Issue, plan: Plan) -> None:
    outcome = issue([bad_row(number) for number in range(3)])
    assert (outcome.issued, outcome.refused, outcome.total) == (0, 3, 0)
    assert plan.out.read_bytes() == b""


@pytest.mark.usefixtures("small_chunks")
def test_each_row_has_a_place_of_its_own_in_each_list_and_no_other_is_taken(
    issuer: Issuer, issue: Issue, plan: Plan
) -> None:
    create(issuer, "one")
    create(issuer, "other", purpose="suspension")
    issue(rows(11), lists=("one", "other"))
    for purpose, name in (("revocation", "one"), ("suspension", "other")):
        entries = [
            entry
            for line in lines(plan.out)
            for entry in read_secured(line["credential"].encode()).credential.statuses
            if entry["statusPurpose"] == purpose
        ]
        record = load_record(issuer.folder, name)
        taken = {int(entry["statusListIndex"]) for entry in entries}
        assert len(taken) == 11
        assert all(record.allotted.get(index) for index in taken)
        assert (record.allotted.count(), dict(record.reserved)) == (11, {})
        assert all(entry["id"] == f"{record.url}#{entry['statusListIndex']}" for entry in entries)


def test_a_list_of_the_other_model_and_a_list_that_is_not_there_are_refused(
    issuer: Issuer, issue: Issue, plan: Plan
) -> None:
    create(issuer, "newer", kind="BitstringStatusList")
    with pytest.raises(Refused, match="need a list of the kind StatusList2021"):
        issue(rows(1), lists=("newer",))
    with pytest.raises(Unusable, match="keeps no status list"):
        issue(rows(1), lists=("absent",))
    assert not plan.out.exists()


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(
    "later",
    [("b", "a"), ("a",), ("b",), ("a", "c"), ("c", "b"), ("c",), (), ("c", "b", "a")],
    ids=lambda names: "-".join(names) or "none",
)
def test_a_run_that_goes_on_with_other_lists_gives_no_place_twice(
    issuer: Issuer, issue: Issue, plan: Plan, monkeypatch: pytest.MonkeyPatch, later: tuple[str, ...]
) -> None:
    before = "-".join(("after", *later))
    names = {short: f"{before}-list-{short}" for short in "abc"}
    for name in names.values():
        create(issuer, name)
    first, then = tuple(names[one] for one in "ab"), tuple(names[one] for one in later)
    whole, appended = Journal.append, 0

    def ends(self: Journal, chunk: Any) -> None:
        nonlocal appended
        appended += 1
        if appended == 4:
            raise KeyboardInterrupt
        whole(self, chunk)

    monkeypatch.setattr(Journal, "append", ends)
    with pytest.raises(KeyboardInterrupt):
        issue(rows(40), lists=first)
    monkeypatch.setattr(Journal, "append", whole)
    assert any(len(places) > 4 for places in load_record(issuer.folder, first[0]).reserved.values())
    monkeypatch.setattr(Journal, "append", ends)
    appended = 1
    with pytest.raises(KeyboardInterrupt):
        issue([bad_row(1), *rows(40)], lists=then)
    monkeypatch.setattr(Journal, "append", whole)
    assert issue(rows(30), lists=then).total == 30
    assert issue(rows(60), lists=first).total == 60
    given: dict[str, list[int]] = {}
    for line in lines(plan.out):
        for entry in read_secured(line["credential"].encode()).credential.statuses:
            given.setdefault(entry["statusListCredential"], []).append(int(entry["statusListIndex"]))
    for name in names.values():
        record = load_record(issuer.folder, name)
        places = given.get(record.url, [])
        assert len(set(places)) == len(places)
        assert all(map(record.allotted.get, places))
        if name in (*first, *then):
            assert (record.allotted.count(), dict(record.reserved)) == (len(places), {})


def test_a_list_that_is_named_twice_is_refused(issuer: Issuer, issue: Issue) -> None:
    create(issuer, "twice")
    with pytest.raises(Refused, match="each status list once"):
        issue(rows(1), lists=("twice", "twice"))


@pytest.mark.usefixtures("small_chunks")
def test_a_list_that_runs_full_stops_the_run_and_another_one_goes_on(
    issuer: Issuer, issue: Issue, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(issuer, "full")
    create(issuer, "empty")
    given = 0

    def scarce(issuer: Issuer, name: str, size: int, *, run: str) -> Any:
        nonlocal given
        if name == "full" and given + size > 8:
            raise StatusListFull(taken=given, wanted=size, length=8)
        given += size
        return allotted(issuer, name, size, run=run)

    allotted = status_lists.allot_indexes
    monkeypatch.setattr(issue_places, "allot_indexes", scarce)
    with pytest.raises(StatusListFull):
        issue(rows(12), lists=("full",))
    assert len(lines(plan.out)) in {4, 8}
    assert issue(rows(12), lists=("empty",)).total == 12
    assert len(set(names_in(plan.out))) == 12


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
