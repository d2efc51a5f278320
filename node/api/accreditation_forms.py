"""How an accreditation is written in answers: the chain link by link, whether it holds, and a sentence."""

from typing import Any

from node.api.forms import rfc3339
from node.services.accreditations import Accreditation, NamedLink


def accreditation_form(found: Accreditation) -> dict[str, Any]:
    """Return the member `accreditation`: every link up to the Root TAO, as of one place in the log."""
    return {
        "inForce": found.in_force,
        "root": found.chain.root,
        "links": [_link(named) for named in found.links],
        "sentence": found.sentence,
    }


def _link(named: NamedLink) -> dict[str, Any]:
    link = named.link
    return {
        "did": link.did,
        "name": named.name,
        "attributeId": link.attribute_id.hex(),
        "issuerType": link.issuer_type.label,
        "since": None if link.since is None else rfc3339(link.since.time),
        "until": None if link.until is None else rfc3339(link.until.time),
        "entryIndex": None if link.since is None else link.since.index,
    }
