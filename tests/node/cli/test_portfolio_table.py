import pytest

from credentials.portfolio import portfolio_of
from node.cli.portfolio_table import show_portfolio
from tests.credentials.credential_makers import LEARNER
from tests.credentials.test_portfolio import OTHER, judged, micro


def _printed(capsys: pytest.CaptureFixture[str], *learners: str | None) -> list[str]:
    shown = [judged(micro(f"T{n}", f"{n}", level=6, learner=one)) for n, one in enumerate(learners, start=1)]
    show_portfolio(portfolio_of(shown))
    return capsys.readouterr().out.splitlines()


def test_credits_of_one_learner_are_one_sum(capsys: pytest.CaptureFixture[str]) -> None:
    printed = _printed(capsys, LEARNER, LEARNER)
    assert "Credits that count: 3 ECTS" in printed
    assert "  They are about 1 learner." in printed
    assert [line.split() for line in printed if line.startswith("  6")] == [["6", "3", "0", "0", "3"]]


def test_credits_of_several_learners_are_never_one_sum(capsys: pytest.CaptureFixture[str]) -> None:
    printed = _printed(capsys, LEARNER, OTHER, None, LEARNER)
    assert [line for line in printed if line.startswith("Credits")] == [
        f"Credits that count, of {LEARNER}: 5 ECTS",
        f"Credits that count, of {OTHER}: 2 ECTS",
        "Credits that count, of whoever is not named: 3 ECTS",
    ]
    assert "  They are about 2 different learners; 1 credential names nobody." in printed


def test_of_what_names_nobody_no_number_of_learners_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    printed = _printed(capsys, None, None)
    assert "Credits that count: 3 ECTS" in printed
    assert [line for line in printed if "They are about" in line] == []
