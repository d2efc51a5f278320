"""The list of kinds: well formed, read both ways, and the same as in the contracts."""

import re
from pathlib import Path

import pytest

from anchoring.errors import UnknownKind
from anchoring.kinds import KINDS, kind_from_code, known_kind

CONTRACTS = Path(__file__).parents[2] / "contracts" / "src"
# A kind's name as the contracts write it, a literal of three letters or more with a dot in it.
LITERAL = re.compile(r'"((?:did|issuer|schema|policy|anchor|status|timestamp|log)\.[a-z.]+)"')


def test_every_code_is_read_back() -> None:
    for name, kind in KINDS.items():
        assert len(kind.code) == 32
        assert kind_from_code(kind.code) == name == kind.name
        assert known_kind(name) is kind


def test_every_kind_but_the_logs_own_says_by_which_authority() -> None:
    for name, kind in KINDS.items():
        assert (("uint8", "authority") in kind.fields) == (not name.startswith("log."))
        assert len(kind.fields) == len({name for _, name in kind.fields})


def test_unknown_codes_and_names_are_refused() -> None:
    for code in (bytes(32), b"did.inserted", b"did.inserted".ljust(31, b"\0") + b"\x01"):
        with pytest.raises(UnknownKind):
            kind_from_code(code)
    with pytest.raises(UnknownKind, match=r"did\.Inserted"):
        known_kind("did.Inserted")


def test_the_contracts_hold_the_same_list() -> None:
    sources = sorted(CONTRACTS.rglob("*.sol"))
    assert sources, "the contracts are part of this tree"
    written = {name for source in sources for name in LITERAL.findall(source.read_text("utf-8"))}
    assert written == set(KINDS)


def test_the_contracts_hold_the_same_types_of_subjects() -> None:
    source = (CONTRACTS / "Subjects.sol").read_text("utf-8")
    assert set(re.findall(r'= "([a-z]+)";', source)) == {kind.subject_type for kind in KINDS.values()}
