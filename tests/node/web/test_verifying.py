"""The page's verdict is the API's: its outcome, its checks, its words; and nothing of a document is kept."""

import json
import logging
import re

import pytest
from sqlalchemy import func, select

from credentials.verdict import CHECKS
from node.api.limits import COSTS, cost
from node.db.session import reading
from node.db.tables import METADATA
from node.web.languages import Language
from node.web.reasons import CHECKS as NAMES
from node.web.reasons import general_sentence
from node.web.verify_headlines import WORDS
from tests.credentials.presentations import AUDIENCE, NONCE, Wallet
from tests.node.web.verifying_desk import SCRIPT, Desk, checks_on, text_of

pytestmark = pytest.mark.enable_socket

KINDS = (
    *("valid", "revoked", "suspended", "altered", "unaccredited", "not anchored", "a binary"),
    *("no micro-credential", "scripted"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_the_api_says(desk: Desk, kind: str) -> None:
    told = desk.verdict(desk.made.of[kind])
    page = desk.judged(kind)
    shown = text_of(page)
    _tone, sign, word = WORDS[told["outcome"]]
    assert shown.index(f"{sign} {word}") < shown.index("What was checked")
    assert checks_on(page) == [(check["name"], check["reason"] or "") for check in told["checks"]]
    for check in told["checks"]:
        assert f"{check['number']} {NAMES[check['name']]}" in shown
        assert " ".join(check["sentence"].split()) in shown
    if told["outcome"] != "valid":
        assert told["sentence"] in shown


def test_the_evidence_of_each_check_is_on_the_page(desk: Desk) -> None:
    told, shown = desk.verdict(desk.made.of["valid"]), text_of(desk.judged("valid"))
    for name, value in told["checks"][7]["evidence"].items():
        assert name in shown
        if isinstance(value, str):
            assert value in shown
    entry = told["checks"][7]["evidence"]["entry"]
    assert f'href="./registry/entries/{entry}"' in desk.judged("valid")


def test_the_verdict_for_programs_is_on_the_page_as_the_api_gives_it(desk: Desk) -> None:
    page = desk.judged("revoked")
    printed = re.findall(r"<pre[^>]*>(\{.*?\})</pre>", page, re.DOTALL)[-1]
    given = json.loads(
        printed.replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&amp;", "&")
    )
    assert given == desk.verdict(desk.made.of["revoked"])


def test_a_micro_credential_is_shown_as_a_person_reads_it(desk: Desk) -> None:
    shown = text_of(desk.judged("valid"))
    for said in (
        "Teamwork",
        "Ana Andrei",
        "2.5 ECTS",
        "Leads a team",
        "lead a team",
        "28/30",
        "Italy",
        "0413 Management",
    ):
        assert said in shown
    assert "It has all standard elements of a European micro-credential." in shown
    missing = text_of(desk.judged("no micro-credential"))
    assert "it does not say: Learner" not in missing
    assert "Of the standard elements of a European micro-credential it does not say:" in missing


def test_what_a_document_says_is_text_and_no_markup(desk: Desk) -> None:
    page = desk.judged("scripted")
    assert SCRIPT in text_of(page)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert" in page


def test_a_file_name_is_text_and_no_markup(desk: Desk) -> None:
    name = "<b onclick=x>.jwt"
    files = [("document", (name, desk.made.of["valid"])), ("document", ("b.jwt", desk.made.of["revoked"]))]
    page = desk.hand_in(*files).text
    assert "<b onclick" not in page
    assert "&lt;b onclick=x&gt;.jwt" in page


def test_an_earlier_time_is_asked_for_in_utc(desk: Desk) -> None:
    then = desk.made.good_at
    shown = text_of(desk.judged("revoked", as_of=then.strftime("%Y-%m-%dT%H:%M:%S")))
    assert "✔ Valid" in shown
    assert desk.verdict(desk.made.of["revoked"], **{"as-of": then.isoformat()})["outcome"] == "valid"
    assert "✘ Not valid" in text_of(desk.judged("revoked"))


def test_the_form_that_asks_again_carries_the_document(desk: Desk) -> None:
    page = desk.judged("revoked", nonce="n-1", audience="a")
    carried = re.findall(r'<textarea name="text" hidden[^>]*>\n([^<]*)</textarea>', page)
    assert [text.encode() for text in carried] == [desk.made.of["revoked"]]
    assert 'name="nonce" value="n-1"' in page
    again = desk.hand_in(("text", (None, carried[0].encode())), as_of="2026-11-21T09:00")
    assert "As of 21 Nov 2026 09:00:00 UTC" in text_of(again.text)
    assert "hand them in again" in desk.judged("a binary")


def test_in_another_language_a_check_says_the_general_case(desk: Desk) -> None:
    page = desk.judged("revoked", lang="lt")
    told = desk.verdict(desk.made.of["revoked"])
    assert '<html lang="lt">' in page
    before_the_json = text_of(page).partition('"ankyra-verdict/1"')[0]
    for check in told["checks"]:
        general = Language("lt").text(general_sentence(check["name"], check["outcome"], check["reason"]))
        assert general in before_the_json
    assert told["sentence"] not in before_the_json


def test_pasted_text_is_judged_as_a_file_is(desk: Desk) -> None:
    answer = desk.hand_in(
        ("text", (None, b"\r\n " + desk.made.of["valid"] + b"\r\n")), ("document", ("", b""))
    )
    assert answer.status_code == 200
    assert "✔ Valid" in text_of(answer.text)


def test_several_files_are_a_portfolio(desk: Desk) -> None:
    page = desk.judged("valid", "revoked", "scripted", "a binary")
    shown = text_of(page)
    assert "Found genuine and in force: 2 of 4" in shown
    assert "5 ECTS count" in shown
    assert "Overlaps: credits that may be counted twice" in shown
    assert "2 : Not in force: its issuer revoked it" in shown
    for kind in ("valid", "revoked", "scripted"):
        digest = desk.verdict(desk.made.of[kind])["credential"]["digest"]
        assert f'href="./anchors/{digest}"' in page


def test_credits_of_several_learners_have_no_sum(desk: Desk) -> None:
    shown = text_of(desk.judged("valid", "scripted", "of another"))
    assert "They are about 2 different learners." in shown
    assert "5 ECTS count" in shown
    assert "2.5 ECTS count" in shown
    assert "7.5" not in shown.partition("ankyra-portfolio/1")[0]


def test_the_same_credential_twice_is_counted_once(desk: Desk) -> None:
    shown = text_of(desk.judged("valid", "valid"))
    assert "2.5 ECTS count" in shown
    assert "the same as number 1" in shown


def test_a_presentation_is_judged_with_its_holder(desk: Desk) -> None:
    world, university = desk.made.home.world, desk.made.home.university
    shown_by = Wallet(world).shows(world.issue(university, subject=None))
    page = desk.hand_in(("document", ("vp.jwt", shown_by)), nonce=NONCE, audience=AUDIENCE).text
    told = desk.verdict(shown_by, **{"expected-nonce": NONCE, "expected-audience": AUDIENCE})
    assert told["schema"] == "ankyra-presentation-verdict/1"
    assert told["holder"]["sentence"] in text_of(page)
    assert told["sentence"] in text_of(page)
    assert [name for name, _ in checks_on(page)] == ["holder", *(check.name for check in CHECKS)]


def test_nothing_of_a_document_is_kept_or_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def rows() -> dict[str, int]:
        with reading(desk.node.engine) as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar() or 0
                for name, table in METADATA.tables.items()
            }

    before = rows()
    with caplog.at_level(logging.DEBUG):
        answer = desk.hand_in(("document", ("mine.jwt", desk.made.of["valid"])), nonce="secret-nonce")
        desk.hand_in(("document", ("mine.jwt", b"broken")), surprise="x")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert rows() == before
    payload = desk.made.of["valid"].split(b".")[1].decode()
    for line in (line for line in caplog.records if not line.name.startswith(("httpx", "httpcore"))):
        for secret in (payload[:64], "mine.jwt", "secret-nonce"):
            assert secret not in str(vars(line))


def test_pages_allow_no_script_of_their_text_and_nothing_of_others(desk: Desk) -> None:
    for answer in (desk.http.get("/"), desk.hand_in(("document", ("a", desk.made.of["valid"])))):
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "set-cookie" not in answer.headers
        assert not re.search(r"\son[a-z]+\s*=|<style|style=|<script>", re.sub(r">[^<]*<", "><", answer.text))
        assert not re.search(r'(?:src|srcset|action)="(?:https?:)?//', answer.text)


def test_the_form_needs_no_script(desk: Desk) -> None:
    page = desk.http.get("/").text
    form = page[page.index("<form") : page.index("</form>")]
    assert 'method="post"' in form
    assert 'enctype="multipart/form-data"' in form
    names = set(re.findall(r'name="([a-z-]+)"', form))
    assert names == {"document", "picture", "text", "as-of", "nonce", "audience"}
    assert '<button type="submit">' in form
    for control in re.findall(r'<(?:input|textarea)[^>]*\sid="([a-z-]+)"', form):
        assert f'<label for="{control}">' in form


def test_a_verdict_costs_here_what_it_costs_there() -> None:
    prices = {(method, path): price for method, path, price in COSTS}
    assert prices["POST", "/"] == prices["POST", "/v1/verifications"]
    assert prices["GET", "/anchors/"] == prices["GET", "/v1/anchors/"]
    assert cost({"method": "POST", "path": "/"}) == prices["POST", "/"]
    assert cost({"method": "POST", "path": "/v1/anything"}) == 1
