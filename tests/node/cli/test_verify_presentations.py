"""`ankyra verify` of presentations and of several files: each with its verdict, and what they come to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.app import application
from tests.credentials.presentations import AUDIENCE, NONCE, Wallet
from tests.credentials.test_portfolio import micro
from tests.credentials.world import Country, country
from tests.node.api.world import served
from tests.node.cli.conftest import Type
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket
TOLD = ("--nonce", NONCE, "--audience", AUDIENCE)


@dataclass
class Desk:
    """A node, a learner with two credentials of 2 and 3 ECTS, and one of somebody else."""

    home: Country
    wallet: Wallet
    credentials: list[bytes]
    url: str
    folder: Path

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = country()
    wallet = Wallet(home.world)
    credentials = [
        home.world.issue(home.university, subject=micro(title, points, level=6, learner=wallet.did))
        for title, points in (("Cooking", "2"), ("Singing", "3"))
    ]
    home.world.anchor(home.university, credentials)
    home.world.wait(600)
    with (
        node_of(home.world, tmp_path_factory.mktemp("node")) as node,
        served(application(node)) as url,
    ):
        yield Desk(home, wallet, credentials, url, tmp_path_factory.mktemp("files"))


def test_a_presentation_is_judged_and_its_credentials_summed_up(desk: Desk, type_in: Type) -> None:
    file = desk.file("shown.jwt", desk.wallet.shows(*desk.credentials))
    typed = type_in("verify", file, "--node", desk.url, *TOLD)
    assert typed.code == 0, typed.out + typed.err
    for words in (
        "its 2 credentials are valid",
        "who shows it is the word of",
        "Proved here",
        "Credits that count: 5 ECTS",
        "Cooking",
    ):
        assert words in typed.out
    printed = json.loads(type_in("verify", file, "--node", desk.url, *TOLD, "--json").out)
    assert printed["outcome"] == "valid"
    assert printed["files"][0]["verdict"]["schema"] == "ankyra-presentation-verdict/1"
    assert len(printed["files"][0]["credentials"][0]["anchors"]) == 1
    assert (printed["portfolio"]["schema"], printed["portfolio"]["ects"]) == ("ankyra-portfolio/1", "5")


def test_a_replay_a_thief_and_a_broken_one_are_not_valid(desk: Desk, type_in: Type) -> None:
    own = desk.file("own.jwt", desk.wallet.shows(*desk.credentials))
    replay = type_in("verify", own, "--node", desk.url, "--nonce", "another", "--audience", AUDIENCE)
    assert (replay.code, "another request" in replay.out) == (1, True)
    untold = type_in("verify", own, "--node", desk.url)
    assert untold.code == 3
    relaxed = type_in("verify", own, "--node", desk.url, "--relax", "holder")
    assert relaxed.code == 0, relaxed.out
    thief = desk.file("thief.jwt", Wallet(desk.home.world).shows(*desk.credentials))
    assert type_in("verify", thief, "--node", desk.url, *TOLD).code == 1
    broken = desk.file("broken.jwt", desk.wallet.shows(claims={"iss": desk.home.university.did}))
    assert type_in("verify", broken, "--node", desk.url, *TOLD).code == 1
    empty = desk.file("empty.jwt", desk.wallet.shows())
    assert type_in("verify", empty, "--node", desk.url, *TOLD).code == 3


def test_several_files_are_put_side_by_side(desk: Desk, type_in: Type) -> None:
    one, two = (desk.file(f"{n}.jwt", content) for n, content in enumerate(desk.credentials))
    bad = desk.file("bad.jwt", desk.credentials[0][:-2] + b"AA")
    typed = type_in("verify", one, two, one, "--node", desk.url)
    assert typed.code == 0, typed.out + typed.err
    assert "Credits that count: 5 ECTS" in typed.out
    assert "It is the same as number 0." in typed.out
    printed = json.loads(type_in("verify", one, bad, "--node", desk.url, "--json").out)
    assert (printed["outcome"], printed["portfolio"]["ects"]) == ("invalid", "2")
    assert [one["outcome"] for one in printed["files"]] == ["valid", "invalid"]
    assert printed["portfolio"]["notCounted"][0]["credential"] == 1


def test_what_makes_no_sense_of_several_files_is_refused(desk: Desk, type_in: Type) -> None:
    one = desk.file("one.jwt", desk.credentials[0])
    shown = desk.file("shown.jwt", desk.wallet.shows(*desk.credentials))
    many = desk.file("many.jwt", desk.wallet.shows(*[b"a.b.c"] * 101))
    for typed, words in (
        (type_in("verify", one, one, "--node", desk.url, "--save-receipt"), "for one file"),
        (type_in("verify", *[one] * 101, "--node", desk.url), "at most 100"),
        (type_in("verify", shown), "only a node judges"),
        (type_in("verify", shown, "--node", desk.url, "--save-receipt"), "has no receipt"),
        (type_in("verify", many, "--node", desk.url), "at most 100"),
        (type_in("verify", shown, "--node", desk.url, "--relax", "signature"), "cannot be relaxed"),
        (type_in("verify", shown, "--node", desk.url, "--as-of", "2099-01-01T00:00:00Z"), "in the past"),
        (type_in("verify", desk.folder / "absent.jwt", "--node", desk.url), "absent.jwt"),
    ):
        assert (typed.code, words in typed.err) == (2, True), typed.err
