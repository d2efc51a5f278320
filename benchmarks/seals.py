"""Seals: read, verified and led to an authority, beside RS256 and path building of cryptography alone."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import KeyUsage
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store

from benchmarks.figures import Figure, quickest
from credentials.securing.certificate_path import path_to_anchor
from credentials.securing.jades_signing import seal
from credentials.securing.jose import verify_parsed
from credentials.securing.reading import read_secured
from credentials.securing.seal import Seal
from did.base64url import decode_base64url
from tests.credentials.securing.certificates import NOW, Sealer, sealer
from tests.credentials.securing.sealed import members

COUNT = 20
"""Credentials of one institution, all different, measured in one go."""


def run() -> list[Figure]:
    of = sealer(rsa=True)
    documents = [
        seal(members(name=f"Number {number}"), key=of.private, certificates=of.x5c, at=NOW).encode()
        for number in range(COUNT)
    ]
    signed = [_parts(document) for document in documents]
    bare, ours, reading = (
        seconds / COUNT
        for seconds in quickest(
            200, lambda: _bare(of, signed), lambda: _ours(of, documents), lambda: _read(documents)
        )
    )
    return [
        Figure("bare RS256 and path building of cryptography", 1e6 * bare, "us"),
        Figure("a compact JAdES seal read, verified and led to an anchor", 1e6 * ours, "us"),
        Figure("  of it reading", 1e6 * reading, "us"),
        Figure("seals a second", 1 / ours, "/s"),
        Figure("of the bare rate", 100 * bare / ours, "%", limit=25.0, floor=True),
    ]


def _parts(document: bytes) -> tuple[bytes, bytes]:
    """The signature, and what it is over."""
    signing_input, _, signature = document.rpartition(b".")
    return decode_base64url(signature.decode(), max_bytes=1024), signing_input


def _bare(of: Sealer, signed: list[tuple[bytes, bytes]]) -> None:
    """What has to be done for each seal, with everything at hand already."""
    key = of.certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    above, store = list(of.above), Store([of.root.certificate])
    of_seals = ExtensionPolicy.permit_all().require_present(KeyUsage, Criticality.AGNOSTIC, None)
    policies = {"ca_policy": ExtensionPolicy.webpki_defaults_ca(), "ee_policy": of_seals}
    builder = PolicyBuilder().store(store).time(NOW).extension_policies(**policies)
    padding, algorithm = PKCS1v15(), SHA256()
    for signature, signing_input in signed:
        key.verify(signature, signing_input, padding, algorithm)
        assert builder.build_client_verifier().verify(of.certificate, above).chain


def _ours(of: Sealer, documents: list[bytes]) -> None:
    for document in documents:
        secured = read_secured(document)
        assert isinstance(secured.parts, Seal)
        assert secured.jws is not None
        verify_parsed(secured.jws, jwk=secured.parts.chain.seal.jwk)
        assert path_to_anchor(secured.parts.chain, anchors=of.anchors, at=NOW)


def _read(documents: list[bytes]) -> None:
    for document in documents:
        read_secured(document)
