"""How an endpoint is named to people: an operator's URL may hold a key in its path, query or user part."""

from urllib.parse import urlsplit


def endpoint_name(url: str) -> str:
    """Return scheme, host and port of `url`, which tell two endpoints apart and hold no secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
