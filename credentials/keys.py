"""Which key may sign for an issuer: under `assertionMethod`, by a state of the record, at a time.

A key's interval is [notBefore, notAfter), one rule everywhere (protocol section 7, check 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from did.document import DidDocument
from did.errors import DidError, InvalidDidUrl, UnsupportedPublicKeyType
from did.jwk import Jwk
from did.methods.ebsi import KeyHistory, key_history
from did.resolution import resolve
from did.syntax import Did, method_of, parse_did_url

from .errors import CredentialsError, KeyRefused, Unavailable
from .moments import ledger_moment
from .ports import Ports
from .verdict import rfc3339

ASSERTION: Final = "assertionMethod"
AUTHENTICATION: Final = "authentication"
OFFLINE: Final = frozenset({"key", "jwk"})
"""Methods whose DIDs are their keys, the same for ever."""
_NOT_UNDER: Final = {ASSERTION: "not_for_assertion", AUTHENTICATION: "not_for_authentication"}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key in force: the DID URL that names it, and the interval it was found in (ledger seconds).

    The bounds are None for DIDs without a history.
    """

    kid: str
    jwk: Jwk
    not_before: int | None = None
    not_after: int | None = None
    added_index: int | None = None

    def evidence(self) -> Mapping[str, Any]:
        """The key as checks show it: its name and interval, never more than is public."""
        return {
            "verificationMethod": self.kid,
            "notBefore": _shown(self.not_before),
            "notAfter": _shown(self.not_after),
            "addedByEntry": self.added_index,
        }


def _shown(seconds: int | None) -> str | None:
    return None if seconds is None else rfc3339(ledger_moment(seconds))


def signing_key_of(
    ports: Ports,
    *,
    issuer: str,
    kid: str,
    index_before: int | None,
    at: int,
    relationship: str = ASSERTION,
) -> SigningKey:
    """The key `kid` of `issuer`, which stood under `assertionMethod` at `at`, as recorded by then.

    Args:
        ports: where keys are looked up.
        issuer: a DID.
        kid: a DID URL with a fragment, as a JWS header or a proof names the key.
        index_before: look only at entries with a smaller log index; at all if None.
        at: ledger seconds, held against [notBefore, notAfter).
        relationship: under which the key has to stand, if it is not for asserting: `authentication`.

    Raises:
        KeyRefused: no such key may sign for the issuer then.
        Unavailable: whether it may cannot be found out here.
    """
    did, fragment = _named(issuer, kid)
    if method_of(did) == "ebsi":
        for history in keys_of(ports, did, index_before=index_before):
            if history.v_method_id == fragment:
                return _in_force(history, kid, at, relationship)
        if not ports.record.changes_of(did):
            raise KeyRefused("issuer_unknown", f"{did} is not registered, so no key of it is known.")
        raise KeyRefused("unknown_key", f"{did} had no key #{fragment} by then.")
    return _key_of_document(ports, did, kid, relationship)


def keys_of(ports: Ports, did: Did, *, index_before: int | None) -> tuple[KeyHistory, ...]:
    """Every key that a did:ebsi had by then; none if it was not registered by then.

    Raises:
        KeyRefused: what is recorded of the DID is no history that a contract could have written.
        Unavailable: nothing is recorded of anybody yet.
    """
    return ports.cache.get(
        ("keys", ports.record.state, did, index_before),
        lambda: _histories(ports, did, index_before),
    )


def _histories(ports: Ports, did: Did, index_before: int | None) -> tuple[KeyHistory, ...]:
    changes = ports.record.changes_of(did)
    if not changes and ports.record.size == 0:
        raise Unavailable("Nothing of the ledger has been followed yet.")
    if not changes or (index_before is not None and changes[0].index >= index_before):
        return ()
    try:
        return key_history(changes, index_before=index_before)
    except DidError as error:
        raise KeyRefused("unusable_key", f"What is recorded of {did} is no history: {error}.") from error


