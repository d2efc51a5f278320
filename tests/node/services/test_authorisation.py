"""Who gets a token for what, and what it holds."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.securing.jose import parse_compact, verify_parsed
from node.services.access_tokens import read_access
from node.services.authorisation_errors import NotEntitled, PresentationRefused
from node.services.invitations import invite
from node.services.node_keys import key_set
from tests.credentials.ledger import DAY, Actor
from tests.credentials.world import ROOT_TAO, SCHEMA_URL, TI, Country, country
from tests.node.api.world import Clock
from tests.node.projected import node_of
from tests.node.services.presenting import (
    ISSUER,
    Desk,
    ask,
    desk,
    form,
    invitation_to,
    presentation_jwt,
)

Happens = Callable[[Country, Actor], None]
SOMEBODY = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


def test_a_token_says_who_may_write_what_and_is_signed_with_a_key_of_the_set(open_desk: Desk) -> None:
    actor = open_desk.home.university
    answer = ask(open_desk.node, form("tir_write", open_desk.vp(actor, claims={"nonce": "n-1"})))
    assert {name: answer[name] for name in ("token_type", "scope", "expires_in")} == {
        "token_type": "Bearer",
        "scope": "openid tir_write",
        "expires_in": 7200,
    }
    (jwk,) = key_set(open_desk.node)["keys"]
    assert (jwk["alg"], jwk["use"], jwk["kty"], jwk["crv"]) == ("ES256", "sig", "EC", "P-256")
    assert "d" not in jwk
    claims = []
    for name in ("access_token", "id_token"):
        jws = parse_compact(answer[name])
        verify_parsed(jws, jwk=jwk, algorithms=("ES256",))
        assert dict(jws.header) == {"alg": "ES256", "kid": jwk["kid"], "typ": "JWT"}
        claims.append(json.loads(jws.payload))
    access, identity = claims
    now = open_desk.now
    common = {"iss": ISSUER, "sub": actor.did, "iat": now, "exp": now + 7200}
    assert access == common | {"aud": ISSUER, "scp": "openid tir_write", "jti": access["jti"]}
    assert identity == common | {"aud": actor.did, "nonce": "n-1", "jti": identity["jti"]}
    assert access["jti"] != identity["jti"]
    found = read_access(open_desk.node, answer["access_token"], audiences={ISSUER})
    assert (found.subject, found.scope.name) == (actor.did, "tir_write")


@pytest.mark.parametrize("scope", ["didr_write", "timestamp_write", "tpr_write", "tsr_write"])
def test_whoever_is_registered_writes_where_no_credential_is_asked_for(open_desk: Desk, scope: str) -> None:
    assert ask(open_desk.node, form(scope, open_desk.vp(open_desk.newcomer)))["scope"] == f"openid {scope}"


def test_a_newcomer_records_its_accreditation_by_showing_it(open_desk: Desk) -> None:
    newcomer, shown = open_desk.newcomer, open_desk.accreditation
    assert ask(open_desk.node, form("tir_invite", open_desk.vp(newcomer, shown)))["access_token"]
    with pytest.raises(NotEntitled, match="ask for tir_invite"):
        ask(open_desk.node, form("tir_write", open_desk.vp(newcomer)))
    university = open_desk.home.university
    with pytest.raises(NotEntitled, match="ask for tir_write"):
        ask(open_desk.node, form("tir_invite", open_desk.vp(university, shown)))


def test_a_stranger_is_invited_by_one_who_may_accredit(open_desk: Desk) -> None:
    answer = ask(open_desk.node, form("didr_invite", open_desk.strangers_vp(open_desk.invitation)))
    assert (
        read_access(open_desk.node, answer["access_token"], audiences={ISSUER}).subject
        == open_desk.stranger[0]
    )


def test_an_invitation_of_the_operator_counts_at_its_node_alone(open_desk: Desk, tmp_path: Path) -> None:
    did, key = open_desk.stranger
    own = invite(open_desk.node, did)
    assert ask(open_desk.node, form("didr_invite", open_desk.strangers_vp(own)))["access_token"]
    other = open_desk.newcomer
    with pytest.raises(NotEntitled, match="registered already"):
        ask(open_desk.node, form("didr_invite", open_desk.vp(other, invite(open_desk.node, other.did))))
    with pytest.raises(NotEntitled, match="not about the holder"):
        ask(open_desk.node, form("didr_invite", open_desk.strangers_vp(invite(open_desk.node, other.did))))
    with desk(tmp_path) as elsewhere, pytest.raises(NotEntitled, match="key of this node"):
        ask(elsewhere.node, form("didr_invite", elsewhere.strangers_vp(own)))
    bound = invite(open_desk.node, did, key=key.jwk)
    assert ask(open_desk.node, form("didr_invite", open_desk.strangers_vp(bound)))["access_token"]
    thief = open_desk.home.world.key()
    with pytest.raises(PresentationRefused, match="not signed with the key"):
        ask(open_desk.node, form("didr_invite", open_desk.strangers_vp(bound, key=thief)))


def test_an_operators_invitation_ends_after_a_week(open_desk: Desk) -> None:
    clock = open_desk.node.clock
    assert isinstance(clock, Clock)
    own = invite(open_desk.node, open_desk.stranger[0])
    clock.pass_by(7 * DAY)
    try:
        with pytest.raises(NotEntitled, match="expired"):
            ask(open_desk.node, form("didr_invite", open_desk.strangers_vp(own)))
    finally:
        clock.pass_by(-7 * DAY)


def test_an_invitation_bound_to_a_key_is_of_no_use_to_who_finds_it(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        did, key = made.stranger
        world, tao = made.home.world, made.home.tao
        bound = invitation_to(world, tao, did, claims={"cnf": {"jwk": dict(key.jwk)}})
        assert ask(made.node, form("didr_invite", made.strangers_vp(bound)))["access_token"]
        thief = world.key()
        with pytest.raises(PresentationRefused, match="not signed with the key"):
            ask(made.node, form("didr_invite", made.strangers_vp(bound, key=thief)))
        # Without a bond it is for whoever shows it, as at EBSI: what is registered is the contract's to say.
        assert ask(made.node, form("didr_invite", made.strangers_vp(made.invitation, key=thief)))[
            "access_token"
        ]
        for bond in ({"jkt": "x"}, {"jwk": "x"}, "x", {"jwk": dict(key.jwk), "kid": "x"}):
            other = invitation_to(world, tao, did, claims={"cnf": bond})
            with pytest.raises(NotEntitled, match="bound"):
                ask(made.node, form("didr_invite", made.strangers_vp(other)))


def test_who_may_not_accredit_invites_nobody(open_desk: Desk) -> None:
    world, university = open_desk.home.world, open_desk.home.university
    by_university = invitation_to(world, university, open_desk.stranger[0])
    with pytest.raises(NotEntitled, match="may not accredit"):
        ask(open_desk.node, form("didr_invite", open_desk.strangers_vp(by_university)))
    by_newcomer = invitation_to(world, open_desk.newcomer, open_desk.stranger[0])
    with pytest.raises(NotEntitled, match="not valid"):
        ask(open_desk.node, form("didr_invite", open_desk.strangers_vp(by_newcomer)))


def test_a_root_tao_shows_what_it_signed_itself_and_the_ledger_says_it_is_one(tmp_path: Path) -> None:
    home = country()
    world = home.world
    root, other = world.actor("Second root"), world.actor("Would-be root")
    for actor, kind, tao in ((root, ROOT_TAO, root), (other, TI, home.tao)):
        actor.attributes.append(actor.did.encode()[-32:].rjust(32, b"x"))
        parent = actor.attribute_id if kind == ROOT_TAO else tao.attribute_id
        world.set_metadata(actor, actor.attribute_id, kind, tao=tao.did, attribute_id_tao=parent)
    shown = {
        actor.did: world.accreditation_text(actor, actor, ROOT_TAO, attribute_id=actor.attribute_id).decode()
        for actor in (root, other)
    }
    with node_of(world, tmp_path) as node:
        made = Desk(node, home, root, "", ("", root.key), "")
        assert ask(node, form("tir_invite", made.vp(root, shown[root.did])))["access_token"]
        with pytest.raises(NotEntitled, match="reserved by somebody else"):
            ask(node, form("tir_invite", made.vp(other, shown[other.did])))


def _revoked(home: Country, newcomer: Actor) -> None:
    home.world.revoke(newcomer, home.tao)


def _tao_revoked(home: Country, _: Actor) -> None:
    home.world.revoke(home.tao, home.root)


def _key_of_tao_revoked(home: Country, _: Actor) -> None:
    home.world.revoke_key(home.tao)


def _much_later(home: Country, _: Actor) -> None:
    home.world.wait(3651 * DAY)


@pytest.mark.parametrize("happens", [_revoked, _tao_revoked, _key_of_tao_revoked])
def test_an_accreditation_that_does_not_hold_any_more_gives_no_token(
    tmp_path: Path, happens: Happens
) -> None:
    with desk(tmp_path, happens) as made, pytest.raises(NotEntitled):
        ask(made.node, form("tir_invite", made.vp(made.newcomer, made.accreditation)))


@pytest.mark.parametrize("happens", [_tao_revoked, _key_of_tao_revoked, _much_later])
def test_an_invitation_that_does_not_hold_any_more_gives_no_token(tmp_path: Path, happens: Happens) -> None:
    with desk(tmp_path, happens) as made, pytest.raises(NotEntitled, match="not valid"):
        ask(made.node, form("didr_invite", made.strangers_vp(made.invitation)))


def test_a_credential_that_has_expired_gives_no_token_while_its_signer_stands(tmp_path: Path) -> None:
    shown: dict[str, str] = {}

    def ended(home: Country, newcomer: Actor) -> None:
        world, tao = home.world, home.tao
        soon = world.moment + timedelta(hours=1)
        attribute_id = newcomer.attribute_id
        text = world.accreditation_text(newcomer, tao, TI, attribute_id=attribute_id, expires=soon)
        shown["tir_invite"] = text.decode()
        shown["didr_invite"] = invitation_to(world, tao, SOMEBODY, expires=soon)
        world.wait(7200)

    with desk(tmp_path, ended) as made:
        with pytest.raises(NotEntitled, match="not valid: It was valid until"):
            ask(made.node, form("tir_invite", made.vp(made.newcomer, shown["tir_invite"])))
        vp = presentation_jwt(SOMEBODY, made.stranger[1], shown["didr_invite"], now=made.now)
        with pytest.raises(NotEntitled, match="not valid: It was valid until"):
            ask(made.node, form("didr_invite", vp))
        assert ask(made.node, form("didr_invite", made.strangers_vp(made.invitation)))


def test_what_was_anchored_while_it_held_gives_no_token_once_it_does_not(tmp_path: Path) -> None:
    shown: list[str] = []

    def anchored_then_revoked(home: Country, _: Actor) -> None:
        world, tao, root = home.world, home.tao, home.root
        shown.append(invitation_to(world, tao, SOMEBODY))
        world.anchor(tao, [shown[0].encode()])
        world.revoke(tao, root)

    with desk(tmp_path, anchored_then_revoked) as made:
        vp = presentation_jwt(SOMEBODY, made.stranger[1], *shown, now=made.now)
        with pytest.raises(NotEntitled, match="not valid"):
            ask(made.node, form("didr_invite", vp))


def test_a_schema_that_is_registered_decides(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        world, home = made.home.world, made.home

        def of_that_schema(members: dict[str, object]) -> None:
            members["credentialSchema"] = {"id": SCHEMA_URL, "type": "FullJsonSchemaValidator2021"}

        text = world.accreditation_text(
            made.newcomer, home.tao, TI, attribute_id=made.newcomer.attribute_id, edit=of_that_schema
        ).decode()
        with pytest.raises(NotEntitled, match="not valid"):
            ask(made.node, form("tir_invite", made.vp(made.newcomer, text)))
