"""Access tokens of one DID at one node: asked for with a presentation, in memory only (ebsi-api section 8).

The presentation names the authorisation server that the node says it is. A node that names another one could
get a token there in this DID's name, and do nothing with it: every write is signed by the DID's own key.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from node.client.api import Node
from node.client.errors import NodeProblem, UnexpectedAnswer
from node.client.issuing import Signer
from node.client.presentation import presentation_submission, sign_presentation

Scope = Literal[
    "didr_invite", "didr_write", "tir_invite", "tir_write", "tsr_write", "tpr_write", "timestamp_write"
]

SERVER = "/authorisation/v4"
_DISCOVERY = f"{SERVER}/.well-known/openid-configuration"
_NOT_FOUND = 404
_MAX_ANSWER = 128 * 1024  # bytes
_MAX_TOKEN = 16 * 1024  # characters
_MAX_URL = 2048  # characters
_PATH = re.compile(r"(?:/[A-Za-z0-9_-]+){1,8}")
_EARLY = timedelta(minutes=1)
"""So long before its end a token counts as ended: clocks differ, and calls take time."""


@dataclass(frozen=True, slots=True)
class _Server:
    """The authorisation server of a node: its name, and where on the node it gives tokens."""

    issuer: str
    token_path: str


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    ends: datetime


@dataclass(slots=True)
class AccessTokens:
    """The tokens of one DID.

    Attributes:
        node: who gives them.
        signer: of the presentation for a scope.
        clock: the present, aware.
        random: the operating system's randomness.
    """

    node: Node
    signer: Callable[[Scope], Signer]
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = os.urandom
    _tokens: dict[Scope, _Token] = field(default_factory=dict, repr=False)
    _servers: list[_Server | None] = field(default_factory=list)

    def token(self, scope: Scope, *, credentials: Sequence[str] = ()) -> str | None:
        """A token for the scope, which counts for a minute at least; None where the node asks for none.

        Args:
            scope: what shall be written.
            credentials: compact JWTs that entitle to it; a scope of `_invite` takes one.

        Raises:
            NodeProblem: the node gives none, and says why.
            ClientError: it does not answer as it should, or the key cannot be opened.
        """
        held = self._tokens.get(scope)
        if held is None or held.ends - _EARLY <= self.clock():
            server = self._server()
            if server is None:
                return None
            held = self._asked(server, scope, credentials)
            self._tokens[scope] = held
        return held.text

    def forget(self, scope: Scope) -> None:
        """The token for the scope did not serve: the next is asked for anew, and so is who gives it."""
        self._tokens.pop(scope, None)
        self._servers.clear()

    def are_asked_for(self) -> bool:
        """Whether the node has an authorisation server at all; those before it have none.

        Raises:
            ClientError: it does not answer as it should.
        """
        return self._server() is not None

    def _server(self) -> _Server | None:
        if not self._servers:
            self._servers.append(self._discovered())
        return self._servers[0]

    def _discovered(self) -> _Server | None:
        """The server that the node names; None where it has none, as nodes before it had."""
        try:
            found = self.node.get(_DISCOVERY)
        except NodeProblem as problem:
            if problem.status != _NOT_FOUND:
                raise
            return None
        issuer, endpoint = found.get("issuer"), found.get("token_endpoint")
        if not isinstance(issuer, str) or not isinstance(endpoint, str):
            raise UnexpectedAnswer(f"{self.node.url}{_DISCOVERY} names no issuer or no token_endpoint")
        path = endpoint.removeprefix(issuer)
        if path == endpoint or len(endpoint) > _MAX_URL or not _PATH.fullmatch(path):
            raise UnexpectedAnswer(
                f"{self.node.url}{_DISCOVERY} names a token_endpoint that is not its issuer's"
            )
        # Asked is the node itself, whatever host it names: its own name may be one that only others resolve.
        return _Server(issuer, SERVER + path)

    def _asked(self, server: _Server, scope: Scope, credentials: Sequence[str]) -> _Token:
        now = self.clock()
        presentation = sign_presentation(
            credentials, signer=self.signer(scope), audience=server.issuer, now=now, random=self.random
        )
        submission = presentation_submission(
            f"{scope}_presentation",
            descriptors=self._descriptors(scope) if credentials else (),
            identifier=self.random(16),
        )
        form = {
            "grant_type": "vp_token",
            "scope": f"openid {scope}",
            "vp_token": presentation,
            "presentation_submission": submission,
        }
        answer = self.node.post_form(server.token_path, form, limit=_MAX_ANSWER)
        text, lasts = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(text, str) or not 0 < len(text) <= _MAX_TOKEN or not text.isascii():
            raise UnexpectedAnswer(f"{self.node.url} gives no access token")
        if type(lasts) is not int or not text.isprintable():
            raise UnexpectedAnswer(f"{self.node.url} gives an access token that cannot be used")
        return _Token(text, now + timedelta(seconds=min(max(lasts, 0), 86_400)))

    def _descriptors(self, scope: Scope) -> list[str]:
        """Ids of what the scope's presentation definition asks for."""
        asked = {"scope": f"openid {scope}"}
        found = self.node.get(f"{SERVER}/presentation-definitions", params=asked).get("input_descriptors")
        listed = found if isinstance(found, list) else []
        names = [item.get("id") for item in listed if isinstance(item, dict)]
        if not names or not all(isinstance(name, str) for name in names):
            raise UnexpectedAnswer(f"{self.node.url} asks for no credential for {scope}")
        return [str(name) for name in names]
