"""Seals, SD-JWTs and documents with proofs, each with one fault, signed by registered keys of a university.

What they are anchored under is recorded here: only the fault decides.
"""

import json
from collections.abc import Callable
from typing import Any

from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.securing.jose import sign_compact
from credentials.securing.sd_jwt_issuing import Selectively
from did.base64url import decode_base64url, encode_base64url
from did.multibase import encode_base58btc
from tests.credentials.credential_makers import micro_credential
from tests.credentials.sd_jwt_world import issue_by_vct, issue_w3c
from tests.credentials.sealing import ORGANISATION, seal_key, sealed_credential
from tests.credentials.securing.certificates import sealer
from tests.credentials.securing.keys import PRIVATE_KEYS
from tests.credentials.world import SCHEMA_URL, Country
from tests.node.api.bad_forms import Attack

Json = dict[str, Any]


def _anchored(home: Country, document: bytes) -> bytes:
    home.world.anchor(home.university, [document])
    return document


# --- seals --------------------------------------------------------------------------------------------------


def _sealed(home: Country, number: int) -> bytes:
    """A credential under a seal whose key is one of the university's."""
    of = sealer(number=number)
    seal_key(home.world, home.university, of)
    home.university.keys.insert(0, home.university.keys.pop())  # all else is signed by the key from before
    return sealed_credential(home.world, ORGANISATION, of=of)


def honest_seal(home: Country) -> bytes:
    """Nothing is wrong with it."""
    return _anchored(home, _sealed(home, 21))


def sealed_word_changed(home: Country) -> bytes:
    """Another title under the same seal."""
    header, payload, signature = _sealed(home, 22).split(b".")
    text = decode_base64url(payload.decode(), max_bytes=1 << 20)
    assert b"Creative" in text
    changed = encode_base64url(text.replace(b"Creative", b"Criminal")).encode()
    return _anchored(home, b".".join((header, changed, signature)))


def seal_that_nobody_knows(home: Country) -> bytes:
    """The key of the seal is no DID's, and the verifier trusts no authority."""
    return _anchored(home, sealed_credential(home.world, ORGANISATION, of=sealer(number=23)))


def seal_with_many_certificates(home: Country) -> bytes:
    """As many as fit into a document."""
    header, payload, signature = _sealed(home, 24).split(b".")
    members = json.loads(decode_base64url(header.decode(), max_bytes=1 << 20))
    while len(json.dumps(members)) < 600_000:
        members["x5c"] *= 2
    return b".".join((encode_base64url(json.dumps(members).encode()).encode(), payload, signature))


def seal_with_many_time_stamps(home: Country) -> bytes:
    """Nobody signed what was added, and it makes the seal neither better nor worse."""
    header, payload, signature = _anchored(home, _sealed(home, 25)).decode().split(".")
    added = [encode_base64url(b'{"sigTst":{}}')] * 10_000
    document = {"payload": payload, "protected": header, "signature": signature, "header": {"etsiU": added}}
    return json.dumps(document).encode()


# --- SD-JWTs ------------------------------------------------------------------------------------------------


def honest_sd_jwt(home: Country) -> bytes:
    """Nothing is wrong with it."""
    return _anchored(home, issue_w3c(home.world, home.university).encode())


def many_foreign_disclosures(home: Country) -> bytes:
    """Disclosures that the issuer signed no digest of."""
    added = "".join(f"{encode_base64url(json.dumps([f'{n}', 'grade', n]).encode())}~" for n in range(1000))
    return _anchored(home, f"{issue_w3c(home.world, home.university)}{added}".encode())


def many_decoys(home: Country) -> bytes:
    """Digests that stand for nothing, which nobody can tell from claims that are withheld."""
    return _anchored(home, issue_w3c(home.world, home.university, decoys=1000).encode())


def disclosure_of_another(home: Country) -> bytes:
    """A better grade, out of the SD-JWT of somebody else."""
    own, other = (
        issue_by_vct(home.world, home.university, degree=None, grade=Selectively(grade)) for grade in (5, 10)
    )
    return _anchored(home, f"{own}{other.split('~')[1]}~".encode())


def sd_jwt_under_another_type_of_key(home: Country) -> bytes:
    """Signed well, by a key that the university has not."""
    text = issue_w3c(home.world, home.university)
    jwt, _, rest = text.partition("~")
    payload = decode_base64url(jwt.split(".")[1], max_bytes=1 << 20)
    header = {"typ": "vc+sd-jwt", "kid": home.university.kid}
    signed = sign_compact(header=header, payload=payload, key=PRIVATE_KEYS["EdDSA"])
    return _anchored(home, f"{signed}~{rest}".encode())


# --- documents with proofs ----------------------------------------------------------------------------------


def proved(suite: str, edit: Callable[[Json], object] = lambda _document: None) -> Attack:
    """A document with a proof by the university, changed after it was made.

    Over RDF the value of the proof is nobody's: a fault of the text has to be found before it is looked at.
    """

    def attack(home: Country) -> bytes:
        actor = home.university
        members = micro_credential(
            identifier=home.world.identifier(),
            issuer=actor.did,
            version="2.0",
            now=home.world.moment,
            schema=SCHEMA_URL,
        )
        document = sign_data_integrity(
            members, key=actor.key.private, verification_method=actor.kid, cryptosuite="ecdsa-jcs-2019"
        )
        if suite != "ecdsa-jcs-2019":
            value = encode_base58btc(bytes(64))
            document["proof"] = document["proof"] | {"cryptosuite": suite, "proofValue": value}
            del document["proof"]["@context"]
        edit(document)
        return _anchored(home, json.dumps(document).encode())

    return attack


def other_title(document: Json) -> None:
    """What was achieved is something else."""
    document["credentialSubject"]["hasClaim"]["title"]["en"] = "Creative Accounting"


def many_proofs(document: Json) -> None:
    """Each would be verified."""
    document["proof"] = [document["proof"]] * 1000
