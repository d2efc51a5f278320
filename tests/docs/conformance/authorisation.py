"""Tokens, asked for as our own client asks, and the ways in which asking fails."""

import json
import os
from datetime import timedelta
from functools import partial

import httpx

from node.client.access_tokens import AccessTokens, Scope
from node.client.presentation import presentation_submission, sign_presentation
from tests.docs.conformance.town import Town

_ISSUER = "/authorisation/v4"


def token_for(town: Town, actor: str, scope: Scope) -> str | None:
    """An access token of the actor's DID; None where the node asks for none."""
    tokens = AccessTokens(town.play.node, lambda _: town.issuer(actor).signer(), lambda: town.play.now)
    return tokens.token(scope)


def ask_for_token(town: Town, path: str, case: str) -> httpx.Response:
    """The answer to KTU's request for a token, made as the case says."""
    scope = case.removeprefix("for ") if case.endswith("_write") else "didr_write"
    form = {
        "grant_type": "vp_token",
        "scope": f"openid {scope}",
        "vp_token": _presentation(town),
        "presentation_submission": presentation_submission(
            f"{scope}_presentation", descriptors=(), identifier=os.urandom(16)
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
    elif case == "with a presentation for somebody else":
        form["vp_token"] = _presentation(town, audience="https://other.example/authorisation/v4")
    elif case == "with a presentation that has ended":
        form["vp_token"] = _presentation(town, late=timedelta(minutes=10))
    elif case == "as JSON":
        return post(content=json.dumps(form), headers={"Content-Type": "application/json"})
    return post(data=form)


def _presentation(town: Town, *, audience: str | None = None, late: timedelta = timedelta()) -> str:
    found = town.play.world.get(f"{_ISSUER}/.well-known/openid-configuration")
    named = found.json().get("issuer", "") if found.status_code == httpx.codes.OK else ""
    return sign_presentation(
        (),
        signer=town.issuer("KTU").signer(),
        audience=audience or named,
        now=town.play.now - late,
        random=os.urandom,
    )
