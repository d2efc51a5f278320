"""Disclosures of an SD-JWT and the digests that stand in their place (RFC 9901 sections 4.2 and 7.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256, sha384, sha512
from typing import Any, Final

from credentials.errors import MalformedSdJwt, UnknownHash
from did.base64url import decode_base64url, encode_base64url
from did.errors import InvalidEncoding, InvalidJson
from did.json_text import MAX_CONTAINERS, MAX_DEPTH, parse_array

MAX_DISCLOSURES: Final = 1024
MAX_DISCLOSURE: Final = 256 * 1024
"""Bytes of one disclosure's JSON."""

DIGESTS: Final = "_sd"
IN_ARRAY: Final = "..."
HASH_ALGORITHM: Final = "_sd_alg"
RESERVED: Final = frozenset({DIGESTS, IN_ARRAY, HASH_ALGORITHM})
"""Names of no claim (section 4.1)."""

_HASHES: Final = {"sha-256": sha256, "sha-384": sha384, "sha-512": sha512}
_DEFAULT_HASH: Final = "sha-256"
_OF_ELEMENT: Final = 2
_OF_MEMBER: Final = 3


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure: of a member, or of an array's element, which has no name.

    Attributes:
        text: base64url as presented: its digest is over this very text.
        name: of the member; None for an element.
        value: what is disclosed, strictly parsed; digests may stand in it.
    """

    text: str
    name: str | None
    value: Any


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A payload with its disclosures in their places and without any digest.

    Attributes:
        members: what the issuer signed, as far as it is disclosed.
        selective: names of top-level members that are disclosures themselves or have a digest within.
        withheld: of those, where a digest stands that no disclosure meets: another claim, or a decoy. The
            empty name is the top level itself.
        used: texts of the disclosures that were met.
    """

    members: dict[str, Any]
    selective: frozenset[str]
    withheld: frozenset[str]
    used: frozenset[str]


def parse_disclosure(text: str) -> Disclosure:
    """The disclosure that `text` encodes: a salt, a name for a member, a value.

    Raises:
        MalformedSdJwt: not base64url of a strict JSON array of two or three, a salt or a name that is no
            text, or a reserved name.
    """
    try:
        parts = parse_array(decode_base64url(text, max_bytes=MAX_DISCLOSURE), max_bytes=MAX_DISCLOSURE)
    except (InvalidEncoding, InvalidJson) as error:
        raise MalformedSdJwt(f"a disclosure is unusable: {error.reason}") from error
    if len(parts) not in {_OF_ELEMENT, _OF_MEMBER} or not isinstance(parts[0], str):
        raise MalformedSdJwt("a disclosure is no salt with a value, or with a name and a value")
    if len(parts) == _OF_ELEMENT:
        return Disclosure(text, None, parts[1])
    name = parts[1]
    if not isinstance(name, str) or name in RESERVED:
        raise MalformedSdJwt("a disclosure has no name that a claim may have")
    return Disclosure(text, name, parts[2])


def hash_named(payload: Mapping[str, Any]) -> str:
    """The value of `_sd_alg`, or the hash by which digests are made where it is absent (section 4.1.1).

    Raises:
        MalformedSdJwt: it is no text.
        UnknownHash: no such hash is taken here.
    """
    name = payload.get(HASH_ALGORITHM, _DEFAULT_HASH)
    if not isinstance(name, str):
        raise MalformedSdJwt("its hash (_sd_alg) is no text")
    if name not in _HASHES:
        raise UnknownHash(name)
    return name


def digest_of(text: str, *, hash_name: str) -> str:
    """The digest, in base64url, of a disclosure or of an SD-JWT (sections 4.2.3 and 4.3.1).

    Args:
        text: base64url texts and separators, so ASCII.
        hash_name: as `hash_named` returned it.
    """
    return encode_base64url(_HASHES[hash_name](text.encode()).digest())


