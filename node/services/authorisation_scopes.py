"""The scopes that tokens are given for, and what each asks of who wants one (ebsi-api section 8).

Track and Trace (`tnt_*`) and other people's contracts (`ledger_invoke`) are not served, so there are no
tokens for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from node.services.authorisation_errors import ScopeRefused

OPENID: Final = "openid"
_ES256: Final = ("ES256",)
_EITHER: Final = ("ES256", "ES256K")
_ONBOARDING: Final = ("VerifiableAuthorisationToOnboard",)
_ACCREDITATIONS: Final = (
    "VerifiableAuthorisationForTrustChain",
    "VerifiableAccreditationToAttest",
    "VerifiableAccreditationToAccredit",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope.

    Attributes:
        name: as it is asked for after `openid`.
        algorithms: by which the presentation may be signed.
        credential_types: one of them entitles; none is asked for if empty.
    """

    name: str
    algorithms: tuple[str, ...]
    credential_types: tuple[str, ...] = ()

    @property
    def definition_id(self) -> str:
        """The name of its presentation definition."""
        return f"{self.name}_presentation"

    @property
    def descriptor_id(self) -> str:
        """The name of the only input descriptor, where it asks for a credential."""
        return f"{self.name}_credential"


SCOPES: Final[Mapping[str, Scope]] = {
    scope.name: scope
    for scope in (
        Scope("didr_invite", _EITHER, _ONBOARDING),
        Scope("didr_write", _EITHER),
        Scope("tir_invite", _ES256, _ACCREDITATIONS),
        Scope("tir_write", _ES256),
        Scope("timestamp_write", _ES256),
        Scope("tpr_write", _ES256),
        Scope("tsr_write", _ES256),
    )
}


def read_scope(text: str) -> Scope:
    """The scope that is asked for: exactly `openid` and one other, in this order.

    Raises:
        ScopeRefused: anything else.
    """
    first, _, name = text.partition(" ")
    if first != OPENID or name not in SCOPES:
        raise ScopeRefused(text)
    return SCOPES[name]


def presentation_definition(scope: Scope) -> dict[str, Any]:
    """What a presentation for the scope has to hold (Presentation Exchange 2 section 5)."""
    algorithms = {"alg": list(scope.algorithms)}
    definition: dict[str, Any] = {
        "id": scope.definition_id,
        "format": {"jwt_vp": algorithms, "jwt_vp_json": algorithms},
        "input_descriptors": [],
    }
    if scope.credential_types:
        wanted = {"type": "array", "contains": {"enum": list(scope.credential_types)}}
        signed = {"alg": ["ES256"]}
        definition["input_descriptors"].append(
            {
                "id": scope.descriptor_id,
                "name": " or ".join(scope.credential_types),
                "purpose": f"Shows that the holder may be given the scope {scope.name}.",
                "format": {"jwt_vc": signed, "jwt_vc_json": signed},
                "constraints": {"fields": [{"path": ["$.vc.type"], "filter": wanted}]},
            }
        )
    return definition
