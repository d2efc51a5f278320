"""Each step from document and proof to signature, as W3C prints it: canonical forms, hashes, signatures."""

import hashlib
from typing import Any, NamedTuple

import pytest

from credentials.errors import InvalidSignature
from credentials.securing.algorithms import verify_signature
from credentials.securing.data_integrity import canonical_texts, hashed
from credentials.securing.data_integrity_suites import SUITES, hash_of
from did.methods.key import jwk_from_did_key
from did.multibase import encode_base58btc
from node.foreign.rdf_canonical import canonical_nquads
from tests.did.foreign_vectors import load

Members = dict[str, Any]


class Printed(NamedTuple):
    """Texts of one suite with one key: `ending` ends the names of its files."""

    source: str
    folder: str
    ending: str
    config: str
    document: str | None = "unsigned.json"

    def text(self, name: str) -> str:
        """One of them, without the end of its line."""
        found: str = load(f"{self.source}/text-vectors.json")[f"{self.folder}/{name}{self.ending}.txt"]
        return found.removesuffix("\n")

    def proof(self) -> Members:
        """The proof's members without its value; those of P-384 are printed of P-256 alone."""
        config: Members = load(f"{self.source}/{self.config}")
        if "p384" in self.folder:
            key = load(f"{self.source}/p384KeyPair.json")["publicKeyMultibase"]
            config["verificationMethod"] = f"did:key:{key}#{key}"
        return config


EDDSA, ECDSA = "w3c-vc-di-eddsa", "w3c-vc-di-ecdsa"
_OF_EDDSA, _OF_ECDSA = "eddsa-rdfc-2022", "ecdsa-rdfc-2019-p256"
PRINTED = [
    Printed(EDDSA, _OF_EDDSA, "DataInt", f"{_OF_EDDSA}/proofConfigDataInt.json"),
    Printed(EDDSA, "eddsa-jcs-2022", "JCS", "eddsa-jcs-2022/proofConfigJCS.json"),
    Printed(EDDSA, "Ed25519Signature2020", "EdSig", "Ed25519Signature2020/proofConfigEdSig.json"),
    Printed(ECDSA, _OF_ECDSA, "ECDSAP256", f"{_OF_ECDSA}/proofConfigECDSAP256.json"),
    Printed(ECDSA, "ecdsa-rdfc-2019-p384", "ECDSAP384", f"{_OF_ECDSA}/proofConfigECDSAP256.json"),
    *(
        Printed(
            ECDSA,
            f"ecdsa-jcs-2019-p{size}",
            f"JCSECDSAP{size}",
            "ecdsa-jcs-2019-p256/proofConfigJCSECDSAP256.json",
        )
        for size in (256, 384)
    ),
    # Their document stands under a context that is not shipped: its canonical form is taken as it is printed.
    Printed(EDDSA, f"{_OF_EDDSA}/employ", "DataInt", f"{_OF_EDDSA}/employ/proofConfigDataInt.json", None),
    Printed(ECDSA, f"{_OF_ECDSA}/employ", "ECDSAP256", f"{_OF_ECDSA}/employ/proofConfigECDSAP256.json", None),
    Printed(
        ECDSA,
        "ecdsa-rdfc-2019-p384/employ",
        "ECDSAP384",
        f"{_OF_ECDSA}/employ/proofConfigECDSAP256.json",
        None,
    ),
]


@pytest.mark.parametrize("printed", PRINTED, ids=lambda one: one.folder)
def test_each_step_comes_to_what_w3c_prints(printed: Printed) -> None:
    proof = printed.proof()
    suite = SUITES[str(proof.get("cryptosuite", proof["type"]))]
    config, document = _canonical(printed, proof, graph=suite.graph)
    assert config == printed.text("proofCanon")
    assert document == printed.text("canonDoc")

    jwk = jwk_from_did_key(proof["verificationMethod"].partition("#")[0])
    algorithm = suite.algorithm_for(jwk)
    name = hash_of(algorithm.name)
    texts = (
        [f"{config}\n".encode(), f"{document}\n".encode()]
        if suite.graph
        else [config.encode(), document.encode()]
    )
    assert [hashlib.new(name, text).hexdigest() for text in texts] == [
        printed.text("proofHash"),
        printed.text("docHash"),
    ]
    combined = hashed(*texts, by=algorithm.name)
    assert combined.hex() == printed.text("combinedHash")

    signature = bytes.fromhex(printed.text("sigHex"))
    assert encode_base58btc(signature) == printed.text("sigBTC58")
    verify_signature(algorithm, jwk=jwk, signature=signature, signing_input=combined)
    with pytest.raises(InvalidSignature):
        verify_signature(algorithm, jwk=jwk, signature=signature, signing_input=combined[::-1])


def test_no_text_of_w3c_is_left_out() -> None:
    for source in (EDDSA, ECDSA):
        folders = {name.rpartition("/")[0] for name in load(f"{source}/text-vectors.json")}
        assert {one for one in folders if "-sd-" not in one} == {
            one.folder for one in PRINTED if one.source == source
        }


def _canonical(printed: Printed, proof: Members, *, graph: bool) -> tuple[str, str]:
    """Both canonical forms as text, without the end of the last line."""
    if printed.document is None:  # what the context that is not shipped says of a citizen, no proof says
        known = [one for one in proof["@context"] if "citizenship" not in one]
        assert len(known) < len(proof["@context"])
        config = canonical_nquads({**proof, "@context": known})
        return config.removesuffix("\n"), printed.text("canonDoc")
    document: Members = load(f"{printed.source}/{printed.document}")
    if not graph:
        texts = canonical_texts(proof, document)
        return texts[0].decode(), texts[1].decode()
    document["@context"] = proof["@context"]
    return canonical_nquads(proof).removesuffix("\n"), canonical_nquads(document).removesuffix("\n")
