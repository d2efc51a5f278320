"""JSON Schemas from a registry, compiled without asking anybody (JSON Schema 2020-12 and earlier drafts).

Whoever registered a schema chose its references: they are looked up in the registry or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

from anchoring.errors import MalformedDocument
from anchoring.strict_json import parse_json

MAX_SCHEMA_SIZE: Final = 64 * 1024
"""Bytes; a ledger's payload holds half of it."""
MAX_REFERENCES: Final = 16
"""Other schemas that one schema may lead to."""
_BACKTRACKING: Final = 100_000
_MASK: Final = "the value"
_MAX_SENTENCE: Final = 200

Retrieve = Callable[[str], bytes | None]
"""The content of the schema at an absolute URL; None if it is not registered."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Where a document departs from its schema; what stands there is not repeated."""

    place: str
    keyword: str
    message: str


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A schema ready to be used, or a sentence on why it cannot be.

    Attributes:
        validator: None if it is unusable.
        unusable: why; None if it is not.
        refers: whether it asked for other schemas, on which it then depends.
    """

    validator: jsonschema_rs.Validator | None
    unusable: str | None
    refers: bool

    def violation(self, document: Any) -> Violation | None:
        """The first departure of `document` from a usable schema; None if it conforms."""
        assert self.validator is not None
        if self.validator.is_valid(document):
            return None
        error = next(iter(self.validator.iter_errors(document)))
        place = "".join(f"/{step}" for step in error.instance_path)
        keyword = str(error.schema_path[-1]) if error.schema_path else ""
        return Violation(place[:_MAX_SENTENCE], keyword, error.message[:_MAX_SENTENCE])


def compile_schema(content: bytes, *, base: str, retrieve: Retrieve) -> CompiledSchema:
    """The schema in `content`; `format` is asserted, as EBSI's own libraries do.

    Args:
        content: JSON, as registered.
        base: absolute URL of the schema, from which its references are resolved.
        retrieve: where other schemas are found; what it raises is passed on.
    """
    asked: list[str] = []
    raised: list[Exception] = []

    def retriever(uri: str) -> Any:
        asked.append(uri)
        if len(asked) > MAX_REFERENCES:
            raise LookupError(f"more than {MAX_REFERENCES} other schemas")
        try:
            found = retrieve(uri)
        except Exception as error:
            raised.append(error)
            raise
        if found is None:
            raise LookupError("not registered")
        return _parsed(found)

    try:
        validator = jsonschema_rs.validator_for(
            _parsed(content),
            validate_formats=True,
            retriever=retriever,
            base_uri=base,
            mask=_MASK,
            pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKING),
        )
    except (MalformedDocument, jsonschema_rs.ReferencingError, ValueError) as error:
        if raised:
            raise raised[0] from error
        return CompiledSchema(None, str(error).partition("\n")[0][:_MAX_SENTENCE], refers=bool(asked))
    return CompiledSchema(validator, None, refers=bool(asked))


def _parsed(content: bytes) -> Any:
    return parse_json(content, max_size=MAX_SCHEMA_SIZE).value
