"""What an accreditation covers: credential types of a schema, within jurisdictions (EBSI `accreditedFor`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .errors import MalformedCredential
from .registry_urls import RegistryUrls

ALWAYS_COVERED: Final = frozenset({"VerifiableCredential", "VerifiableAttestation"})
"""Types that every credential of the profile has, and that say nothing of what it attests."""

MAX_ITEMS: Final = 64
"""Items, types of an item, jurisdictions of an item: bounds on what is compared."""

_AUTHORITY: Final = "://publications.europa.eu/resource/authority/atu/"
_SCHEMES: Final = ("http", "https")
_EUROPE: Final = "EUR"
# fmt: off
_COUNTRIES_OF_EUROPE: Final = frozenset({
    # the European Union
    "AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL", "ITA",
    "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE",
    # the European Free Trade Association, the United Kingdom
    "CHE", "ISL", "LIE", "NOR", "GBR",
    # candidates for accession
    "ALB", "BIH", "GEO", "MDA", "MKD", "MNE", "SRB", "TUR", "UKR",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class AccreditedFor:
    """One item of a scope.

    Attributes:
        schema_id: 32 bytes.
        types: credential types beyond those that are always covered.
        jurisdictions: codes of the EU's table of administrative territorial units (`EUR`, `LTU`), or else
            whole URIs.
    """

    schema_id: bytes
    types: frozenset[str]
    jurisdictions: frozenset[str]

    def within(self, other: "AccreditedFor") -> bool:
        """Whether everything that this item covers is covered by `other`."""
        return (
            self.schema_id == other.schema_id
            and self.types <= other.types
            and all(
                any(_lies_in(inner, outer) for outer in other.jurisdictions) for inner in self.jurisdictions
            )
        )


Scope = tuple[AccreditedFor, ...] | None
"""Covers what one of its items covers by itself, so nothing if it is empty; everything if it is None."""


def scope_within(inner: Scope, outer: Scope) -> bool:
    """Whether each item of `inner` lies within one item of `outer`."""
    if outer is None:
        return True
    return inner is not None and all(any(item.within(other) for other in outer) for item in inner)


def covers(scope: Scope, *, schema_ids: Iterable[bytes | None], types: Iterable[str]) -> bool:
    """Whether `scope` has each of a credential's schemas, each in an item with all of its types.

    One schema that is covered lets no other in: whoever reads the credential may read it by any of them.

    Args:
        scope: what is covered.
        schema_ids: 32 bytes each; None for a schema of another registry, which no item has.
        types: of the credential.
    """
    if scope is None:
        return True
    wanted = frozenset(types) - ALWAYS_COVERED
    covered = {item.schema_id for item in scope if wanted <= item.types}
    named = frozenset(schema_ids)
    return bool(named) and named <= covered


def read_scope(value: object, urls: RegistryUrls) -> tuple[AccreditedFor, ...]:
    """The scope that the member `accreditedFor` states.

    An item whose schema lies in another registry is left out: here it covers nothing.

    Args:
        value: the member as parsed.
        urls: tells schemas of this registry.

    Raises:
        MalformedCredential: it states none.
    """
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise MalformedCredential(f"accreditedFor is no list of at most {MAX_ITEMS} items")
    items: list[AccreditedFor] = []
    for member in value:
        if not isinstance(member, Mapping) or not isinstance(member.get("schemaId"), str):
            raise MalformedCredential("an item of accreditedFor names no schema")
        types = _texts(member.get("types"), name="types") - ALWAYS_COVERED
        limits = member.get("limitJurisdiction")
        limits = _texts([limits] if isinstance(limits, str) else limits, name="limitJurisdiction")
        schema_id = urls.schema(member["schemaId"])
        if schema_id is not None:
            items.append(AccreditedFor(schema_id, types, frozenset(_jurisdiction(uri) for uri in limits)))
    return tuple(items)


def _texts(value: Any, *, name: str) -> frozenset[str]:
    """One or more texts as a set: an empty limit is not taken for no limit."""
    if not isinstance(value, list) or not 0 < len(value) <= MAX_ITEMS:
        raise MalformedCredential(f"{name} of accreditedFor is no list of 1 to {MAX_ITEMS} texts")
    if not all(isinstance(text, str) for text in value):
        raise MalformedCredential(f"{name} of accreditedFor holds something that is no text")
    return frozenset(value)


def _jurisdiction(uri: str) -> str:
    scheme, separator, code = uri.partition(_AUTHORITY)
    return code if separator and scheme in _SCHEMES else uri


def _lies_in(inner: str, outer: str) -> bool:
    return inner == outer or (outer == _EUROPE and inner in _COUNTRIES_OF_EUROPE)
