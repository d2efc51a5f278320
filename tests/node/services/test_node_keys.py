"""The keys that sign tokens: shared by processes, sealed at rest, replaced with overlap."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from did.jwk import thumbprint
from node.db.session import writing
from node.db.tables import NODE_KEY
from node.errors import ConfigurationError
from node.services.access_tokens import read_access
from node.services.authorisation_errors import AccessRefused
from node.services.keys_passphrase import MADE, drop_drafts, keys_passphrase
from node.services.node import Node, open_node
from node.services.node_keys import (
    TOKEN_LIFE,
    key_set,
    listed_keys,
    public_key_of,
    rotate,
    signing_key,
)
from node.services.remembered import Remembered
from tests.node.api.world import Clock, settings_for
from tests.node.projected import DEPLOYMENT

ISSUER = "https://registry.ankyra.invalid/authorisation/v4"
DID = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    settings = settings_for("http://127.0.0.1:9", DEPLOYMENT, tmp_path)
    made = open_node(settings, clock=Clock(1_800_000_000), holder="test")
    yield made
    made.close()


def another_process(node: Node, **settings: object) -> Node:
    """A process of the same database, which has opened nothing yet."""
    return replace(node, settings=node.settings.model_copy(update=settings), opened_keys=Remembered(4))


def a_token(node: Node) -> str:
    now = int(node.clock().timestamp())
    claims = {"iss": ISSUER, "aud": ISSUER, "sub": DID, "scp": "openid tir_write"}
    return signing_key(node).sign(claims | {"iat": now, "exp": now + TOKEN_LIFE})


def pass_by(node: Node, seconds: int) -> None:
    assert isinstance(node.clock, Clock)
    node.clock.pass_by(seconds)


def test_the_first_question_makes_a_key_that_all_processes_share(node: Node) -> None:
    (shown,) = key_set(node)["keys"]
    assert shown["kid"] == thumbprint({name: shown[name] for name in ("kty", "crv", "x", "y")})
    other = another_process(node)
    assert signing_key(other).kid == signing_key(node).kid == shown["kid"]
    assert key_set(other) == key_set(node)


def test_threads_that_ask_at_once_get_one_key(node: Node) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = {key.kid for key in pool.map(lambda _: signing_key(node), range(16))}
    assert found == {key.kid for key in listed_keys(node)}
    assert len(found) == 1


def test_nothing_at_rest_holds_the_private_key(node: Node) -> None:
    scalar = signing_key(node).key.scalar
    (stored,) = listed_keys(node)
    everything = stored.envelope + stored.public_jwk + repr(signing_key(node)) + repr(node.opened_keys)
    assert scalar.hex() not in everything
    assert json.loads(stored.envelope)["crypto"]["kdf"] == "scrypt"
    passphrase = (node.settings.data_dir / MADE).read_text().strip()
    assert len(passphrase) == 64
    assert passphrase not in everything
    assert (node.settings.data_dir / MADE).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in node.settings.data_dir.glob(f"{MADE}*")] == [MADE]


def test_a_replaced_key_counts_until_its_last_token_has_expired(node: Node) -> None:
    old, token = signing_key(node), a_token(node)
    new = rotate(node)
    other = another_process(node)
    assert signing_key(other).kid == new.kid != old.kid
    assert [key["kid"] for key in key_set(node)["keys"]] == [new.kid, old.kid]
    pass_by(node, TOKEN_LIFE - 1)
    for process in (node, other):
        assert read_access(process, token, audiences={ISSUER}).subject == DID
    pass_by(node, 61)
    assert [key["kid"] for key in key_set(node)["keys"]] == [new.kid]


def test_a_token_by_a_retired_key_is_refused_whatever_it_says_of_its_end(node: Node) -> None:
    key = signing_key(node)
    now = int(node.clock().timestamp())
    claims = {"iss": ISSUER, "aud": ISSUER, "sub": DID, "scp": "openid tir_write"}
    token = key.sign(claims | {"iat": now, "exp": now + 10**6})
    rotate(node)
    assert read_access(node, token, audiences={ISSUER}).subject == DID
    pass_by(node, TOKEN_LIFE + 60)
    with pytest.raises(AccessRefused, match="no key of this authorisation server"):
        read_access(node, token, audiences={ISSUER})


def test_a_stolen_keys_tokens_end_at_once(node: Node) -> None:
    token, kid = a_token(node), signing_key(node).kid
    rotate(node)
    assert read_access(node, token, audiences={ISSUER}).subject == DID
    new = rotate(node, at_once=True)
    with pytest.raises(AccessRefused, match="no key of this authorisation server"):
        read_access(node, token, audiences={ISSUER})
    assert [key["kid"] for key in key_set(node)["keys"]] == [new.kid] != [kid]


def test_rotations_within_one_second_leave_the_last_one_to_sign(node: Node) -> None:
    made = [rotate(node).kid for _ in range(3)]
    assert signing_key(node).kid == made[-1]
    assert {key.kid for key in listed_keys(node)} == set(made)


def test_who_has_another_passphrase_signs_with_a_key_of_its_own_and_both_count(
    node: Node, tmp_path: Path
) -> None:
    (tmp_path / "other").write_text("another passphrase\n")
    other = another_process(node, keys_passphrase_file=str(tmp_path / "other"))
    mine, theirs = a_token(node), a_token(other)
    assert signing_key(node).kid != signing_key(other).kid
    assert signing_key(another_process(other)).kid == signing_key(other).kid
    assert len(listed_keys(node)) == 2
    for process in (node, other):
        for token in (mine, theirs):
            assert read_access(process, token, audiences={ISSUER}).subject == DID


@pytest.mark.parametrize("content", [None, "", "\n", "x" * 5000])
def test_a_named_file_that_holds_no_passphrase_is_told_to_the_operator(
    node: Node, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "named"
    if content is not None:
        file.write_text(content)
    named = another_process(node, keys_passphrase_file=str(file))
    with pytest.raises(ConfigurationError, match="ANKYRA_KEYS_PASSPHRASE_FILE"):
        signing_key(named)


def test_a_folder_that_takes_no_file_is_told_to_the_operator(node: Node, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    named = another_process(node, data_dir=tmp_path / "file" / "folder")
    with pytest.raises(ConfigurationError, match="passphrase of the node's keys"):
        keys_passphrase(named.settings)


@pytest.mark.parametrize("linked", [False, True], ids=["before", "after"])
def test_a_draft_that_a_killed_process_left_is_dropped(node: Node, *, linked: bool) -> None:
    made = node.settings.data_dir / MADE
    draft, mine = made.with_name(f"{MADE}.0123456789abcdef"), made.with_name(f"{MADE}.of-the-operator")
    for file in (draft, mine):
        file.write_text("ab" * 32)
    if linked:
        made.hardlink_to(draft)
        drop_drafts(node.settings)
        assert keys_passphrase(node.settings).text == "ab" * 32
    else:
        assert keys_passphrase(node.settings).text != "ab" * 32
    assert {file.name for file in made.parent.glob(f"{MADE}*")} == {made.name, mine.name}


def test_a_passphrase_is_made_once_whoever_drops_drafts_meanwhile(node: Node) -> None:
    def made_beside_a_start(number: int) -> str:
        if number % 2:
            drop_drafts(node.settings)
        return keys_passphrase(node.settings).text

    made = node.settings.data_dir / MADE
    for _ in range(20):
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(made_beside_a_start, range(16)))) == 1
        assert [file.name for file in made.parent.glob(f"{MADE}*")] == [MADE]
        made.unlink()


def test_a_link_that_leads_nowhere_is_told_to_the_operator(node: Node) -> None:
    (node.settings.data_dir / MADE).symlink_to("a secret that is not mounted")
    with pytest.raises(ConfigurationError, match="ANKYRA_KEYS_PASSPHRASE_FILE"):
        keys_passphrase(node.settings)
    assert [file.name for file in node.settings.data_dir.glob(f"{MADE}*")] == [MADE]


def test_a_folder_in_which_nothing_can_be_found_is_no_reason_not_to_start(node: Node, tmp_path: Path) -> None:
    drop_drafts(another_process(node, data_dir=tmp_path / ("x" * 300)).settings)


def test_a_key_that_was_changed_in_the_database_does_not_sign(node: Node) -> None:
    first = signing_key(node).kid
    with writing(node.engine) as connection:
        connection.execute(update(NODE_KEY).values(envelope="{}"))
    assert signing_key(another_process(node)).kid != first


def test_a_name_that_no_key_can_have_is_nobodys(node: Node) -> None:
    # PostgreSQL would refuse to look for the first, and that would be a fault of the node's own.
    for kid in ("\0", "", "x" * 10_000):
        assert public_key_of(node, kid) is None
