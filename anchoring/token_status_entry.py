"""Where a token says that its status stands: the claim `status` (Token Status List section 6.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .errors import MalformedStatusEntry, StatusMismatch
from .status_entry import check_url
from .status_list import StatusList
from .token_status_list import STATUS_LIST, TOKEN_STATUS_LIST, TokenStatusList

_MAX_INDEX: Final = 10**19


@dataclass(frozen=True, slots=True)
class TokenStatusEntry:
    """The member `status_list` of a token's claim `status` (Token Status List section 6.1).

    Attributes:
        idx: place in the list.
        uri: absolute URL of the list, which is the `sub` of its token, compared as it is spelled.
    """

    idx: int
    uri: str

    def __post_init__(self) -> None:
        """Refuse what names no place in any list.

        Raises:
            MalformedStatusEntry: an impossible index or URL.
        """
        if not 0 <= self.idx < _MAX_INDEX:
            raise MalformedStatusEntry("idx is a number from 0 on, of at most 19 digits")
        check_url(self.uri)

    @property
    def status_list_credential(self) -> str:
        """The list's URL, by the name that entries of other lists have for it."""
        return self.uri

    @property
    def status_purpose(self) -> str:
        """What it is published for: a token's list has statuses of several purposes."""
        return STATUS_LIST

    def to_json(self) -> dict[str, object]:
        """Return the claim `status` of a token (Token Status List section 6.1)."""
        return {"status_list": {"idx": self.idx, "uri": self.uri}}

    def status_in(self, status_list: StatusList | TokenStatusList) -> int:
        """Return the status that the list gives this token (Token Status List section 8.3).

        Args:
            status_list: read from the token at `uri`, whose signature was verified.

        Raises:
            StatusMismatch: the list is of another type.
            IndexOutOfRange: it has no entry at the index.
        """
        if not isinstance(status_list, TokenStatusList):
            raise StatusMismatch(f"a {TOKEN_STATUS_LIST} is named, and there is a {status_list.list_type}")
        return status_list.bits.get(self.idx)


def parse_token_status_entry(entry: Mapping[str, object]) -> TokenStatusEntry:
    """Return where a token's status stands (Token Status List section 6.1).

    Args:
        entry: the member `status_list`, as strict JSON gives it.

    Raises:
        MalformedStatusEntry: a member is missing, of another type or impossible.
    """
    idx, uri = entry.get("idx"), entry.get("uri")
    if not isinstance(idx, int) or isinstance(idx, bool):
        raise MalformedStatusEntry("idx of a status is a whole number")
    if not isinstance(uri, str):
        raise MalformedStatusEntry("uri of a status is a text")
    return TokenStatusEntry(idx, uri)
