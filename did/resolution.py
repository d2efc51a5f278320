"""DID Resolution: a DID in, a document with metadata out (W3C DID Resolution sections 3 to 5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from .document import JSON, JSON_LD, DidDocument
from .errors import (
    DidError,
    InvalidOptions,
    MethodNotSupported,
    NotFound,
    RepresentationNotSupported,
)
from .methods.ebsi.document import assemble
from .methods.ebsi.history import Change, DidState, ledger_seconds, replay
from .methods.jwk import document_of_did_jwk
from .methods.key import document_of_did_key
from .syntax import Did, method_of, parse_did, parse_ebsi_did

ChangesOf = Callable[[Did], Sequence[Change]]
"""The `did.*` entries of a did:ebsi in log order, none if it is not registered."""


_KEY_METHODS = {"key": document_of_did_key, "jwk": document_of_did_jwk}


@dataclass(frozen=True, slots=True)
class ResolutionResult:
    """What a resolver answers (DID Resolution section 5); `did_document` is None if there is an error.

    `error` is the exception behind `did_resolution_metadata["error"]`; `steady` tells from when until when it
    says this as long as nothing else is recorded, in ledger seconds, the second None if nothing ends it.
    """

    did_document: DidDocument | None
    did_document_metadata: dict[str, Any] = field(default_factory=dict)
    did_resolution_metadata: dict[str, Any] = field(default_factory=dict)
    error: DidError | None = None
    steady: tuple[int, int | None] = (0, None)

    def to_json(self) -> dict[str, Any]:
        """The members of the result as JSON, the document in the representation asked for."""
        document = None
        if self.did_document is not None:
            document = self.did_document.represent(self.did_resolution_metadata["contentType"])
        return {
            "didDocument": document,
            "didDocumentMetadata": self.did_document_metadata,
            "didResolutionMetadata": self.did_resolution_metadata,
        }


def resolve(
    did: str,
    *,
    changes_of: ChangesOf,
    now: datetime | int,
    accept: str = JSON_LD,
    version_time: datetime | int | None = None,
    version_id: str | None = None,
) -> ResolutionResult:
    """The resolution of `did`; what is wrong with it stands in the result, nothing of this room is raised.

    Args:
        did: did:ebsi, did:key or did:jwk.
        changes_of: where the entries of a did:ebsi are read.
        now: the time at which keys are judged if no version is asked for; what is later is not known yet.
        accept: application/did+ld+json or application/did+json.
        version_time: the document as a resolver saw it then: recorded and effective at that time.
        version_id: the log index of one of the DID's entries, in decimal: the document as that entry
            left it, effective at the entry's time.
    """
    try:
        if accept not in {JSON_LD, JSON}:
            _refuse(RepresentationNotSupported(accept))
        if version_time is not None and version_id is not None:
            _refuse(InvalidOptions("versionTime and versionId exclude each other"))
        if version_time is not None and ledger_seconds(version_time) > ledger_seconds(now):
            _refuse(InvalidOptions("versionTime is after the present: nobody knows what will be recorded"))
        parsed = parse_did(did)
        result = _resolve(parsed, changes_of, now, version_time, version_id)
    except DidError as error:
        return failure(error)
    result.did_resolution_metadata["contentType"] = accept
    return result


def failure(error: DidError) -> ResolutionResult:
    """The result of a resolution that came to nothing (DID Resolution section 4.1)."""
    metadata = {"error": error.code, "errorMessage": str(error)}
    return ResolutionResult(None, did_resolution_metadata=metadata, error=error)


def _refuse(error: DidError) -> NoReturn:
    raise error


def _resolve(
    did: Did,
    changes_of: ChangesOf,
    now: datetime | int,
    version_time: datetime | int | None,
    version_id: str | None,
) -> ResolutionResult:
    method = method_of(did)
    if method == "ebsi":
        return _resolve_ebsi(parse_ebsi_did(did), changes_of, now, version_time, version_id)
    document_of = _KEY_METHODS.get(method)
    if document_of is None:
        raise MethodNotSupported(did, method)
    if version_id is not None:
        raise NotFound(did, "a DID that is its key has no versions")
    return ResolutionResult(document_of(did))


def _resolve_ebsi(
    did: Did,
    changes_of: ChangesOf,
    now: datetime | int,
    version_time: datetime | int | None,
    version_id: str | None,
) -> ResolutionResult:
    changes = changes_of(did)
    at: datetime | int
    steady: tuple[int, int | None] = (0, None)
    if version_id is not None:
        version = _version(did, changes, version_id)
        state, at = replay(did, changes, index_before=version.index + 1), version.time
    elif version_time is not None:
        state, at = replay(did, changes, known_through=version_time), version_time
    else:
        state, at = replay(did, changes), now
        steady = state.steady_around(ledger_seconds(now))
    document, notes = assemble(state, at=at)
    metadata = _document_metadata(state, changes, ledger_seconds(at))
    resolution_metadata = {"notes": list(notes)} if notes else {}
    return ResolutionResult(document, metadata, resolution_metadata, steady=steady)


def _version(did: Did, changes: Sequence[Change], version_id: str) -> Change:
    for change in changes:
        if str(change.index) == version_id:
            return change
    raise NotFound(did, f"no version {version_id[:40]!r} is recorded")


def _document_metadata(state: DidState, changes: Sequence[Change], at: int) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "created": _rfc3339(state.first.time),
        "versionId": str(state.last.index),
    }
    if state.last is not state.first:
        metadata["updated"] = _rfc3339(state.last.time)
    following = next((change for change in changes if change.index > state.last.index), None)
    if following is not None:
        metadata |= {"nextUpdate": _rfc3339(following.time), "nextVersionId": str(following.index)}
    if _is_deactivated(state, at):
        metadata["deactivated"] = True
    return metadata


def _is_deactivated(state: DidState, at: int) -> bool:
    """Whether every key has ended and nobody else controls the DID: it can never get a key again."""
    ended = all(interval.not_after.seconds <= at for interval in state.intervals)
    return ended and not set(state.controllers) - {state.did}


def _rfc3339(seconds: int) -> str:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return instant.isoformat().replace("+00:00", "Z")
