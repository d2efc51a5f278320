"""Kinds of concepts in a course template: of a vocabulary with words, skills of ESCO, fields of ISCED-F."""

import re
from collections.abc import Mapping
from typing import Any, Final

from node.client.course_codes import ISCED_F_CODES
from node.client.course_kinds import Kind, Wrong, texts
from node.client.course_vocabularies import ESCO_SKILL, Vocabulary

_CODE: Final = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)
_NAMED: Final = frozenset({"id", "label"})
_CODED: Final = frozenset({"code", "label"})


def concept(vocabulary: Vocabulary) -> Kind:
    """A concept of a vocabulary, by its English word, or by its URI with a label."""

    def read(given: object) -> dict[str, Any]:
        if isinstance(given, str) and given in vocabulary.words:
            return {"code": vocabulary.words[given], "label": {"en": given}}
        if not isinstance(given, Mapping) or not given.keys() == _NAMED:
            raise Wrong
        return {"code": _ending(given["id"], vocabulary), "label": texts().read(given["label"])}

    named = ", ".join(vocabulary.words)
    return Kind(
        f"one of {named}; or a table with `id`, {vocabulary.within}…, and `label`",
        {"anyOf": [{"enum": list(vocabulary.words)}, _concept_schema(vocabulary, "id", "label")]},
        read,
    )


def _ending(given: object, vocabulary: Vocabulary) -> str:
    if isinstance(given, str) and given.startswith(vocabulary.within):
        code = given.removeprefix(vocabulary.within)
        if _CODE.fullmatch(code):
            return code
    raise Wrong


def _concept_schema(vocabulary: Vocabulary, *required: str) -> dict[str, Any]:
    address = f"^{re.escape(vocabulary.within)}[0-9A-Za-z._-]{{1,64}}$"
    return {
        "type": "object",
        "required": list(required),
        "properties": {"id": {"type": "string", "pattern": address}, "label": dict(texts().schema)},
        "additionalProperties": False,
    }


def skill() -> Kind:
    """A skill of ESCO by its URI, with a label or none."""

    def read(given: object) -> dict[str, Any]:
        if isinstance(given, str):
            given = {"id": given}
        if not isinstance(given, Mapping) or "id" not in given or not given.keys() <= _NAMED:
            raise Wrong
        code = _ending(given["id"], ESCO_SKILL)
        return {"code": code} | ({"label": texts().read(given["label"])} if "label" in given else {})

    schema = _concept_schema(ESCO_SKILL, "id")
    return Kind(
        f"a table with `id`, {ESCO_SKILL.within}…, and a `label` if there is one",
        {"anyOf": [schema["properties"]["id"], schema]},
        read,
        of_text=False,
    )


def field_of_study() -> Kind:
    """A field of ISCED-F 2013 by its code, with a label or none."""

    def read(given: object) -> dict[str, Any]:
        held = {"code": given} if isinstance(given, str) else given
        if not isinstance(held, Mapping) or "code" not in held or not held.keys() <= _CODED:
            raise Wrong
        code = held["code"]
        if not isinstance(code, str) or code not in ISCED_F_CODES:
            raise Wrong
        return {"code": code} | ({"label": texts().read(held["label"])} if "label" in held else {})

    code = {"enum": sorted(ISCED_F_CODES)}
    return Kind(
        'a code of ISCED-F 2013 of two to four digits, as "0413", or a table with `code` and `label`',
        {
            "anyOf": [
                code,
                {
                    "type": "object",
                    "required": ["code"],
                    "properties": {"code": code, "label": dict(texts().schema)},
                    "additionalProperties": False,
                },
            ]
        },
        read,
        of_text=False,
    )
