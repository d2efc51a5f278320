"""The transactions of an onboarding: those that were sent, and those that would be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from node.client.issuer import Issuer
from node.client.onboard import ISSUER_TYPE, Goal
from node.client.onboarding import CREDENTIAL_RELATIONSHIPS, DEED
from node.client.profile import Deployment
from node.client.standing import attributes_of

Who = Literal["applicant", "accreditor", "operator"]


@dataclass(frozen=True, slots=True)
class Sent:
    """One transaction that was sent.

    Attributes:
        who: sent it.
        function: of the contract.
        contract: its name.
        account: that signed.
        hash: 0x and 64 digits.
        block: its number; None while it is in none.
        state: as the outbox has it.
        reason: why it failed; None if it did not.
    """

    who: Who
    function: str
    contract: str
    account: str
    hash: str
    block: int | None
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """One transaction that would be sent.

    Attributes:
        who: would send it.
        function: of the contract.
        contract: its name.
        address: of the contract, 0x.
        sender: account; None where its key is not made yet, or is not at this desk.
    """

    who: Who
    function: str
    contract: str
    address: str
    sender: str | None


def sent(applicant: Issuer, accreditor: Issuer | None) -> list[Sent]:
    """Every transaction of the onboarding that the profiles keep, as the ledger has them now.

    Raises:
        ClientError: a node does not answer as it should.
    """
    found = list(_sent(applicant, "applicant", (DEED, "accept ")))
    if accreditor is not None:
        found += _sent(accreditor, "accreditor", (f"accredit {applicant.did} ",))
    return found


def _sent(issuer: Issuer, who: Who, deeds: tuple[str, ...]) -> Iterator[Sent]:
    courier = issuer.courier()
    for entry in courier.settle():
        if entry.deed.startswith(deeds):
            outcome = courier.settlement.outcome(entry)
            block = None if outcome is None else outcome.block
            told = (entry.function, entry.contract, entry.account, entry.hash)
            yield Sent(who, *told, block, entry.state, entry.reason)


def planned(
    deployment: Deployment,
    goal: Goal,
    *,
    applicant: Issuer | None,
    accreditor: Issuer | None,
) -> list[Planned]:
    """What would be sent until the goal is reached, as the ledger stands now; nothing is sent or kept.

    Args:
        deployment: where the contracts are.
        goal: what the applicant wants to become.
        applicant: None while it has no profile.
        accreditor: if it is at this desk.

    Raises:
        ClientError: the node or a keystore refused.
    """
    functions = list(_registration(applicant))
    contracts: list[tuple[Who, str, str]] = [("applicant", one, "DidRegistry") for one in functions]
    found = [] if applicant is None else attributes_of(applicant.node, applicant.did)
    wanted = [one for one in found if one.issuer_type == ISSUER_TYPE[goal]]
    if not any(one.body for one in wanted):
        if not wanted:
            by: Who = "operator" if goal == "root" else "accreditor"
            contracts.append((by, "setAttributeMetadata", "TrustedIssuersRegistry"))
        contracts.append(("applicant", "setAttributeData", "TrustedIssuersRegistry"))
    senders = {"applicant": _account(applicant), "accreditor": _account(accreditor)}
    return [
        Planned(who, function, contract, deployment.address(contract), senders.get(who))
        for who, function, contract in contracts
    ]


def _registration(applicant: Issuer | None) -> Iterator[str]:
    """What is missing of a registration, by the document; a method that is for nothing yet shows in none."""
    document: Mapping[str, Any] | None = None
    if applicant is not None:
        document = applicant.node.resolve(applicant.did)
    if document is None:
        yield "insertDidDocument"
    key = None if applicant is None else f"{applicant.did}#{applicant.profile.credential_key}"
    missing = [name for name in CREDENTIAL_RELATIONSHIPS if key not in (document or {}).get(name, ())]
    if len(missing) == len(CREDENTIAL_RELATIONSHIPS):
        yield "addVerificationMethod"
    yield from ("addVerificationRelationship" for _ in missing)


def _account(issuer: Issuer | None) -> str | None:
    return None if issuer is None else issuer.keystore.open(issuer.profile.ledger_key).address
