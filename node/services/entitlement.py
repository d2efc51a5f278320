"""Whether a presentation entitles to a scope: who signed it, how the holder stands, what its credential says.

Everything is judged as of now, whenever a credential was anchored, and by one view of the database. Roots are
those of the ledger: who may write is the contracts' to say, whom a verifier accepts is its operator's. A
schema that is not registered here does not decide: EBSI's clients know those of accreditations by heart.
"""

from dataclasses import replace
from typing import Any, Final

from credentials.accreditation import IssuerType
from credentials.accreditation_credential import reserved_attribute
from credentials.errors import AlgorithmRefused, InvalidSignature, MalformedCredential, UnfitKey
from credentials.policy import Policy
from credentials.ports import Anchor, Batches
from credentials.securing.jose import verify_parsed
from credentials.securing.reading import read_secured
from credentials.securing.secured import SecuredCredential
from credentials.verdict import ACCREDITATION, ANCHOR, SCHEMA_CHECK, TIMELINE, Outcome
from credentials.verification import verify
from did.json_text import parse_object
from did.jwk import Jwk
from node.db.dids import registered_at
from node.db.issuers import latest_revision, revisions
from node.services.authorisation_errors import NotEntitled, PresentationRefused
from node.services.authorisation_scopes import Scope
from node.services.did_documents import document_in
from node.services.errors import IdentifierNotFound
from node.services.invitations import is_of_a_node, read_invitation
from node.services.presentations import MAX_PRESENTATION, Presentation
from node.services.verification import Verifier
from node.services.verification_record import ViewRecord

_DIDR_INVITE, _TIR_INVITE, _TIR_WRITE = "didr_invite", "tir_invite", "tir_write"
_ROOT: Final = "VerifiableAuthorisationForTrustChain"
_UNASKED: Final = frozenset({ANCHOR.name, TIMELINE.name, SCHEMA_CHECK.name})


class PresentRecord(ViewRecord):
    """The record without anchors, so that what rests on keys and accreditations is judged as of now."""

    __slots__ = ()

    def anchors_of(self, did: str, digest: bytes) -> tuple[Anchor, ...]:  # noqa: ARG002 - the port's
        """None: whatever was so when something was anchored, it has to be so now."""
        return ()

    def batches_of(self, did: str, until: int) -> Batches:  # noqa: ARG002 - likewise
        """None, so that none is missed."""
        return Batches(0, ())


def check_entitlement(verifier: Verifier, scope: Scope, presentation: Presentation) -> None:
    """Return if the presentation entitles its holder to the scope now.

    Args:
        verifier: over one view of the database.
        scope: that is asked for.
        presentation: with claims that hold.

    Raises:
        PresentationRefused: it is not signed by a key of its holder.
        NotEntitled: it is, and that is not enough.
    """
    if scope.name == _DIDR_INVITE:
        _check_invitation(verifier, scope, presentation)
        return
    _check_signature(presentation, _key_of_holder(verifier, presentation), scope)
    if scope.name in {_TIR_INVITE, _TIR_WRITE}:
        _check_issuer(verifier, presentation, accepted=scope.name == _TIR_WRITE)
    if scope.name == _TIR_INVITE:
        _check_accreditation(verifier, scope, presentation)


def _check_invitation(verifier: Verifier, scope: Scope, presentation: Presentation) -> None:
    """Hold an authorisation to onboard: its holder is not registered, so no key of the holder is known.

    Where the invitation names a key (`cnf`, RFC 7800), the presentation is signed with it; where it names
    none, it is for whoever holds it, as at EBSI (ADR 0016).
    """
    holder, credential = presentation.holder, str(presentation.credential)
    if registered_at(verifier.view.connection, holder) is not None:
        raise NotEntitled(f"{holder} is registered already: ask for didr_write.")
    if is_of_a_node(credential):
        claims = read_invitation(verifier.view, credential, holder=holder)
    else:
        claims = _claims(_valid(verifier, scope, presentation, relaxed=_UNASKED))
    if (confirmation := claims.get("cnf")) is None:
        return
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict) or len(confirmation) != 1:
        raise NotEntitled("The invitation is bound (cnf) in another way than to a jwk.")
    _check_signature(presentation, jwk, scope)