def disclose(payload: Mapping[str, Any], disclosures: Iterable[Disclosure], *, hash_name: str) -> Disclosed:
    """What the issuer signed, with each disclosure in the place of its digest (section 7.1, step 3).

    Which of the disclosures are met is said, and for the caller to judge.

    Args:
        payload: of the issuer's JWT, strictly parsed.
        disclosures: no two with the same text.
        hash_name: as `hash_named` returned it.

    Raises:
        MalformedSdJwt: a digest stands in two places, a disclosure is not of the kind that its place is for
            or names a member that is there, a reserved name stands where it may not, or the whole is nested
            deeper or holds more than one JSON text may.
    """
    placing = _Placing({digest_of(one.text, hash_name=hash_name): one for one in disclosures})
    top = {name: value for name, value in payload.items() if name != HASH_ALGORITHM}
    members = placing.members_of(top, depth=1, root=None)
    return Disclosed(
        members, frozenset(placing.selective), frozenset(placing.withheld), frozenset(placing.used)
    )


class _Placing:
    """One walk through a payload, which remembers what it met."""

    __slots__ = ("_by_digest", "_containers", "_seen", "selective", "used", "withheld")

    def __init__(self, by_digest: Mapping[str, Disclosure]) -> None:
        self._by_digest = by_digest
        self._seen: set[str] = set()
        self._containers = 0
        self.selective: set[str] = set()
        self.withheld: set[str] = set()
        self.used: set[str] = set()

    def members_of(self, value: Mapping[str, Any], *, depth: int, root: str | None) -> dict[str, Any]:
        """The members of an object; `root` names the top-level member that it lies in."""
        self._count(depth)
        members: dict[str, Any] = {}
        for name, inner in value.items():
            if name == DIGESTS:
                continue
            if name in RESERVED:
                raise MalformedSdJwt(f"the reserved name {name} stands where it may not")
            members[name] = self._value_of(inner, depth, name if root is None else root)
        for digest in _digests(value.get(DIGESTS, [])):
            found = self._meet(digest, root)
            if found is None:
                continue
            if found.name is None:
                raise MalformedSdJwt("a disclosure of an array's element stands for a member")
            if found.name in members:
                raise MalformedSdJwt("a disclosure names a member that is there already")
            within = found.name if root is None else root
            self.selective.add(within)
            members[found.name] = self._value_of(found.value, depth, within)
        return members

    def _value_of(self, value: Any, depth: int, root: str) -> Any:
        if isinstance(value, dict):
            return self.members_of(value, depth=depth + 1, root=root)
        if isinstance(value, list):
            return self._elements_of(value, depth + 1, root)
        return value

    def _elements_of(self, values: list[Any], depth: int, root: str) -> list[Any]:
        self._count(depth)
        elements: list[Any] = []
        for value in values:
            if not isinstance(value, dict) or IN_ARRAY not in value:
                elements.append(self._value_of(value, depth, root))
                continue
            digest = value[IN_ARRAY]
            if len(value) != 1 or not isinstance(digest, str):
                raise MalformedSdJwt("what stands in an array for an element is more than a digest")
            found = self._meet(digest, root)
            if found is None:
                continue
            if found.name is not None:
                raise MalformedSdJwt("a disclosure of a member stands for an array's element")
            elements.append(self._value_of(found.value, depth, root))
        return elements

    def _meet(self, digest: str, root: str | None) -> Disclosure | None:
        """The disclosure that has this digest; None if it is withheld, or the digest is a decoy."""
        if digest in self._seen:
            raise MalformedSdJwt("a digest stands in it twice")
        self._seen.add(digest)
        if root is not None:
            self.selective.add(root)
        found = self._by_digest.get(digest)
        if found is None:
            self.withheld.add(root or "")
        else:
            self.used.add(found.text)
        return found

    def _count(self, depth: int) -> None:
        """Bound the whole as `parse_object` bounds each of its parts: they stand in one another."""
        if depth > MAX_DEPTH:
            raise MalformedSdJwt(f"with its disclosures it is nested deeper than {MAX_DEPTH} levels")
        self._containers += 1
        if self._containers > MAX_CONTAINERS:
            raise MalformedSdJwt(f"with its disclosures it has more than {MAX_CONTAINERS} arrays and objects")


def _digests(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise MalformedSdJwt("its digests (_sd) are no list of texts")
    return value
