"""A chain of accreditations by a state of the record, each link's credential held against it.

What is found here depends on the record alone and is remembered; what depends on the moment asked for, the
periods of validity, is left to `fault_at` (protocol section 7, check 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .accreditation import Link, RecordedAt, RecordedChain, Revision, recorded_chain
from .accreditation_credential import Accreditation, accreditation_of
from .case import SKEW
from .errors import AccreditationRefused
from .moments import ledger_moment
from .policy import Policy
from .ports import Ports
from .registry_urls import RegistryUrls
from .scope import scope_within
from .verdict import rfc3339


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an accreditation does not hold.

    Attributes:
        reason: a stable word.
        sentence: for people.
        did: whose recorded attribute does not hold; None if that is not what is wrong.
    """

    reason: str
    sentence: str
    did: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedChain:
    """A chain whose credentials have been held against the record.

    Attributes:
        recorded: as the ledger has it.
        accreditations: one for each link, from the issuer up; none if something is wrong with the chain.
        fault: what is wrong with it at whatever moment; None if nothing is.
        valid_from: seconds from which all its credentials are valid; None if from ever.
        valid_until: seconds until which they all are; None if for ever.
        sentence: for people: who accredited the issuer, and since when.
        evidence: its links as JSON.
    """

    recorded: RecordedChain
    accreditations: tuple[Accreditation, ...]
    fault: Fault | None
    valid_from: int | None
    valid_until: int | None
    sentence: str
    evidence: tuple[dict[str, Any], ...]

    def fault_at(self, at: int) -> Fault | None:
        """What is wrong with the chain at a moment (seconds); None if nothing is."""
        if self.fault is not None:
            return self.fault
        if self.valid_until is not None and at > self.valid_until + SKEW:
            ended = rfc3339(ledger_moment(self.valid_until))
            return Fault("accreditation_expired", f"A credential of the chain was valid until {ended}.")
        if self.valid_from is not None and at < self.valid_from - SKEW:
            begins = rfc3339(ledger_moment(self.valid_from))
            return Fault("accreditation_not_yet_valid", f"A credential of the chain is valid from {begins}.")
        return None


def judged_chain(
    ports: Ports,
    policy: Policy,
    *,
    did: str,
    attribute_id: bytes,
    index_before: int | None = None,
    until: int | None = None,
) -> JudgedChain:
    """The chain of an attribute, with everything that check 5 asks of it but the moment.

    Args:
        ports: what may be asked.
        policy: whom the verifier accepts at the root, and which URLs are this registry's.
        did: the issuer.
        attribute_id: 32 bytes.
        index_before: look only at entries with a smaller log index.
        until: look only at entries up to this time, in ledger seconds.

    Raises:
        Unavailable: something needed is not at hand.
    """
    trusted = (policy.root_taos, policy.origins)

    def judge() -> JudgedChain:
        recorded = chain_on_record(
            ports, did=did, attribute_id=attribute_id, index_before=index_before, until=until
        )
        # Between most entries nothing of a chain changes: what is recorded alike is judged once.
        key = ("judged chain", ports.record.state, recorded, *trusted)
        return ports.cache.get(key, lambda: _judge(ports, policy, recorded))

    key = ("accreditation", ports.record.state, did, attribute_id, index_before, until, *trusted)
    return ports.cache.get(key, judge)


def chain_on_record(
    ports: Ports, *, did: str, attribute_id: bytes, index_before: int | None = None, until: int | None = None
) -> RecordedChain:
    """The chain of an attribute as recorded, by the same entries as `judged_chain`; remembered likewise.

    Raises:
        Unavailable: the record does not answer.
    """

    def revisions_of(did: str, attribute_id: bytes) -> Sequence[Revision]:
        revisions = ports.record.revisions_of(did, attribute_id)
        return revisions if until is None else [each for each in revisions if each.time <= until]

    return ports.cache.get(
        ("recorded chain", ports.record.state, did, attribute_id, index_before, until),
        lambda: recorded_chain(revisions_of, did=did, attribute_id=attribute_id, before_index=index_before),
    )


