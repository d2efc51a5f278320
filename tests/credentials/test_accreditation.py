from collections.abc import Mapping
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.accreditation import (
    MAX_DEPTH,
    IssuerType,
    RecordedAt,
    RecordedChain,
    Revision,
    recorded_chain,
    revision_after,
)
from credentials.errors import InvalidRevision

ROOT, TAO, TI, OTHER = "did:ebsi:zRoot", "did:ebsi:zTao", "did:ebsi:zTi", "did:ebsi:zOther"


def _id(did: str) -> bytes:
    return sha256(did.encode()).digest()


class Record:
    """Revisions by attribute, one per DID, made of entries 0, 10, 20, … at 1000, 1010, …"""

    def __init__(self) -> None:
        self.revisions: dict[tuple[str, bytes], list[Revision]] = {}
        self.index = -10

    def add(self, kind: str, fields: Mapping[str, object]) -> int:
        """Record an entry; return its index."""
        self.index += 10
        of = self.revisions.setdefault((str(fields["did"]), _id(str(fields["did"]))), [])
        previous = of[-1] if of else None
        of.append(
            revision_after(previous, index=self.index, time=1000 + self.index, kind=kind, fields=fields)
        )
        return self.index

    def metadata(self, did: str, issuer_type: int, tao: str) -> int:
        """Record a type and a parent."""
        return self.add(
            "issuer.attribute.metadata",
            {
                "did": did,
                "attributeId": _id(did),
                "revisionId": b"\1" * 32,
                "issuerType": issuer_type,
                "taoDid": tao,
                "attributeIdTao": _id(tao),
            },
        )

    def data(self, did: str, body: bytes) -> int:
        """Record an accreditation credential."""
        fields = {
            "did": did,
            "attributeId": _id(did),
            "revisionId": sha256(body).digest(),
            "attributeData": body,
        }
        return self.add("issuer.attribute.data", fields)

    def chain(self, did: str = TI, before_index: int | None = None) -> RecordedChain:
        """The chain from `did` up."""
        return recorded_chain(
            lambda *place: self.revisions.get(place, []),
            did=did,
            attribute_id=_id(did),
            before_index=before_index,
        )


def _accredited() -> Record:
    record = Record()
    record.metadata(ROOT, IssuerType.ROOT_TAO, ROOT)
    record.data(ROOT, b"root")
    record.metadata(TAO, IssuerType.TAO, ROOT)
    record.data(TAO, b"tao")
    record.metadata(TI, IssuerType.TI, TAO)
    record.data(TI, b"ti")
    return record


def test_an_unbroken_chain_names_every_link_up_to_the_root() -> None:
    chain = _accredited().chain()
    assert chain.in_force
    assert chain.first_break is None
    assert chain.root == ROOT
    assert [(link.did, link.issuer_type.label) for link in chain.links] == [
        (TI, "TI"),
        (TAO, "TAO"),
        (ROOT, "RootTAO"),
    ]
    leaf = chain.links[0]
    assert (leaf.tao_did, leaf.attribute_id_tao) == (TAO, _id(TAO))
    assert leaf.since == leaf.last_metadata == RecordedAt(40, 1040)
    assert leaf.until is None
    assert leaf.body_hash == sha256(b"ti").digest()
    assert leaf.body_recorded == RecordedAt(50, 1050)


def test_a_root_is_a_chain_of_one() -> None:
    chain = _accredited().chain(ROOT)
    assert (chain.in_force, chain.root, len(chain.links)) == (True, ROOT, 1)


def test_what_is_recorded_later_does_not_change_the_chain_as_of_before() -> None:
    """Play the attack: revoking a parent afterwards must not unmake what was anchored before."""
    record = _accredited()
    before = record.chain()
    revoked = record.metadata(TAO, IssuerType.REVOKED, ROOT)
    assert record.chain(before_index=revoked) == before
    assert not record.chain().in_force


