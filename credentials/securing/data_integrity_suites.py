"""The cryptosuites verified here: what each hashes, and by which keys it may be signed.

Data Integrity EdDSA Cryptosuites 1.0 section 3 (eddsa-rdfc-2022, eddsa-jcs-2022, Ed25519Signature2020), Data
Integrity ECDSA Cryptosuites 1.0 section 3 (ecdsa-rdfc-2019, ecdsa-jcs-2019).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from credentials.errors import UnfitKey
from did.errors import DidError
from did.jwk import Jwk, required_members

from .algorithms import ALGORITHMS, Algorithm

PROOF_TYPE: Final = "DataIntegrityProof"
ED25519_2020: Final = "Ed25519Signature2020"

_OF_EDDSA: Final = ("EdDSA",)
_OF_ECDSA: Final = ("ES256", "ES384")
_HASHES: Final[Mapping[str, Literal["sha256", "sha384"]]] = {
    "EdDSA": "sha256",
    "ES256": "sha256",
    "ES384": "sha384",
}


@dataclass(frozen=True, slots=True)
class Cryptosuite:
    """One cryptosuite.

    Attributes:
        name: the value of `cryptosuite`, or of `type` where there is no such member.
        proof_type: the value of `type`.
        graph: whether it signs canonical RDF; else it signs canonical JSON.
        algorithms: JWS names of what it may be signed with, told apart by the key alone.
    """

    name: str
    proof_type: str
    graph: bool
    algorithms: tuple[str, ...]

    def algorithm_for(self, jwk: Jwk) -> Algorithm:
        """The only algorithm of this suite for a key.

        Raises:
            UnfitKey: the JWK is no public key, or of a type or curve that this suite does not sign with.
        """
        try:
            members = required_members(jwk)
        except DidError as error:
            raise UnfitKey(str(error)) from error
        for name in self.algorithms:
            if ALGORITHMS[name].key_type == members.get("crv"):
                return ALGORITHMS[name]
        raise UnfitKey(f"{self.name} takes no key of type {members.get('crv', members['kty'])[:20]}")


def hash_of(algorithm: str) -> Literal["sha256", "sha384"]:
    """The name of the hash over document and proof, by the JWS name of what is signed with."""
    return _HASHES[algorithm]


SUITES: Final[Mapping[str, Cryptosuite]] = {
    suite.name: suite
    for suite in (
        Cryptosuite("eddsa-rdfc-2022", PROOF_TYPE, graph=True, algorithms=_OF_EDDSA),
        Cryptosuite("eddsa-jcs-2022", PROOF_TYPE, graph=False, algorithms=_OF_EDDSA),
        Cryptosuite("ecdsa-rdfc-2019", PROOF_TYPE, graph=True, algorithms=_OF_ECDSA),
        Cryptosuite("ecdsa-jcs-2019", PROOF_TYPE, graph=False, algorithms=_OF_ECDSA),
        Cryptosuite(ED25519_2020, ED25519_2020, graph=True, algorithms=_OF_EDDSA),
    )
}
"""Every suite verified here. ecdsa-sd-2023 and bbs-2023 disclose selectively and are not among them."""