def _named(issuer: str, kid: str) -> tuple[Did, str]:
    try:
        url = parse_did_url(kid)
    except InvalidDidUrl:
        raise KeyRefused("no_fragment", "The key is not named by a DID URL with a fragment.") from None
    if not url.fragment or url.path or url.query is not None:
        raise KeyRefused("no_fragment", "The key is not named by a DID and a fragment.")
    if url.did != issuer:
        raise KeyRefused("foreign_key", f"The key belongs to {url.did}, not to {issuer}.")
    return url.did, url.fragment


def _in_force(history: KeyHistory, kid: str, at: int, relationship: str) -> SigningKey:
    intervals = [interval for interval in history.intervals if interval.relationship == relationship]
    if not intervals:
        raise KeyRefused(_NOT_UNDER[relationship], f"The key {kid} was never under {relationship}.")
    held = next((interval for interval in intervals if interval.holds_at(at)), None)
    if held is None:
        if all(at < interval.not_before.seconds for interval in intervals):
            raise KeyRefused("not_yet_valid", f"The key {kid} was not valid yet.")
        raise KeyRefused("no_longer_valid", f"The key {kid} was no longer valid.")
    if history.jwk is None:
        raise KeyRefused("unusable_key", f"What is recorded as the key {kid} is no public key.")
    return SigningKey(kid, history.jwk, held.not_before.seconds, held.not_after.seconds, history.added.index)


def document_of(ports: Ports, did: Did) -> DidDocument:
    """The document of a DID that has no history here: did:key, did:jwk, did:web.

    Raises:
        KeyRefused: the DID is not one of its method.
        Unavailable: whether it is cannot be found out here.
    """
    method = method_of(did)
    if method in OFFLINE:
        result = resolve(did, changes_of=lambda _did: (), now=0)
        if result.did_document is not None:
            return result.did_document
        if isinstance(result.error, UnsupportedPublicKeyType):
            raise Unavailable(f"{did[:80]} holds a key that nothing here verifies: {result.error}.")
        raise KeyRefused("issuer_unknown", f"{did[:80]} does not resolve: {result.error}.")
    if method != "web":
        raise Unavailable(f"DIDs of the method did:{method[:40]} are not resolved here.")
    if ports.web_dids is None:
        raise Unavailable("This node resolves no did:web.")
    return ports.web_dids.did_document(did)


def _key_of_document(ports: Ports, did: Did, kid: str, relationship: str) -> SigningKey:
    document = document_of(ports, did)
    for found in document.verification_methods(relationship):
        if found.id == kid:
            return SigningKey(kid, found.public_key_jwk)
    if any(found.id == kid for found in document.verification_method):
        raise KeyRefused(_NOT_UNDER[relationship], f"The key {kid[:80]} is not under {relationship}.")
    raise KeyRefused("unknown_key", f"{did[:80]} has no such key.")


def may_sign(ports: Ports, *, issuer: str, kid: str, index_before: int | None, at: int | None) -> bool:
    """Whether `signing_key_of` finds the key; what cannot be found out here counts as not.

    If `at` is None: whether there is any time at which it would find that key of a did:ebsi.
    """
    try:
        if at is None:
            did, fragment = _named(issuer, kid)
            histories = keys_of(ports, did, index_before=index_before)
            return any(one.v_method_id == fragment and _ever_in_force(one) for one in histories)
        signing_key_of(ports, issuer=issuer, kid=kid, index_before=index_before, at=at)
    except CredentialsError:
        return False
    return True


def _ever_in_force(history: KeyHistory) -> bool:
    return any(
        interval.relationship == ASSERTION and interval.not_before.seconds < interval.not_after.seconds
        for interval in history.intervals
    )


def changes_to_key(ports: Ports, *, issuer: str, kid: str) -> tuple[int, ...]:
    """Log indexes of the entries of a did:ebsi that name this key, and of its first; none of other DIDs."""
    if method_of(Did(issuer)) != "ebsi":
        return ()
    fragment = kid.rpartition("#")[2]
    changes = ports.record.changes_of(Did(issuer))
    return tuple(
        change.index
        for place, change in enumerate(changes)
        if place == 0 or fragment in (change.fields.get("vMethodId"), change.fields.get("oldVMethodId"))
    )
