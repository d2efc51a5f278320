"""One page of a collection whose members are numbered, as every registry lists them."""

from dataclasses import dataclass

from node.db import listed
from node.services.view import View


@dataclass(frozen=True, slots=True)
class ListedNames:
    """Some members of a collection.

    Attributes:
        names: on the page.
        total: how many members there are.
        recorded: when the newest of all came, in ledger seconds; None if there is none.
    """

    names: list[bytes]
    total: int
    recorded: int | None


def names_in(view: View, collection: str, *, offset: int, limit: int) -> ListedNames:
    """Return the members of `collection` (`row_making.POLICIES` and its like) from number `offset` on."""
    return ListedNames(
        names=listed.listed_names(view.connection, collection, offset=offset, limit=limit),
        total=listed.count_listed(view.connection, collection),
        recorded=listed.last_listed_at(view.connection, collection),
    )
