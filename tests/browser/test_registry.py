"""What an officer does in the registry with a browser."""

import csv
import io
from pathlib import Path

import pytest

from tests.browser.cast import UNIVERSITY, Cast
from tests.browser.conftest import Desk
from tests.browser.reader import DESKTOP, PHONE
from tests.browser.test_verifying import go_to

pytestmark = pytest.mark.enable_socket


def test_an_issuer_is_found_by_keyboard_alone(desk: Desk, people: Cast) -> None:
    with desk.reader(scripts=False) as somebody:
        somebody.open("registry/search")
        page = somebody.page
        go_to(page, "q")
        page.keyboard.insert_text(UNIVERSITY.lower())
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/registry/issuers/{people.did}")
        assert page.locator("h1").inner_text() == UNIVERSITY


def test_a_digest_is_found_with_its_batch(desk: Desk, people: Cast) -> None:
    with desk.reader() as somebody:
        somebody.open(f"registry/search?q={people.digest}")
        assert f"/registry/batches/{people.did}/" in somebody.page.url


def test_the_history_is_filtered_and_taken_home(desk: Desk, people: Cast, tmp_path: Path) -> None:
    with desk.reader() as somebody:
        somebody.open("registry/history")
        page = somebody.page
        page.locator("#kind").select_option("anchor.batch")
        page.locator("#issuer").fill(people.did)
        somebody.follow(page.locator("form.panel button"))
        shown = page.locator("main tbody tr").count()
        with page.expect_download() as started:
            page.locator("a[download]").click()
        path = tmp_path / "history.csv"
        started.value.save_as(path)
    told = people.play.world.ok("/v1/history", params={"kind": "anchor.batch", "issuer": people.did})["items"]
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert len(told) == shown == len(rows) - 1


def test_a_page_is_read_on_in_another_language(desk: Desk, people: Cast) -> None:
    with desk.reader() as somebody:
        somebody.open(f"registry/issuers/{people.did}?as-of=2026-09-22")
        page = somebody.page
        somebody.follow(page.locator(".languages a"))
        assert page.evaluate("document.documentElement.lang") == "lt"
        assert "as-of=2026-09-22" in page.url
        somebody.follow(page.get_by_role("link", name="Istorija").first)
        assert page.evaluate("document.documentElement.lang") == "lt"


def test_the_accreditations_of_a_day_before_are_none(desk: Desk) -> None:
    with desk.reader(language="lt", scripts=False) as somebody:
        somebody.open("registry/accreditations")
        page = somebody.page
        assert page.locator("ul.tree li").count() == 3
        page.locator("#as-of").fill("2026-09-01")
        somebody.follow(page.locator("form.panel button"))
        assert page.locator("ul.tree li").count() == 0
        assert page.get_by_text("Tuo metu dar niekas nebuvo akredituotas.").is_visible()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("path", ["registry", "statistics"])
def test_the_newest_month_is_seen_without_scrolling(desk: Desk, path: str, width: int) -> None:
    with desk.reader(width=width) as somebody:
        somebody.open(path)
        newest = somebody.page.locator(".charted").first.locator("thead th").last.bounding_box()
        assert newest is not None
        assert newest["x"] >= 0
        assert newest["x"] + newest["width"] <= width


def test_on_a_phone_the_list_of_accreditations_comes_before_its_drawing(desk: Desk) -> None:
    for width, list_first in ((DESKTOP, False), (PHONE, True)):
        with desk.reader(width=width) as somebody:
            somebody.open("registry/accreditations")
            listed, drawn = (
                somebody.page.locator(name).bounding_box() for name in ("ul.tree >> nth=0", ".drawing")
            )
            assert listed is not None
            assert drawn is not None
            assert (listed["y"] < drawn["y"]) is list_first
