"""A presentation that breaks one rule gives no token, and the sentence names the rule."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from node.services.authorisation import answer_token_request, read_token_request
from node.services.authorisation_errors import (
    GrantRefused,
    NotEntitled,
    PresentationRefused,
    ScopeRefused,
    SubmissionRefused,
    TokenRefused,
)
from node.services.presentations import MAX_PRESENTATION
from tests.node.api.world import Clock
from tests.node.services.presenting import ISSUER, Desk, ask, desk, form, submission


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


def refused(made: Desk, fields: dict[str, str], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ask(made.node, fields)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"aud": "https://another.example/authorisation/v4"}, "aud"),
        ({"aud": ISSUER + "/"}, "aud"),
        ({"aud": [ISSUER]}, "aud"),
        ({"aud": None}, "aud"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"exp": True}, "exp"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"nonce": 7}, "nonce"),
        ({"nonce": "n" * 257}, "nonce"),
        ({"nonce": "a\nb"}, "nonce"),
        ({"iss": "did:ebsi:zZeKyEJfUTGwajhNyNX928z"}, "same DID"),
        ({"sub": None}, "same DID"),
        ({"iss": 7, "sub": 7}, "same DID"),
        ({"jti": "another"}, "jti"),
        ({"jti": 7}, "jti"),
        ({"vp": None}, "no claim vp"),
        ({"vp": "text"}, "no claim vp"),
    ],
)
def test_a_claim_that_does_not_hold_is_named(open_desk: Desk, claims: dict[str, Any], words: str) -> None:
    vp = open_desk.vp(open_desk.newcomer, claims=claims)
    refused(open_desk, form("didr_write", vp), PresentationRefused, words)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "has expired"), (-1, "has expired"), (361, "more than 300"), (10**9, "more than")],
)
def test_a_presentation_lives_for_minutes(open_desk: Desk, seconds: int, words: str) -> None:
    vp = open_desk.vp(open_desk.newcomer, claims={"exp": open_desk.now + seconds})
    refused(open_desk, form("didr_write", vp), PresentationRefused, words)


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_presentation_of_the_future_is_refused(open_desk: Desk, name: str) -> None:
    vp = open_desk.vp(open_desk.newcomer, claims={name: open_desk.now + 61})
    refused(open_desk, form("didr_write", vp), PresentationRefused, name)


@pytest.mark.parametrize(
    ("vp", "words"),
    [
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "data model 1.1"),
        ({"@context": []}, "data model 1.1"),
        ({"type": "VerifiableCredential"}, "data model 1.1"),
        ({"type": None}, "data model 1.1"),
        ({"holder": None}, "same DID"),
        ({"id": 7}, "id of the presentation"),
        ({"verifiableCredential": "eyJ"}, "array"),
        ({"verifiableCredential": [{}]}, "array"),
        ({"verifiableCredential": ["a.b.c"]}, "no credential"),
    ],
)
def test_a_presentation_of_another_form_is_refused(open_desk: Desk, vp: dict[str, Any], words: str) -> None:
    shown = open_desk.vp(open_desk.newcomer, vp=vp)
    refused(open_desk, form("didr_write", shown), PresentationRefused, words)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"kid": None}, "kid"),
        ({"kid": ""}, "kid"),
        ({"kid": "x"}, "key of it"),
        ({"kid": "did:ebsi:zZeKyEJfUTGwajhNyNX928z#x"}, "kid"),
        ({"typ": "vc+jwt"}, "typ"),
        ({"jwk": {"kty": "EC"}}, "other members"),
        ({"jku": "https://keys.example"}, "other members"),
        ({"x5c": []}, "other members"),
        ({"cty": "x"}, "other members"),
    ],
)
def test_a_header_says_which_key_signed_and_never_brings_one(
    open_desk: Desk, header: dict[str, Any], words: str
) -> None:
    vp = open_desk.vp(open_desk.newcomer, header=header)
    refused(open_desk, form("didr_write", vp), PresentationRefused, words)


@pytest.mark.parametrize("fragment", ["", "#owner?x", "?q#{}", "/p#{}", "#unknown"])
def test_a_kid_is_the_holders_and_a_fragment_of_a_key(open_desk: Desk, fragment: str) -> None:
    actor = open_desk.newcomer
    vp = open_desk.vp(actor, header={"kid": actor.did + fragment.format(actor.key.fragment)})
    refused(open_desk, form("didr_write", vp), PresentationRefused, "kid")


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _unsigned(vp: str, header: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    body = f"{_b64(json.dumps(header).encode())}.{vp.split('.')[1]}"
    return f"{body}.{_b64(sign(body.encode()))}"


def test_none_hs256_and_two_kids_are_no_signatures(open_desk: Desk) -> None:
    actor = open_desk.newcomer
    vp, kid = open_desk.vp(actor), f"{actor.did}#{actor.key.fragment}"
    public = json.dumps(dict(actor.key.jwk)).encode()

    def by_public_key(body: bytes) -> bytes:
        return hmac.digest(public, body, hashlib.sha256)

    for alg, sign in (("none", lambda _: b""), ("none", by_public_key), ("HS256", by_public_key)):
        forged = _unsigned(vp, {"alg": alg, "kid": kid, "typ": "JWT"}, sign)
        refused(open_desk, form("didr_write", forged), PresentationRefused, "no JWT that can be read")
    head = f'{{"alg":"ES256","kid":"{kid}","kid":"{kid}","typ":"JWT"}}'.encode()
    twice = ".".join([_b64(head), *vp.split(".")[1:]])
    refused(open_desk, form("didr_write", twice), PresentationRefused, "a key twice")


def test_a_signature_is_by_a_key_that_is_under_authentication_now(open_desk: Desk) -> None:
    world, actor = open_desk.home.world, open_desk.newcomer
    forged = open_desk.vp(actor, key=world.key(), header={"kid": f"{actor.did}#{actor.key.fragment}"})
    refused(open_desk, form("didr_write", forged), PresentationRefused, "not signed")
    vp = open_desk.vp(actor)
    refused(open_desk, form("didr_write", vp[:-4] + "AAAA"), PresentationRefused, "not signed|no JWT")
    stranger = open_desk.strangers_vp()
    refused(open_desk, form("didr_write", stranger), NotEntitled, "not registered")


def test_a_key_that_only_asserts_or_was_revoked_does_not_present(tmp_path: Path) -> None:
    keys = []

    def happens(home: Any, newcomer: Any) -> None:
        keys.append(newcomer.key)
        home.world.revoke_key(newcomer)
        keys.append(home.world.add_key(newcomer, relationships=("assertionMethod",)))
        home.world.add_key(newcomer)

    with desk(tmp_path, happens) as made:
        for key in keys:
            vp = made.vp(made.newcomer, key=key)
            refused(made, form("didr_write", vp), PresentationRefused, "under authentication")
        assert ask(made.node, form("didr_write", made.vp(made.newcomer)))


def test_other_scopes_than_those_of_dids_take_es256_alone(open_desk: Desk) -> None:
    world, actor = open_desk.home.world, open_desk.newcomer
    ledger_key = world.key(bytes(31) + b"\x09")
    vp = open_desk.vp(actor, key=ledger_key)
    refused(open_desk, form("tir_write", vp), PresentationRefused, "ES256")
    refused(open_desk, form("didr_write", vp), PresentationRefused, "kid")


def test_a_presentation_counts_once_and_only_if_it_counted(open_desk: Desk) -> None:
    actor = open_desk.newcomer
    vp = open_desk.vp(actor)
    refused(open_desk, form("tir_write", vp), NotEntitled, "tir_invite")
    assert ask(open_desk.node, form("didr_write", vp))
    for scope in ("didr_write", "tsr_write"):
        refused(open_desk, form(scope, vp), PresentationRefused, "used before")
    nonce = {"nonce": "the same"}
    assert ask(open_desk.node, form("didr_write", open_desk.vp(actor, claims=nonce)))
    assert ask(open_desk.node, form("didr_write", open_desk.vp(open_desk.home.tao, claims=nonce)))
    again = open_desk.vp(actor, claims=nonce)
    refused(open_desk, form("didr_write", again), PresentationRefused, "used before")


@pytest.mark.parametrize(
    ("over", "error", "words"),
    [
        ({"grant_type": "password"}, GrantRefused, "vp_token"),
        ({"grant_type": "password", "scope": "", "username": "x"}, GrantRefused, "vp_token"),
        ({"grant_type": ""}, TokenRefused, "grant_type is missing"),
        ({"vp_token": ""}, TokenRefused, "vp_token is missing"),
        ({"presentation_submission": ""}, TokenRefused, "presentation_submission is missing"),
        ({"scope": ""}, TokenRefused, "scope is missing"),
        ({"scope": "didr_write"}, ScopeRefused, "openid"),
        ({"scope": "openid"}, ScopeRefused, "openid"),
        ({"scope": "openid tnt_create"}, ScopeRefused, "scopes_supported"),
        ({"scope": "openid ledger_invoke"}, ScopeRefused, "scopes_supported"),
        ({"scope": "openid didr_write tir_write"}, ScopeRefused, "openid"),
        ({"scope": "didr_write openid"}, ScopeRefused, "openid"),
        ({"surplus": "x"}, TokenRefused, "no other"),
        ({"vp_token": "x"}, PresentationRefused, "three parts"),
        ({"vp_token": "e" * (MAX_PRESENTATION + 1)}, PresentationRefused, "longer"),
    ],
)
def test_a_form_that_asks_for_nothing_served_is_refused(
    open_desk: Desk, over: dict[str, str], error: type[Exception], words: str
) -> None:
    vp = open_desk.vp(open_desk.newcomer)
    refused(open_desk, form("didr_write", vp) | over, error, words)


def test_a_submission_leads_to_the_credential(open_desk: Desk) -> None:
    shown, newcomer = open_desk.accreditation, open_desk.newcomer
    scope = "tir_invite"
    good = json.loads(submission(scope))
    (place,) = good["descriptor_map"]
    nested = place["path_nested"]
    flat = nested | {"path": "$.verifiableCredential[0]"}
    for accepted in ([place], [flat], [place | {"path_nested": flat}], [flat | {"format": "jwt_vc_json"}]):
        over = {"presentation_submission": submission(scope, descriptor_map=accepted)}
        assert ask(open_desk.node, form(scope, open_desk.vp(newcomer, shown), **over))
    several: Any = (
        *([], [place, place], "x", ["x"], [{}], [place | {"id": "x"}], [place | {"path": "$.x"}]),
        *([place | {"format": "ldp_vp"}], [place | {"path_nested": nested | {"path": "$.vp[0]"}}]),
        *([place | {"path_nested": nested | {"path": "$.vp.verifiableCredential[1]"}}],),
        *([place | {"path_nested": nested | {"id": "x"}}], [place | {"path_nested": "x"}]),
        *([flat | {"format": "ldp_vc"}], [flat | {"path": 7}]),
    )
    for wrong in several:
        over = {"presentation_submission": submission(scope, descriptor_map=wrong)}
        refused(
            open_desk, form(scope, open_desk.vp(newcomer, shown), **over), SubmissionRefused, "descriptor_map"
        )
    for named, words in (({"definition_id": "x"}, "definition_id"), ({"id": None}, "an id")):
        over = {"presentation_submission": submission(scope, **named)}
        refused(open_desk, form(scope, open_desk.vp(newcomer, shown), **over), SubmissionRefused, words)
    over = {"presentation_submission": "{"}
    refused(
        open_desk, form(scope, open_desk.vp(newcomer, shown), **over), SubmissionRefused, "cannot be read"
    )


def test_a_credential_is_one_about_the_holder_and_of_the_scope(open_desk: Desk) -> None:
    newcomer, shown = open_desk.newcomer, open_desk.accreditation
    tao = open_desk.home.tao
    refused(open_desk, form("tir_invite", open_desk.vp(newcomer)), PresentationRefused, "exactly one")
    both = open_desk.vp(newcomer, shown, shown)
    refused(open_desk, form("tir_invite", both), PresentationRefused, "exactly one")
    invited = open_desk.strangers_vp(shown)
    refused(open_desk, form("didr_invite", invited), NotEntitled, "of the type")
    other = open_desk.vp(newcomer, open_desk.invitation)
    refused(open_desk, form("tir_invite", other), NotEntitled, "of the type")
    text = open_desk.home.world.accreditation_text(tao, tao, 3, attribute_id=newcomer.attribute_id).decode()
    refused(open_desk, form("tir_invite", open_desk.vp(newcomer, text)), NotEntitled, "not about the holder")
    for unreadable in ("x", "é", shown[:-4], '{"@context":[]}'):
        vp = open_desk.vp(newcomer, unreadable)
        refused(open_desk, form("tir_invite", vp), NotEntitled, "cannot be read|not valid")


def test_an_accreditation_is_for_an_attribute_that_its_accreditor_reserved(open_desk: Desk) -> None:
    world, tao, newcomer = open_desk.home.world, open_desk.home.tao, open_desk.newcomer
    for attribute_id in (bytes(32), tao.attribute_id):
        text = world.accreditation_text(newcomer, tao, 3, attribute_id=attribute_id).decode()
        refused(open_desk, form("tir_invite", open_desk.vp(newcomer, text)), NotEntitled, "not valid")
    root = open_desk.home.root
    by_root = world.accreditation_text(newcomer, root, 3, attribute_id=newcomer.attribute_id).decode()
    vp = open_desk.vp(newcomer, by_root)
    refused(open_desk, form("tir_invite", vp), NotEntitled, "somebody else")


def test_a_key_that_the_header_brings_is_worth_nothing(open_desk: Desk) -> None:
    own = open_desk.home.world.key()
    header = {"jwk": dict(own.jwk)}
    forged = open_desk.vp(open_desk.newcomer, key=own, header=header)
    refused(open_desk, form("didr_write", forged), PresentationRefused, "other members")


def test_a_presentation_that_expires_while_it_is_judged_does_not_count_again(open_desk: Desk) -> None:
    fields = form("didr_write", open_desk.vp(open_desk.home.university))
    ask(open_desk.node, fields)
    again = read_token_request(fields, audiences={ISSUER}, now=open_desk.now)
    clock = open_desk.node.clock
    assert isinstance(clock, Clock)
    clock.pass_by(240)
    try:
        with pytest.raises(PresentationRefused, match="expired"):
            answer_token_request(open_desk.node, again)
    finally:
        clock.pass_by(-240)


def test_a_process_whose_clock_is_ahead_forgets_no_use_that_another_may_still_see(open_desk: Desk) -> None:
    fields = form("didr_write", open_desk.vp(open_desk.home.university))
    ask(open_desk.node, fields)
    clock = open_desk.node.clock
    assert isinstance(clock, Clock)
    clock.pass_by(245)
    ask(open_desk.node, form("didr_write", open_desk.vp(open_desk.home.university)))
    clock.pass_by(-245)
    refused(open_desk, fields, PresentationRefused, "used before")
