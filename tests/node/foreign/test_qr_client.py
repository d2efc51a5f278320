"""The process that reads QR codes: right, bounded, and there for the next who asks."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from credentials.errors import Unavailable
from node.foreign.qr_client import MAX_PICTURE, QrProcess, UnreadablePicture
from node.foreign.qr_worker import FORMATS, MAX_PIXELS, MEMORY_BYTES
from tests.node.foreign.pictures import bomb, code, encoded, photograph, texts_bomb

_SLEEPS = "print('ready', flush=True); import time; time.sleep(600)"
_CREDENTIAL = "eyJhbGciOiJFUzI1NiJ9." + "A" * 900 + "." + "B" * 86


@pytest.fixture(scope="module")
def qr() -> Iterator[QrProcess]:
    made = QrProcess(seconds=120, starting_seconds=60)  # a busy machine must not decide
    yield made
    made.close()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_credential_in_a_code_is_read_from_each_kind_of_picture(qr: QrProcess, kind: str) -> None:
    assert qr.texts_in(photograph(_CREDENTIAL, kind=kind)) == (_CREDENTIAL,)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_pictures_of_all_modes_are_read(qr: QrProcess, mode: str) -> None:
    assert qr.texts_in(photograph("ankyra", mode=mode)) == ("ankyra",)


def test_a_code_drawn_on_nothing_is_read(qr: QrProcess) -> None:
    drawn = code("on nothing", scale=8)
    ink = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    ink.paste((0, 0, 0, 255), mask=drawn.point(lambda grey: 255 - grey))
    assert qr.texts_in(encoded(ink, "PNG")) == ("on nothing",)


def test_several_codes_are_told_each_once(qr: QrProcess) -> None:
    assert set(qr.texts_in(photograph("one", "two", "one"))) == {"one", "two"}


def test_pictures_that_come_together_are_read_one_after_the_other(qr: QrProcess) -> None:
    pictures = {text: photograph(text) for text in ("a", "b", "c", "d")}
    with ThreadPoolExecutor(len(pictures)) as people:
        found = dict(zip(pictures, people.map(qr.texts_in, pictures.values()), strict=True))
    assert found == {text: (text,) for text in pictures}


def test_a_picture_without_a_code_says_nothing(qr: QrProcess) -> None:
    assert qr.texts_in(encoded(Image.new("RGB", (640, 480), "white"), "JPEG")) == ()


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\xff\xd8\xff",
        b"RIFF" + bytes(64),
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        photograph("cut")[:300],
        encoded(Image.new("RGB", (64, 64)), "GIF"),
        encoded(Image.new("RGB", (64, 64)), "TIFF"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["nothing", "a beginning", "riff", "png of zeros", "cut", "gif", "tiff", "postscript", "svg"],
)
def test_what_is_no_such_picture_is_refused(qr: QrProcess, picture: bytes) -> None:
    with pytest.raises(UnreadablePicture, match="JPEG, a PNG or a WebP"):
        qr.texts_in(picture)


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (MAX_PIXELS + 1, 1)])
def test_a_picture_that_would_be_huge_is_refused_before_it_is_one(
    qr: QrProcess, width: int, height: int
) -> None:
    qr.texts_in(photograph("before"))
    before = qr.pid
    with pytest.raises(UnreadablePicture):
        qr.texts_in(bomb(width=width, height=height))
    assert qr.texts_in(photograph("after")) == ("after",)
    assert qr.pid == before


def test_texts_that_would_be_huge_fill_no_memory(qr: QrProcess) -> None:
    with pytest.raises(UnreadablePicture):
        qr.texts_in(texts_bomb())
    assert qr.texts_in(photograph("after")) == ("after",)


def test_forty_megapixels_are_read(qr: QrProcess) -> None:
    table = Image.new("L", (8000, MAX_PIXELS // 8000), 220)
    table.paste(code("large", scale=12), (4000, 2000))
    assert qr.texts_in(encoded(table, "JPEG")) == ("large",)


def test_more_bytes_than_a_picture_has_are_refused_unseen(qr: QrProcess) -> None:
    with pytest.raises(UnreadablePicture, match="12 MiB"):
        qr.texts_in(bytes(MAX_PICTURE + 1))


def _once_it_is_up(qr: QrProcess, picture: bytes) -> tuple[str, ...] | str:
    """The texts or the refusal, asked as often as it takes for the process to be up."""
    while True:
        try:
            return qr.texts_in(picture)
        except Unavailable as error:
            if "being started" not in error.sentence:
                return error.sentence


def test_a_process_killed_while_it_reads_is_followed_by_another() -> None:
    silent = QrProcess(seconds=60, starting_seconds=60, command=(sys.executable, "-c", _SLEEPS))
    said: list[str] = []

    def ask() -> None:
        said.append(str(_once_it_is_up(silent, photograph("x"))))

    asking = threading.Thread(target=ask)
    asking.start()
    while (reading := silent.pid) is None:
        assert asking.is_alive()
    os.kill(reading, signal.SIGKILL)
    asking.join(60)
    assert said == ["The picture could not be read in the time there is."]
    assert silent.pid is None
    silent.close()


def test_a_killed_process_keeps_nobody_after_it_waiting(qr: QrProcess) -> None:
    qr.texts_in(photograph("first"))
    first = qr.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    with pytest.raises(Unavailable):
        qr.texts_in(photograph("second"))
    assert qr.texts_in(photograph("third")) == ("third",)
    assert qr.pid != first


def test_a_process_that_falls_silent_is_ended() -> None:
    silent = QrProcess(seconds=1, starting_seconds=20, command=(sys.executable, "-c", _SLEEPS))
    assert _once_it_is_up(silent, photograph("x")) == "The picture could not be read in the time there is."
    assert silent.pid is None


def test_its_memory_is_bounded(qr: QrProcess) -> None:
    qr.texts_in(photograph("x"))
    limits = Path(f"/proc/{qr.pid}/limits")
    if not limits.exists():
        pytest.skip("this system does not show the limits of a process")
    bound = next(line for line in limits.read_text("utf-8").splitlines() if "address space" in line)
    assert str(MEMORY_BYTES) in bound
