"""A proxy's data, the JSON text that says where an issuer keeps its status lists (ebsi-api section 3.3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from anchoring.errors import MalformedDocument
from anchoring.strict_json import parse_json
from node.services.list_errors import ProxyDataRefused

MAX_LENGTH: Final = 8 * 1024
"""Bytes, as the contract has it."""
_MEMBERS: Final = frozenset({"prefix", "headers", "testSuffix"})
_MAX_TEXT: Final = 512
_PREFIX: Final = re.compile(
    r"(https?://(?:[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)"
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*"
)
_SUFFIX: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_VALUE: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_CACHE_CONTROL: Final = "cache-control"


@dataclass(frozen=True, slots=True)
class ProxyData:
    """Where an issuer's lists are.

    Attributes:
        origin: scheme, host and port.
        prefix: what every list's URL begins with, without a slash at its end.
        test_suffix: what makes the URL of a list that is there at registration.
        cache_control: the one header that is sent, if the issuer asks for it.
    """

    origin: str
    prefix: str
    test_suffix: str
    cache_control: str | None

    def url(self, rest: str) -> str:
        """The URL of the list that stands here under `rest`."""
        return f"{self.prefix}/{rest}"

    @property
    def test_url(self) -> str:
        """The URL of the list that is there at registration."""
        return self.prefix + ("" if self.test_suffix.startswith("/") else "/") + self.test_suffix

    def is_hosted_at(self, origins: Sequence[str]) -> bool:
        """Whether the lists stand under one of the registry's own origins: nodes host them."""
        return self.origin in origins


def read_proxy_data(text: str, *, origins: Sequence[str]) -> ProxyData:
    """Return what `text` says, which holds no secret: on the ledger it is public for ever.

    Args:
        text: JSON.
        origins: of this registry; any other prefix has to be https.

    Raises:
        ProxyDataRefused: it is no such text, or holds what must not be public.
    """
    try:
        given = parse_json(text.encode(), max_size=MAX_LENGTH).value
    except (MalformedDocument, UnicodeEncodeError) as error:
        raise ProxyDataRefused(f"it is not JSON that can be read ({error})") from error
    if not isinstance(given, Mapping) or "prefix" not in given or given.keys() - _MEMBERS:
        raise ProxyDataRefused("it is an object of prefix, headers and testSuffix")
    prefix = _text(given, "prefix")
    match = _PREFIX.fullmatch(prefix)
    if match is None or "/../" in f"{prefix}/":
        raise ProxyDataRefused("prefix is an https URL without a user's name, query or fragment")
    origin = match[1]
    if origin not in origins and not origin.startswith("https://"):
        raise ProxyDataRefused("prefix begins with https://")
    suffix = _text(given, "testSuffix")
    if not _SUFFIX.fullmatch(suffix) or ".." in suffix.split("/"):
        raise ProxyDataRefused("testSuffix is the end of a path, without query or fragment")
    return ProxyData(origin, prefix.rstrip("/"), suffix, _cache_control(given.get("headers", {})))


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise ProxyDataRefused(f"{name} is a text of at most {_MAX_TEXT} characters")
    return value


def _cache_control(headers: Any) -> str | None:
    if not isinstance(headers, Mapping):
        raise ProxyDataRefused("headers is an object")
    for name in headers:
        if name.lower() != _CACHE_CONTROL:
            raise ProxyDataRefused(
                f"headers holds {name[:64]!r}, and may hold Cache-Control alone: whatever opens a server "
                "would open it to everybody, since the ledger is public for ever"
            )
    values = list(headers.values())
    if not values:
        return None
    if len(values) > 1 or not isinstance(values[0], str) or not _VALUE.fullmatch(values[0][: _MAX_TEXT + 1]):
        raise ProxyDataRefused("Cache-Control has one value of printable characters")
    if len(values[0]) > _MAX_TEXT:
        raise ProxyDataRefused(f"Cache-Control is a text of at most {_MAX_TEXT} characters")
    return values[0]
