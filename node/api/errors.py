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


class TooManyRequests(ApiError):
    """One client asked for more than `rate_limit` allows it (RFC 6585 section 4).

    Attributes:
        per_minute: units that a client may spend in a minute.
        retry_after: seconds until this request may be sent again.
    """

    def __init__(self, per_minute: int, *, retry_after: int) -> None:
        super().__init__(
            f"One client may spend {per_minute} units in a minute here; send this again in {retry_after} s."
        )
        self.per_minute = per_minute
        self.retry_after = retry_after


class TooManyConnections(ApiError):
    """One client holds as many connections as one client may.

    Attributes:
        limit: connections of one client.
        retry_after: seconds.
    """

    def __init__(self, limit: int, *, retry_after: int = 5) -> None:
        super().__init__(f"One client may hold {limit} connections here: close some, or use them again.")
        self.limit = limit
        self.retry_after = retry_after


class TooManyClients(ApiError):
    """All clients together hold as many connections as this node serves."""

    def __init__(self) -> None:
        super().__init__("This node serves as many connections as it can. Try again later.")


class MalformedRequest(ApiError):
    """What came over the connection is not HTTP/1.1 (RFC 9112)."""

    def __init__(self) -> None:
        super().__init__("This is not a request that can be read (HTTP/1.1).")


class HeadTooLarge(ApiError):
    """Request line and headers, or what frames the body, are longer than needed (RFC 6585 section 5).

    Attributes:
        limit: bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"Request line and headers are longer than {limit} bytes.")
        self.limit = limit


class HeadTooSlow(ApiError):
    """Request line and headers did not come in time (RFC 9110 section 15.5.9)."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The request line and headers did not come within {seconds:g} seconds.")
        self.seconds = seconds


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
