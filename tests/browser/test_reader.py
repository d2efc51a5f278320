"""What must not happen to a reader is noticed when it does."""

import pytest

from tests.browser.conftest import Desk

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    ("deed", "noticed"),
    [
        ("document.body.setAttribute('style', 'color: red')", "style-src"),
        ("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))", "script-src"),
        ("fetch('http://127.0.0.2/').catch(() => null)", "connect-src"),
        ("location.assign('http://127.0.0.2/')", "asked for http://127.0.0.2/"),
        ("console.error('broken')", "broken"),
        ("setTimeout(() => { throw new Error('failed') })", "failed"),
    ],
)
def test_a_breach_is_noticed(desk: Desk, deed: str, noticed: str) -> None:
    with pytest.raises(AssertionError, match=noticed), desk.reader() as somebody:  # noqa: PT012
        somebody.open("")
        somebody.page.evaluate(deed)
        somebody.await_complaint()


@pytest.mark.parametrize(
    ("deed", "noticed"),
    [("document.cookie = 'a=1'", "'a'"), ("localStorage.setItem('kept', '1')", "kept")],
)
def test_a_trace_is_noticed(desk: Desk, deed: str, noticed: str) -> None:
    with pytest.raises(AssertionError, match=noticed), desk.reader() as somebody:  # noqa: PT012
        somebody.open("")
        somebody.page.evaluate(deed)


def test_a_barrier_and_a_page_too_wide_are_noticed(desk: Desk) -> None:
    with desk.reader() as somebody:
        somebody.open("")
        assert somebody.barriers() == []
        assert somebody.overflow <= 0
        somebody.page.evaluate("document.documentElement.lang = ''")
        somebody.page.evaluate("document.querySelector('main').style.minWidth = '3000px'")
        assert any("html-has-lang" in found for found in somebody.barriers())
        assert somebody.overflow > 0
