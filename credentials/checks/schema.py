"""Check 4: the credential conforms to each of its schemas, as registered by then (VCDM 2.0 section 4.11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.case import Case
from credentials.errors import TooMuchWork
from credentials.model import SD_JWT_VC, VCT, Reference
from credentials.moments import ledger_moment
from credentials.plain_text import plain
from credentials.ports import SchemaRevision
from credentials.registered_schema import SOMEWHERE, CompiledSchema, compile_schema
from credentials.registry_urls import RegistryUrls
from credentials.securing.reading import MAX_SIZE
from credentials.securing.sd_jwt import SdJwt
from credentials.verdict import SCHEMA_CHECK, CheckResult, Outcome, rfc3339

SUPPORTED: Final = frozenset({"FullJsonSchemaValidator2021", "JsonSchema"})
"""Types of `credentialSchema` that are judged: EBSI's, and W3C's JSON Schema type."""
_ONLY_WHAT_IS_SHOWN: Final = (
    "Only what is shown was held against its schema: something of it is withheld, or looks so."
)
_SHOWN: Final = 200
"""Characters of what a stranger wrote that a sentence repeats."""


@dataclass(frozen=True, slots=True)
class _Registered:
    revision: SchemaRevision
    evidence: Mapping[str, Any]


def check_schema(case: Case) -> CheckResult:
    """Whether it conforms to each `credentialSchema` in the revision last recorded before A, or else by T.

    Raises:
        Unavailable: the record does not answer.
    """
    references = case.credential.schemas
    if not references:
        sentence = "The credential names no schema."
        return CheckResult(SCHEMA_CHECK, Outcome.NOT_APPLICABLE, sentence, reason="no_schema")
    results = [_judge(case, reference) for reference in references]
    shown = {"schemas": [result.evidence for result in results]}
    for outcome in (Outcome.FAILED, Outcome.NOT_DETERMINABLE):
        for result in results:
            if result.outcome is outcome:
                return CheckResult(SCHEMA_CHECK, outcome, result.sentence, shown, reason=result.reason)
    findings = tuple(dict.fromkeys(finding for result in results for finding in result.findings))
    sentence = results[0].sentence if len(results) == 1 else f"It conforms to its {len(results)} schemas."
    return CheckResult(SCHEMA_CHECK, Outcome.PASSED, sentence, shown, findings)


def _judge(case: Case, reference: Reference) -> CheckResult:
    if reference.type not in SUPPORTED and case.credential.version != SD_JWT_VC:
        return _unknown(
            reference,
            "unsupported_schema_type",
            f"Schemas of type {plain(reference.type, most=80)} are not judged here.",
        )
    schema_id = RegistryUrls(case.policy.origins).schema(reference.id)
    if schema_id is None:
        what = "type (vct)" if reference.type == VCT else "schema"
        sentence = f"Its {what} {plain(reference.id, most=_SHOWN)} is none of this registry."
        return _unknown(reference, "foreign_schema", sentence)
    registered = _registered(case, schema_id)
    if registered is None:
        sentence = f"Its schema {plain(reference.id, most=_SHOWN)} was not registered by then."
        return _unknown(reference, "unregistered_schema", sentence)
    return _held_against(case, reference, registered)


def _held_against(case: Case, reference: Reference, registered: _Registered) -> CheckResult:
    compiled = _compiled(case, reference.id, registered.revision)
    evidence = {"id": reference.id, "type": reference.type, **registered.evidence}
    if compiled.unusable is not None:
        sentence = f"Its schema, as registered, cannot be used: {plain(compiled.unusable, most=_SHOWN)}."
        return CheckResult(SCHEMA_CHECK, Outcome.NOT_DETERMINABLE, sentence, evidence, (), "unusable_schema")
    try:
        violation = compiled.violation(case.credential.members, size=_size(case))
    except TooMuchWork:
        sentence = "It would take too long to hold it against its schema."
        return CheckResult(SCHEMA_CHECK, Outcome.NOT_DETERMINABLE, sentence, evidence, (), "too_much_work")
    if violation is None:
        sentence = f"It conforms to its schema as registered on {registered.evidence['registered'][:10]}."
        findings = (_ONLY_WHAT_IS_SHOWN,) if _withheld(case) else ()
        return CheckResult(SCHEMA_CHECK, Outcome.PASSED, sentence, evidence, findings)
    evidence |= {"place": violation.place, "keyword": violation.keyword}
    at = ""
    if violation is not SOMEWHERE:
        at = f" at {plain(violation.place, most=_SHOWN) or 'its top level'}"
    sentence = f"It does not conform to its schema{at}: {plain(violation.message, most=_SHOWN)}."
    if _withheld(case):
        sentence += " Something of it is withheld, or looks so: with that it may conform."
        return CheckResult(SCHEMA_CHECK, Outcome.NOT_DETERMINABLE, sentence, evidence, (), "claims_withheld")
    return CheckResult(SCHEMA_CHECK, Outcome.FAILED, sentence, evidence, (), "schema_violated")


def _withheld(case: Case) -> bool:
    """Whether a digest stands in it that nothing shown meets: of a claim, or a decoy."""
    parts = case.secured.parts
    return isinstance(parts, SdJwt) and bool(parts.disclosed.withheld)


def _size(case: Case) -> int:
    """Bytes of the text that it was parsed from, or more."""
    if isinstance(case.secured.parts, SdJwt):
        return case.secured.parts.size
    return MAX_SIZE if case.secured.jws is None else len(case.secured.jws.payload)


def _registered(case: Case, schema_id: bytes) -> _Registered | None:
    """The revision to judge by: the last before A's entry, else the last recorded by T."""
    record = case.ports.record
    found = case.ports.cache.get(
        ("schema_revisions", record.state, schema_id),
        lambda: tuple(_shown(revision) for revision in record.schema_revisions(schema_id)),
    )
    before, until = case.index_before, case.until
    for registered in reversed(found):
        revision = registered.revision
        if revision.index < before if before is not None else revision.time <= until:
            return registered
    return None


def _shown(revision: SchemaRevision) -> _Registered:
    evidence = {
        "schemaId": revision.schema_id.hex(),
        "entry": revision.index,
        "registered": rfc3339(ledger_moment(revision.time)),
    }
    return _Registered(revision, evidence)


def _compiled(case: Case, url: str, revision: SchemaRevision) -> CompiledSchema:
    """The schema compiled by itself, which is for ever; or with the schemas of the record it refers to."""
    alone = case.ports.cache.get(
        ("schema", revision.content, url),
        lambda: compile_schema(revision.content, base=url, retrieve=lambda _uri: None),
    )
    if not alone.refers:
        return alone
    by = ("before", case.index_before) if case.anchor else ("until", case.until)
    return case.ports.cache.get(
        ("schema_with_others", case.ports.record.state, revision.content, url, by),
        lambda: compile_schema(revision.content, base=url, retrieve=lambda uri: _content_at(case, uri)),
    )


def _content_at(case: Case, uri: str) -> bytes | None:
    schema_id = RegistryUrls(case.policy.origins).schema(uri.removesuffix("#"))
    registered = None if schema_id is None else _registered(case, schema_id)
    return None if registered is None else registered.revision.content


def _unknown(reference: Reference, reason: str, sentence: str) -> CheckResult:
    evidence = {"id": reference.id, "type": reference.type}
    return CheckResult(SCHEMA_CHECK, Outcome.NOT_DETERMINABLE, sentence, evidence, reason=reason)
