"""A JSON-LD document as canonical N-Quads (RDFC-1.0), if every word of it is in them.

The processor is lenient where a signature must not be: it drops terms that no context defines, completes
relative IRIs, and leaves out statements with IRIs that are none. Nor does it escape what it prints between
angle brackets: an IRI with a `>` in it could hold a whole statement, and a text that was never signed would
be the one that was. So everything that expansion makes of a document is looked at before it is printed.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from credentials.errors import Unavailable
from credentials.plain_text import plain
from node.foreign.json_ld_contexts import context

MAX_BLANK_NODES: Final = 2_000
"""Nodes without a name: telling those apart that look alike is what canonicalisation takes longest over."""

_BASE: Final = "forbidden-relative://base/"
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f-\x9f]*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_RESOLVED: Final[dict[str, Any]] = {}
"""What the shipped contexts were resolved to; no others come here, so this stays small."""
_OF_VALUES: Final = frozenset({"@value", "@type", "@language"})


def canonical_nquads(document: Mapping[str, Any]) -> str:
    """The canonical N-Quads of `document`.

    Args:
        document: bounded in size and depth; not changed.

    Raises:
        Unavailable: a context is unknown, a term means nothing, an IRI is none, nothing is said, or there
            are too many nodes without a name; one sentence says which.
    """
    _require_addresses(document)
    options = {
        "algorithm": "URDNA2015",  # as the processor names RDFC-1.0
        "base": _BASE,
        "contextResolver": ContextResolver(_RESOLVED, _shipped),
        "documentLoader": _shipped,
        "format": "application/n-quads",
    }
    try:
        text: str = _Watched(on_property_dropped=_refuse_term).normalize(
            _with_whole_numbers(document), options
        )
    except JsonLdError as error:
        raise _reason(error) from error
    except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
        # The processor assumes more of its input than it checks.
        raise Unavailable("The credential is no JSON-LD that can be read.") from error
    if not text:
        raise Unavailable("The credential makes no statement that a proof could cover.")
    return text


def _with_whole_numbers(value: Any) -> Any:
    """A copy in which 5.0 is 5: JSON knows one number there, and the processor would print two."""
    if isinstance(value, Mapping):
        return {name: _with_whole_numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Watched(JsonLdProcessor):  # type: ignore[misc]  # the library has no types
    """A processor whose expanded documents are looked at before anything else is made of them."""

    def expand(self, input_: Any, options: Any) -> Any:
        """What the document says in full."""
        expanded = super().expand(input_, options)
        blank_nodes = sum(1 for _ in _blank_nodes(expanded))
        if blank_nodes > MAX_BLANK_NODES:
            raise Unavailable(
                f"The credential has {blank_nodes} nodes without a name, too many to tell apart."
            )
        return expanded


def _shipped(address: str, _options: Any) -> dict[str, Any]:
    document = context(address)
    if document is None:
        shown = plain(address, most=100)
        raise Unavailable(f"The context {shown!r} is not known here, and none is fetched.")
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": address,
        "document": document,
    }


def _require_addresses(value: Any) -> None:
    """Hold that every context is named by its address: one written into a document may redefine anything."""
    if isinstance(value, list):
        for one in value:
            _require_addresses(one)
    elif isinstance(value, dict):
        named = value.get("@context", [])
        if not all(isinstance(one, str) for one in (named if isinstance(named, list) else [named])):
            raise Unavailable("The credential brings terms of its own, under which anything may be hidden.")
        for one in value.values():
            _require_addresses(one)


def _refuse_term(term: object) -> None:
    shown = plain(str(term), most=60)
    raise Unavailable(f"The credential says {shown!r}, which its contexts do not define: no proof covers it.")


def _reason(error: JsonLdError) -> Unavailable:
    """What lies behind a processor's error: our own refusal, or its word."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Unavailable):
            return cause
        cause = cause.__cause__ or cause.__context__
    return Unavailable("The credential is no JSON-LD that can be read.")


def _blank_nodes(value: Any) -> Iterator[None]:
    """One for each node without a name below; all IRIs and languages are looked at on the way.

    Raises:
        Unavailable: a part is not what RDF has a statement for.
    """
    if isinstance(value, list):
        for one in value:
            yield from _blank_nodes(one)
    elif not isinstance(value, dict):
        raise Unavailable("The credential has a value that stands for nothing.")
    elif "@value" in value:
        _require_value(value)
    elif "@list" in value:
        _require_only(value, frozenset({"@list"}))
        for one in value["@list"]:
            yield None
            yield from _blank_nodes(one)
    elif "@graph" in value:
        _require_only(value, frozenset({"@graph", "@id"}))
        if "@id" in value:
            _require_iri(value["@id"])
        yield None
        yield from _blank_nodes(value["@graph"])
    else:
        if "@id" not in value:
            yield None
        yield from _of_node(value)


def _of_node(node: dict[str, Any]) -> Iterator[None]:
    for name, held in node.items():
        if name == "@id":
            _require_iri(held)
        elif name == "@type":
            for one in held:
                _require_iri(one)
        else:
            _require_iri(name)
            yield from _blank_nodes(held)


def _require_value(value: dict[str, Any]) -> None:
    _require_only(value, _OF_VALUES)
    if "@type" in value and value["@type"] != "@json":
        _require_iri(value["@type"])
    if "@language" in value and _LANGUAGE.fullmatch(str(value["@language"])) is None:
        raise Unavailable("The credential names a language by no language tag.")


def _require_only(value: dict[str, Any], names: frozenset[str]) -> None:
    if further := sorted(value.keys() - names):
        shown = plain(further[0], most=60)
        raise Unavailable(f"The credential has {shown}, which no proof over its graph covers.")


def _require_iri(text: Any) -> None:
    """Hold that `text` is an absolute IRI that can be printed between angle brackets."""
    if not isinstance(text, str):
        raise Unavailable("A part of the credential has an id that is none.")
    if text.startswith(_BASE):
        shown = plain(text.removeprefix(_BASE), most=60)
        raise Unavailable(f"The credential names {shown!r}, which is no absolute IRI.")
    if _IRI.fullmatch(text) is None:
        shown = plain(text, most=60)
        raise Unavailable(f"The credential names {shown!r}, which is no absolute IRI.")