def _judge(ports: Ports, policy: Policy, chain: RecordedChain) -> JudgedChain:
    try:
        found = _accreditations(ports, policy, chain)
    except AccreditationRefused as error:
        broken = next((link.did for link in chain.links if link.broken is not None), None)
        return JudgedChain(
            recorded=chain,
            accreditations=(),
            fault=Fault(error.reason, error.sentence, broken),
            valid_from=None,
            valid_until=None,
            sentence=error.sentence,
            evidence=tuple(_link_evidence(link, None) for link in chain.links),
        )
    return JudgedChain(
        recorded=chain,
        accreditations=found,
        fault=None,
        valid_from=max((one.valid_from for one in found if one.valid_from is not None), default=None),
        valid_until=min((one.valid_until for one in found if one.valid_until is not None), default=None),
        sentence=_sentence(chain.links, found),
        evidence=tuple(_link_evidence(link, one) for link, one in zip(chain.links, found, strict=True)),
    )


def _accreditations(ports: Ports, policy: Policy, chain: RecordedChain) -> tuple[Accreditation, ...]:
    """What the credentials of all links say, none of them broader than the one above it."""
    for link in chain.links:
        if link.broken is not None:
            raise AccreditationRefused(_word_of_break(link), link.broken)
    urls = RegistryUrls(policy.origins)
    found = [accreditation_of(ports, urls, link=link, body=_body(ports, link)) for link in chain.links]
    for link, child, parent in zip(chain.links, found, found[1:], strict=False):
        if not scope_within(child.scope, parent.scope):
            sentence = f"{_called(link, child)} is accredited for more than its accreditor may accredit for."
            raise AccreditationRefused("broader_than_parent", sentence)
    if chain.root not in policy.root_taos:
        sentence = f"The chain ends at the Root TAO {chain.root}, which this verifier does not accept."
        raise AccreditationRefused("root_not_accepted", sentence)
    return tuple(found)


def _body(ports: Ports, link: Link) -> bytes | None:
    """The credential that the link's entry recorded."""
    if link.body_recorded is None:
        return None
    revisions = ports.record.revisions_of(link.did, link.attribute_id)
    return next((each.body for each in revisions if each.index == link.body_recorded.index), None)


def _word_of_break(link: Link) -> str:
    if link.until is not None:
        return "accreditation_revoked"
    return "not_recorded" if link.since is None else "chain_broken"


def _sentence(links: Sequence[Link], found: Sequence[Accreditation]) -> str:
    names = [_called(link, one) for link, one in zip(links, found, strict=True)]
    since = _since(links[0])
    if len(names) == 1:
        return f"{names[0]}, the issuer, has been a Root TAO since {since}."
    if len(names) == 2:  # noqa: PLR2004 - the issuer and the root
        return f"{names[0]} was accredited on {since} by the Root TAO {names[1]}."
    above = f" (accredited by {', '.join(names[2:-1])})" if names[2:-1] else ""
    return f"{names[0]} was accredited on {since} by {names[1]}{above}, up to the Root TAO {names[-1]}."


def _called(link: Link, accreditation: Accreditation) -> str:
    return accreditation.name or link.did


def _since(link: Link) -> str:
    return "an unknown day" if link.since is None else ledger_moment(link.since.time).date().isoformat()


def _link_evidence(link: Link, accreditation: Accreditation | None) -> dict[str, Any]:
    """One link as JSON; without what its credential says if the chain does not hold."""
    evidence: dict[str, Any] = {
        "did": link.did,
        "attributeId": link.attribute_id.hex(),
        "issuerType": link.issuer_type.label,
        "since": _place(link.since),
        "until": _place(link.until),
        "broken": link.broken,
    }
    if accreditation is not None and link.body_hash is not None:
        evidence["name"] = accreditation.name
        evidence["credential"] = {
            "digest": link.body_hash.hex(),
            "recorded": _place(link.body_recorded),
            "signedBy": dict(accreditation.signed_by),
            "validFrom": _time(accreditation.valid_from),
            "validUntil": _time(accreditation.valid_until),
        }
        evidence["accreditedFor"] = (
            None
            if accreditation.scope is None
            else [
                {
                    "schemaId": item.schema_id.hex(),
                    "types": sorted(item.types),
                    "jurisdictions": sorted(item.jurisdictions),
                }
                for item in accreditation.scope
            ]
        )
    return evidence


def _place(place: RecordedAt | None) -> dict[str, Any] | None:
    return None if place is None else {"entry": place.index, "time": _time(place.time)}


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else rfc3339(ledger_moment(seconds))