def test_a_revoked_parent_breaks_the_chain_at_the_parent() -> None:
    record = _accredited()
    revoked = record.metadata(TAO, IssuerType.REVOKED, ROOT)
    chain = record.chain()
    assert [link.broken is None for link in chain.links] == [True, False, True]
    assert chain.links[1].issuer_type is IssuerType.REVOKED
    assert chain.links[1].until == RecordedAt(revoked, 1000 + revoked)
    assert chain.first_break == (
        f"The attribute {_id(TAO).hex()[:8]}… of {TAO} was revoked on 1970-01-01 (entry {revoked})."
    )
    assert chain.root == ROOT


def test_a_revocation_keeps_the_parent_dates_and_credential_that_were_in_force() -> None:
    record = _accredited()
    revoked = record.metadata(TI, IssuerType.REVOKED, ROOT)
    record.data(TI, b"too late")
    link = record.chain().links[0]
    assert link.tao_did == TAO
    assert link.since == RecordedAt(40, 1040)
    assert link.until == RecordedAt(revoked, 1000 + revoked)
    assert link.body_hash == sha256(b"ti").digest()


def test_an_issuer_accredited_anew_is_in_force_since_then() -> None:
    record = _accredited()
    record.metadata(TI, IssuerType.REVOKED, TAO)
    again = record.metadata(TI, IssuerType.TI, TAO)
    link = record.chain().links[0]
    assert record.chain().in_force
    assert link.since == link.last_metadata == RecordedAt(again, 1000 + again)
    assert link.body_hash is None


def test_a_change_of_type_keeps_the_beginning_and_outdates_the_credential() -> None:
    record = _accredited()
    changed = record.metadata(TI, IssuerType.TAO, TAO)
    link = record.chain().links[0]
    assert link.issuer_type is IssuerType.TAO
    assert link.since == RecordedAt(40, 1040)
    assert link.last_metadata == RecordedAt(changed, 1000 + changed)
    assert link.body_hash is None
    record.data(TI, b"new")
    assert record.chain().links[0].body_hash == sha256(b"new").digest()


def test_an_unknown_attribute_is_said_to_be_unknown() -> None:
    chain = Record().chain()
    assert not chain.in_force
    assert chain.root is None
    assert chain.first_break == f"Nothing is recorded of the attribute {_id(TI).hex()[:8]}… of {TI}."
    assert chain.links[0].issuer_type is IssuerType.UNDEFINED


def test_before_its_first_entry_nothing_is_recorded() -> None:
    assert _accredited().chain(before_index=40).links[0].since is None


def test_a_missing_parent_breaks_the_chain() -> None:
    record = Record()
    record.metadata(TI, IssuerType.TI, TAO)
    chain = record.chain()
    assert [link.did for link in chain.links] == [TI, TAO]
    assert chain.first_break is not None
    assert TAO in chain.first_break


def test_an_issuer_that_is_no_tao_accredits_nobody() -> None:
    record = _accredited()
    record.metadata(OTHER, IssuerType.TI, TI)
    chain = record.chain(OTHER)
    assert [link.broken is None for link in chain.links] == [True, False, True, True]
    assert chain.first_break is not None
    assert "of type TI, which may not accredit" in chain.first_break


@pytest.mark.parametrize("issuer_type", [0, 5, 255])
def test_a_type_that_is_none_accredits_for_nothing(issuer_type: int) -> None:
    record = _accredited()
    record.metadata(TI, issuer_type, TAO)
    link = record.chain().links[0]
    assert link.broken is not None
    assert "has no type" in link.broken
    assert link.issuer_type is IssuerType.UNDEFINED
    assert link.since is None
    assert link.issuer_type.label == "Undefined"


def test_an_attribute_that_began_revoked_was_never_in_force() -> None:
    record = _accredited()
    record.metadata(OTHER, IssuerType.REVOKED, TAO)
    link = record.chain(OTHER).links[0]
    assert (link.since, link.tao_did) == (None, TAO)
    assert link.broken is not None
    assert "revoked" in link.broken


