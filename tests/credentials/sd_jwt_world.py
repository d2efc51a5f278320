"""SD-JWTs by the universities of a world in memory, and their presentations by a holder."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from credentials.expected import Expected
from credentials.securing.sd_jwt_issuing import Selectively, issue_sd_jwt, present
from did.multibase import encode_base58btc

from .credential_makers import SCHEMAS, TYPES, Edit, covered, micro_credential
from .ledger import Actor
from .securing.sd_jwts import AUDIENCE, HOLDER, HOLDER_JWK, NONCE, Salts, everything
from .world import ROOT_TAO, SCHEMA, SCHEMA_URL, TAO, TI, Country, World

DEGREE_SCHEMA = b'{"type":"object","required":["vct","degree"],"properties":{"degree":{"type":"string"}}}'
VCT = f"{SCHEMAS}/{encode_base58btc(sha256(DEGREE_SCHEMA).digest())}"
EXPECTED = Expected(nonce=NONCE, audience=AUDIENCE)


def issue_w3c(
    world: World,
    actor: Actor,
    *,
    edit: Edit | None = None,
    claims: Mapping[str, Any] | None = None,
    header: Mapping[str, Any] | None = None,
    decoys: int = 0,
    **overrides: Any,
) -> str:
    """A micro-credential of the data model 2.0 as an SD-JWT: of its subject all may be withheld but the id.

    `edit` changes its members, `claims` and `header` are laid over what it has, `overrides` go to
    `credential_makers.micro_credential`.
    """
    members = micro_credential(
        identifier=world.identifier(),
        issuer=actor.did,
        version="2.0",
        now=world.moment,
        schema=overrides.pop("schema", SCHEMA_URL),
        **overrides,
    )
    subject = members["credentialSubject"]
    members["credentialSubject"] = {
        name: value if name == "id" else Selectively(value) for name, value in subject.items()
    }
    if edit is not None:
        edit(members)
    whole = members | {"cnf": {"jwk": HOLDER_JWK}} | dict(claims or {})
    return _issue(actor, whole, "vc+sd-jwt", header, decoys)


def issue_by_vct(
    world: World, actor: Actor, *, header: Mapping[str, Any] | None = None, decoys: int = 0, **claims: Any
) -> str:
    """An SD-JWT VC; a claim of None is taken away."""
    whole = {
        "iss": actor.did,
        "vct": VCT,
        "iat": world.now,
        "nbf": world.now,
        "cnf": {"jwk": HOLDER_JWK},
        "sub": "did:key:zLearner",
        "degree": Selectively("Master"),
        "grade": Selectively(9),
        **claims,
    }
    kept = {name: value for name, value in whole.items() if value is not None}
    return _issue(actor, kept, "dc+sd-jwt", header, decoys)


def _issue(
    actor: Actor,
    claims: Mapping[str, Any],
    typ: str,
    header: Mapping[str, Any] | None,
    decoys: int,
) -> str:
    named = {"typ": typ, "kid": actor.kid} | dict(header or {})
    return issue_sd_jwt(claims, header=named, key=actor.key.private, salt=Salts(), decoys=decoys)


def shown(world: World, sd_jwt: str, *, show: Any = everything, **said: Any) -> bytes:
    """A presentation by the holder, now."""
    binding: dict[str, Any] = {"holder": HOLDER, "nonce": NONCE, "audience": AUDIENCE, "issued_at": world.now}
    return present(sd_jwt, show=show, **(binding | said)).encode()


def home_of_degrees() -> Country:
    """A country in which all are accredited for the type of `issue_by_vct` as well."""
    world = World()
    root, tao, university = (world.actor(name) for name in ("Root TAO", "Ministry", "University"))
    world.register_schema(SCHEMA)
    world.register_schema(DEGREE_SCHEMA)
    scope = (covered(SCHEMA_URL), covered(VCT, types=(*TYPES, VCT)))
    for child, parent, kind in ((root, root, ROOT_TAO), (tao, root, TAO), (university, tao, TI)):
        world.accredit(child, parent, kind, accredited_for=scope)
    credential = world.issue(university)
    return Country(world, root, tao, university, credential, world.anchor(university, [credential]))


def printed(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"))
