"""A course template: what the micro-credentials of a course have in common, read from TOML or JSON."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

from credentials.model import Version
from did.errors import InvalidJson
from did.json_text import parse_object
from node.client.course_members import member_at, nearest, read_members
from node.client.errors import Unusable

MAX_TEMPLATE: Final = 256 * 1024
"""Bytes of a course template."""
USUAL_COLUMNS: Final[Mapping[str, str]] = {
    "subject": "the learner's DID, a did:key or did:ebsi",
    "given_name": "given name",
    "family_name": "family name",
    "grade": "grade achieved",
    "awarding_date": "when it was awarded: a day, or a moment; else the time of issue",
    "valid_until": "end of validity: a day, or a moment; else the template's",
    "reference": "your own number for the row: it tells rows apart, and is in no credential",
    "email": "for your own use: it is in no credential",
}
"""Columns that every row may have."""
BIRTH: Final = "date_of_birth"
"""A column that a template has to allow, since few need it."""

_DOMAIN: Final = b"ankyra course template 1\n"
_NEVER_A_ROWS: Final = frozenset({"language", "model", "schema", "types", "valid_until"})
_MARK: Final = b"\xef\xbb\xbf"
_MAX_TOLD: Final = 50  # faults that one message has


@dataclass(frozen=True, slots=True)
class CourseTemplate:
    """What the micro-credentials of a course have in common.

    Attributes:
        members: as `node.client.course_members` reads them; none of them is changed.
        digest: 32 bytes over what the template means, not over how it is written.
    """

    members: Mapping[str, Any]
    digest: bytes

    @property
    def language(self) -> str:
        """The tag of the language in which rows are written."""
        return str(self.members["language"])

    @property
    def title(self) -> str:
        """The title, in the template's language, else in the first one it has."""
        titles = self.members["title"]
        return str(titles.get(self.language) or next(iter(titles.values())))

    @property
    def model(self) -> Version | None:
        """The data model, or None if the template leaves it open."""
        return cast("Version | None", self.members.get("model"))

    @property
    def may_give(self) -> frozenset[str]:
        """Members that rows may give, and `date_of_birth`, by their names."""
        return frozenset(self.members.get("rows", {}).get("may_give", ()))

    @property
    def ignored(self) -> frozenset[str]:
        """Columns of which nothing is taken."""
        return frozenset(self.members.get("rows", {}).get("ignored", ()))


def read_template(path: Path) -> CourseTemplate:
    """The template in a file: JSON if it begins with `{`, else TOML.

    Raises:
        Unusable: the file cannot be read, is too large, is neither, or is no template; of that, all faults
            are told at once, each with the path of its member and what would be right.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_TEMPLATE + 1)
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    if len(content) > MAX_TEMPLATE:
        raise Unusable(f"{path} is larger than {MAX_TEMPLATE} bytes: no course template")
    return parse_template(content, name=str(path))


def parse_template(content: bytes, *, name: str) -> CourseTemplate:
    """The template that `content` is.

    Args:
        content: at most 256 KiB.
        name: of where it was read, for messages.

    Raises:
        Unusable: as `read_template` raises it.
    """
    members, faults = read_members(_parsed(content.removeprefix(_MARK), name))
    faults.extend(_contradictions(members))
    if faults:
        more = f"\n… and {len(faults) - _MAX_TOLD} more" if len(faults) > _MAX_TOLD else ""
        raise Unusable(f"{name} is no course template yet:\n" + "\n".join(faults[:_MAX_TOLD]) + more)
    canonical = json.dumps(members, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return CourseTemplate(members, hashlib.sha256(_DOMAIN + canonical.encode()).digest())


def _parsed(content: bytes, name: str) -> dict[str, Any]:
    try:
        if content.lstrip()[:1] == b"{":
            return parse_object(content, max_bytes=MAX_TEMPLATE)
        return tomllib.loads(content.decode(), parse_float=Decimal)
    except InvalidJson as error:
        said = str(error.__cause__ or error)
        raise Unusable(f"{name} is no JSON: {said}") from None
    except UnicodeDecodeError:
        raise Unusable(f"{name} is no text in UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unusable(f"{name} is neither TOML nor JSON: {error}") from None


def _contradictions(members: Mapping[str, Any]) -> list[str]:
    """What no member says by itself: that the language is spoken, and that rows give what can be given."""
    faults = []
    language, titles = members.get("language"), members.get("title")
    if language is not None and titles is not None and language not in titles:
        faults.append(f"title.{language}: missing: the title in the template's own language")
    rows = members.get("rows", {})
    for name in rows.get("may_give", ()):
        member = member_at(name)
        givable = name == BIRTH or (member is not None and (member.kind.of_text or member.kind.spoken))
        if not givable or name.split(".")[0] in {*_NEVER_A_ROWS, "rows"}:
            faults.append(
                f"rows.may_give: “{name[:40]}” is nothing that a row can give{nearest(name, _givable())}"
            )
    faults.extend(
        f"rows.ignored: “{name[:40]}” is a column with a meaning"
        for name in rows.get("ignored", ())
        if name in USUAL_COLUMNS or name in rows.get("may_give", ())
    )
    return faults


def _givable() -> list[str]:
    from node.client.course_members import MEMBERS

    return [BIRTH, *(member.path for member in MEMBERS if member.kind.of_text or member.kind.spoken)]