def _check_issuer(verifier: Verifier, presentation: Presentation, *, accepted: bool) -> None:
    """Hold how the holder stands in the issuers registry: whether it has recorded an accreditation."""
    holder = presentation.holder
    recorded = revisions(verifier.view.connection, holder)
    if not recorded:
        raise NotEntitled(f"{holder} is not in the Trusted Issuers Registry.")
    if any(revision.body for revision in recorded) is not accepted:
        raise NotEntitled(
            f"{holder} has recorded no accreditation yet: ask for tir_invite."
            if accepted
            else f"{holder} has recorded an accreditation already: ask for tir_write."
        )


def _check_accreditation(verifier: Verifier, scope: Scope, presentation: Presentation) -> None:
    """Hold an accreditation that its holder is to record: the ledger reserved an attribute for it.

    A Root TAO is above everybody and signs its own: that it is one the ledger says.
    """
    holder, unasked = presentation.holder, _UNASKED
    secured = _read(str(presentation.credential))
    own = secured.credential.issuer == holder and _ROOT in secured.credential.types
    secured = _valid(
        verifier, scope, presentation, relaxed=unasked | {ACCREDITATION.name} if own else unasked
    )
    try:
        reserved = reserved_attribute(secured.credential.subjects[0])
    except MalformedCredential as error:
        raise NotEntitled(f"The accreditation cannot be recorded: {error.reason}.") from error
    latest = latest_revision(verifier.view.connection, holder, reserved)
    if latest is None or latest.issuer_type == IssuerType.REVOKED:
        raise NotEntitled("The attribute that the accreditation is for is not reserved, or was revoked.")
    if latest.tao != secured.credential.issuer or own != (latest.issuer_type == IssuerType.ROOT_TAO):
        raise NotEntitled("The attribute that the accreditation is for was reserved by somebody else.")


def _valid(
    verifier: Verifier, scope: Scope, presentation: Presentation, *, relaxed: frozenset[str]
) -> SecuredCredential:
    """The credential of the presentation, if it is about the holder, of the scope, and valid now."""
    text = str(presentation.credential)
    secured = _read(text)
    credential = secured.credential
    if not set(scope.credential_types) & set(credential.types):
        raise NotEntitled(
            f"{scope.name} needs a credential of the type {' or '.join(scope.credential_types)}."
        )
    if [subject.get("id") for subject in credential.subjects] != [presentation.holder]:
        raise NotEntitled("The credential is not about the holder of the presentation.")
    view = verifier.view
    roots = {revision.root_tao for revision in revisions(view.connection, credential.issuer)}
    verdict = verify(
        text.encode(),
        at=None,
        policy=Policy(root_taos=frozenset(roots), origins=view.node.settings.origins, relaxed=relaxed),
        ports=replace(verifier.ports, record=PresentRecord(view)),
    )
    if verdict.deciding is not None:
        raise NotEntitled(f"The credential is not valid: {verdict.deciding.sentence}")
    schema = verdict.result(SCHEMA_CHECK)
    if schema.outcome is Outcome.FAILED:
        raise NotEntitled(f"The credential is not valid: {schema.sentence}")
    return secured


def _read(text: str) -> SecuredCredential:
    try:
        secured = read_secured(text.encode())
    except (MalformedCredential, UnicodeEncodeError) as error:
        raise NotEntitled(f"The credential cannot be read: {error}.") from error
    if secured.mechanism != "vc-jwt":
        raise NotEntitled("The credential must be a JWT of the data model 1.1.")
    return secured


def _claims(secured: SecuredCredential) -> dict[str, Any]:
    """All claims of the credential's JWT, which were read before."""
    assert secured.jws is not None
    return parse_object(secured.jws.payload, max_bytes=MAX_PRESENTATION)


def _key_of_holder(verifier: Verifier, presentation: Presentation) -> Jwk:
    view, holder = verifier.view, presentation.holder
    try:
        document = document_in(view, holder, at=view.present)
    except IdentifierNotFound as error:
        raise NotEntitled(f"{holder} is not registered, as far as this node has followed.") from error
    for method in document.verification_methods("authentication"):
        if method.id == presentation.kid:
            return method.public_key_jwk
    raise PresentationRefused(
        "The kid of vp_token names no key that is under authentication of its holder now."
    )


def _check_signature(presentation: Presentation, jwk: Jwk, scope: Scope) -> None:
    try:
        verify_parsed(presentation.jws, jwk=jwk, algorithms=scope.algorithms)
    except (AlgorithmRefused, UnfitKey, InvalidSignature) as error:
        raise PresentationRefused(
            "vp_token is not signed with the key that it has to be signed with."
        ) from error
