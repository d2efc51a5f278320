import json
from typing import Any

import pytest

from credentials.ports import NoMemory
from credentials.seals import seal_of, unbound_seal_of
from credentials.securing.reading import read_secured
from credentials.verdict import ACCREDITATION, ANCHOR, ISSUER, SIGNATURE, TIMELINE, Outcome, Verdict
from did.jwk import thumbprint

from .cases import case_of, decided, verdict_on
from .ledger import FAR, Key
from .memory_record import RememberingCache
from .sealing import ORGANISATION, Trusted, seal_key, sealed_credential
from .securing.certificates import NOW, YEAR, Sealer, sealer
from .securing.sealed import header_of, members, sealed
from .world import TI, Country, country

SEALER = sealer()
TRUSTED = Trusted(SEALER.anchors)


def _country() -> tuple[Country, Key]:
    home = country()
    return home, seal_key(home.world, home.university)


def _reason(verdict: Verdict, check: Any) -> tuple[Outcome, str | None]:
    result = verdict.result(check)
    return result.outcome, result.reason


def test_an_anchored_seal_of_an_accredited_did_is_valid() -> None:
    home, key = _country()
    document = sealed_credential(home.world, home.university.did)
    home.world.anchor(home.university, [document])
    verdict = verdict_on(home.world, document, seal_anchors=TRUSTED)
    assert decided(verdict) == ("valid", None, None)
    assert verdict.issuer == home.university.did
    issuer = verdict.result(ISSUER)
    assert "it has the key of the seal" in issuer.sentence
    assert issuer.evidence["organisation"] == "University of Somewhere"
    assert len(issuer.evidence["path"]) == 3
    assert not verdict.findings
    signature = verdict.result(SIGNATURE)
    assert signature.evidence["verificationMethod"] == f"{home.university.did}#{key.fragment}"


def test_a_did_that_has_the_key_needs_no_authority_and_says_what_the_certificate_lacks() -> None:
    home, _ = _country()
    document = sealed_credential(home.world, home.university.did)
    home.world.anchor(home.university, [document])
    verdict = verdict_on(home.world, document)
    assert verdict.outcome == "valid"
    (finding,) = verdict.findings
    assert "seal_anchors" in finding
    assert verdict.result(ISSUER).evidence["certificateReason"] == "no_seal_anchors"


@pytest.mark.parametrize("cache", [NoMemory, RememberingCache])
def test_the_key_of_a_seal_is_found_whoever_the_credential_names(cache: Any) -> None:
    home, key = _country()
    document = sealed_credential(home.world, ORGANISATION)
    home.world.anchor(home.university, [document])
    verdict = verdict_on(home.world, document, seal_anchors=TRUSTED, cache=cache())
    assert decided(verdict) == ("valid", None, None)
    assert verdict.issuer == home.university.did
    assert key.fragment == thumbprint(key.jwk)


def test_a_key_recorded_by_another_name_is_found_where_the_credential_names_its_did() -> None:
    home = country()
    recorded = home.world.key(SEALER.private)  # type: ignore[arg-type]
    home.world.add_key(home.university, key=Key(recorded.private, "seal-1", recorded.jwk))
    named, unnamed, by_key = (
        sealed_credential(home.world, issuer, kid=kid)
        for issuer, kid in (
            (home.university.did, None),
            (ORGANISATION, None),
            (ORGANISATION, f"{home.university.did}#seal-1"),
        )
    )
    home.world.anchor(home.university, [named, unnamed, by_key])
    for document, issuer in ((named, home.university.did), (by_key, home.university.did)):
        assert verdict_on(home.world, document).issuer == issuer
        assert verdict_on(home.world, document).outcome == "valid"
    assert str(verdict_on(home.world, unnamed).issuer).startswith("ni:///")


def test_a_did_that_is_named_and_has_not_the_key_issued_nothing() -> None:
    home = country()
    world, university = home.world, home.university
    for issuer, kid in (
        (university.did, None),
        (university.did, f"{university.did}#{university.key.fragment}"),
        ({**ORGANISATION, "id": university.did}, f"{university.did}#{thumbprint(university.key.jwk)}"),
        ("did:ebsi:zNobody", "did:ebsi:zNobody"),
        (ORGANISATION, "did:ebsi:z No DID"),
    ):
        document = sealed_credential(world, issuer, kid=kid)
        world.anchor(university, [document])
        verdict = verdict_on(world, document, seal_anchors=TRUSTED)
        assert str(verdict.issuer).startswith("ni:///sha-256;")
        assert _reason(verdict, ACCREDITATION) == (Outcome.NOT_DETERMINABLE, "no_framework")
        assert _reason(verdict, ANCHOR) == (Outcome.NOT_APPLICABLE, "foreign_issuer")
        assert verdict.outcome == "indeterminate"


def test_no_policy_lets_a_stranger_seal_for_a_did_that_it_names() -> None:
    home = country()
    stranger = sealer(number=8)
    document = sealed_credential(home.world, home.university.did, of=stranger)
    home.world.anchor(home.university, [document])
    policy = home.world.policy("issuer", "accreditation", "anchor", "schema", "timeline", "status")
    verdict = verdict_on(home.world, document, policy=policy, seal_anchors=TRUSTED)
    assert str(verdict.issuer).startswith("ni:///sha-256;")


