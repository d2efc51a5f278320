"""What an SD-JWT VC says beside what every credential says: its claims, which no data model names."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from credentials.plain_text import plain

MOST_CLAIMS: Final = 64
"""Of one credential that are shown."""
_MOST_TEXT: Final = 300  # characters of one value, and of where it stands
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class FurtherClaim:
    """One value, and where it stands: `degree / name`, `skills 2`."""

    path: str
    value: str


@dataclass(frozen=True, slots=True)
class FurtherClaims:
    """The first claims in their order, and whether there are more of them."""

    shown: tuple[FurtherClaim, ...] = ()
    more: bool = False

    def to_json(self) -> dict[str, Any]:
        """The members as `--json` prints them."""
        return {
            "claims": [{"path": claim.path, "value": claim.value} for claim in self.shown],
            "more": self.more,
        }


def further_claims(claims: Mapping[str, Any], *, without: Collection[str]) -> FurtherClaims:
    """The values within claims, as texts of bounded length without what commands a terminal.

    Args:
        claims: as far as they stand openly or were disclosed.
        without: names of those that are shown elsewhere.
    """
    left = {name: value for name, value in claims.items() if name not in without}
    found = tuple(islice(_values(left, "", _DEEPEST), MOST_CLAIMS + 1))
    return FurtherClaims(found[:MOST_CLAIMS], len(found) > MOST_CLAIMS)


def _values(value: Any, path: str, levels: int) -> Iterator[FurtherClaim]:
    """Each value with its path; what lies too deep is told in one, and not left out unsaid."""
    if isinstance(value, dict) and value and levels:
        for name, inner in value.items():
            yield from _values(inner, f"{path} / {name}" if path else name, levels - 1)
    elif isinstance(value, list) and value and levels:
        for number, inner in enumerate(value, start=1):
            yield from _values(inner, f"{path} {number}", levels - 1)
    else:
        yield FurtherClaim(_bounded(path), _bounded(_text(value)))


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return "…" if value else "empty"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _bounded(text: str) -> str:
    return plain(text, most=_MOST_TEXT) + ("…" if len(text) > _MOST_TEXT else "")
