"""JSON-LD presentations with proofs over RDF, by the real processor: no changed byte is ever valid."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from credentials.errors import MalformedPresentation
from credentials.presentation import Presentation
from credentials.presentation_reading import read_presentation
from credentials.presentation_verification import verify_presentation
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.verdict import Outcome
from credentials.verification import verify
from node.foreign.rdf_client import RdfProcess
from tests.credentials.presentations import ASKED, AUDIENCE, NONCE, presentation
from tests.credentials.securing.data_integrity_cases import signer as signer_for
from tests.credentials.world import World
from tests.node.foreign.badges import badge

EVERY = 23
"""Of the bytes of a document one is changed."""
WITHOUT = ("accreditation", "anchor", "timeline", "schema")


@pytest.fixture(scope="module")
def rdf() -> Iterator[RdfProcess]:
    made = RdfProcess(seconds=60, starting_seconds=60)  # a busy machine must not decide
    yield made
    made.close()


def _read(document: bytes) -> Presentation | MalformedPresentation | None:
    try:
        return read_presentation(document)
    except MalformedPresentation as error:
        return error


def _outcome(document: bytes, rdf: RdfProcess) -> str:
    world, read = World(), _read(document)
    policy, ports = world.policy(*WITHOUT), world.ports(canonical=rdf)
    if read is None:
        return verify(document, at=None, policy=policy, ports=ports, expected=ASKED).outcome
    found = verify_presentation(read, at=None, policy=policy, ports=ports, expected=ASKED)
    assert (found.own == "valid") is (found.result.outcome is Outcome.PASSED)
    return found.outcome


def _shown(rdf: RdfProcess, suite: str, alg: str) -> bytes:
    """A badge by a university, shown by whom it is about."""
    university, learner = signer_for("ES256"), signer_for(alg)
    made = badge(university.did, skills=1)
    made["credentialSubject"]["id"] = learner.did
    signed = sign_data_integrity(
        made,
        key=university.private,
        verification_method=university.kid,
        cryptosuite="ecdsa-rdfc-2019",
        canonical=rdf,
    )
    shown: dict[str, Any] = sign_data_integrity(
        presentation(learner.did, [signed], version="2.0"),
        key=learner.private,
        verification_method=learner.kid,
        cryptosuite=suite,
        purpose="authentication",
        challenge=NONCE,
        domain=AUDIENCE,
        canonical=rdf,
    )
    return json.dumps(shown, separators=(",", ":")).encode()


@pytest.mark.parametrize(("suite", "alg"), [("eddsa-rdfc-2022", "EdDSA"), ("ecdsa-rdfc-2019", "ES384")])
def test_no_changed_byte_of_a_presentation_over_rdf_survives(rdf: RdfProcess, suite: str, alg: str) -> None:
    document = _shown(rdf, suite, alg)
    assert _outcome(document, rdf) == "valid"
    places = range(0, len(document), EVERY)
    assert len(places) > 80
    for number, place in enumerate(places):
        changed = bytearray(document)
        changed[place] ^= 1 << number % 8
        assert _outcome(bytes(changed), rdf) != "valid", document[place - 20 : place + 20]
