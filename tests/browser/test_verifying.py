"""What a graduate or an employer sees of each credential: the same sentence with scripts and without."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from node.web.languages import Language
from tests.browser.cast import TITLE, Cast
from tests.browser.conftest import Desk
from tests.browser.reader import DESKTOP, PHONE, Reader
from tests.foreign.degrees import LEARNER
from tests.node.foreign.pictures import photograph

pytestmark = pytest.mark.enable_socket

OUTCOMES = {
    "valid": ("Valid", "Genuine and in force, from an accredited issuer"),
    "sealed": ("Valid", "Genuine and in force, from an accredited issuer"),
    "revoked": ("Not valid", "Not in force: its issuer revoked it"),
    "suspended": ("Not valid", "Not in force at present: its issuer suspended it"),
    "altered": (
        "Not valid",
        "Not genuine: it was changed after it was signed, or its issuer did not sign it",
    ),
    "unaccredited": ("Not valid", "Its issuer is not accredited"),
    "binary": ("Not valid", "This is not a credential that can be read"),
}
MOST_STEPS = 40  # of the tabulator, until a field must have been reached


def hand_in(somebody: Reader, people: Cast, *names: str) -> None:
    """Choose files and send them."""
    page = somebody.page
    files = [
        {"name": f"{name}.jwt", "mimeType": "application/octet-stream", "buffer": getattr(people, name)}
        for name in names
    ]
    page.locator("#document").set_input_files(files)  # type: ignore[arg-type]
    somebody.follow(page.locator("#hand-in button[type=submit]"))


def told(page: Page) -> tuple[str, str]:
    """The outcome and the sentence with which a verdict begins."""
    word = page.locator(".verdict .outcome").first.inner_text()
    return word.split(maxsplit=1)[1], page.locator("h1").inner_text()


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_verdict_is_told_on_a_desk(desk: Desk, people: Cast, name: str) -> None:
    with desk.reader() as somebody:
        somebody.open("")
        hand_in(somebody, people, name)
        assert told(somebody.page) == OUTCOMES[name]
        somebody.keep_picture(f"verdict-{name}-en-{DESKTOP}")
        assert somebody.barriers() == []
        assert somebody.overflow <= 0


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_same_is_told_on_a_phone_without_scripts_in_another_language(
    desk: Desk, people: Cast, name: str
) -> None:
    with desk.reader(language="lt", width=PHONE, scripts=False) as somebody:
        somebody.open("")
        hand_in(somebody, people, name)
        assert told(somebody.page) == tuple(Language("lt").text(text) for text in OUTCOMES[name])
        somebody.keep_picture(f"verdict-{name}-lt-{PHONE}")
        assert somebody.overflow <= 0


@pytest.mark.parametrize("name", ["valid", "altered"])
def test_a_verdict_in_the_dark_is_in_nobodys_way(desk: Desk, people: Cast, name: str) -> None:
    with desk.reader(language="lt", width=PHONE, scheme="dark") as somebody:
        somebody.open("")
        hand_in(somebody, people, name)
        for shut in somebody.page.locator("summary").all():
            shut.click()
        somebody.keep_picture(f"verdict-{name}-lt-{PHONE}-dark-open")
        assert somebody.barriers() == []
        assert somebody.overflow <= 0


def test_a_text_is_pasted_and_sent_by_keyboard_alone(desk: Desk, people: Cast) -> None:
    with desk.reader() as somebody:
        somebody.open("")
        page = somebody.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        go_to(page, "text")
        page.keyboard.insert_text(people.valid.decode())
        go_to(page, "submit")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert told(page) == OUTCOMES["valid"]


def go_to(page: Page, wanted: str) -> None:
    """Press the tabulator until the field of this id or type is reached."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if wanted in page.evaluate("[document.activeElement.id, document.activeElement.type]"):
            return
    pytest.fail(f"the keyboard does not come to {wanted}")


def test_a_file_is_dropped(desk: Desk, people: Cast) -> None:
    with desk.reader() as somebody:
        somebody.open("")
        page = somebody.page
        dropped = page.evaluate_handle(
            """(text) => {
                const dropped = new DataTransfer();
                dropped.items.add(new File([text], 'credential.jwt'));
                return dropped;
            }""",
            people.valid.decode(),
        )
        page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
        assert "credential.jwt" in page.locator("#said").inner_text()
        somebody.follow(page.locator("#hand-in button[type=submit]"))
        assert told(page) == OUTCOMES["valid"]


