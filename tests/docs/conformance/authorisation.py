"""Tokens, asked for as our own client asks, and the ways in which asking fails."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
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
    """The answer to a request for a token, made as the case says.

    Raises:
        KeyError: it is not known how.
    """
    named = case.removeprefix("for ")
    scope: Scope = next((one for one in get_args(Scope) if one == named), "didr_write")
    actor = {"didr_invite": "Newcomer", "tir_invite": "Applicant"}.get(scope, "KTU")
    form = {
        "grant_type": "vp_token",
        "vp_token": _presentation(town, actor, _entitling(town, scope)),
        **_asking(scope),
    }
    post = partial(town.play.world.http.post, path)
    if case == "with a form that is no form":
        return post(content=json.dumps(form), headers={"Content-Type": "application/json"})
    if case == "with a presentation that came before":
        post(data=form)
    elif named != scope:
        form |= _CHANGES[case](town)
    return post(data=form)


def _ended(town: Town) -> dict[str, str]:
    return {"vp_token": _presentation(town, "KTU", late=timedelta(minutes=10))}


def _elsewhere(town: Town) -> dict[str, str]:
    return {"vp_token": _presentation(town, "KTU", audience="https://other.example/authorisation/v4")}


def _signed_by_another(town: Town) -> dict[str, str]:
    head, claims, _ = _presentation(town, "KTU").split(".")
    return {"vp_token": ".".join((head, claims, _presentation(town, "Agency").rpartition(".")[2]))}


def _without_credential(town: Town) -> dict[str, str]:
    return {"vp_token": _presentation(town, "Newcomer"), **_asking("didr_invite")}


def _registered(town: Town) -> dict[str, str]:
    invitation = invite(town.play.world.node, town.issuer("KTU").did)
    return {"vp_token": _presentation(town, "KTU", (invitation,)), **_asking("didr_invite")}


def _accepted(town: Town) -> dict[str, str]:
    return {"vp_token": _presentation(town, "KTU", (town.accepted,)), **_asking("tir_invite")}


_CHANGES: Mapping[str, Callable[[Town], dict[str, str]]] = {
    "for a scope that is not served": lambda _: {"scope": "openid tnt_write"},
    "for two scopes": lambda _: {"scope": "openid didr_write tir_write"},
    "with another grant type": lambda _: {"grant_type": "client_credentials"},
    "without a presentation": lambda _: {"vp_token": ""},
    "with a presentation for another server": _elsewhere,
    "with a presentation that has ended": _ended,
    "signed by somebody else": _signed_by_another,
    "without the credential that it needs": _without_credential,
    "for an invitation of who is registered": _registered,
    "for an invitation of who has accepted": _accepted,
}


def _asking(scope: Scope) -> dict[str, str]:
    """The scope, and where in the presentation that is what it needs."""
    descriptors = [f"{scope}_credential"] if scope.endswith("_invite") else []
    submission = presentation_submission(
        f"{scope}_presentation", descriptors=descriptors, identifier=os.urandom(16)
    )
    return {"scope": f"openid {scope}", "presentation_submission": submission}


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
