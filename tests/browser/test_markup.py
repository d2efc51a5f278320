"""What the reading of a page's markup finds, and lets pass."""

import pytest

from tests.browser.markup import Markup

_PAGE = (
    '<!doctype html>\n<html lang="en"><head><title>t</title></head>'
    "<body><main><h1>H</h1>%s</main></body></html>"
)


@pytest.mark.parametrize(
    "body",
    [
        "<p>Words <b>in</b> order<br>and</p><h2>Two</h2>",
        '<label for="a">A</label><input id="a"><label>B <select></select></label>',
        '<p id="h">Hint</p><input aria-label="C" aria-describedby="h"><button type="submit">Go</button>',
        '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg><img src="a" alt=""><script src="a"></script>',
    ],
)
def test_a_sound_page_has_no_fault(body: str) -> None:
    assert Markup(_PAGE % body).faults == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<p id="a"></p><p id="a"></p>', "2 times"),
        ("<input>", "no label"),
        ('<label for="b">B</label>', "id b"),
        ("<h1>Again</h1>", "one h1"),
        ('<p style="color:red"></p>', "style="),
        ('<p onclick="x()"></p>', "onclick="),
        ("<script>1</script>", "script"),
        ("<style>p{}</style>", "style"),
        ("<img src='a'>", "does not see"),
        ("<p><div></div></p>", "inside <p>"),
        ("<b><i></b></i>", "is open"),
        ("<button>Go</button>", "type"),
        ("<h3>Three</h3>", "h3 follows h1"),
        ('<p class="a" class="b"></p>', "twice"),
    ],
)
def test_a_fault_is_found(body: str, fault: str) -> None:
    assert any(fault in found for found in Markup(_PAGE % body).faults)


def test_a_document_is_begun_ended_and_says_its_language() -> None:
    faults = Markup("<html><main><h1>H</h1></main>").faults
    assert len(faults) == 4  # the doctype, the title, the language, the end


def test_links_and_text_are_given() -> None:
    foreign = '<p lang="lt">ten <b>ir</b> ten</p>'
    markup = Markup(_PAGE % f'{foreign}<p>Go <a href="x?a=1&amp;b=2">there</a>\n now</p>')
    assert markup.links == ["x?a=1&b=2"]
    assert markup.text.endswith("H Go there now")
