import base64
from contextlib import suppress
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.dsa import generate_private_key
from cryptography.hazmat.primitives.asymmetric.ec import SECP521R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import UnusableCertificate
from credentials.securing.certificate import MAX_CERTIFICATE, read_certificate, read_chain
from credentials.securing.certificate_statements import QcStatements
from did.jwk import jwk_from_public_key

from .certificates import IDENTIFIER, NOW, YEAR, Sealer, name, sealer, usage

SEALER = sealer()


def _texts(*ders: bytes) -> list[str]:
    return [base64.b64encode(der).decode() for der in ders]


def _refusal(x5c: object) -> str:
    with pytest.raises(UnusableCertificate) as refused:
        read_chain(x5c)
    return refused.value.reason


def _but(**changes: Any) -> Sealer:
    return SEALER.but(**changes)


def test_a_certificate_says_whose_it_is_and_what_for() -> None:
    chain = read_chain(_texts(*SEALER.x5c))
    seal = chain.seal
    assert (seal.organisation, seal.organisation_identifier) == ("University of Somewhere", IDENTIFIER)
    assert seal.subject == f"2.5.4.97={IDENTIFIER},O=University of Somewhere,CN=Seal"
    assert (seal.issuer, seal.authority) == ("O=Trust Services,CN=Seals", "Seals")
    assert (seal.not_before, seal.not_after) == (NOW - YEAR, NOW + YEAR)
    assert seal.jwk == jwk_from_public_key(SEALER.private.public_key())
    assert seal.for_signatures
    assert seal.statements == QcStatements(qualified=True, types=("eseal",))
    assert chain.seal_der == SEALER.x5c[0]
    assert len(chain.certificates) == 2


def test_an_authority_is_called_by_what_it_has_of_a_name() -> None:
    for subject, called in (
        (x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Trust")]), "Trust"),
        (x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "LU")]), "C=LU"),
    ):
        above = SEALER.middle
        certificate = _but(issuer=type(above)(subject, above.private, above.certificate)).x5c[0]
        assert read_chain(_texts(certificate)).seal.authority == called


@pytest.mark.parametrize(
    ("key_usage", "fits"),
    [
        (usage(digital_signature=True), True),
        (usage(content_commitment=True), True),
        (usage(key_encipherment=True), False),
        (None, False),
    ],
)
def test_a_key_is_for_signatures_only_if_its_certificate_says_so(
    key_usage: x509.KeyUsage | None, *, fits: bool
) -> None:
    assert read_chain(_texts(_but(key_usage=key_usage).x5c[0])).seal.for_signatures is fits


def test_a_name_given_twice_or_not_at_all_is_none() -> None:
    twice = x509.Name(
        [x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, text) for text in ("One", "Another")]
    )
    seal = read_chain(_texts(_but(subject=twice, statements=None).x5c[0])).seal
    assert (seal.organisation, seal.organisation_identifier) == (None, None)
    assert seal.statements == QcStatements()


def test_no_name_commands_a_terminal() -> None:
    seal = read_chain(_texts(_but(subject=name("\x1b]0;owned\x07", "\u202edesrever")).x5c[0])).seal
    assert seal.subject.isprintable()
    assert str(seal.organisation).isprintable()


@pytest.mark.parametrize(
    ("x5c", "reason"),
    [
        (None, "no list"),
        ([], "no list"),
        ("AAAA", "no list"),
        ([7], "no list"),
        (["AAAA"] * 11, "more than 10"),
        (_texts(*SEALER.x5c) * 50, "more than 10"),
        (["A" * 4 * (MAX_CERTIFICATE // 3 + 2)], "at most"),
        (_texts(bytes(MAX_CERTIFICATE + 1)), "at most"),
        (["####"], "no base64"),
        (["AA=A"], "no base64"),
        (["AB=="], "no base64"),
        ([*_texts(SEALER.x5c[0]), "AAAA"], "no certificate"),
        (_texts(b"{}"), "no certificate"),
    ],
)
def test_what_is_no_chain_of_certificates_is_refused(x5c: object, reason: str) -> None:
    assert reason in _refusal(x5c)


def test_each_certificate_is_of_the_next_ones_subject() -> None:
    seal, middle = SEALER.x5c
    assert read_chain(_texts(seal, middle, SEALER.root.der)).seal.authority == "Seals"
    for order in ((middle, seal), (seal, SEALER.root.der, middle), (seal, SEALER.root.der), (seal, seal)):
        assert "order" in _refusal(_texts(*order))


def test_a_key_that_nothing_here_verifies_is_refused() -> None:
    for public in (
        generate_private_key(2048).public_key(),
        derive_private_key(5, SECP521R1()).public_key(),
    ):
        assert "key that nothing here verifies" in _refusal(_texts(_but(public=public).x5c[0]))


def test_an_extension_that_says_nothing_sound_is_refused() -> None:
    assert "qcStatements" in _refusal(_texts(_but(statements=b"\x05\x00").x5c[0]))
    broken = _but(more=[x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"\x30\x01")]).x5c[0]
    assert "no sound certificate" in _refusal(_texts(broken))


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_serial_number_is_positive() -> None:
    place = SEALER.x5c[0].index(b"\x02\x01\x07") + 2
    for serial in (b"\x00", b"\x87"):
        der = SEALER.x5c[0][:place] + serial + SEALER.x5c[0][place + 1 :]
        assert "positive serial number" in _refusal(_texts(der))


@given(st.integers(0, len(SEALER.x5c[0]) * 8 - 1))
def test_no_flipped_bit_of_a_certificate_does_more_than_be_refused(bit: int) -> None:
    der = bytearray(SEALER.x5c[0])
    der[bit // 8] ^= 1 << bit % 8
    with suppress(UnusableCertificate):
        chain = read_chain(_texts(bytes(der)))
        assert chain.seal_der == bytes(der)
        assert chain.seal.subject.isprintable()


@given(st.binary(max_size=64))
def test_no_bytes_are_a_certificate_by_chance(der: bytes) -> None:
    with pytest.raises(UnusableCertificate):
        read_certificate(der)