def test_a_certificate_of_somebody_else_does_not_lend_its_name() -> None:
    home = country()
    world, university = home.world, home.university
    document = sealed_credential(world, university.did)
    other = sealer(number=8)
    forged = _with_other_certificate(document, other)
    world.anchor(university, [forged])
    seal_key(world, university)
    verdict = verdict_on(world, forged, seal_anchors=Trusted(other.anchors))
    assert _reason(verdict, SIGNATURE) == (Outcome.FAILED, "signature_mismatch")


def _with_other_certificate(document: bytes, other: Sealer) -> bytes:
    secured = read_secured(document)
    header = header_of(other)
    return sealed(
        json.dumps(dict(secured.credential.members)),
        of=SEALER,
        **{name: header[name] for name in ("x5c", "x5t#S256")},
    )


def test_a_seal_counts_only_while_its_did_had_the_key() -> None:
    home, key = _country()
    world, university = home.world, home.university
    early, late = (sealed_credential(world, university.did) for _ in range(2))
    world.anchor(university, [early])
    world.revoke_key(university, key=key)
    world.anchor(university, [late])
    assert verdict_on(world, early).outcome == "valid"
    assert decided(verdict_on(world, late))[1:] == (SIGNATURE, "no_longer_valid")


def test_a_key_for_something_else_binds_nobody() -> None:
    home = country()
    key = home.world.key(SEALER.private)  # type: ignore[arg-type]
    home.world.add_key(home.university, key=key, relationships=("authentication",))
    document = sealed_credential(home.world, home.university.did)
    assert unbound_seal_of(case_of(home.world, document).secured) is not None


def test_who_anchored_a_seal_comes_before_who_copied_its_key() -> None:
    home, key = _country()
    world, university = home.world, home.university
    thief = world.actor("Thief")
    world.accredit(thief, home.tao, TI)
    world.add_key(thief, key=key)
    document, loose = (sealed_credential(world, ORGANISATION) for _ in range(2))
    world.anchor(university, [document])
    world.anchor(thief, [document])
    assert verdict_on(world, document).issuer == university.did
    verdict = verdict_on(world, loose)
    assert _reason(verdict, ISSUER) == (Outcome.NOT_DETERMINABLE, "unavailable")
    assert "2 DIDs" in verdict.sentence
    named = sealed_credential(world, university.did)
    assert verdict_on(world, named).issuer == university.did


def test_who_is_accredited_comes_before_who_is_nobody() -> None:
    home, key = _country()
    world = home.world
    for name in ("Thief", "Another"):
        world.add_key(world.actor(name), key=key)
    document = sealed_credential(world, ORGANISATION)
    assert verdict_on(world, document).issuer == home.university.did


def test_a_did_whose_record_is_no_history_has_no_key() -> None:
    home = country()
    key = home.world.key(SEALER.private)  # type: ignore[arg-type]
    document = sealed_credential(home.world, home.university.did)
    home.world.write(
        "did.method.added",
        did=home.university.did,
        vMethodId=home.university.key.fragment,
        isSecp256k1=False,
        publicKey=json.dumps(key.jwk).encode(),
    )
    assert unbound_seal_of(case_of(home.world, document).secured) is not None


def test_bytes_recorded_as_a_key_that_are_none_are_no_seals() -> None:
    home = country()
    world, university = home.world, home.university
    world.write("did.method.added", did=university.did, vMethodId="x", isSecp256k1=False, publicKey=b"no key")
    world.write(
        "did.relationship.added",
        did=university.did,
        name="assertionMethod",
        vMethodId="x",
        notBefore=world.now,
        notAfter=FAR,
    )
    document = sealed_credential(world, university.did)
    assert unbound_seal_of(case_of(world, document).secured) is not None


def test_where_nothing_was_followed_a_certificate_is_all_there_is() -> None:
    home, _ = _country()
    document = sealed_credential(home.world, ORGANISATION)
    home.world.record.entries = 0
    verdict = verdict_on(home.world, document, seal_anchors=TRUSTED)
    assert verdict.result(ISSUER).outcome is Outcome.PASSED
    assert _reason(verdict, ANCHOR) == (Outcome.NOT_DETERMINABLE, "nothing_followed")


def test_a_record_that_does_not_answer_leaves_open_whose_seal_it_is() -> None:
    home, _ = _country()
    home.world.record.out_of_order.add("dids_with_method")
    verdict = verdict_on(home.world, sealed_credential(home.world, ORGANISATION))
    assert _reason(verdict, ISSUER) == (Outcome.NOT_DETERMINABLE, "unavailable")


def test_what_is_no_seal_has_none() -> None:
    home = country()
    assert seal_of(read_secured(home.credential)) is None
    assert unbound_seal_of(read_secured(home.credential)) is None


def test_a_seal_from_the_future_was_not_issued_yet() -> None:
    home, _ = _country()
    document = sealed(members(), of=sealer(number=8), sigT="2027-01-01T00:00:00Z")
    verdict = verdict_on(home.world, document)
    assert _reason(verdict, TIMELINE) == (Outcome.FAILED, "not_issued_yet")
    assert _reason(verdict_on(home.world, sealed(of=sealer(number=8))), TIMELINE) == (Outcome.PASSED, None)


def test_the_dates_of_the_certificates_span_the_world() -> None:
    assert NOW - YEAR < country().world.moment < NOW + YEAR
