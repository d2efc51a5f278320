"""Which representation a client gets (RFC 9110 section 12.5.1)."""

from collections.abc import Sequence

from fastapi import Request

from node.api.errors import NotAcceptable

_MAX_ACCEPT = 1024


def negotiate(request: Request, offers: Sequence[str]) -> str:
    """Return the first of `offers` that the client likes best; the first of all if it does not say.

    Raises:
        NotAcceptable: the client accepts none of them.
    """
    accept = request.headers.get("accept", "").strip()
    if not accept:
        return offers[0]
    if len(accept) > _MAX_ACCEPT:
        raise NotAcceptable(f"Accept is longer than {_MAX_ACCEPT} characters.")
    ranges = [_read_range(part) for part in accept.split(",") if part.strip()]
    weights = [(_weight(offer, ranges), -place, offer) for place, offer in enumerate(offers)]
    weight, _, best = max(weights)
    if weight <= 0:
        raise NotAcceptable(f"This path can answer with {', '.join(offers)}.")
    return best


def _read_range(part: str) -> tuple[str, float]:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            weight = _quality(value.strip())
    return media_type, weight


def _quality(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the weight by the most specific range that covers `offer`."""
    family = offer.partition("/")[0] + "/*"
    for pattern in (offer, family, "*/*"):
        for media_type, weight in ranges:
            if media_type == pattern:
                return weight
    return 0.0
