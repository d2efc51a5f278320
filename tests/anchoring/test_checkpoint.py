"""Checkpoints: three lines, and nothing that only resembles them."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.checkpoint import MAX_LOG_SIZE, Checkpoint, check_same_log, origin, parse_checkpoint
from anchoring.errors import CheckpointMismatch, MalformedCheckpoint

ADDRESS = bytes(range(20))
ORIGIN = "devnet.ankyra.example/31337/0x000102030405060708090a0b0c0d0e0f10111213"
ROOT = bytes(range(32))
BASE64 = b64encode(ROOT).decode()
TEXT = f"{ORIGIN}\n42\n{BASE64}\n"


def test_a_checkpoint_is_three_lines() -> None:
    assert origin("devnet.ankyra.example", 31337, ADDRESS) == ORIGIN
    assert Checkpoint(ORIGIN, 42, ROOT).text() == TEXT
    assert parse_checkpoint(TEXT) == parse_checkpoint(TEXT.encode()) == Checkpoint(ORIGIN, 42, ROOT)


@given(
    st.from_regex(
        r"[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?", fullmatch=True, alphabet=st.characters(codec="ascii")
    ),
    st.integers(0, 2**64 - 1),
    st.binary(min_size=20, max_size=20),
    st.integers(0, MAX_LOG_SIZE),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_printed_is_read_back(
    name: str, chain_id: int, address: bytes, size: int, root: bytes
) -> None:
    checkpoint = Checkpoint(origin(name, chain_id, address), size, root)
    assert parse_checkpoint(checkpoint.text()) == checkpoint


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 7))
def test_no_changed_bit_reads_as_the_same(place: int, bit: int) -> None:
    changed = bytearray(TEXT.encode())
    changed[place] ^= 1 << bit
    try:
        read = parse_checkpoint(bytes(changed))
    except MalformedCheckpoint:
        return
    assert read != Checkpoint(ORIGIN, 42, ROOT)
    assert read.text().encode() == changed


@pytest.mark.parametrize(
    "size",
    ["0042", "4_2", "-1", "+1", "00", "", " 42", "42 ", "4.2", "0x2a", "\u0664\u0662", "9" * 17, str(2**53)],
)
def test_other_spellings_of_a_size_are_refused(size: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        parse_checkpoint(f"{ORIGIN}\n{size}\n{BASE64}\n")


@pytest.mark.parametrize(
    "root",
    [
        "",
        b64encode(ROOT[:-1]).decode(),
        b64encode(ROOT + b"\0").decode(),
        BASE64.rstrip("="),
        BASE64 + "=",
        BASE64[:-2] + "9=",
        BASE64[:-2] + "+=",
        BASE64.replace("A", "-", 1),
        " " + BASE64,
        BASE64[:20] + "\r" + BASE64[20:],
        "ä" * 43 + "=",
    ],
)
def test_other_spellings_of_a_root_are_refused(root: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        parse_checkpoint(f"{ORIGIN}\n42\n{root}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT + "extension\n",
        "\n" + TEXT,
        TEXT.replace("\n", "\r\n"),
        f"\n42\n{BASE64}\n",
        TEXT + "x" * 600,
        TEXT + "\n\u2014 witness AAAA\n",
    ],
)
def test_other_than_three_lines_are_refused(text: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        parse_checkpoint(text)
    with pytest.raises(MalformedCheckpoint):
        parse_checkpoint(text.encode())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 512, "exactly three lines"),
        ("x" * 513, "at most 512 bytes"),
        (TEXT[:-1], "exactly three lines"),
        (TEXT + "\n", "exactly three lines"),
        (TEXT + "x", "exactly three lines"),
        (TEXT.replace("42", "042"), "without sign or leading zeros"),
        (TEXT.replace(BASE64, BASE64[:20] + "\r" + BASE64[20:]), "32 bytes in base64"),
        (TEXT.replace(BASE64, BASE64[:-2] + "9="), "canonical"),
    ],
)
def test_a_refusal_names_the_first_thing_that_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(MalformedCheckpoint, match=sentence):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "name",
    [
        ORIGIN.upper(),
        ORIGIN.replace("0x", "0X"),
        ORIGIN.replace("/31337/", "/031337/"),
        ORIGIN.replace("/31337/", "/99999999999999999999/"),
        ORIGIN.replace("/31337/", "/"),
        ORIGIN[:-1],
        ORIGIN + "0",
        "-" + ORIGIN,
        "a b" + ORIGIN,
        ORIGIN.replace("0a", "0A"),
    ],
)
def test_other_origins_are_refused(name: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        parse_checkpoint(f"{name}\n42\n{BASE64}\n")


def test_the_limits_themselves_are_taken_and_nothing_beyond() -> None:
    for size in (0, 9_007_199_254_740_991):
        assert parse_checkpoint(f"{ORIGIN}\n{size}\n{BASE64}\n") == Checkpoint(ORIGIN, size, ROOT)
    for chain_id in (0, 18_446_744_073_709_551_615):
        named = origin("a", chain_id, ADDRESS)
        assert parse_checkpoint(Checkpoint(named, 1, ROOT).text()).origin == named
    beyond = ORIGIN.replace("31337", "18446744073709551616")
    with pytest.raises(MalformedCheckpoint, match="an origin is"):
        parse_checkpoint(f"{beyond}\n1\n{BASE64}\n")


def test_impossible_values_are_not_printed() -> None:
    for size in (-1, MAX_LOG_SIZE + 1):
        with pytest.raises(MalformedCheckpoint, match="entries"):
            Checkpoint(ORIGIN, size, ROOT)
    with pytest.raises(MalformedCheckpoint, match="32 bytes"):
        Checkpoint(ORIGIN, 1, ROOT[:-1])
    for name, chain_id, address in (
        ("A", 1, ADDRESS),
        ("a", -1, ADDRESS),
        ("a", 2**64, ADDRESS),
        ("a", 1, ADDRESS + b"\0"),
        ("a", 1, ADDRESS[:-1]),
        ("a" * 101, 1, ADDRESS),
    ):
        with pytest.raises(MalformedCheckpoint):
            origin(name, chain_id, address)


def test_two_checkpoints_agree_or_speak_of_other_sizes_or_refute_one_another() -> None:
    one = Checkpoint(ORIGIN, 42, ROOT)
    assert check_same_log(trusted=one, offered=Checkpoint(ORIGIN, 42, ROOT))
    shorter, forged = Checkpoint(ORIGIN, 41, ROOT), Checkpoint(ORIGIN, 42, bytes(32))
    elsewhere = Checkpoint(ORIGIN.replace("31337", "1"), 42, ROOT)
    for first, second in ((one, shorter), (shorter, one)):
        assert check_same_log(trusted=first, offered=second) is False
    for first, second, sentence in (
        (one, forged, "two roots"),
        (forged, one, "two roots"),
        (one, elsewhere, "different logs"),
        (elsewhere, one, "different logs"),
    ):
        with pytest.raises(CheckpointMismatch, match=sentence) as refusal:
            check_same_log(trusted=first, offered=second)
        assert (refusal.value.expected, refusal.value.found) == (first.text(), second.text())
