"""Who issued a credential by the record: names that accreditors signed, not those that it states itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.plain_text import plain
from credentials.verdict import Outcome, Verdict
from node.client.credential_summary import Summary

_PROVEN: Final = frozenset({"issuer", "signature", "accreditation"})
_UNREFUTED: Final = frozenset({"anchor", "timeline"})
_INSTITUTIONS: Final = frozenset({"awardingBody", "creator", "parentOrg"})
_MOST_NAME: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Accredited:
    """An accredited issuer.

    Attributes:
        name: as its accreditor signed it; its DID if none is stated.
        named: whether `name` is one.
        sealed: whether a seal secures the credential.
        members: for whom it was sealed: names as recorded, else DIDs; empty if for the sealer itself.
    """

    name: str
    named: bool
    sealed: bool
    members: tuple[str, ...] = ()

    @property
    def for_whom(self) -> str:
        """All of them in one line."""
        return ", ".join(self.members)


def accredited_in(verdict: Verdict, summary: Summary | None) -> Accredited | None:
    """Return who issued it; None unless issuer, signature and accreditation were found good.

    Args:
        verdict: on the credential.
        summary: of the same credential.
    """
    found = {result.check.name: result for result in verdict.results}
    if any(found[name].outcome is not Outcome.PASSED for name in _PROVEN if name in found):
        return None
    if any(found[name].outcome is Outcome.FAILED for name in _UNREFUTED if name in found):
        return None
    accreditation = found.get("accreditation")
    links = accreditation.evidence.get("links") if accreditation else None
    if not links or verdict.issuer is None or links[0]["did"] != verdict.issuer:
        return None
    names = {link["did"]: plain(link["name"], most=_MOST_NAME) for link in links if link.get("name")}
    sealed = summary is not None and summary.seal is not None
    members: tuple[str, ...] = ()
    if sealed and summary is not None:
        dids = dict.fromkeys(_institutions(_places(summary)))
        members = tuple(
            names.get(did) or plain(did, most=_MOST_NAME) for did in dids if did != verdict.issuer
        )
    own = names.get(verdict.issuer)
    return Accredited(own or verdict.issuer, own is not None, sealed, members)


def _places(summary: Summary) -> list[Any]:
    """Where a credential names institutions, the issuer as one of them."""
    issuer = summary.members.get("issuer")
    return [{"creator": issuer}, issuer, summary.members.get("credentialSubject")]


def _institutions(value: Any) -> Iterator[str]:
    """DIDs of the institutions that a credential names, whose depth the parser has bounded."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from _institutions(one)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _INSTITUTIONS:
                for one in inner if isinstance(inner, list | tuple) else (inner,):
                    named = one.get("id") if isinstance(one, Mapping) else one
                    if isinstance(named, str) and named.startswith("did:"):
                        yield named
            yield from _institutions(inner)
