import re
from datetime import UTC, datetime

import pytest

from credentials.verdict import CHECKS, HOLDER, PROFILE, REQUIRED, CheckResult, Outcome, Verdict
from node.cli.verdict_table import show_checks
from node.client.node_verdict import read_verdict

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OUTCOMES = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_DETERMINABLE, Outcome.NOT_APPLICABLE)


def shown(results: tuple[CheckResult, ...], capsys: pytest.CaptureFixture[str]) -> list[str]:
    verdict = Verdict(
        results=results,
        at=NOW,
        judged_at=NOW,
        digest=bytes(32),
        issuer="did:example:1",
        credential_id=None,
        relaxed=(),
        required=REQUIRED | {HOLDER.name},
    )
    show_checks(read_verdict(verdict.to_json(), digest=bytes(32), as_of=None, relaxed=(), url="http://node"))
    return capsys.readouterr().out.splitlines()


def test_each_check_is_a_line_with_its_sign_and_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    results = tuple(
        CheckResult(check, OUTCOMES[check.number % 4], f"Sentence {check.number}.", reason="why")
        for check in CHECKS
    )
    lines = shown(results, capsys)
    assert len(lines) == 1 + len(CHECKS)
    for check, line in zip(CHECKS, lines[1:], strict=True):
        words = line.split()
        assert words[:3] == [str(check.number), check.name, "✔✘?·"[check.number % 4]]
        assert line.endswith(f"Sentence {check.number}.")


def test_what_does_not_decide_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    results = tuple(CheckResult(check, Outcome.FAILED, "No.", reason="why") for check in CHECKS)
    lines = shown(results, capsys)[1:]
    assert "does not decide" in lines[PROFILE.number]
    assert "does not decide" not in lines[PROFILE.number - 1]


def test_findings_follow_and_foreign_text_is_made_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    results = tuple(
        CheckResult(check, Outcome.PASSED, "Fine\x1b[2J.", findings=(f"Note {check.number}\x07.",))
        for check in CHECKS
    )
    lines = shown(results, capsys)
    assert next(line for line in lines if line.startswith("  ! Note")).startswith("  ! Note 0")
    assert len(lines) == 1 + 2 * len(CHECKS)
    assert not set("\x1b\x07") & set("".join(lines))


def test_no_line_ends_in_blanks_where_no_terminal_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    results = tuple(CheckResult(check, Outcome.PASSED, "x" * (1 + check.number)) for check in CHECKS)
    assert all(line == line.rstrip() for line in shown(results, capsys))


def test_on_a_terminal_the_lines_of_a_finding_stand_under_each_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    results = tuple(
        CheckResult(check, Outcome.PASSED, "Fine.", findings=("word " * 40,) if check == PROFILE else ())
        for check in CHECKS
    )
    printed = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown(results, capsys)]
    found = printed[1 + len(CHECKS) :]
    assert len(found) > 2
    assert found[0].startswith("  ! word")
    assert all(line.startswith("    word") for line in found[1:])
