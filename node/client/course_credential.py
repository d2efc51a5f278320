"""Credentials of a course: what its template says of all learners, and a row of one of them."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, NamedTuple

from credentials.model import CONTEXT_1_1, CONTEXT_2_0, Version
from did.errors import DidError
from did.syntax import parse_ebsi_did
from node.client import course_kinds as kinds
from node.client.course_claims import claim_of
from node.client.course_kinds import Kind, Wrong
from node.client.course_members import member_at, nearest
from node.client.course_template import BIRTH, USUAL_COLUMNS, CourseTemplate
from node.client.course_vocabularies import LANGUAGE_CODES
from node.client.credential_drafts import Terms, complete, model_of, new_identifier
from node.client.errors import Refused
from node.client.issuing import rfc3339
from node.client.learner_row import LearnerRow

ELM_CONTEXT: Final = "http://data.europa.eu/snb/model/context/edc-ap"
"""JSON-LD context of European Digital Credentials, which redefines terms that the data model 2.0 protects."""
TYPES: Final = ("EuropeanDigitalCredential", "MicroCredential")
"""Of credentials whose types neither the template nor the terms name."""

_CONTEXTS: Final[Mapping[Version, tuple[str, ...]]] = {
    "1.1": (CONTEXT_1_1, ELM_CONTEXT),
    "2.0": (CONTEXT_2_0,),
}
_DOMAIN: Final = b"ankyra course row 1\n"
_DID_KEY: Final = re.compile(r"did:key:z[1-9A-HJ-NP-Za-km-z]{46,512}", re.ASCII)
_IN_ORDER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_SKEW: Final = timedelta(seconds=60)
_MOST_PREPARED: Final = 256
_SAID: Final = 128
"""Characters of a name or a grade."""


class RowRefused(Refused):
    """A row does not become a credential: `field` is the column at fault, or empty, and `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class Said(NamedTuple):
    """What a row says, each value as it is kept, by its column.

    Attributes:
        usual: of columns that every row may have.
        given: of members of the template.
    """

    usual: Mapping[str, str]
    given: Mapping[str, Any]


_LINE: Final = kinds.text(_SAID)


def _read_said(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", value)
    return str(_LINE.read(value))


def _read_did(value: object) -> str:
    """A DID whose method has such identifiers; whether a did:key is a key, `course_check` finds out."""
    named = value if isinstance(value, str) else ""
    if not _DID_KEY.fullmatch(named):
        try:
            parse_ebsi_did(named)
        except DidError:
            raise Wrong from None
    return named


_SHORT: Final = Kind(_LINE.says, {}, _read_said)
_KINDS: Final[Mapping[str, Kind]] = {
    "subject": Kind("a did:key or did:ebsi", {}, _read_did),
    "given_name": _SHORT,
    "family_name": _SHORT,
    "grade": _SHORT,
    "awarding_date": kinds.MOMENT,
    "valid_until": kinds.MOMENT,
    "reference": _SHORT,
}
_UNTAKEN: Final = frozenset({"email"})
assert _KINDS.keys() | _UNTAKEN == USUAL_COLUMNS.keys()


class CourseCredentials:
    """Drafts of the credentials of one course, one for each learner's row."""

    def __init__(self, template: CourseTemplate, terms: Terms) -> None:
        """Prepare what all of them have in common.

        Raises:
            Refused: the template contradicts the terms, or neither names a schema.
        """
        self._template, self._given_terms = template, terms
        model = template.model or terms.model or "1.1"
        self._terms = terms if template.members.get("types") or terms.types else replace(terms, types=TYPES)
        payload: dict[str, Any] = {"@context": list(_CONTEXTS[model])}
        if "types" in template.members:
            payload["type"] = list(template.members["types"])
        if "schema" in template.members:
            payload["credentialSchema"] = template.members["schema"]
        self._payload = payload | {"credentialSubject": {"id": terms.issuer}}
        self._wholes: dict[str, dict[str, Any]] = {}
        self._claims: dict[str, dict[str, Any]] = {}
        self._awarded: dict[str, dict[str, Any]] = {}
        self._kinds = {**_KINDS, **({BIRTH: kinds.MOMENT} if BIRTH in template.may_give else {})}
        self._ignored = template.ignored | _UNTAKEN
        self._known = self._kinds.keys() | self._ignored
        self._now = rfc3339(terms.now)
        self._latest = rfc3339(terms.now + _SKEW)
        self.model: Version = model_of(self._whole(str(template.members.get("valid_until", ""))))
        self._claim({})

    def __reduce__(self) -> tuple[type["CourseCredentials"], tuple[CourseTemplate, Terms]]:
        """Another process prepares them anew."""
        return CourseCredentials, (self._template, self._given_terms)

    def key(self, row: LearnerRow) -> bytes:
        """32 bytes that two rows share only if they say the same of the same learner by the same template.

        Raises:
            RowRefused: the row says what it cannot say.
        """
        return self.key_of(self.read(row))

    def key_of(self, said: Said) -> bytes:
        """The `key` of a row that was read."""
        text = _IN_ORDER.encode([said.usual, said.given])
        return hashlib.sha256(_DOMAIN + self._template.digest + text.encode()).digest()

    def draft(self, row: LearnerRow, *, identifier: bytes) -> dict[str, Any]:
        """The whole credential of a row, but for its status.

        What stands deep in it is shared by all drafts: add to the draft itself, and change nothing within.

        Args:
            row: without a fault.
            identifier: 16 random bytes for the `id`.

        Raises:
            RowRefused: the row says what it cannot say, or not what it has to.
        """
        return self.draft_of(self.read(row), identifier=identifier)

    def draft_of(self, said: Said, *, identifier: bytes) -> dict[str, Any]:
        """The `draft` of a row that was read.

        Args:
            said: by the row.
            identifier: 16 random bytes for the `id`.

        Raises:
            RowRefused: it ends before it begins.
        """
        usual = said.usual
        whole = self._whole(usual.get("valid_until") or str(self._template.members.get("valid_until", "")))
        subject = self._subject(usual)
        subject["hasClaim"] = self._claim_with(said)
        return {**whole, "id": new_identifier(identifier), "credentialSubject": subject}

    def read(self, row: LearnerRow) -> Said:
        """What a row says.

        Raises:
            RowRefused: the row says what it cannot say.
        """
        if row.fault:
            raise RowRefused("", row.fault)
        others = {name: self._given_kind(name) for name in row.members.keys() - self._known}
        usual: dict[str, str] = {}
        given: dict[str, Any] = {}
        for name, value in row.members.items():
            if name in self._ignored:
                continue
            kind = others.get(name) or self._kinds[name]
            try:
                read = kind.read(value.strip() if isinstance(value, str) else value)
            except Wrong:
                raise RowRefused(name, f"{_shown(value)} is not {kind.says}") from None
            (given if name in others else usual)[name] = read
        self._check(usual)
        return Said(usual, given)

    def _check(self, usual: Mapping[str, str]) -> None:
        if "subject" not in usual and (
            self.model == "1.1" or not usual.keys() & {"given_name", "family_name"}
        ):
            also = "" if self.model == "1.1" else ", given_name or family_name"
            raise RowRefused("subject", f"missing: the row names no learner by subject{also}")
        if usual.get("awarding_date", "") > self._latest:
            raise RowRefused("awarding_date", f"{usual['awarding_date']} is in the future")
        if usual.get(BIRTH, "") > self._now:
            raise RowRefused(BIRTH, f"{usual[BIRTH]} is in the future")

    def _given_kind(self, name: str) -> Kind:
        """The kind of a member of the template that rows may give, or of its text in one language."""
        path, _, language = name.rpartition(".")
        may_give = self._template.may_give
        if name in may_give and (member := member_at(name)) is not None and member.kind.of_text:
            return member.kind
        member = member_at(path) if path in may_give and language in LANGUAGE_CODES else None
        if member is not None and (spoken := member.kind).spoken:
            return Kind(spoken.says, {}, lambda value: spoken.read({language: value})[language])
        known = [*self._known, *self._names_given()]
        raise RowRefused(name[:_SAID], f"no column of this course{nearest(name, known)}")

    def _names_given(self) -> list[str]:
        names = []
        for path in sorted(self._template.may_give - {BIRTH}):
            member = member_at(path)
            spoken = member is not None and member.kind.spoken
            names.append(f"{path}.{self._template.language}" if spoken else path)
        return names

    def _whole(self, ends: str) -> dict[str, Any]:
        """The credential of nobody, ending then; empty: when the terms say."""
        if (whole := self._wholes.get(ends)) is None:
            payload = self._payload | ({"validUntil": ends} if ends else {})
            try:
                whole = complete(payload, terms=self._terms, identifier=bytes(16))
            except Refused as error:
                if not self._wholes:
                    raise
                raise RowRefused("valid_until", str(error)) from None
            _keep(self._wholes, ends, whole)
        return whole

    def _claim(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the template says, with what a row gives in place of it."""
        name = json.dumps(given, sort_keys=True) if given else ""
        if (claim := self._claims.get(name)) is None:
            members = deepcopy(dict(self._template.members)) if given else self._template.members
            for path, value in given.items():
                *above, last = path.split(".")
                held: Any = members
                for step in above:
                    held = held.setdefault(step, {})
                held[last] = value
            claim = claim_of(members)
            _keep(self._claims, name, claim)
        return claim

    def _claim_with(self, said: Said) -> dict[str, Any]:
        """The claim of a row; the very same for rows that say the same of what was achieved."""
        date, grade = said.usual.get("awarding_date", self._now), said.usual.get("grade", "")
        name = json.dumps([date, grade, said.given], sort_keys=True) if said.given else f"{date} {grade}"
        if (made := self._awarded.get(name)) is None:
            claim = self._claim(said.given)
            made = {**claim, "awardedBy": {**claim["awardedBy"], "awardingDate": date}}
            if grade:
                note = {"type": "Note", "noteLiteral": self._spoken(grade)}
                made["provenBy"] = {**claim["provenBy"], "grade": note}
            _keep(self._awarded, name, made)
        return made

    def _subject(self, usual: Mapping[str, str]) -> dict[str, Any]:
        subject: dict[str, Any] = {"id": usual["subject"]} if "subject" in usual else {}
        subject["type"] = "Person"
        names = [usual[name] for name in ("given_name", "family_name") if name in usual]
        if names:
            subject["fullName"] = self._spoken(" ".join(names))
        for name, member in (("given_name", "givenName"), ("family_name", "familyName")):
            if name in usual:
                subject[member] = self._spoken(usual[name])
        if BIRTH in usual:
            subject["dateOfBirth"] = usual[BIRTH]
        return subject

    def _spoken(self, text: str) -> dict[str, str]:
        return {self._template.language: text}


def _keep(kept: dict[str, Any], name: str, value: Any) -> None:
    """Many rows say the same; of those that all differ only a few are kept."""
    if len(kept) >= _MOST_PREPARED:
        del kept[next(iter(kept))]
    kept[name] = value


def _shown(value: object) -> str:
    return f"“{str(value)[:60]}”"
