"""What a request can be refused for before a service sees it; `problems.py` gives each its status."""


class ApiError(Exception):
    """A request that the API refuses by itself; the text is the sentence that the client reads."""


class InvalidJson(ApiError):
    """The body is not strict JSON (`json_body.py` lists the rules)."""


class InvalidRequest(ApiError):
    """A member of the body is missing, unknown or of another type."""


class BodyTooLarge(ApiError):
    """The body is longer than this path takes.

    Attributes:
        limit: bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is longer than the {limit} bytes that are taken here.")
        self.limit = limit


class BodyTooSlow(ApiError):
    """The rest of a large body did not come in time (RFC 9110 section 15.5.9)."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The rest of the body did not come within {seconds} seconds.")
        self.seconds = seconds


class Busy(ApiError):
    """As many large bodies are being read as this node reads at once.

    Attributes:
        at_once: how many that is.
    """

    def __init__(self, at_once: int) -> None:
        super().__init__(
            f"This node reads {at_once} large bodies at once, and is at it. Send yours again later."
        )
        self.at_once = at_once


class UnsupportedMediaType(ApiError):
    """The body is not declared as what this path takes, mostly `application/json`."""

    def __init__(self, media_type: str, *, wanted: tuple[str, ...] = ("application/json",)) -> None:
        named = " or ".join(wanted)
        super().__init__(f"Send Content-Type: {named} (got {media_type[:64] or 'none'}).")
        self.media_type = media_type


class NotAcceptable(ApiError):
    """No representation that the client accepts exists here (RFC 9110 section 15.5.7)."""


class UnknownParameter(ApiError):
    """A query parameter that this path does not know: refused, lest a filter be silently ignored."""

    def __init__(self, name: str, known: list[str]) -> None:
        what = f"It knows {', '.join(known)}." if known else "It knows none."
        super().__init__(f"This path does not know the query parameter {name[:64]!r}. {what}")
        self.name = name


class InvalidParameter(ApiError):
    """A path or query parameter has a value that it cannot have."""


class InvalidDigest(ApiError):
    """A digest, root or identifier is not 64 lower-case hexadecimal characters."""


class NotFound(ApiError):
    """Nothing stands under this path."""


class MethodNotAllowed(ApiError):
    """The path exists, the method does not (RFC 9110 section 15.5.6)."""


class NotLocal(ApiError):
    """JSON-RPC writes are for programs on the node's own machine."""

    def __init__(self) -> None:
        super().__init__("This path answers only to programs on the node's own machine.")
