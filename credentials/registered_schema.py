"""JSON Schemas from a registry, compiled without asking anybody (JSON Schema 2020-12 and earlier drafts).

Whoever registered a schema chose its references: they are looked up in the registry or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import jsonschema_rs

from anchoring.errors import MalformedDocument
from anchoring.strict_json import parse_json
from credentials.errors import TooMuchWork, UnusableSchema
from credentials.schema_graph import read_graph
from credentials.schema_work import Bounds, bound_work

MAX_SCHEMA_SIZE: Final = 64 * 1024
"""Bytes; a ledger's payload holds half of it."""
MAX_REFERENCES: Final = 16
"""Other schemas that one schema may lead to."""
_BACKTRACKING: Final = 100_000
_PATTERN_SIZE: Final = 1024 * 1024
_LOOKED_AT: Final = 2_000_000
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


SOMEWHERE: Final = Violation("", "", "where is not looked for in what is so large")
"""A departure whose place would take too long to find."""


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A schema ready to be used, or a sentence on why it cannot be.

    Attributes:
        validator: None if it is unusable.
        bounds: the work that it asks for; None if it is unusable.
        unusable: why; None if it is not.
        refers: whether it asked for other schemas, on which it then depends.
    """

    validator: jsonschema_rs.Validator | None
    bounds: Bounds | None
    unusable: str | None
    refers: bool

    def violation(self, document: Any, *, size: int) -> Violation | None:
        """A departure of `document` from a usable schema; None if it conforms.

        Where it lies is looked for only if that is little work: the library keeps what each part said on
        the way, with a copy of what it was said of.

        Args:
            document: as parsed.
            size: of the text that it was parsed from, in bytes.

        Raises:
            TooMuchWork: `document` cannot be judged in bounded time.
        """
        assert self.validator is not None
        assert self.bounds is not None
        work = None
        if not self.bounds.is_light(size) and (work := self.bounds.work(document)) is None:
            raise TooMuchWork
        if self.validator.is_valid(document):
            return None
        work = work or self.bounds.work(document)
        if work is None or work.evaluations * size > _LOOKED_AT:
            return SOMEWHERE
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
    others = _Others(retrieve)
    try:
        schema = _parsed(content)
        bounds = bound_work(read_graph(schema, others.load))
        validator = jsonschema_rs.validator_for(
            schema,
            validate_formats=True,
            retriever=others.known,
            base_uri=base,
            mask=_MASK,
            pattern_options=jsonschema_rs.FancyRegexOptions(
                backtrack_limit=_BACKTRACKING, size_limit=_PATTERN_SIZE, dfa_size_limit=_PATTERN_SIZE
            ),
        )
        others.agree()
    except (MalformedDocument, UnusableSchema, jsonschema_rs.ReferencingError, ValueError) as error:
        return CompiledSchema(None, None, str(error).partition("\n")[0][:_MAX_SENTENCE], refers=others.refers)
    return CompiledSchema(validator, bounds, None, refers=others.refers)


@dataclass(slots=True)
class _Others:
    """The schemas that one leads to: loaded to count its work, then known to the library, and no others."""

    retrieve: Retrieve
    refers: bool = False
    loaded: dict[str, Any] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def load(self, url: str) -> Any:
        self.refers = True
        if len(self.loaded) == MAX_REFERENCES:
            raise UnusableSchema(f"it leads to more than {MAX_REFERENCES} other schemas")
        found = self.retrieve(url)
        if found is None:
            raise UnusableSchema("it refers to a schema that is not registered")
        self.loaded[url] = _parsed(found)
        return self.loaded[url]

    def known(self, url: str) -> Any:
        self.refers = True
        self.asked.add(url)
        return self.loaded[url]

    def agree(self) -> None:
        """Raise if the library did not ask for one: it took another for it, which was not counted."""
        if not self.loaded.keys() <= self.asked:
            raise UnusableSchema("it refers to a schema by a name that may lead elsewhere")


def _parsed(content: bytes) -> Any:
    return parse_json(content, max_size=MAX_SCHEMA_SIZE).value
