"""The whole way of an organisation onto the ledger, step by step (EBSI APIs, onboarding sequence).

Each step looks at the ledger first, and is one of the commands that do it alone. Two people take part: where
the other's paper is missing the way ends for now, and says what to send to whom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from node.client.accreditation import (
    Role,
    accept,
    accept_root,
    accredit,
    begun_accreditation,
    check_accreditation,
    check_may_accredit,
)
from node.client.accreditation_credential import AccreditedFor, check_terms
from node.client.challenge import answer_challenge
from node.client.errors import Refused, Unusable
from node.client.invitation import VALIDITY, check_invitation, invite
from node.client.issuer import Issuer
from node.client.offers import forget_challenge, kept_challenge
from node.client.onboarding import KEY_LIFE, is_registered, register
from node.client.papers import keep_paper, kept_paper
from node.client.recorded_role import check_not_over, check_same_terms, in_force, other_roles
from node.client.standing import Attribute, attribute_of, attributes_of
from node.failpoints import reach
from node.progress import Progress

Goal = Literal["root", "tao", "issuer"]
ISSUER_TYPE: dict[Goal, str] = {"root": "RootTAO", "tao": "TAO", "issuer": "TI"}
_ROLES: dict[Goal, Role] = {"tao": "TAO", "issuer": "TI"}
_TERMS_NEEDED = "to accredit, give --name, --schema, --type and --valid-until"
Missing = Literal["invitation", "challenge", "accreditation", "appointment"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an accreditation says: of whom, for what, until when."""

    name: str
    accredited_for: Sequence[AccreditedFor]
    expires: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """What the applicant brings along to this run.

    Attributes:
        invitation: the credential that invites the DID.
        challenge: that the accreditor asked.
        accreditation: the credential that the accreditor made.
        terms: by which a Root TAO accredits itself, or the accreditor on this desk the applicant.
        key_life: of the keys that are registered.
    """

    invitation: str | None = None
    challenge: str | None = None
    accreditation: str | None = None
    terms: Terms | None = None
    key_life: timedelta = KEY_LIFE


@dataclass(frozen=True, slots=True)
class Onboarded:
    """The DID is registered, and its accreditation recorded under this attribute (32 bytes)."""

    attribute_id: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody else has to do something first.

    Attributes:
        missing: what has to come.
        answer: to the challenge, to be sent to who asked; None if nothing was asked.
    """

    missing: Missing
    answer: str | None = None


def onboard(
    applicant: Issuer,
    goal: Goal,
    given: Given,
    *,
    accreditor: Issuer | None = None,
    now: datetime,
    tell: Progress,
) -> Onboarded | Waiting:
    """The applicant is what it wanted to become, or waits for somebody else.

    Args:
        applicant: with a profile; perhaps on its way already.
        goal: what it wants to become.
        given: what has come from others.
        accreditor: plays its part too, if it is at the same desk.
        now: the present.
        tell: hears of each step.

    Raises:
        Unusable: terms are needed and not given, or none, or the invitation is none for this DID.
        Refused: other terms are recorded, or what is has expired; the accreditor at this desk may not
            accredit so; another paper is for somebody else, or does not hold.
        ClientError: the node, the ledger or a keystore refused; the same again goes on.
    """
    if given.terms is not None:
        _check_terms(given.terms, now=now)
    if not _is_registered(applicant):
        if accreditor is not None:
            check_at_desk(accreditor, given.terms)
        if not _invited(applicant, given, accreditor, now=now):
            return Waiting("invitation")
        tell.say(f"Registering {applicant.did} with both its keys")
        reach("client-step")
        register(applicant, now=now, key_life=given.key_life)
    reach("client-step")
    stands = standing(applicant, goal, given, now=now)
    for sentence in stands.others:
        tell.say(sentence)
    if stands.recorded is not None:
        return Onboarded(stands.recorded.attribute_id)
    if goal == "root":
        return _as_root(applicant, stands.reserved, given.terms, now=now, tell=tell)
    return _by_accreditor(applicant, goal, given, accreditor, now=now, tell=tell)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the applicant is on the ledger.

    Attributes:
        recorded: what it wanted to become, in force; None if it is not yet.
        reserved: attributes for that without an accreditation, oldest first.
        others: a sentence for each other role that it has, or that is reserved for it.
    """

    recorded: Attribute | None
    reserved: Sequence[Attribute]
    others: Sequence[str]


def standing(applicant: Issuer, goal: Goal, given: Given, *, now: datetime) -> Standing:
    """What the ledger has of the applicant already, by the terms that are given if any are.

    Args:
        applicant: perhaps not registered yet.
        goal: what it wants to become.
        given: what has come from others.
        now: the present.

    Raises:
        Refused: what is recorded has expired, or says something else than the terms that are given.
        ClientError: the node does not answer as it should.
    """
    kind, did = ISSUER_TYPE[goal], applicant.did
    found = attributes_of(applicant.node, did)
    wanted = [one for one in found if one.issuer_type == kind]
    holding, terms = in_force(wanted, now=now), given.terms
    recorded = holding[0] if holding else None
    if given.accreditation is None:
        check_not_over(applicant, wanted, now=now)
    if holding and terms is not None:
        recorded = check_same_terms(
            applicant,
            holding,
            name=terms.name,
            accredited_for=terms.accredited_for,
            expires=terms.expires,
        )
    reserved = [one for one in wanted if not one.body]
    return Standing(recorded, reserved, other_roles(did, found, wanted=kind))


