"""Tokens, asked for as our own client asks, and the ways in which asking fails."""

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import get_args

import httpx

from node.client.access_tokens import AccessTokens, Scope
from node.client.presentation import presentation_submission, sign_presentation
from node.services.invitations import invite
from tests.docs.conformance.town import Town

_ISSUER = "/authorisation/v4"


def token_for(town: Town, actor: str, scope: Scope) -> str | None:
    """An access token of the actor's DID; None where the node asks for none."""
    tokens = AccessTokens(town.play.node, lambda _: town.issuer(actor).signer(), lambda: town.play.now)
    return tokens.token(scope, credentials=_entitling(town, scope))


def ask_for_token(town: Town, path: str, case: str) -> httpx.Response:
    """The answer to a request for a token, made as the case says."""
    named = case.removeprefix("for ")
    scope: Scope = next((one for one in get_args(Scope) if one == named), "didr_write")
    actor = {"didr_invite": "Newcomer", "tir_invite": "Applicant"}.get(scope, "KTU")
    credentials = _entitling(town, scope)
    descriptors = [f"{scope}_credential"] if credentials else []
    form = {
        "grant_type": "vp_token",
        "scope": f"openid {scope}",
        "vp_token": _presentation(town, actor, credentials),
        "presentation_submission": presentation_submission(
            f"{scope}_presentation", descriptors=descriptors, identifier=os.urandom(16)
        ),
    }
    post = partial(town.play.world.http.post, path)
    if case == "for a scope that is not served":
        form["scope"] = "openid tnt_write"
    elif case == "with another grant type":
        form["grant_type"] = "client_credentials"
    elif case == "without a presentation":
        del form["vp_token"]
    elif case == "with a presentation that came before":
        post(data=form)
    elif case == "with a presentation for another server":
        form["vp_token"] = _presentation(town, actor, audience="https://other.example/authorisation/v4")
    elif case == "with a presentation that has ended":
        form["vp_token"] = _presentation(town, actor, late=timedelta(minutes=10))
    elif case == "without the credential that it needs":
        form |= {"scope": "openid didr_invite", "vp_token": _presentation(town, "Newcomer")}
    elif case == "with a form that is no form":
        return post(content=json.dumps(form), headers={"Content-Type": "application/json"})
    elif named != scope:
        raise LookupError(case)
    return post(data=form)


def _entitling(town: Town, scope: Scope) -> tuple[str, ...]:
    """What has to be presented for the scope."""
    if scope == "didr_invite":
        return (invite(town.play.world.node, town.issuer("Newcomer").did),)
    return (town.accreditation,) if scope == "tir_invite" else ()


def _presentation(
    town: Town,
    actor: str,
    credentials: Sequence[str] = (),
    *,
    audience: str | None = None,
    late: timedelta = timedelta(),
) -> str:
    found = town.play.world.get(f"{_ISSUER}/.well-known/openid-configuration")
    named = found.json().get("issuer", "") if found.status_code == httpx.codes.OK else ""
    return sign_presentation(
        credentials,
        signer=town.issuer(actor).signer(),
        audience=audience or named,
        now=town.play.now - late,
        random=os.urandom,
    )