def test_a_root_names_nobody_above_it() -> None:
    record = Record()
    record.metadata(ROOT, IssuerType.ROOT_TAO, OTHER)
    chain = record.chain(ROOT)
    assert len(chain.links) == 1
    assert chain.first_break is not None
    assert OTHER in chain.first_break


def test_a_revoked_root_ends_the_walk_and_breaks_it() -> None:
    record = _accredited()
    record.metadata(ROOT, IssuerType.REVOKED, ROOT)
    chain = record.chain()
    assert len(chain.links) == 3
    assert chain.root == ROOT
    assert not chain.in_force


def test_a_circle_of_taos_reaches_no_root() -> None:
    record = Record()
    record.metadata(TAO, IssuerType.TAO, OTHER)
    record.metadata(OTHER, IssuerType.TAO, TAO)
    record.metadata(TI, IssuerType.TI, TAO)
    chain = record.chain()
    assert [link.did for link in chain.links] == [TI, TAO, OTHER]
    assert chain.first_break == f"The chain returns to {TAO} and never reaches a Root TAO."


def test_the_walk_is_bounded() -> None:
    record = Record()
    for level in range(MAX_DEPTH + 5):
        record.metadata(f"did:ebsi:z{level}", IssuerType.TAO, f"did:ebsi:z{level + 1}")
    chain = record.chain("did:ebsi:z0")
    assert len(chain.links) == MAX_DEPTH
    assert chain.first_break == f"The chain has more than {MAX_DEPTH} links."


def test_a_break_found_first_is_not_overwritten_by_the_bound() -> None:
    record = Record()
    record.metadata(TAO, IssuerType.TAO, TI)
    record.metadata(TI, IssuerType.TI, TAO)
    record.metadata(TAO, IssuerType.REVOKED, TI)
    chain = record.chain()
    assert chain.links[-1].broken is not None
    assert "revoked" in chain.links[-1].broken


def test_a_time_beyond_every_calendar_still_makes_a_sentence() -> None:
    revision = Revision(0, 2**64 - 1, TI, _id(TI), b"", IssuerType.REVOKED, TAO, _id(TAO), None)
    chain = recorded_chain(lambda *_: [revision], did=TI, attribute_id=_id(TI))
    assert "9999-12-31" in str(chain.links[0].broken)


@given(
    st.lists(st.tuples(st.sampled_from([ROOT, TAO, TI]), st.integers(0, 5), st.sampled_from([ROOT, TAO, TI])))
)
def test_a_chain_holds_exactly_if_every_step_up_holds(entries: list[tuple[str, int, str]]) -> None:
    record = Record()
    latest: dict[str, tuple[int, str]] = {}
    for did, issuer_type, tao in entries:
        record.metadata(did, issuer_type, tao)
        latest[did] = (issuer_type, tao)
    did, accrediting, holds = TI, {1, 2, 3}, False
    for _ in range(4):
        issuer_type, tao = latest.get(did, (0, ""))
        if issuer_type not in accrediting:
            break
        if issuer_type == IssuerType.ROOT_TAO:
            holds = tao == did
            break
        did, accrediting = tao, {1, 2}
    assert record.chain().in_force is holds


@pytest.mark.parametrize(
    ("kind", "did"),
    [("issuer.attribute.data", OTHER), ("issuer.proxy.added", TI), ("issuer.attribute.renamed", OTHER)],
)
def test_what_makes_no_revision_is_refused(kind: str, did: str) -> None:
    with pytest.raises(InvalidRevision):
        _accredited().add(kind, {"did": did, "attributeId": _id(did)})


def test_an_entry_of_another_attribute_is_refused() -> None:
    previous = Revision(0, 0, TI, _id(TI), b"", 3, TAO, _id(TAO), None)
    fields = {"did": TI, "attributeId": _id(TAO)}
    with pytest.raises(InvalidRevision) as caught:
        revision_after(previous, index=7, time=0, kind="issuer.attribute.data", fields=fields)
    assert caught.value.index == 7
