import json
from pathlib import Path

import pytest

from anchoring.errors import BrokenHistory, MalformedCheckpoint
from node.cli import verify as verify_command
from node.cli.failures import failure_of
from node.cli.output import harmless
from node.client import errors as client
from node.errors import ConfigurationError, LedgerUnavailable
from tests.node.cli.conftest import Type


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (client.NodeUnreachable("http://n", "refused"), 4),
        (client.NodeProblem(503, title="ledgerUnavailable", detail=""), 4),
        (client.NodeProblem(429, title="Too Many Requests", detail=""), 4),
        (client.NodeProblem(409, title="Conflict", detail="not accredited"), 1),
        (client.StillWaiting("not yet"), 3),
        (client.ReceiptsUnwritten("disk full"), 2),
        (client.NoNode("http://n", "/v1/x", "HTML"), 4),
        (client.ProfileMissing(Path("/p")), 2),
        (client.WrongPassphrase(Path("/p")), 2),
        (client.PassphraseMissing("none"), 2),
        (client.Unusable("no file"), 2),
        (client.PaperRefused("no invitation"), 2),
        (client.Refused("no"), 1),
        (client.UnexpectedTransaction("to", expected=1, given=2), 1),
        (client.TransactionFailed("0x", "no"), 1),
        (client.DeploymentChanged("chain id", pinned=1, seen=2), 1),
        (MalformedCheckpoint("no"), 2),
        (BrokenHistory("gap", index=4), 1),
        (ConfigurationError("port"), 2),
        (LedgerUnavailable("silent"), 4),
        (PermissionError(13, "Permission denied", "/ro/file"), 2),
        (RuntimeError("bug"), 1),
    ],
    ids=str,
)
def test_every_failure_has_its_exit_code_and_one_line(error: Exception, code: int) -> None:
    failure = failure_of(error)
    assert failure.code == code
    assert "\n" not in failure.line
    assert failure.line


def test_a_read_only_folder_is_named() -> None:
    assert "/ro/file" in failure_of(PermissionError(13, "Permission denied", "/ro/file")).line


def test_nobody_is_told_to_type_what_came_from_elsewhere() -> None:
    assert "ANKYRA_PASSPHRASE" in failure_of(client.WrongPassphrase(Path("/p"))).hint


def test_an_unforeseen_error_shows_no_trace(
    type_in: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(verify_command, "verify_file", broken)
    typed = type_in("verify", tmp_path / "x")
    assert typed.code == 1
    assert "Traceback" not in typed.err
    assert "division by zero" in typed.err


def test_a_failure_is_json_where_json_was_asked_for(type_in: Type, tmp_path: Path) -> None:
    typed = type_in("verify", tmp_path / "absent", "--json")
    assert typed.code == 2
    assert json.loads(typed.out)["error"]["code"] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("did", "show"),
        ("did", "rotate", "--credential-key"),
        ("did", "end", "name"),
        ("issuer", "show"),
        ("issuer", "revoke", "did:ebsi:zZeKyEJfUTGwajhNyNX928z", "00" * 32),
        ("batch", "anchor", "."),
        ("batch", "show", "00" * 32, "1"),
    ],
    ids=" ".join,
)
def test_without_a_profile_a_command_says_how_to_make_one(type_in: Type, arguments: tuple[str, ...]) -> None:
    typed = type_in(*arguments)
    assert typed.code == 2
    assert "ankyra did create" in typed.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "{file}", "--as-of", "yesterday"),
        ("verify", "{file}", "--checkpoint", "{absent}"),
        ("verify", "{file}", "--checkpoint", "{file}"),
        ("verify", "{file}", "--receipt", "{absent}"),
        ("verify", "{file}", "--node", "ftp://n"),
        ("batch", "show", "xyz", "1", "--did", "did:ebsi:zZeKyEJfUTGwajhNyNX928z"),
        ("batch", "anchor", "{file}", "--until", "tomorrow"),
        ("issuer", "accept"),
        ("issuer", "accept", "{file}", "--challenge", "x"),
        ("issuer", "accredit", "did:ebsi:zZeKyEJfUTGwajhNyNX928z", "--as", "King"),
        ("did", "rotate"),
        ("did", "add", "{absent}"),
        ("did", "add", "{file}"),
        ("did", "show", "--profile", "a b"),
        ("audit", "--from", "{absent}"),
    ],
    ids=" ".join,
)
def test_misuse_is_one_line_and_exit_code_2(
    type_in: Type, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "file.txt"
    file.write_text("not signed")
    named = [part.format(file=file, absent=tmp_path / "absent") for part in arguments]
    typed = type_in(*named)
    assert typed.code == 2
    assert typed.err.startswith("ankyra: ")
    assert "Traceback" not in typed.err


@pytest.mark.enable_socket
def test_a_node_that_is_not_there_is_exit_code_4(type_in: Type) -> None:
    typed = type_in("audit", "--node", "http://127.0.0.1:9")
    assert typed.code == 4
    assert "does not answer" in typed.err


def test_foreign_text_cannot_move_the_cursor() -> None:
    assert harmless("KTU\x1b[2J\x07\r\u202e") == "KTU\ufffd[2J\ufffd\ufffd\ufffd"
