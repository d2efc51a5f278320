"""Presentations as clients make them, true and false, and a country in which they are shown."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from credentials.securing.jose import sign_compact
from did.methods.ebsi import new_did
from node.services.authorisation import answer_token_request, judge_token_request, read_token_request
from node.services.authorisation_scopes import SCOPES
from node.services.invitations import SERVER
from node.services.node import Node
from node.services.verification import verifying
from tests.credentials.credential_makers import ORIGIN
from tests.credentials.ledger import Actor, Key
from tests.credentials.world import TI, Country, World, country
from tests.node.projected import node_of

ISSUER = ORIGIN + SERVER
Members = dict[str, Any]


def presentation_jwt(
    holder: str,
    key: Key,
    *credentials: str,
    now: int,
    claims: Mapping[str, Any] | None = None,
    vp: Mapping[str, Any] | None = None,
    header: Mapping[str, Any] | None = None,
) -> str:
    """A VP JWT for `ISSUER`; `claims`, `vp` and `header` are laid over what it has (None takes one away)."""
    identifier = "urn:uuid:" + secrets.token_hex(16)
    presentation: Members = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "id": identifier,
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": list(credentials),
    }
    said: Members = {
        "iss": holder,
        "sub": holder,
        "aud": ISSUER,
        "jti": identifier,
        "nonce": secrets.token_hex(16),
    }
    said |= {"iat": now, "nbf": now, "exp": now + 240, "vp": _laid(presentation, vp)}
    return sign_compact(
        header=_laid({"kid": f"{holder}#{key.fragment}", "typ": "JWT"}, header),
        payload=json.dumps(_laid(said, claims)).encode(),
        key=key.private,
    )


def _laid(members: Members, over: Mapping[str, Any] | None) -> Members:
    return {name: value for name, value in (members | dict(over or {})).items() if value is not None}


def submission(scope: str, **over: Any) -> str:
    """Where the credential is, if the scope asks for one; `over` is laid over it."""
    nested = {"id": f"{scope}_credential", "format": "jwt_vc", "path": "$.vp.verifiableCredential[0]"}
    place = {"id": f"{scope}_credential", "format": "jwt_vp", "path": "$", "path_nested": nested}
    places = [place] if SCOPES[scope].credential_types else []
    return json.dumps(
        _laid({"id": "one", "definition_id": f"{scope}_presentation", "descriptor_map": places}, over)
    )


def form(scope: str, vp_token: str, **over: str) -> dict[str, str]:
    """The form that asks for a token; `over` is laid over it."""
    asked = {"grant_type": "vp_token", "scope": f"openid {scope}", "vp_token": vp_token}
    return asked | {"presentation_submission": submission(scope)} | over


def ask(node: Node, fields: Mapping[str, str]) -> dict[str, Any]:
    """What the token endpoint answers."""
    now = int(node.clock().timestamp())
    request = read_token_request(fields, audiences={ISSUER}, now=now)
    with verifying(node) as verifier:
        judge_token_request(verifier, request)
    return answer_token_request(node, request)


@dataclass(frozen=True)
class Desk:
    """A node, and who comes to it.

    Attributes:
        node: at the world's time.
        home: a Root TAO, a TAO, a university that has recorded its accreditation.
        newcomer: a university whose accreditation is reserved, and signed in `accreditation`.
        stranger: a DID that is not registered, and a key of its own.
        invitation: by the TAO, to the stranger.
    """

    node: Node
    home: Country
    newcomer: Actor
    accreditation: str
    stranger: tuple[str, Key]
    invitation: str

    @property
    def now(self) -> int:
        """The node's clock."""
        return int(self.node.clock().timestamp())

    def vp(self, actor: Actor, *credentials: str, **over: Any) -> str:
        """A presentation by a registered actor's signing key."""
        return presentation_jwt(actor.did, over.pop("key", actor.key), *credentials, now=self.now, **over)

    def strangers_vp(self, *credentials: str, **over: Any) -> str:
        """A presentation by the stranger."""
        did, key = self.stranger
        return presentation_jwt(did, over.pop("key", key), *credentials, now=self.now, **over)


def invitation_to(world: World, by: Actor, did: str, **over: Any) -> str:
    """An authorisation to onboard, by an accredited actor; `over` goes to `accreditation_text`."""

    def onboards(members: Members) -> None:
        members["type"] = [
            "VerifiableCredential",
            "VerifiableAttestation",
            "VerifiableAuthorisationToOnboard",
        ]
        members["credentialSubject"] = {"id": did, "accreditedFor": []}
        del members["credentialStatus"]

    invited = Actor("invited", did)
    parent = {"parent_attribute": by.attribute_id} if by.attributes else {}
    over = {"attribute_id": bytes(32), "edit": onboards, **parent, **over}
    return world.accreditation_text(invited, by, TI, **over).decode()


@contextmanager
def desk(
    folder: Path, happens: Callable[[Country, Actor], None] | None = None, **invitation: Any
) -> Iterator[Desk]:
    """A desk in a country in which `happens` has happened before the node looks."""
    home = country()
    world = home.world
    newcomer = world.actor("Newcomer")
    attribute_id = b"\x5a" * 32
    newcomer.attributes.append(attribute_id)
    world.set_metadata(newcomer, attribute_id, TI, tao=home.tao.did, attribute_id_tao=home.tao.attribute_id)
    accreditation = world.accreditation_text(newcomer, home.tao, TI, attribute_id=attribute_id).decode()
    stranger = str(new_did(b"\x77" * 16)), world.key()
    invited = invitation_to(world, home.tao, stranger[0], **invitation)
    if happens is not None:
        happens(home, newcomer)
    with node_of(world, folder, root_taos=()) as node:
        yield Desk(node, home, newcomer, accreditation, stranger, invited)
