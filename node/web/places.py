"""Which sheet of a list a page is asked for: `before` or `after` a place in the log."""

from typing import Annotated

from fastapi import Depends, Query

from node.api.errors import InvalidParameter
from node.api.parameters import size_parameter
from node.services.sheets import Place


def place(
    before: Annotated[str | None, Query(description="Only what lies below this log index.")] = None,
    after: Annotated[str | None, Query(description="What lies next above this log index.")] = None,
) -> Place:
    """Return the sheet that the query asks for.

    Raises:
        InvalidParameter: a place is malformed, or both are given.
    """
    return read_place(before, after)


def read_place(before: str | None, after: str | None, *, of: str = "") -> Place:
    """Return the sheet that two parameters ask for; `of` begins their names, where a page has several lists.

    Raises:
        InvalidParameter: a place is malformed, or both are given.
    """
    if before is not None and after is not None:
        raise InvalidParameter(f"Of {of}before and {of}after only one can be meant.")
    return Place(
        before=None if before is None else size_parameter(before, name=f"{of}before"),
        after=None if after is None else size_parameter(after, name=f"{of}after"),
    )


PlaceQuery = Annotated[Place, Depends(place)]
