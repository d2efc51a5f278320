"""Why no token is given, and why a token gives no access: the words that OAuth 2 and EBSI have for it."""

from node.services.errors import ServiceError


class TokenRefused(ServiceError):
    """No token for this request (RFC 6749 section 5.2).

    Attributes:
        error: the stable word of OAuth 2.
    """

    error = "invalid_request"


class ScopeRefused(TokenRefused):
    """The scope is none that this node gives tokens for."""

    error = "invalid_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The scope must be openid and one of scopes_supported, not {scope[:64]!r}.")


class GrantRefused(TokenRefused):
    """Another grant type than that of presentations."""

    error = "unsupported_grant_type"

    def __init__(self) -> None:
        super().__init__("grant_type must be vp_token.")


class PresentationRefused(TokenRefused):
    """The presentation does not hold: its form, its times, its signature, or that it was shown before."""


class SubmissionRefused(TokenRefused):
    """The presentation submission does not lead to what the definition asks for."""


class NotEntitled(TokenRefused):
    """The presentation holds, and what it shows entitles nobody to the scope."""


class AccessRefused(ServiceError):
    """There is no access token, or one that does not count here (RFC 6750 section 3.1).

    Attributes:
        www_authenticate: the challenge that the answer carries.
    """

    def __init__(self, sentence: str, *, missing: bool = False) -> None:
        super().__init__(sentence)
        error = "" if missing else ', error="invalid_token"'
        self.www_authenticate = f'Bearer realm="ankyra"{error}'
