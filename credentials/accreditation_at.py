"""Which accreditations of an issuer a credential stands on (protocol section 7, checks 5 and 8)."""

from collections.abc import Iterable, Iterator
from typing import Final

from .accreditation_chain import chain_on_record
from .accreditation_credential import ISSUANCE_CERTIFICATE
from .case import Case
from .errors import AccreditationRefused, Unavailable
from .ports import Ports
from .registry_urls import RegistryUrls

MAX_ATTRIBUTES: Final = 16
"""Attributes of one issuer that are tried where nothing names one; those recorded first, so that none can
be crowded out by later ones."""


def attributes_named(case: Case) -> tuple[bytes, ...]:
    """Ids of the issuer's attributes that the credential's terms of use name; none if they name none.

    Raises:
        AccreditationRefused: they name an attribute of somebody else.
        Unavailable: they name an accreditation in another registry.
    """
    terms = [term for term in case.credential.terms_of_use if term.type == ISSUANCE_CERTIFICATE]
    urls = RegistryUrls(case.policy.origins)
    named: list[bytes] = []
    for term in terms:
        attribute = urls.attribute(term.id)
        if attribute is None:
            raise Unavailable("The credential names an accreditation in a registry that is not this one.")
        if attribute[0] != case.issuer:
            raise AccreditationRefused(
                "foreign_terms_of_use", f"The credential names an accreditation of {attribute[0]} as its own."
            )
        named.append(attribute[1])
    return tuple(named)


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


def accredited(case: Case, *, index_before: int | None) -> bool:
    """Whether the issuer's recorded chain was in force by the entries below an index; by all if None.

    This is the record alone: no credential of the chain is looked at. It is the chain of the attribute that
    the credential's terms of use name, or that it was anchored under, or else any of the issuer's.

    Raises:
        Unavailable: the record does not answer, or another registry is named.
    """
    try:
        attributes: Iterable[bytes] = attributes_named(case)
    except AccreditationRefused:
        return False
    if not attributes:
        if case.anchor is not None and case.anchor.index == index_before:
            attributes = (case.anchor.attribute_id,)
        else:
            attributes = attributes_of(case.ports, case.issuer)
    return any(
        chain_on_record(
            case.ports, did=case.issuer, attribute_id=attribute, index_before=index_before
        ).in_force
        for attribute in attributes
    )
