import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.checks.signature import check_signature
from credentials.errors import InvalidSignature, Unavailable
from credentials.ports import Ports
from credentials.securing.jose import sign_compact
from credentials.securing.signing_key import PrivateKey, signing_key
from credentials.verdict import SIGNATURE, CheckResult, Outcome
from did.base64url import decode_base64url, encode_base64url
from did.methods.jwk import did_jwk_from_jwk
from did.methods.key import did_key_from_jwk
from tests.credentials.cases import case_of
from tests.credentials.ledger import DAY
from tests.credentials.securing.credentials import claims_of, json_ld, members_1_1, proof, signed
from tests.credentials.securing.keys import PRIVATE_KEYS
from tests.credentials.world import Country, country


@pytest.fixture
def home() -> Country:
    return country()


def _check(home: Country, document: bytes, **others: Any) -> CheckResult:
    return check_signature(case_of(home.world, document, **others))


def _kid(home: Country, name: str) -> Mapping[str, str]:
    return {"kid": f"{home.university.did}#{name}"}


# --- the key ------------------------------------------------------------------------------------------------


def test_a_credential_signed_by_its_issuers_key_passes_with_its_interval(home: Country) -> None:
    result = _check(home, home.credential)
    assert (result.check, result.outcome) == (SIGNATURE, Outcome.PASSED)
    assert result.evidence["verificationMethod"] == home.university.kid
    assert result.evidence["notBefore"] < result.evidence["judgedAt"] < result.evidence["notAfter"]
    assert home.world.log[result.evidence["addedByEntry"]][0] == "did.method.added"
    assert result.sentence.endswith("in force on 2026-11-21, when it was anchored.")
    unanchored = _check(home, home.world.issue(home.university, version="2.0"))
    assert unanchored.sentence.endswith("in force on 2026-11-21.")


@pytest.mark.parametrize(
    "private",
    [
        PRIVATE_KEYS["ES384"],
        PRIVATE_KEYS["ES256K"],
        PRIVATE_KEYS["EdDSA"],
    ],
    ids=["ES384", "ES256K", "EdDSA"],
)
def test_every_algorithm_of_an_issuer_is_verified(home: Country, private: PrivateKey) -> None:
    home.world.add_key(home.university, key=home.world.key(private))
    assert _check(home, home.world.issue(home.university)).outcome is Outcome.PASSED


def test_a_kid_of_another_did_is_refused(home: Country) -> None:
    text = home.world.issue(home.university, header={"kid": home.tao.kid}, key=home.tao.key)
    assert (_check(home, text).outcome, _check(home, text).reason) == (Outcome.FAILED, "foreign_key")


@pytest.mark.parametrize("kid", ["", "#", "?a=b#", "/path#", "key", "#key-1", "https://example.org#key"])
def test_a_kid_that_is_no_did_url_with_a_fragment_is_refused(home: Country, kid: str) -> None:
    named = kid if kid in {"key", "#key-1"} or kid.startswith("https") else home.university.did + kid
    if kid in {"?a=b#", "/path#"}:
        named += home.university.key.fragment
    result = _check(home, home.world.issue(home.university, header={"kid": named}))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "no_fragment")


def test_a_key_that_was_never_recorded_is_refused(home: Country) -> None:
    result = _check(home, home.world.issue(home.university, key=home.world.key()))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unknown_key")


def test_a_key_for_something_else_than_assertion_is_refused(home: Country) -> None:
    home.world.add_key(home.university, relationships=["authentication"])
    result = _check(home, home.world.issue(home.university))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "not_for_assertion")


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_key_ends_just_before_its_end(home: Country, offset: int) -> None:
    world = home.world
    text = world.issue(home.university)
    world.expire_key(home.university, not_after=world.now + DAY)
    result = _check(home, text, now=world.moment + timedelta(seconds=DAY - 60 + offset))
    assert (result.outcome is Outcome.PASSED) == (offset < 0)
    assert result.reason == (None if offset < 0 else "no_longer_valid")


def test_a_key_that_is_not_valid_yet_is_refused(home: Country) -> None:
    home.world.add_key(home.university, not_before=home.world.now + DAY)
    result = _check(home, home.world.issue(home.university))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "not_yet_valid")
    assert result.evidence["intervals"][0]["notBefore"] > result.evidence["judgedAt"]


