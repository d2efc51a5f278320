"""Every signed credential of W3C for Data Integrity, judged whole; and examples that nobody signed."""

from pathlib import Path
from typing import Final

import pytest

from credentials.verdict import FORMAT

from .cases import decided, verdict_on
from .world import World

ITS_ISSUER: Final = "its issuer is a web address and no DID"
OTHERS_KEY: Final = "names a key of another DID than the issuer's"
SAID: Final = {
    "w3c-vc-di-ecdsa/ecdsa-jcs-2019-p256/signedJCSECDSAP256.json": ITS_ISSUER,
    "w3c-vc-di-ecdsa/ecdsa-rdfc-2019-p256/signedECDSAP256.json": ITS_ISSUER,
    "w3c-vc-di-eddsa/Ed25519Signature2020/signedEdSig.json": ITS_ISSUER,
    "w3c-vc-di-eddsa/eddsa-jcs-2022/signedJCS.json": ITS_ISSUER,
    "w3c-vc-di-eddsa/eddsa-rdfc-2022/signedDataInt.json": ITS_ISSUER,
    # Signed by another did:key than the one that they call their issuer: anybody could have done that.
    "w3c-vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ/signedECDSAP256.json": OTHERS_KEY,
    "w3c-vc-di-eddsa/eddsa-rdfc-2022/employ/signedDataInt.json": OTHERS_KEY,
}
UNSIGNED: Final = {
    "elm-v3/older/VerifiableAccreditation.json": "nothing secures it",
    "elm-v3/older/VerifiableAttestation-Europass.json": "states validFrom, issued",
    "ebsi/vcdm1.1-accreditation-schema-1.3.0/examples_accredited-to-accredit.json": "nothing secures it",
    "ebsi/vcdm1.1-accreditation-schema-1.3.0/examples_accredited-to-attest.json": "nothing secures it",
}
OUTCOMES: Final = {
    ITS_ISSUER: ("indeterminate", FORMAT, "not_judged"),
    OTHERS_KEY: ("invalid", FORMAT, "malformed"),
}


def test_every_signed_vector_stands_here(vectors: Path) -> None:
    found = vectors.glob("w3c-vc-di-*/**/signed*.json")
    assert {path.relative_to(vectors).as_posix() for path in found} == SAID.keys()


@pytest.mark.parametrize("name", SAID)
def test_no_vector_is_invalid_but_those_that_another_than_the_issuer_signed(vectors: Path, name: str) -> None:
    verdict = verdict_on(World(), (vectors / name).read_bytes())
    assert decided(verdict) == OUTCOMES[SAID[name]], verdict.sentence
    assert SAID[name] in verdict.sentence


@pytest.mark.parametrize("name", UNSIGNED)
def test_an_example_that_nobody_signed_is_never_valid_and_told_why(vectors: Path, name: str) -> None:
    verdict = verdict_on(World(), (vectors / name).read_bytes())
    assert decided(verdict) == ("invalid", FORMAT, "malformed")
    assert UNSIGNED[name] in verdict.sentence
