"""Private keys of the two curves that a did:ebsi issuer needs, named by their RFC 7638 thumbprints."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from coincurve import PrivateKey as Secp256k1
from cryptography.hazmat.primitives.asymmetric import ec

from did.jwk import jwk_from_public_key, jwk_from_raw_secp256k1, thumbprint

Curve = Literal["secp256k1", "P-256"]
ALGORITHMS: dict[Curve, str] = {"secp256k1": "ES256K", "P-256": "ES256"}
"""JOSE's algorithm for each curve (RFC 7518 section 3.4, RFC 8812 section 3.2)."""

_ORDERS: dict[Curve, int] = {
    "secp256k1": 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141,
    "P-256": 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551,
}


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """One private key; its `repr` shows the name, never the scalar."""

    crv: Curve
    scalar: bytes = field(repr=False)
    public_jwk: Mapping[str, str] = field(init=False, repr=False)
    kid: str = field(init=False)

    def __post_init__(self) -> None:
        """The public key and its name follow from the scalar."""
        if self.crv == "secp256k1":
            jwk = jwk_from_raw_secp256k1(self.point)
        else:
            jwk = jwk_from_public_key(self.private_key.public_key())
        object.__setattr__(self, "public_jwk", MappingProxyType(jwk))
        object.__setattr__(self, "kid", thumbprint(jwk))

    @property
    def algorithm(self) -> str:
        """ES256K or ES256."""
        return ALGORITHMS[self.crv]

    @property
    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The key as `cryptography` signs with it."""
        curve = ec.SECP256K1() if self.crv == "secp256k1" else ec.SECP256R1()
        return ec.derive_private_key(int.from_bytes(self.scalar, "big"), curve)

    @property
    def point(self) -> bytes:
        """A secp256k1 key as the DID registry stores it: 65 bytes, 0x04 and both coordinates.

        Raises:
            ValueError: the key is on another curve.
        """
        if self.crv != "secp256k1":
            raise ValueError("only a secp256k1 key is written to the ledger as a point")
        return Secp256k1(self.scalar).public_key.format(compressed=False)

    @property
    def address(self) -> str:
        """The account of a secp256k1 key on the ledger, with EIP-55 capitals.

        Raises:
            ValueError: the key is on another curve.
        """
        from eth_utils.address import to_checksum_address  # takes a third of a second, and few need it
        from eth_utils.crypto import keccak

        return str(to_checksum_address(keccak(self.point[1:])[12:]))


def new_key(crv: Curve, *, random: Callable[[int], bytes]) -> PrivateKey:
    """A fresh key: 32 random bytes, drawn again in the rare case that they are no scalar of the curve."""
    while True:
        scalar = random(32)
        if 0 < int.from_bytes(scalar, "big") < _ORDERS[crv]:
            return PrivateKey(crv, scalar)
