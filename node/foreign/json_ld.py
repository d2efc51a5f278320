"""JSON-LD as far as a proof over its graph can be trusted to cover its text (VCDM 1.1 section 6.3).

A proof signs the graph, a reader reads the text. What the graph does not hold can be added by anybody: types
and IRIs that no context makes absolute, nulls, nodes without a name. And one statement can be written under
several names: a status entry under its full IRI is signed all the same, and no reader of the text finds it.
So a text has one way to be written here, and each of its values must break the proof when it is changed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from credentials.errors import Unavailable

MAX_BYTES: Final = 32 * 1024
MAX_VALUES: Final = 64
"""Each value costs one verification, some milliseconds."""

CREDENTIALS_V1: Final = "https://www.w3.org/2018/credentials/v1"
CONTEXTS: Final = frozenset(
    {
        CREDENTIALS_V1,
        "https://www.w3.org/2018/credentials/examples/v1",
        "https://w3id.org/citizenship/v1",
        "https://w3id.org/security/suites/ed25519-2020/v1",
        "https://w3id.org/security/suites/jws-2020/v1",
        "https://w3id.org/vc-revocation-list-2020/v1",
        "https://w3id.org/vc/status-list/2021/v1",
    }
)
"""Contexts that the verifier holds itself and in which no second name stands for a member we judge by."""

_OWN = frozenset({"@context", "proof"})
_TERM = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_OTHER_TIMES = ("2001-02-03T04:05:06Z", "2002-03-04T05:06:07Z")


def require_one_spelling(document: Mapping[str, Any]) -> None:
    """Return if `document` is written so that its text says what its graph says, and not too long.

    Raises:
        Unavailable: it is not; one sentence says why.
    """
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS_V1]:
        raise Unavailable("Embedded proofs are judged here for credentials of the data model 1.1 alone.")
    for context in contexts:
        if not isinstance(context, str):
            raise Unavailable("The credential brings terms of its own, under which anything may be hidden.")
        if context not in CONTEXTS:
            raise Unavailable(f"The context {context[:100]!r} is not known here, and none is fetched.")
    _require_size(document)
    values = 0
    names: list[object] = []
    for name in document.keys() - _OWN:
        _require_term(name)
        values += _count(document[name], names)
    names.append(document.get("id"))
    if values > MAX_VALUES:
        raise Unavailable(f"The credential has more than {MAX_VALUES} values, too many to try one by one.")
    if any(not isinstance(name, str) or name.startswith("_:") for name in names if name is not None):
        raise Unavailable("A part of the credential has an id that is none.")
    if document.get("id") is not None and names.count(document["id"]) > 1:
        raise Unavailable("The credential's id names a part of it too, so what it says may stand elsewhere.")


def _require_size(document: Mapping[str, Any]) -> None:
    try:
        size = len(json.dumps(document, ensure_ascii=False).encode())
    except UnicodeEncodeError as error:
        raise Unavailable("A string of the credential holds half of a surrogate pair.") from error
    if size > MAX_BYTES:
        raise Unavailable(f"Embedded proofs are judged up to {MAX_BYTES} bytes of credential.")


def altered(document: Mapping[str, Any]) -> Iterator[str]:
    """`document` as JSON with one value changed, for each value but those of `@context` and `proof`."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    for name in sorted(copy.keys() - _OWN):
        yield from _altered_below(copy, copy, name)


def _altered_below(document: dict[str, Any], holder: Any, key: str | int) -> Iterator[str]:
    value = holder[key]
    if isinstance(value, dict):
        for name in value:
            yield from _altered_below(document, value, name)
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from _altered_below(document, value, index)
    elif value != "VerifiableCredential":  # without it there is no credential, and nothing to verify
        holder[key] = _another(value)
        yield json.dumps(document)
        holder[key] = value


def _another(value: str | float) -> str | float:
    """A value of the same kind that no parser can refuse where it took `value`."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        if _DATE_TIME.fullmatch(value):
            return next(time for time in _OTHER_TIMES if time != value)
        return value + "x"
    return value + 1


def _count(value: Any, names: list[object]) -> int:
    """How many values stand below; `names` receives every `id`."""
    if value is None or value in ({}, []):
        raise Unavailable("The credential has an empty member, which no proof covers.")
    if isinstance(value, list):
        if any(isinstance(one, list) for one in value):
            raise Unavailable("The credential has a list in a list, which is not judged here.")
        return sum(_count(one, names) for one in value)
    if not isinstance(value, dict):
        return 1
    names.append(value.get("id"))
    for name in value:
        _require_term(name)
    return sum(_count(one, names) for one in value.values())


def _require_term(name: str) -> None:
    if not _TERM.fullmatch(name):
        raise Unavailable(f"The member {name[:60]!r} is written in a way that hides what it is.")
