"""Credentials that must not pass, each with one fault, and what is said of each.

Whoever sends them holds registered keys: the signature is good wherever the fault is not the signature.
Run as a program, this judges every one of them at a node in a process of its own and prints what it cost.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from anchoring.digest import secured_digest
from anchoring.errors import AnchoringError
from did.base64url import decode_base64url
from node.services.verification import verify_credential
from tests.credentials.credential_makers import EUROPE, covered
from tests.credentials.ledger import Actor
from tests.credentials.world import SCHEMA_URL, Country, World, country
from tests.node.api.bad_forms import (
    Attack,
    did_url_as_issuer,
    exactly_a_mebibyte,
    header_with,
    issued_in,
    mac_under_the_public_key,
    payload_not_encoded,
    payload_with,
    signed_by_another_type_of_key,
    two_issuers,
    unsigned,
)
from tests.node.api.bad_mechanisms import (
    disclosure_of_another,
    honest_sd_jwt,
    honest_seal,
    many_decoys,
    many_foreign_disclosures,
    many_proofs,
    other_title,
    proved,
    sd_jwt_under_another_type_of_key,
    seal_that_nobody_knows,
    seal_with_many_certificates,
    seal_with_many_time_stamps,
    sealed_word_changed,
)
from tests.node.api.bad_standing import (
    OTHER_DID,
    bomb,
    chain_of_a_hundred,
    cycle,
    in_a_list,
    newcomer,
    older_than_its_metadata,
    root_named_by_another,
    soon_expired,
)
from tests.node.api.test_verifications import NASTY
from tests.node.foreign.badges import poisoned
from tests.node.projected import node_of


class Said(NamedTuple):
    """What a verdict comes to, and words that stand in its sentence."""

    outcome: str
    check: str | None = None
    reason: str | None = None
    words: str = ""


POISON = "a poison graph"
VALID = Said("valid")
EXTENSION = Said("invalid", "format", "malformed", "no extension is understood")
TWICE = Said("invalid", "format", "malformed", "twice")


ALTERED = Said("invalid", "signature", "signature_mismatch")
NO_GRAPH = Said("indeterminate", "signature", "unavailable")  # what it says, or that the worker starts up


def _not_read(words: str) -> Said:
    return Said("invalid", "format", "malformed", words)


def _invalid(check: str, reason: str) -> Said:
    return Said("invalid", check, reason)


BAD: dict[str, tuple[Attack, Said]] = {
    "alg none": (unsigned, _not_read("'none' is not accepted")),
    "hmac with the public key": (mac_under_the_public_key, _not_read("'HS256' is not accepted")),
    "algorithm of another key type": (signed_by_another_type_of_key, _invalid("signature", "unfit_key")),
    "kid of another did": (
        lambda home: home.world.issue(home.university, key=home.tao.key, header={"kid": home.tao.kid}),
        _invalid("signature", "foreign_key"),
    ),
    "kid without fragment": (
        lambda home: home.world.issue(home.university, header={"kid": home.university.did}),
        _invalid("signature", "no_fragment"),
    ),
    "iss is not the issuer": (
        lambda home: home.world.issue(home.university, claims={"iss": home.tao.did}),
        _not_read("iss is not the issuer"),
    ),
    "sub is not the subject": (
        lambda home: home.world.issue(home.university, claims={"sub": OTHER_DID}),
        _not_read("sub is not the id"),
    ),
    "two issuers": (two_issuers, _not_read("not exactly one DID")),
    "a did url as issuer": (did_url_as_issuer, _not_read("issuer is no DID")),
    "crit unknown": (header_with(crit=["x"], x=1), EXTENSION),
    "crit empty": (header_with(crit=[]), EXTENSION),
    "b64 false and not critical": (header_with(b64=False), EXTENSION),
    "b64 true": (header_with(b64=True, crit=["b64"]), EXTENSION),
    "a payload that is not encoded": (payload_not_encoded, EXTENSION),
    "a member twice": (payload_with(b'"vc":{', b'"vc":{},"vc":{'), TWICE),
    "a member twice within": (payload_with(b'"issuer":', b'"issuer":"did:web:a","issuer":'), TWICE),
    "a member twice by an escape": (
        payload_with(b'"issuer":', b'"issue\\u0072":"did:web:a","issuer":'),
        TWICE,
    ),
    "exactly a mebibyte": (exactly_a_mebibyte, VALID),
    "nesting 10,000 deep": (
        payload_with(b'"vc":{', b'"vc":{"x":' + b"[" * 10_000 + b"]" * 10_000 + b","),
        _not_read("nested deeper"),
    ),
    "nan": (payload_with(b'"vc":{', b'"vc":{"x":NaN,'), _not_read("NaN is not JSON")),
    "infinity": (payload_with(b'"vc":{', b'"vc":{"x":-Infinity,'), _not_read("-Infinity is not JSON")),
    "a number beyond all": (payload_with(b'"vc":{', b'"vc":{"x":1e400,'), _not_read("beyond the range")),
    "a number of 5,000 digits": (
        payload_with(b'"vc":{', b'"vc":{"x":' + b"9" * 5000 + b","),
        _not_read("not strict JSON"),
    ),
    "dates without zone": (payload_with(b'Z"', b'"'), _not_read("no date and time with a time zone")),
    "the year 10000": (
        payload_with(b'"issued":"', b'"issued":"1'),
        _not_read("no date and time with a time zone"),
    ),
    "issued in the year 9999": (issued_in(9999), _invalid("validity", "not_yet_valid")),
    "an end in the year 9999": (
        lambda home: home.world.issue(
            home.university, expires=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
        ),
        VALID,
    ),
    "an index out of range": (in_a_list("range", 131_072), _invalid("status", "index_out_of_range")),
    "an index below zero": (in_a_list("below", "-1"), _invalid("status", "malformed_entry")),
    "a list of another issuer": (in_a_list("foreign", by="tao"), _invalid("status", "foreign_list")),
    "a list for another purpose": (
        in_a_list("purpose", purpose="suspension"),
        _invalid("status", "other_purpose"),
    ),
    "a list that has expired": (
        in_a_list("expired", valid_for=600),
        Said("indeterminate", "status", "stale"),
    ),
    "a gzip bomb": (in_a_list("bomb", edit=bomb), _invalid("status", "malformed_list")),
    "an accreditation broader than its parent": (
        newcomer("Broader", accredited_for=(covered(SCHEMA_URL, jurisdiction=f"{EUROPE[:-3]}USA"),)),
        _invalid("accreditation", "broader_than_parent"),
    ),
    "an accreditation that has expired": (
        soon_expired,
        _invalid("accreditation", "accreditation_expired"),
    ),
    "an accreditation older than its metadata": (
        older_than_its_metadata,
        _invalid("accreditation", "outdated"),
    ),
    "an accreditation of another subject": (
        newcomer("Thief", lambda members: members["credentialSubject"].update(id=OTHER_DID)),
        _invalid("accreditation", "other_subject"),
    ),
    "a cycle of accreditations": (cycle, _invalid("accreditation", "chain_broken")),
    "a chain of 100": (chain_of_a_hundred, _invalid("accreditation", "chain_broken")),
    "a root that somebody else appointed": (
        root_named_by_another,
        _invalid("accreditation", "other_accreditor"),
    ),
    "a seal": (honest_seal, VALID),
    "a sealed word that was changed": (sealed_word_changed, ALTERED),
    "a seal that nobody knows": (
        seal_that_nobody_knows,
        Said("indeterminate", "issuer", "no_seal_anchors"),
    ),
    "a seal with thousands of certificates": (
        seal_with_many_certificates,
        _not_read("more than 32768 bytes"),
    ),
    "a seal with 10,000 time stamps": (seal_with_many_time_stamps, VALID),
    "an sd-jwt": (honest_sd_jwt, VALID),
    "1,000 disclosures that nobody signed": (
        many_foreign_disclosures,
        _not_read("nothing that the issuer signed"),
    ),
    "1,000 decoys": (many_decoys, VALID),
    "a disclosure of another": (disclosure_of_another, _not_read("nothing that the issuer signed")),
    "an sd-jwt under another type of key": (
        sd_jwt_under_another_type_of_key,
        _invalid("signature", "unfit_key"),
    ),
    "a proof over json": (proved("ecdsa-jcs-2019"), VALID),
    "a proof over another title": (proved("ecdsa-jcs-2019", other_title), ALTERED),
    "a thousand proofs": (proved("ecdsa-jcs-2019", many_proofs), _not_read("more than 16 proofs")),
    "a proof of another type of key": (proved("eddsa-jcs-2022"), _invalid("signature", "unfit_key")),
    "words that no graph has": (proved("ecdsa-rdfc-2019"), NO_GRAPH),
}


def bad_country() -> tuple[Country, dict[str, bytes]]:
    """A country in which every attack was prepared, and what is handed in for each.

    What has a digest is anchored at the end, when what was to expire has expired: only the fault decides.
    """
    home = country()
    documents = {name: attack(home) for name, (attack, _said) in BAD.items()}
    home.world.wait(3600)
    issuers = _accredited(home.world)
    for did, batch in _by_issuer(documents.values()).items():
        if did in issuers:
            home.world.anchor(issuers[did], batch)
    return home, documents


def _accredited(world: World) -> Mapping[str, Actor]:
    """Whoever may anchor, by the attribute that was recorded last."""
    return {
        fields["did"]: Actor("", fields["did"], attributes=[fields["attributeId"]])
        for kind, fields, _time in world.log
        if kind == "issuer.attribute.metadata"
    }


def _by_issuer(documents: Iterable[bytes]) -> dict[str, list[bytes]]:
    """The documents that have a digest, by the DID in their claim `iss`."""
    batches: dict[str, list[bytes]] = {}
    for document in documents:
        if document.startswith(b"{"):  # anchored where it is made, as is what names its issuer elsewhere
            continue
        try:
            secured_digest(document)
            claims = json.loads(decode_base64url(document.split(b".")[1].decode(), max_bytes=1 << 20))
        except (AnchoringError, ValueError, RecursionError):
            continue
        if "iss" in claims:
            batches.setdefault(claims["iss"], []).append(document)
    return batches


def main() -> None:
    """Print the CPU seconds of each verdict, by how many KiB memory grew beyond an honest one's, and workers.

    Of the processes in which graphs are judged: the CPU seconds of all together, the KiB of the largest.
    """
    home, documents = bad_country()
    with tempfile.TemporaryDirectory() as folder, node_of(home.world, Path(folder)) as node:
        verify_credential(node, home.credential, at=None)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = {}
        for name, document in {**NASTY, **documents, POISON: poisoned()}.items():
            started = time.process_time()
            while "being started" in verify_credential(node, document, at=None).verdict.sentence:
                pass  # on a busy machine the worker is up for the next who asks
            seconds[name] = time.process_time() - started
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        served = verify_credential(node, home.credential, at=None).verdict.outcome
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "seconds": seconds,
        "grown": grown,
        "served": served,
        "workers": {"seconds": workers.ru_utime + workers.ru_stime, "largest": workers.ru_maxrss},
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
