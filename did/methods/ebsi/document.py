"""The document of a did:ebsi as of a time (EBSI DID Registry v5), assembled from what is recorded."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from did.document import DID_CONTEXT, GOVERNED, DidDocument, VerificationMethod
from did.errors import InvalidDidUrl, InvalidJson, InvalidPublicKey, NotFound
from did.json_text import parse_object
from did.syntax import Did, parse_did_url

from .history import Change, DidState, Interval, ledger_seconds, replay
from .keys import recorded_jwk

_MAX_BASE_DOCUMENT_BYTES = 16 * 1024  # the registry takes no more


def document_from_changes(
    did: Did,
    changes: Sequence[Change],
    *,
    at: datetime | int,
    known_through: datetime | int | None = None,
    index_before: int | None = None,
) -> DidDocument:
    """The document of `did` as recorded by then and effective at `at`.

    EBSI's `valid-at` asks for keys effective at a time as known today: `known_through` is None. DID
    Resolution's `versionTime` asks for the document that a resolver saw then: `known_through` equals `at`.
    Controllers and base document are in force from their entry on: they are those recorded by `at`.

    Args:
        did: the DID all changes must be of.
        changes: the `did.*` entries of that DID, in log order.
        at: a key appears if this lies in [notBefore, notAfter) of one of its relationships.
        known_through: look only at entries recorded at or before this time.
        index_before: look only at entries with a smaller log index.

    Raises:
        NotFound: nothing was recorded by then.
        InvalidHistory: no contract could have recorded these entries.
        InvalidOptions: a time without an offset.
    """
    state = replay(did, changes, known_through=known_through, index_before=index_before)
    return assemble(state, at=at)[0]


def method_valid(
    changes: Sequence[Change],
    *,
    v_method_id: str,
    relationship: str,
    at: datetime | int,
    known_through: datetime | int | None = None,
    index_before: int | None = None,
) -> bool:
    """Whether the verification method stood under `relationship` at `at`, by what was recorded by then.

    Args:
        changes: the `did.*` entries of one DID, in log order.
        v_method_id: the fragment of the verification method's DID URL.
        relationship: a name of DID Core section 5.3, such as `assertionMethod`.
        at: the time asked for, held against [notBefore, notAfter).
        known_through: look only at entries recorded at or before this time.
        index_before: look only at entries with a smaller log index.

    Raises:
        InvalidHistory: no contract could have recorded these entries.
        InvalidOptions: a time without an offset.
    """
    if not changes:
        return False
    seconds, did = ledger_seconds(at), Did(changes[0].fields["did"])
    try:
        state = replay(did, changes, known_through=known_through, index_before=index_before)
        holds = any(
            interval.relationship == relationship and interval.holds_at(seconds)
            for interval in state.intervals_of(v_method_id)
        )
        if holds:
            _verification_method(state, v_method_id)
    except (NotFound, InvalidPublicKey, InvalidDidUrl):
        return False
    return holds


def assemble(state: DidState, *, at: datetime | int) -> tuple[DidDocument, tuple[str, ...]]:
    """The document of `state` at `at`, and a sentence on everything recorded that it leaves out.

    Relationships other than capabilityInvocation come first, methods in the order of their first use. The
    registry takes any text as a base document, a method's name or a key; what is none of them is left
    out, so that nobody can make a document that resolvers choke on.

    Raises:
        InvalidOptions: a time without an offset.
    """
    seconds = ledger_seconds(at)
    base, notes = _base_document(state.base_document_at(seconds))
    live = [interval for interval in state.intervals if interval.holds_at(seconds)]
    live.sort(key=_is_capability_invocation)
    methods: dict[str, VerificationMethod] = {}
    for name in dict.fromkeys(interval.v_method_id for interval in live):
        try:
            methods[name] = _verification_method(state, name)
        except (InvalidPublicKey, InvalidDidUrl) as error:
            notes.append(f"A verification method of entry {state.methods[name].added.index}: {error}.")
    relationships: dict[str, dict[str, None]] = {}
    for interval in live:
        if interval.v_method_id in methods:
            ids = relationships.setdefault(interval.relationship, {})
            ids[methods[interval.v_method_id].id] = None
    document = DidDocument(
        id=state.did,
        verification_method=tuple(methods.values()),
        relationships={name: tuple(ids) for name, ids in relationships.items()},
        context=base.get("@context", DID_CONTEXT),
        controller=state.controllers_at(seconds),
        properties={
            name: value for name, value in base.items() if name != "@context" and name not in GOVERNED
        },
    )
    return document, tuple(notes)


def _is_capability_invocation(interval: Interval) -> bool:
    return interval.relationship == "capabilityInvocation"


def _verification_method(state: DidState, name: str) -> VerificationMethod:
    url = f"{state.did}#{name}"
    if not parse_did_url(url).fragment:
        raise InvalidDidUrl(url, "an empty fragment")
    return VerificationMethod(url, state.did, recorded_jwk(state.methods[name]))


def _base_document(text: str | None) -> tuple[Mapping[str, Any], list[str]]:
    """The members of the recorded base document; none, and a note, where it is not one."""
    if text is None:
        return {}, []
    try:
        base = parse_object(text, max_bytes=_MAX_BASE_DOCUMENT_BYTES)
    except InvalidJson as error:
        return {}, [f"The recorded base document is ignored: {error.reason}."]
    context = base.get("@context")
    first = context[0] if isinstance(context, list) and context else context
    if first != DID_CONTEXT:
        return {}, [f"The recorded base document is ignored: its @context does not begin with {DID_CONTEXT}."]
    return base, []
