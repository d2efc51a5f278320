"""Photographed QR codes: a credential is judged, an address of an anchor leads there, all else is told."""

import os
import re
import signal

import httpx
import pytest

from node.foreign.qr_client import MAX_PICTURE, QrProcess, UnreadablePicture
from node.foreign.qr_worker import _TOO_LARGE, _UNREADABLE
from node.web.verify_codes import PICTURES_TOLD
from tests.node.foreign.pictures import bomb, photograph
from tests.node.web.verifying_desk import Desk, text_of

pytestmark = pytest.mark.enable_socket

_DIGEST = "ab" * 32


def _show(desk: Desk, picture: bytes, *, field: str = "picture") -> httpx.Response:
    return desk.hand_in((field, ("IMG_0001.jpeg", picture)), ("document", ("", b"")), ("text", (None, b"")))


@pytest.mark.parametrize("field", ["picture", "document"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_credential_in_a_code_is_judged(desk: Desk, kind: str, field: str) -> None:
    short = desk.made.home.world.issue(
        desk.made.home.university, subject={"id": "did:key:z1", "hasClaim": {}}
    )
    answer = _show(desk, photograph(short.decode(), kind=kind), field=field)
    assert answer.status_code == 200
    told = desk.verdict(short)
    assert told["credential"]["id"] in text_of(answer.text)
    assert told["sentence"] in text_of(answer.text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            _DIGEST,
            _DIGEST.upper(),
            f"https://node.example/anchors/{_DIGEST}",
            f"http://a.example/anchors/{_DIGEST}/",
        ),
        *(
            f"https://node.example/below/anchors/{_DIGEST}?lang=lt",
            f"https://node.example/v1/anchors/{_DIGEST}",
        ),
    ],
)
def test_a_digest_leads_to_its_permalink_at_this_node(desk: Desk, text: str) -> None:
    answer = _show(desk, photograph(text))
    assert (answer.status_code, answer.headers["location"]) == (303, f"anchors/{_DIGEST}")
    pasted = desk.hand_in(("text", (None, text.encode())), lang="lt")
    assert (pasted.status_code, pasted.headers["location"]) == (303, f"anchors/{_DIGEST}?lang=lt")


@pytest.mark.parametrize(
    "text",
    [
        *("https://evil.example/<b>now</b>", "openid-credential-offer://?credential_offer_uri=x", "hello"),
        *(
            f"ftp://a.example/anchors/{_DIGEST}",
            f"https://a.example/anchors/{_DIGEST[:-1]}",
            "http://[::1/anchors/",
        ),
    ],
)
def test_any_other_code_is_told_as_text(desk: Desk, text: str) -> None:
    answer = _show(desk, photograph(text))
    assert answer.status_code == 400
    assert f"It says: {text}" in text_of(answer.text).replace("< b >", "<b>")
    assert "<b>now" not in answer.text


def test_a_long_code_is_cut(desk: Desk) -> None:
    said = text_of(_show(desk, photograph("a " * 900)).text)
    assert re.search(r"It says: (a ){60}…", said)


def test_a_picture_without_a_code_or_with_several_is_told(desk: Desk) -> None:
    assert "There is no QR code in the picture" in _show(desk, photograph()).text
    several = _show(desk, photograph(_DIGEST, "cd" * 32))
    assert (several.status_code, "shows several codes" in several.text) == (400, True)
    known = _show(desk, photograph("a shop", _DIGEST))
    assert known.status_code == 303


def test_an_address_beside_other_documents_is_told(desk: Desk) -> None:
    picture = ("picture", ("a.png", photograph(_DIGEST)))
    answer = desk.hand_in(picture, ("document", ("a.jwt", desk.made.of["valid"])))
    assert (answer.status_code, "handed in by itself" in answer.text) == (400, True)


def test_a_picture_that_would_be_huge_is_refused_and_the_next_is_read(desk: Desk) -> None:
    answer = _show(desk, bomb(width=30_000, height=30_000))
    assert (answer.status_code, "megapixels" in answer.text) == (400, True)
    assert "has to be a JPEG" in _show(desk, b"\xff\xd8\xff" + bytes(1000)).text
    assert _show(desk, photograph(_DIGEST)).status_code == 303


def test_a_worker_that_is_killed_is_told_and_followed_by_another(desk: Desk) -> None:
    assert _show(desk, photograph(_DIGEST)).status_code == 303
    process: QrProcess = desk.node.qr_codes
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    answer = _show(desk, photograph(_DIGEST))
    assert (answer.status_code, 'id="hand-in"' in answer.text) == (503, True)
    assert "could not be read in the time there is" in answer.text
    assert _show(desk, photograph(_DIGEST)).status_code == 303


def test_whatever_the_process_says_stands_in_the_catalogues() -> None:
    work = QrProcess.work
    said = {work.too_many, work.others_first, work.starting, work.out_of_time, _TOO_LARGE, _UNREADABLE}
    with pytest.raises(UnreadablePicture) as refused:
        QrProcess().texts_in(bytes(MAX_PICTURE + 1))
    assert said | {str(refused.value)} == set(PICTURES_TOLD)