def test_a_code_is_photographed(desk: Desk, people: Cast, tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    picture.write_bytes(photograph(f"{people.url}/anchors/{people.digest}"))
    with desk.reader(width=PHONE, language="lt", scripts=False) as somebody:
        somebody.open("")
        page = somebody.page
        page.locator("#picture").set_input_files(picture)
        somebody.follow(page.locator("#hand-in button[type=submit]"))
        assert page.url.startswith(f"{people.url}/anchors/{people.digest}")
        assert told(page)[0] == Language("lt").text("Anchored")


def test_several_files_make_a_portfolio(desk: Desk, people: Cast) -> None:
    with desk.reader(width=PHONE) as somebody:
        somebody.open("")
        hand_in(somebody, people, "valid", "revoked", "sealed")
        page = somebody.page
        word, sentence = told(page)
        assert word == "Not all are valid"
        assert "2 of 3" in sentence
        somebody.keep_picture(f"portfolio-en-{PHONE}")
        assert somebody.overflow <= 0
        assert somebody.barriers() == []
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        somebody.keep_picture(f"portfolio-en-{DESKTOP}")


def test_a_verdict_is_asked_for_again_as_of_a_day_before(desk: Desk, people: Cast) -> None:
    with desk.reader() as somebody:
        somebody.open("")
        hand_in(somebody, people, "valid")
        page = somebody.page
        page.locator("#as-of").fill("2026-09-01T12:00:00")
        somebody.follow(page.locator("form:has(#as-of) button[type=submit]"))
        assert told(page)[0] != "Valid"
        assert "1 Sept 2026" in page.locator(".verdict").inner_text()


def test_nothing_handed_in_and_too_much_are_told_beside_the_form(desk: Desk) -> None:
    with desk.reader(width=PHONE, language="lt") as somebody:
        somebody.open("")
        somebody.follow(somebody.page.locator("#hand-in button[type=submit]"))
        assert somebody.page.get_by_role("alert").is_visible()
        somebody.keep_picture(f"verify-problem-lt-{PHONE}")
        assert somebody.overflow <= 0
        assert somebody.barriers() == []


def test_a_verdict_is_printed_without_what_paper_cannot_do(desk: Desk, people: Cast) -> None:
    with desk.reader() as somebody:
        somebody.open("")
        hand_in(somebody, people, "valid")
        page = somebody.page
        page.emulate_media(media="print")
        somebody.keep_picture("verdict-valid-print")
        assert not page.get_by_role("button").locator("visible=true").count()
        assert page.get_by_text(TITLE).first.is_visible()


def test_a_permalink_tells_of_the_anchor_and_nothing_of_the_credential(desk: Desk, people: Cast) -> None:
    with desk.reader() as somebody:
        somebody.open(f"anchors/{people.digest}")
        page = somebody.page
        somebody.keep_picture(f"anchor-en-{DESKTOP}")
        assert told(page) == ("Anchored", "This digest is on the ledger")
        for secret in (TITLE, LEARNER, "hasClaim"):
            assert secret not in page.content()


@pytest.mark.parametrize("name", ["valid", "sealed"])
def test_the_browser_finds_the_servers_digest_and_uploads_nothing(
    desk: Desk, people: Cast, name: str, tmp_path: Path
) -> None:
    path = tmp_path / "credential"
    path.write_bytes(getattr(people, name) + b"\n")
    with desk.reader() as somebody:
        somebody.open("")
        page = somebody.page
        bodies: list[object] = []
        page.on("request", lambda request: bodies.append(request.post_data_buffer))
        page.locator("#document").set_input_files(path)
        page.locator("#is-anchored").click()
        page.wait_for_url("**/anchors/*")
        assert told(page)[0] == "Anchored"
        assert page.url.rpartition("/")[2].partition("?")[0] == people.digest_of(name)
        assert set(bodies) == {None}


def test_the_browser_gives_no_digest_to_what_nobody_signed(desk: Desk, people: Cast, tmp_path: Path) -> None:
    path = tmp_path / "diploma.pdf"
    path.write_bytes(people.binary)
    with desk.reader() as somebody:
        somebody.open("")
        somebody.page.locator("#document").set_input_files(path)
        somebody.page.locator("#is-anchored").click()
        somebody.page.get_by_text("no digest of its own").wait_for()
        assert somebody.answers == [("/", 200)]
