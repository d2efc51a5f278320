"""The answers of `POST /v1/verifications` for OpenAPI: a verdict (`docs/verdict.md`) or a problem."""

from typing import Any, Final

from credentials.presentation import MOST_CREDENTIALS
from credentials.presentation_verdict import PRESENTATION_SCHEMA
from credentials.verdict import CHECKS, SCHEMA, Outcome

_TEXT: Final = {"type": "string"}
_TEXT_OR_NULL: Final = {"type": ["string", "null"]}
_TIME: Final = {"type": "string", "format": "date-time"}
_TEXTS: Final = {"type": "array", "items": _TEXT}


def _object(**properties: Any) -> dict[str, Any]:
    """The schema of an object that always has these members; more may be added."""
    return {"type": "object", "required": list(properties), "properties": properties}


_CHECK: Final = _object(
    number={"type": "integer", "minimum": 0, "maximum": len(CHECKS) - 1},
    name={"enum": [check.name for check in CHECKS]},
    outcome={"enum": [outcome.value for outcome in Outcome]},
    required={"type": "boolean"},
    reason=_TEXT_OR_NULL,
    sentence=_TEXT,
    evidence={"type": "object"},
)
_AS_OF: Final = _object(
    block={"type": ["integer", "null"]},
    blockTime={"type": ["string", "null"], "format": "date-time"},
    size={"type": "integer"},
    lagSeconds={"type": ["number", "null"]},
)
_OUTCOME: Final = {"enum": ["valid", "invalid", "indeterminate"]}
_OF_A_CREDENTIAL: Final = _object(
    schema={"const": SCHEMA},
    outcome=_OUTCOME,
    sentence=_TEXT,
    at=_TIME,
    judgedAt=_TIME,
    credential=_object(id=_TEXT_OR_NULL, issuer=_TEXT_OR_NULL, digest=_TEXT_OR_NULL),
    checks={"type": "array", "items": _CHECK, "minItems": len(CHECKS), "maxItems": len(CHECKS)},
    relaxed=_TEXTS,
    findings=_TEXTS,
)
_OF_A_PRESENTATION: Final = _object(
    schema={"const": PRESENTATION_SCHEMA},
    outcome=_OUTCOME,
    sentence=_TEXT,
    at=_TIME,
    judgedAt=_TIME,
    presentation=_object(
        id=_TEXT_OR_NULL,
        holder=_TEXT_OR_NULL,
        form=_TEXT_OR_NULL,
        dataModel=_TEXT_OR_NULL,
        outcome=_OUTCOME,
    ),
    holder=_CHECK,
    credentials={"type": "array", "items": _OF_A_CREDENTIAL, "maxItems": MOST_CREDENTIALS},
    portfolio={"type": "object"},
    relaxed=_TEXTS,
)


def _answered(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a verdict in an answer, beside what the node had followed."""
    members = schema["properties"] | {"asOf": _AS_OF}
    return schema | {"required": list(members), "properties": members}


VERDICT: Final = {"oneOf": [_answered(_OF_A_CREDENTIAL), _answered(_OF_A_PRESENTATION)]}
"""JSON Schema of the answer with status 200."""

_PROBLEM: Final = _object(type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT, code=_TEXT)
VERDICT_OR_PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The verdict, whatever it is: look at `outcome`.",
        "content": {"application/json": {"schema": VERDICT}},
    },
    "default": {
        "description": "Nothing was judged: a problem (RFC 9457); `code` says which.",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    },
}
"""What OpenAPI says of the answers; the framework's own 422 is never served."""