def test_bytes_that_are_no_key_verify_nothing(home: Country) -> None:
    world = home.world
    fields = {"did": home.university.did, "vMethodId": "broken", "isSecp256k1": False, "publicKey": b"{}"}
    world.write("did.method.added", **fields)
    world.write(
        "did.relationship.added",
        did=home.university.did,
        name="assertionMethod",
        vMethodId="broken",
        notBefore=world.now,
        notAfter=world.now + DAY,
    )
    result = _check(home, world.issue(home.university, header=_kid(home, "broken")))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unusable_key")


def test_a_record_that_no_contract_could_have_written_names_no_key(home: Country) -> None:
    changes = home.world.record.changes[home.university.did]
    changes.append(replace(changes[0], index=len(home.world.log)))
    result = _check(home, home.world.issue(home.university))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unusable_key")


# --- when: just before the anchor, or now -------------------------------------------------------------------


def test_a_key_revoked_before_the_anchor_is_refused(home: Country) -> None:
    world = home.world
    text = world.issue(home.university)
    world.revoke_key(home.university)
    world.wait(DAY)
    world.anchor(home.university, [text])
    result = _check(home, text)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "no_longer_valid")
    assert result.sentence.endswith("when it was anchored.")
    interval = result.evidence["intervals"][0]
    assert home.world.log[interval["endSetByEntry"]][0] == "did.method.revoked"


def test_a_key_rotated_after_the_anchor_still_verifies(home: Country) -> None:
    home.world.roll_key(home.university)
    home.world.wait(DAY)
    assert _check(home, home.credential).outcome is Outcome.PASSED


def test_a_key_added_after_the_anchor_does_not_count(home: Country) -> None:
    world, key = home.world, home.world.key()
    text = world.issue(home.university, key=key)
    world.anchor(home.university, [text])
    world.add_key(home.university, key=key, not_before=0)
    result = _check(home, text)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unknown_key")


def test_a_retired_key_with_an_old_date_is_judged_by_now(home: Country) -> None:
    world, old, before = home.world, home.university.key, home.world.now
    world.roll_key(home.university)
    world.wait(30 * DAY)
    backdated = world.issue(home.university, key=old, at=before)
    assert _check(home, backdated).reason == "no_longer_valid"
    asked_for_then = _check(home, backdated, at=world.moment - timedelta(days=29))
    assert (asked_for_then.outcome, asked_for_then.reason) == (Outcome.FAILED, "no_longer_valid")


def test_an_unseen_anchor_could_show_that_a_retired_key_was_in_force(home: Country) -> None:
    world, old = home.world, home.university.key
    text = world.issue(home.university)
    world.anchor(home.university, [text], held=False)
    world.roll_key(home.university)
    world.wait(DAY)
    result = _check(home, text)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unseen_batches")
    world.wait(DAY)
    world.anchor(home.university, [world.issue(home.university)], held=False)
    forged = world.issue(home.university, key=home.tao.key, header=_kid(home, old.fragment))
    assert (_check(home, forged).outcome, _check(home, forged).reason) == (
        Outcome.FAILED,
        "signature_mismatch",
    )
    unknown = world.issue(home.university, key=world.key())
    assert (_check(home, unknown).outcome, _check(home, unknown).reason) == (Outcome.FAILED, "unknown_key")


def test_an_unseen_anchor_after_the_keys_end_cures_nothing(home: Country) -> None:
    world = home.world
    text = world.issue(home.university)
    world.roll_key(home.university)
    world.wait(DAY)
    world.anchor(home.university, [text], held=False)
    result = _check(home, text)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "no_longer_valid")


# --- the mathematics ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [True, False])
def test_a_signature_by_another_key_never_passes(home: Country, held: bool) -> None:  # noqa: FBT001  drawn
    world = home.world
    text = world.issue(home.university, key=world.key(), header=_kid(home, home.university.key.fragment))
    world.anchor(home.university, [text], held=held)
    result = _check(home, text)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "signature_mismatch")
    assert "altered after it was signed" in result.sentence


def test_an_altered_credential_is_told_from_a_genuine_one(home: Country) -> None:
    head, payload, signature = home.credential.decode().split(".")
    claims = json.loads(decode_base64url(payload, max_bytes=1 << 20))
    claims["vc"]["credentialSubject"]["hasClaim"]["title"]["en"] = "Brain Surgery"
    altered = f"{head}.{encode_base64url(json.dumps(claims).encode())}.{signature}"
    assert _check(home, altered.encode()).reason == "signature_mismatch"


def test_the_algorithm_of_another_key_type_is_refused(home: Country) -> None:
    world = home.world
    for private in (
        Ed25519PrivateKey.from_private_bytes(bytes(32)),
        derive_private_key(7, SECP384R1()),
        bytes(31) + b"\x07",
    ):
        key = world.key(private)
        text = world.issue(home.university, key=key, header=_kid(home, home.university.key.fragment))
        result = _check(home, text)
        assert (result.outcome, result.reason) == (Outcome.FAILED, "unfit_key")
        assert "takes a key of type" in result.sentence


