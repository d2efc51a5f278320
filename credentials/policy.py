"""What a verifier requires and whom it trusts: policies as values (protocol section 7)."""

from dataclasses import dataclass
from typing import Final

from .errors import PolicyRefused
from .verdict import CHECKS, FORMAT, HOLDER, REQUIRED, SIGNATURE

RELAXABLE: Final = tuple(
    check.name for check in CHECKS if check.name in (REQUIRED | {HOLDER.name}) - {FORMAT.name, SIGNATURE.name}
)
"""Names of the checks that a policy may do without: no verdict can do without the other required ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Whom a verifier accepts at the root, and which checks it does without.

    Attributes:
        root_taos: DIDs of the Root TAOs that are accepted; with none, no accreditation can be determined.
        origins: origins that stand for this registry in credentials' URLs: `https://host[:port]`, no path.
        relaxed: names of the checks that are shown and do not decide.
    """

    root_taos: frozenset[str]
    origins: tuple[str, ...]
    relaxed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse to relax what no verdict can do without.

        Raises:
            PolicyRefused: a name is none of a required check, or is `format` or `signature`.
        """
        for name in sorted(self.relaxed):
            if name not in RELAXABLE:
                raise PolicyRefused(name)
