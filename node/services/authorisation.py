"""The token endpoint's work, in three steps: read the form, judge it by one view, count its nonce and sign.

A presentation counts once. It is used up only when it entitles, so that nobody uses up somebody else's; then
before anything is signed, so that two processes never answer the same one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from credentials.case import SKEW
from node.db.nonces import use_nonce
from node.db.session import writing
from node.services.access_tokens import give_tokens
from node.services.authorisation_errors import GrantRefused, PresentationRefused, TokenRefused
from node.services.authorisation_scopes import Scope, read_scope
from node.services.entitlement import check_entitlement
from node.services.node import Node
from node.services.presentations import Presentation, check_submission, read_presentation
from node.services.verification import Verifier

FIELDS = ("grant_type", "vp_token", "presentation_submission", "scope")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request whose form, claims and submission hold."""

    scope: Scope
    presentation: Presentation


def read_token_request(form: Mapping[str, str], *, audiences: Collection[str], now: int) -> TokenRequest:
    """The request that the form makes.

    Args:
        form: names and values.
        audiences: the names of this node's authorisation server.
        now: seconds.

    Raises:
        TokenRefused: a field is missing, surplus, or does not hold.
    """
    if form.get("grant_type") not in {None, "", "vp_token"}:
        raise GrantRefused  # before its fields: those of another grant type are others
    for name in FIELDS:
        if not form.get(name):
            raise TokenRefused(f"The field {name} is missing.")
    if form.keys() - set(FIELDS):
        raise TokenRefused(f"A request has the fields {', '.join(FIELDS)}, and no other.")
    scope = read_scope(form["scope"])
    check_submission(form["presentation_submission"], scope=scope)
    presentation = read_presentation(form["vp_token"], scope=scope, audiences=audiences, now=now)
    return TokenRequest(scope, presentation)


def judge_token_request(verifier: Verifier, request: TokenRequest) -> None:
    """Return if the request's presentation entitles to its scope, as the database is now.

    Raises:
        TokenRefused: it does not.
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    check_entitlement(verifier, request.scope, request.presentation)


def answer_token_request(node: Node, request: TokenRequest) -> dict[str, Any]:
    """The tokens for a request that was judged, if its presentation is shown for the first time.

    Raises:
        PresentationRefused: it was shown before, or expired while it was judged.
        ConfigurationError: no signing key can be had.
        DatabaseUnavailable: the database does not answer.
    """
    presentation = request.presentation
    used = sha256(f"{presentation.holder} {presentation.nonce}".encode()).digest()
    now = int(node.clock().timestamp())
    if presentation.expires <= now:
        raise PresentationRefused("vp_token has expired.")
    # Remembered for longer than it counts: another process's clock may be behind.
    remembered_until = presentation.expires + SKEW
    with writing(node.engine) as connection:
        if not use_nonce(connection, used, now=now, expires_at=remembered_until):
            raise PresentationRefused("The nonce of vp_token was used before.")
    return give_tokens(node, request.scope, presentation)
