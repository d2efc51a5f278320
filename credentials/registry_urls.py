"""URLs in credentials that name something of this registry, whatever host serves it (EBSI TIR and TSR paths).

Credentials carry absolute URLs for ever, nodes come and go: a URL counts if its origin is one of those that
stand for this registry and its path is exactly EBSI's. Nothing is ever fetched from it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from did.errors import InvalidDid, InvalidEncoding
from did.multibase import decode_base58btc
from did.syntax import parse_ebsi_did

MAX_URL_LENGTH: Final = 1024
"""Characters; longer URLs name nothing here."""

_ID_LENGTH: Final = 32
_ISSUER = r"/trusted-issuers-registry/v[45]/issuers/(?P<did>did:ebsi:z[1-9A-HJ-NP-Za-km-z]{1,64})"
_SEGMENT = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+"
_ATTRIBUTE = re.compile(rf"{_ISSUER}/attributes/(?:0x)?(?P<id>[0-9a-f]{{64}})", re.ASCII)
_STATUS_LIST = re.compile(
    rf"{_ISSUER}/proxies/0x(?P<id>[0-9a-f]{{64}})/(?P<rest>{_SEGMENT}(?:/{_SEGMENT})*)", re.ASCII
)
_SCHEMA = re.compile(
    r"/trusted-schemas-registry/v[23]/schemas/(?:0x(?P<hex>[0-9a-f]{64})|(?P<multibase>z[0-9A-Za-z]{1,64}))",
    re.ASCII,
)
_DOTS: Final = frozenset({".", ".."})
"""Segments that clients resolve away (RFC 3986 section 5.2.4): such a path has two readings."""


@dataclass(frozen=True, slots=True)
class RegistryUrls:
    """What URLs mean where `origins` (`https://host[:port]`, no path) stand for this registry."""

    origins: tuple[str, ...]

    def attribute(self, url: str) -> tuple[str, bytes] | None:
        """The issuer and the id (32 bytes) of the attribute that `url` names; None if it names none."""
        path = self._path(url)
        return None if path is None else _attribute(path)

    def schema(self, url: str) -> bytes | None:
        """The id (32 bytes) of the schema that `url` names, in hex or multibase; None if it names none."""
        path = self._path(url)
        return None if path is None else _schema(path)

    def status_list(self, url: str) -> tuple[str, bytes, str] | None:
        """The issuer, the proxy's id (32 bytes) and the rest of the path; None if it names no list."""
        path = self._path(url)
        match = None if path is None else _STATUS_LIST.fullmatch(path)
        if match is None or not _is_ebsi(match["did"]) or not _DOTS.isdisjoint(match["rest"].split("/")):
            return None
        return match["did"], bytes.fromhex(match["id"]), match["rest"]

    def _path(self, url: str) -> str | None:
        if len(url) > MAX_URL_LENGTH:
            return None
        for origin in self.origins:
            if url.startswith(origin) and url.startswith("/", len(origin)):
                return url[len(origin) :]
        return None


@lru_cache(maxsize=1024)
def _attribute(path: str) -> tuple[str, bytes] | None:
    match = _ATTRIBUTE.fullmatch(path)
    if match is None or not _is_ebsi(match["did"]):
        return None
    return match["did"], bytes.fromhex(match["id"])


@lru_cache(maxsize=1024)
def _schema(path: str) -> bytes | None:
    match = _SCHEMA.fullmatch(path)
    if match is None:
        return None
    if match["hex"] is not None:
        return bytes.fromhex(match["hex"])
    try:
        identifier = decode_base58btc(match["multibase"])
    except InvalidEncoding:
        return None
    return identifier if len(identifier) == _ID_LENGTH else None


def _is_ebsi(did: str) -> bool:
    try:
        parse_ebsi_did(did)
    except InvalidDid:
        return False
    return True
