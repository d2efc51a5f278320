"""Check 5: the issuer was accredited, for this, up to an accepted Root TAO (protocol section 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from credentials.accreditation_at import (
    attributes_by_members,
    attributes_named,
    attributes_of,
    changes_of_chains,
)
from credentials.accreditation_chain import Fault, JudgedChain, judged_chain
from credentials.case import Case
from credentials.coverage import check_coverage
from credentials.errors import AccreditationRefused, ActingUnknown, Unavailable
from credentials.registry_urls import RegistryUrls
from credentials.seal_members import accreditations_for_members
from credentials.seals import unbound_seal_of
from credentials.verdict import ACCREDITATION, CheckResult, Outcome, rfc3339

_EBSI: Final = "did:ebsi:"
_COUNTS: Final = "That changes nothing here: it held when the credential was anchored."
_UNSEEN: Final = (
    "By then the issuer was not accredited for this, but it has anchored batches that are not at hand: "
    "if the credential is in one of them, it may have been accredited in time."
)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How an issuer stood by a state of the record, by which attribute; `reason` is None if that will do."""

    attribute_id: bytes | None
    root: str | None
    links: Sequence[dict[str, Any]]
    sentence: str
    reason: str | None


def check_accreditation(case: Case) -> CheckResult:
    """Whether the issuer was accredited then, for a credential of this kind; a later break is a finding.

    Raises:
        Unavailable: something needed is not at hand.
    """
    if unbound_seal_of(case.secured) is not None:
        sentence = "No DID of this ledger has the key of its seal, and only DIDs are accredited here."
        return CheckResult(ACCREDITATION, Outcome.NOT_DETERMINABLE, sentence, reason="no_framework")
    if not case.issuer.startswith(_EBSI):
        sentence = f"{case.issuer[:80]} belongs to no framework of accreditation that is known here."
        return CheckResult(ACCREDITATION, Outcome.NOT_DETERMINABLE, sentence, reason="no_framework")
    if not case.policy.root_taos:
        sentence = (
            "This verifier has not been told which Root TAOs it accepts: its setting root_taos is empty."
        )
        return CheckResult(ACCREDITATION, Outcome.NOT_DETERMINABLE, sentence, reason="no_root_taos")
    if case.ports.record.size == 0:
        raise Unavailable("Nothing of the ledger has been followed yet.")
    try:
        named = attributes_named(case)
    except AccreditationRefused as error:
        return CheckResult(ACCREDITATION, Outcome.FAILED, error.sentence, reason=error.reason)
    try:
        groups = _alternatives(case, named)
    except ActingUnknown as error:
        return CheckResult(ACCREDITATION, Outcome.NOT_DETERMINABLE, error.sentence, reason=error.reason)
    elsewhere = (
        groups if named or attributes_by_members(case) else [()]
    )  # another anchor has its own attribute
    standing = _worst(case, groups)
    later = _fault_at_the_time_asked_for(case, standing)
    outcome, sentence, reason = Outcome.PASSED, case.told(standing.sentence), standing.reason
    findings: tuple[str, ...] = ()
    if reason is None:
        if later is not None:
            since = f"As of {rfc3339(case.at)} {_whose(later, standing)} does not hold"
            findings = (f"{since}: {later.sentence} {_COUNTS}",)
    elif case.curable(
        lambda index, time: _would_hold(case, elsewhere, index_before=index, at=time),
        changes=changes_of_chains(case),
    ):
        outcome, sentence, reason = Outcome.NOT_DETERMINABLE, _UNSEEN, "unseen_batches"
    else:
        outcome = Outcome.FAILED
    return CheckResult(ACCREDITATION, outcome, sentence, _evidence(case, standing, later), findings, reason)


