"""Access tokens of a world's actors, got as clients get them: by a presentation, from the served node."""

from typing import Any

import httpx

from did.jwk import jwk_from_public_key
from tests.credentials.ledger import Key
from tests.node.api.world import Actor, World
from tests.node.services.presenting import form, presentation_jwt

SERVER = "/authorisation/v4"
TOKEN = f"{SERVER}/token"


def issuer(world: World) -> str:
    """The name of the node's authorisation server, as it says."""
    return str(world.ok(f"{SERVER}/.well-known/openid-configuration")["issuer"])


def presented(world: World, actor: Actor, *credentials: str, **over: Any) -> str:
    """A presentation by the actor's credential key, for the served node."""
    public = actor.credential_key.public_key()
    key = Key(actor.credential_key, "c", jwk_from_public_key(public))
    claims = {"aud": issuer(world)} | over.pop("claims", {})
    now = int(world.clock().timestamp())
    return presentation_jwt(actor.did, key, *credentials, now=now, claims=claims, **over)


def asked(world: World, actor: Actor, scope: str, *credentials: str, **over: Any) -> httpx.Response:
    """What the token endpoint answers to the actor."""
    return world.http.post(TOKEN, data=form(scope, presented(world, actor, *credentials, **over)))


def bearer(world: World, actor: Actor, scope: str, *credentials: str) -> dict[str, str]:
    """The header with the actor's token for the scope."""
    answer = asked(world, actor, scope, *credentials)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
