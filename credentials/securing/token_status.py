"""The claim `status` of a JWT, as entries like those of `credentialStatus` (Token Status List section 6)."""

from collections.abc import Mapping
from typing import Any, Final

from credentials.errors import MalformedCredential

TOKEN_STATUS_LIST_ENTRY: Final = "TokenStatusListEntry"  # noqa: S105  a type, no secret
"""The type that an entry of a Token Status List has among the statuses of a credential here."""

_STATUS_LIST: Final = "status_list"
_MAX_MECHANISMS: Final = 16


def status_entries(claims: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The entries that the claim `status` makes: none if it is absent.

    Its member `status_list` becomes `{"type": "TokenStatusListEntry", "idx": …, "uri": …}`, with these values
    as they stand, unchecked. Any other mechanism becomes an entry of its own name as type.

    Raises:
        MalformedCredential: it is no object of one or more objects: then nobody could tell what revokes it.
    """
    if "status" not in claims:
        return ()
    status = claims["status"]
    if not isinstance(status, dict) or not 0 < len(status) <= _MAX_MECHANISMS:
        raise MalformedCredential(f"its status is no object of 1 to {_MAX_MECHANISMS} members")
    if not all(isinstance(entry, dict) for entry in status.values()):
        raise MalformedCredential("its status has a member that is no object")
    return tuple(
        {**entry, "type": TOKEN_STATUS_LIST_ENTRY if name == _STATUS_LIST else name}
        for name, entry in status.items()
    )
