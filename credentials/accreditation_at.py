"""Which accreditations of an issuer a credential stands on (protocol section 7, checks 5 and 8)."""

from collections.abc import Iterable, Iterator
from typing import Final

from .accreditation_chain import chain_on_record
from .accreditation_credential import ISSUANCE_CERTIFICATE
from .case import Case
from .errors import AccreditationRefused, ActingUnknown, Unavailable
from .ports import Ports
from .registry_urls import RegistryUrls
from .seal_members import accreditations_for_members

MAX_ATTRIBUTES: Final = 16
"""Attributes of one issuer that are tried where nothing names one; those recorded first, so that none can
be crowded out by later ones."""


MAX_ABOVE: Final = 256
"""Accreditations of one issuer and above it, whenever they were: a bound on the walk."""


def attributes_named(case: Case) -> tuple[bytes, ...]:
    """Ids of the issuer's attributes that the credential's terms of use name; none if they name none.

    Any one of them may carry the credential; that one names none, or somebody else's, no other makes good.

    Raises:
        AccreditationRefused: they name an attribute of somebody else, or none where they should.
        Unavailable: they name an accreditation in another registry.
    """
    terms = case.credential.terms_of_use
    if not terms:
        return ()
    urls = RegistryUrls(case.policy.origins)
    named: list[tuple[str, bytes] | None] = []
    for term in terms:
        if ISSUANCE_CERTIFICATE not in term.types:
            continue
        if term.id is None:
            sentence = "The credential's terms of use are an accreditation, and do not say which."
            raise AccreditationRefused("malformed_terms_of_use", sentence)
        named.append(urls.attribute(term.id))
    for attribute in named:
        if attribute is not None and attribute[0] != case.issuer:
            sentence = f"The credential names an accreditation of {attribute[0]} as its own."
            raise AccreditationRefused("foreign_terms_of_use", sentence)
    if None in named:
        raise Unavailable("The credential names an accreditation in a registry that is not this one.")
    return tuple(attribute[1] for attribute in named if attribute is not None)


def attributes_of(ports: Ports, issuer: str) -> Iterator[bytes]:
    """Ids of the attributes that are tried, one after the other, where nothing names one.

    Raises:
        Unavailable: on going on after `MAX_ATTRIBUTES`, or if the record does not answer.
    """
    attributes = ports.record.attributes_of(issuer)
    yield from attributes[:MAX_ATTRIBUTES]
    if len(attributes) > MAX_ATTRIBUTES:
        raise Unavailable(
            f"{issuer} has more than {MAX_ATTRIBUTES} accreditations, and none of the first will do."
        )


def changes_of_chains(case: Case) -> tuple[int, ...]:
    """Log indexes of all entries that ever shaped a chain on which the credential might stand.

    Raises:
        Unavailable: the record does not answer, another registry is named, or the chains led everywhere.
    """
    try:
        named = attributes_named(case)
    except AccreditationRefused:
        return ()
    by_members = tuple(one for group in attributes_by_members(case) for one in group)
    attributes = by_members or named or tuple(case.ports.record.attributes_of(case.issuer)[:MAX_ATTRIBUTES])
    key = ("changes of chains", case.ports.record.state, case.issuer, attributes)
    return case.ports.cache.get(key, lambda: _changes_above(case.ports, case.issuer, attributes))


def _changes_above(ports: Ports, issuer: str, attributes: Iterable[bytes]) -> tuple[int, ...]:
    waiting = [(issuer, attribute_id) for attribute_id in attributes]
    known = set(waiting)
    found: list[int] = []
    while waiting:
        for revision in ports.record.revisions_of(*waiting.pop()):
            found.append(revision.index)
            above = (revision.tao_did, revision.attribute_id_tao)
            if above not in known:
                known.add(above)
                waiting.append(above)
        if len(known) > MAX_ABOVE:
            raise Unavailable(f"More than {MAX_ABOVE} accreditations have stood above those of {issuer}.")
    return tuple(found)


def accredited(case: Case, *, index_before: int | None) -> bool:
    """Whether the issuer's recorded chain was in force by the entries below an index; by all if None.

    This is the record alone: no credential of the chain is looked at. It is the chain of the attribute that
    the credential's terms of use name, or that it was anchored under, or else any of the issuer's; of a seal
    for other institutions, one by each of them.

    Raises:
        Unavailable: the record does not answer, or another registry is named.
    """
    groups = attributes_by_members(case)
    if groups:
        return all(_any_in_force(case, group, index_before=index_before) for group in groups)
    try:
        attributes: Iterable[bytes] = attributes_named(case)
    except AccreditationRefused:
        return False
    if not attributes:
        if case.anchor is not None and case.anchor.index == index_before:
            attributes = (case.anchor.attribute_id,)
        else:
            attributes = attributes_of(case.ports, case.issuer)
    return _any_in_force(case, attributes, index_before=index_before)


def attributes_by_members(case: Case) -> tuple[tuple[bytes, ...], ...]:
    """Attributes of a sealer by each institution that it sealed for; none where nothing shows that it may.

    Raises:
        Unavailable: the record does not answer.
    """
    key = (
        *("attributes by members", case.ports.record.state, case.secured.digest),
        *(case.issuer, case.index_before),
    )
    return case.ports.cache.get(key, lambda: _by_members(case))


def _by_members(case: Case) -> tuple[tuple[bytes, ...], ...]:
    try:
        return accreditations_for_members(case)
    except ActingUnknown:
        return ()


def _any_in_force(case: Case, attributes: Iterable[bytes], *, index_before: int | None) -> bool:
    return any(
        chain_on_record(
            case.ports, did=case.issuer, attribute_id=attribute, index_before=index_before
        ).in_force
        for attribute in attributes
    )
