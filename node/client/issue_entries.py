"""Status entries of the rows of a chunk, as they go to the process that signs."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entries:
    """Status entries of the rows of a chunk in one list.

    Attributes:
        like: an entry of the list.
        indexes: of the rows, in their order.
    """

    like: Mapping[str, object]
    indexes: tuple[int, ...]

    def of(self, row: int) -> dict[str, object]:
        """The entry of a row (Bitstring Status List section 2.1)."""
        index = str(self.indexes[row])
        url = self.like["statusListCredential"]
        return {**self.like, "id": f"{url}#{index}", "statusListIndex": index}