def _alternatives(case: Case, named: Sequence[bytes]) -> Sequence[Sequence[bytes]]:
    """Attributes of which one of each group has to do: a seal for several institutions needs one from each.

    Raises:
        ActingUnknown: nothing shows that a sealer may act for an institution.
    """
    by_members = accreditations_for_members(case)
    if not by_members:
        return [named or ((case.anchor.attribute_id,) if case.anchor else ())]
    if not named:
        return by_members
    chosen = [[one for one in group if one in named] for group in by_members]
    if not all(chosen):
        sentence = "Its terms of use name no accreditation of its sealer by an institution it was sealed for."
        raise ActingUnknown("not_for_member", sentence)
    return chosen


def _worst(case: Case, groups: Sequence[Sequence[bytes]]) -> _Standing:
    """How the issuer stood by the first group of which nothing will do, else by the last."""
    standings = (
        _standing(case, group, index_before=case.index_before, at=case.judged_at) for group in groups
    )
    standing = next(standings)
    for following in standings:
        if standing.reason is not None:
            break
        standing = following
    return standing


def _standing(case: Case, attributes: Sequence[bytes], *, index_before: int | None, at: int) -> _Standing:
    """How the issuer stood by the first of `attributes` that will do, else the last; by any if empty."""
    standing = _Standing(None, None, (), f"{case.issuer} was not accredited by anybody.", "not_accredited")
    for attribute_id in attributes or attributes_of(case.ports, case.issuer):
        chain = judged_chain(
            case.ports, case.policy, did=case.issuer, attribute_id=attribute_id, index_before=index_before
        )
        fault = chain.fault_at(at) or _fault_of_coverage(case, chain)
        standing = _Standing(
            attribute_id,
            chain.recorded.root,
            chain.evidence,
            chain.sentence if fault is None else fault.sentence,
            None if fault is None else fault.reason,
        )
        if fault is None:
            break
    return standing


def _would_hold(case: Case, groups: Sequence[Sequence[bytes]], *, index_before: int, at: int | None) -> bool:
    """Whether one of each group would do, by the entries below an index; at any time if `at` is None."""
    return all(
        any(
            _does(case, one, index_before=index_before, at=at)
            for one in group or attributes_of(case.ports, case.issuer)
        )
        for group in groups
    )


def _does(case: Case, attribute_id: bytes, *, index_before: int, at: int | None) -> bool:
    chain = judged_chain(
        case.ports, case.policy, did=case.issuer, attribute_id=attribute_id, index_before=index_before
    )
    fault = chain.fault if at is None else chain.fault_at(at)
    return fault is None and _fault_of_coverage(case, chain) is None


def _fault_of_coverage(case: Case, chain: JudgedChain) -> Fault | None:
    try:
        check_coverage(
            case.credential,
            issuer_type=chain.recorded.links[0].issuer_type,
            scope=chain.accreditations[0].scope,
            urls=RegistryUrls(case.policy.origins),
        )
    except AccreditationRefused as error:
        return Fault(error.reason, error.sentence)
    return None


def _fault_at_the_time_asked_for(case: Case, standing: _Standing) -> Fault | None:
    """What is wrong with the accreditation by the entries up to T, at T."""
    if standing.attribute_id is None:
        return None
    chain = judged_chain(
        case.ports,
        case.policy,
        did=case.issuer,
        attribute_id=standing.attribute_id,
        until=case.until if case.past else None,
    )
    return chain.fault_at(case.until)


def _whose(fault: Fault, standing: _Standing) -> str:
    """What does not hold, by the name that an accreditor stated while it did: a fault tells the DID alone."""
    names = {link["did"]: link.get("name") for link in standing.links}
    name = names.get(fault.did)
    return f"the accreditation of {name}" if name else "this accreditation"


def _evidence(case: Case, standing: _Standing, later: Fault | None) -> dict[str, Any]:
    return {
        "attributeId": standing.attribute_id.hex() if standing.attribute_id else None,
        "root": standing.root,
        "links": list(standing.links),
        "then": {
            "at": rfc3339(case.judged_moment),
            "entriesBelow": case.index_before,
            "reason": standing.reason,
        },
        "atT": {
            "at": rfc3339(case.at),
            "reason": later.reason if later else None,
            "sentence": later.sentence if later else None,
        },
    }