def test_a_retired_key_of_another_type_is_no_excuse(home: Country) -> None:
    world, old = home.world, home.university.key
    world.roll_key(home.university)
    world.wait(DAY)
    key = world.key(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    result = _check(home, world.issue(home.university, key=key, header=_kid(home, old.fragment)))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unfit_key")


def test_a_key_inside_the_header_is_never_used(home: Country) -> None:
    key = home.world.key()
    header = {
        **_kid(home, home.university.key.fragment),
        "jwk": key.jwk,
        "x5c": ["AA"],
        "jku": "https://evil.example",
    }
    assert (
        _check(home, home.world.issue(home.university, key=key, header=header)).reason == "signature_mismatch"
    )


# --- keys that are their DID, and embedded proofs ----------------------------------------------------------


@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES256K", "EdDSA"])
def test_a_credential_by_a_did_that_is_its_key_is_verified(home: Country, alg: str) -> None:
    jwk = signing_key(PRIVATE_KEYS[alg]).public_jwk
    by_key, by_jwk = did_key_from_jwk(jwk), did_jwk_from_jwk(jwk)
    for did, kid in ((by_key, f"{by_key}#{by_key.removeprefix('did:key:')}"), (by_jwk, f"{by_jwk}#0")):
        payload = json.dumps(claims_of(members_1_1(did))).encode()
        text = sign_compact(header={"kid": kid, "typ": "JWT"}, payload=payload, key=PRIVATE_KEYS[alg])
        assert _check(home, text.encode()).outcome is Outcome.PASSED
        broken = sign_compact(header={"kid": kid + "x"}, payload=payload, key=PRIVATE_KEYS[alg])
        assert _check(home, broken.encode()).reason == "unknown_key"


def test_another_key_than_the_did_itself_is_refused(home: Country) -> None:
    did = did_key_from_jwk(signing_key(PRIVATE_KEYS["EdDSA"]).public_jwk)
    text = signed(claims_of(members_1_1(did)), kid=f"{did}#{did.removeprefix('did:key:')}")
    assert _check(home, text).reason == "unfit_key"


class _Proofs:
    """Proofs of the older kinds, which are good if they say so."""

    def verify_proof(self, document: Mapping[str, Any]) -> None:
        if document["proof"]["proofValue"] != "zGood":
            raise InvalidSignature(document["proof"]["type"])


def _older(**changes: Any) -> dict[str, Any]:
    return proof(**({"type": "JsonWebSignature2020"} | changes))


def test_an_older_proof_is_for_its_port_to_verify(home: Country) -> None:
    good, bad = (json_ld(proof=_older(proofValue=value)) for value in ("zGood", "zBad"))
    assert _check(home, good, proofs=_Proofs()).outcome is Outcome.PASSED
    result = _check(home, bad, proofs=_Proofs())
    assert (result.outcome, result.reason) == (Outcome.FAILED, "signature_mismatch")
    with pytest.raises(Unavailable, match="no embedded proofs"):
        _check(home, good)


def test_an_older_proof_of_an_ebsi_issuer_is_not_judged(home: Country) -> None:
    did, kid = home.university.did, home.university.kid
    text = json_ld(issuer=did, proof=_older(verificationMethod=kid))
    with pytest.raises(Unavailable, match="did:ebsi"):
        _check(home, text, proofs=_Proofs())


def test_an_older_proof_by_a_key_that_may_not_sign_is_refused(home: Country) -> None:
    method = proof()["verificationMethod"] + "x"
    result = _check(
        home, json_ld(proof=_older(verificationMethod=method, proofValue="zGood")), proofs=_Proofs()
    )
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unknown_key")


def test_ports_are_asked_no_more_than_once_while_nothing_changes(home: Country) -> None:
    kept: dict[object, Any] = {}

    class _Memory:
        def get(self, key: Any, derive: Any) -> Any:
            if key not in kept:
                kept[key] = derive()
            return kept[key]

    ports: Ports = home.world.ports(cache=_Memory())
    assert (
        check_signature(replace(case_of(home.world, home.credential), ports=ports)).outcome is Outcome.PASSED
    )
    home.world.record.out_of_order.add("changes_of")
    assert (
        check_signature(replace(case_of(home.world, home.credential), ports=ports)).outcome is Outcome.PASSED
    )