def check_at_desk(accreditor: Issuer, terms: Terms | None) -> None:
    """Return if the accreditor at this desk may give what it is to give, before the applicant registers.

    Raises:
        Unusable: there are no terms.
        Refused: it is not accredited to accredit, or not for this.
        ClientError: the node does not answer as it should.
    """
    if terms is None:
        raise Unusable(_TERMS_NEEDED)
    check_may_accredit(accreditor, accredited_for=terms.accredited_for, expires=terms.expires)


def _check_terms(terms: Terms, *, now: datetime) -> None:
    check_terms(name=terms.name, accredited_for=terms.accredited_for, expires=terms.expires, now=now)


def _is_registered(applicant: Issuer) -> bool:
    document = applicant.node.resolve(applicant.did)
    return document is not None and is_registered(applicant.profile, document)


def _invited(applicant: Issuer, given: Given, accreditor: Issuer | None, *, now: datetime) -> bool:
    """Whether the DID may register itself: invited, begun already, or at a node that asks for no tokens."""
    if given.invitation is not None:
        check_invitation(given.invitation, did=applicant.did, node=applicant.node)
        keep_paper(applicant.folder, "invitation", given.invitation)
    elif kept_paper(applicant.folder, "invitation") is None and accreditor is not None:
        key = applicant.keystore.open(applicant.profile.credential_key)
        invitation = invite(
            accreditor, did=applicant.did, expires=now + VALIDITY, now=now, public_key=key.public_jwk
        )
        keep_paper(applicant.folder, "invitation", invitation)
    if kept_paper(applicant.folder, "invitation") is not None:
        return True
    return applicant.node.resolve(applicant.did) is not None or not applicant.tokens.are_asked_for()


def _as_root(
    applicant: Issuer, reserved: Sequence[Attribute], terms: Terms | None, *, now: datetime, tell: Progress
) -> Onboarded | Waiting:
    if not reserved:
        return Waiting("appointment")
    if terms is None:
        raise Unusable("a Root TAO accredits itself: give --name, --schema, --type and --valid-until")
    tell.say("Recording what the Root TAO accredits for")
    made = accept_root(
        applicant,
        attribute_id=reserved[-1].attribute_id,
        name=terms.name,
        accredited_for=terms.accredited_for,
        expires=terms.expires,
        now=now,
    )
    reach("client-step")
    return Onboarded(made.attribute_id)


def _by_accreditor(
    applicant: Issuer,
    goal: Goal,
    given: Given,
    accreditor: Issuer | None,
    *,
    now: datetime,
    tell: Progress,
) -> Onboarded | Waiting:
    accreditation = _accreditation(applicant, goal, given)
    if accreditation is None and accreditor is not None:
        tell.say(f"{accreditor.did} accredits {applicant.did}")
        accreditation = _accredited(applicant, goal, accreditor, given.terms, now=now)
    if accreditation is None:
        if given.challenge is None:
            return Waiting("challenge")
        answer = answer_challenge(given.challenge, signer=applicant.signer(), now=now)
        return Waiting("accreditation", answer)
    reach("client-step")
    tell.say("Recording the accreditation")
    attribute_id = accept(applicant, accreditation)
    reach("client-step")
    return Onboarded(attribute_id)


def _accreditation(applicant: Issuer, goal: Goal, given: Given) -> str | None:
    """The accreditation to accept: the one given, else that of a run cut off, unless it was revoked."""
    if given.accreditation is not None:
        is_for = _reserved_for(applicant, given.accreditation)
        if is_for not in {None, ISSUER_TYPE[goal]}:
            raise Refused(f"the accreditation is for {is_for}, and not for {ISSUER_TYPE[goal]}")
        keep_paper(applicant.folder, "accreditation", given.accreditation)
        return given.accreditation
    kept = kept_paper(applicant.folder, "accreditation")
    if kept is None or _reserved_for(applicant, kept) not in {None, ISSUER_TYPE[goal]}:
        return None
    return kept


def _reserved_for(applicant: Issuer, accreditation: str) -> str | None:
    """What the ledger reserved the accreditation's attribute for; None while the node knows of none."""
    attribute_id = check_accreditation(accreditation, did=applicant.did, node=applicant.node)
    found = attribute_of(applicant.node, applicant.did, attribute_id)
    return None if found is None else found.issuer_type


def _accredited(
    applicant: Issuer, goal: Goal, accreditor: Issuer, terms: Terms | None, *, now: datetime
) -> str:
    """What the accreditor on this desk gives, after challenge and answer; the applicant keeps it."""
    if terms is None:
        raise Unusable(_TERMS_NEEDED)
    did, role = applicant.did, _ROLES[goal]
    challenge = kept_challenge(accreditor.folder, own=accreditor.did, did=did)
    made = accredit(
        accreditor,
        did=did,
        role=role,
        name=terms.name,
        accredited_for=terms.accredited_for,
        expires=terms.expires,
        challenge=challenge,
        answer=answer_challenge(challenge, signer=applicant.signer(), now=now),
        now=now,
    )
    keep_paper(applicant.folder, "accreditation", made.credential)
    reach("client-step")
    forget_challenge(accreditor.folder, did=did)
    begun_accreditation(accreditor.folder, did=did, role=role, challenge=challenge).forget()
    return made.credential
