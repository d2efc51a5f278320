"""Open Badges 3.0 with the proof that 1EdTech asks for (eddsa-rdfc-2022): judged whole, and read."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from credentials.microcredential import read_micro_credential
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.verdict import FORMAT, SIGNATURE, Outcome, Verdict
from credentials.verification import verify
from node.foreign.rdf_client import RdfProcess
from tests.credentials.micro_credentials import BADGE
from tests.credentials.securing.data_integrity_cases import signer
from tests.credentials.world import World

BY = signer("EdDSA")
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def rdf() -> Iterator[RdfProcess]:
    made = RdfProcess(seconds=60, starting_seconds=60)  # a busy machine must not decide
    yield made
    made.close()


@pytest.fixture(scope="module")
def signed(rdf: RdfProcess) -> dict[str, Any]:
    """The badge of all standard elements, by an issuer whose DID is its key."""
    named = {"id": "urn:uuid:0b5e1d5c-3f0b-4f63-a5ef-0d4b8a3f0c51", "validFrom": "2026-11-20T00:00:00Z"}
    made = copy.deepcopy(BADGE) | named
    made["issuer"]["id"] = BY.did
    del made["issuer"]["endorsementJwt"]  # no context of Open Badges defines it, so no proof covers it
    return sign_data_integrity(
        made,
        key=BY.private,
        verification_method=BY.kid,
        cryptosuite="eddsa-rdfc-2022",
        canonical=rdf,
    )


def _judged(document: dict[str, Any], rdf: RdfProcess) -> Verdict:
    world = World()
    policy = world.policy("accreditation", "anchor", "timeline", "schema")
    return verify(json.dumps(document).encode(), at=None, policy=policy, ports=world.ports(canonical=rdf))


def test_an_open_badge_is_valid_and_says_what_it_says(rdf: RdfProcess, signed: dict[str, Any]) -> None:
    verdict = _judged(signed, rdf)
    assert (verdict.outcome, verdict.result(SIGNATURE).outcome) == ("valid", Outcome.PASSED), verdict.sentence
    evidence = verdict.result(FORMAT).evidence
    assert (evidence["mechanism"], evidence["algorithm"]) == ("data-integrity", "eddsa-rdfc-2022")
    assert verdict.credential is not None
    said = read_micro_credential(verdict.credential)
    assert said is not None
    assert (said.shape, said.title, said.eqf_level) == ("open-badges", "Teamwork", 7)


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["credentialSubject"]["achievement"].update(name="Leadership"),
        lambda d: d["credentialSubject"]["achievement"].update(creditsAvailable=30),
        lambda d: d["credentialSubject"]["result"][0].update(value="10"),
        lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="Ona Onaitė"),
        lambda d: d["credentialSubject"]["achievement"]["alignment"].pop(),
        lambda d: d.update(validFrom="2026-11-21T00:00:00Z"),
        lambda d: d["issuer"].update(name="Another University"),
    ],
    ids=range(7),
)
def test_nothing_that_an_open_badge_says_may_change(
    rdf: RdfProcess, signed: dict[str, Any], edit: Edit
) -> None:
    document = copy.deepcopy(signed)
    edit(document)
    verdict = _judged(document, rdf)
    assert (verdict.outcome, verdict.result(SIGNATURE).reason) == ("invalid", "signature_mismatch")


def test_a_term_that_open_badges_do_not_define_is_not_signed(rdf: RdfProcess, signed: dict[str, Any]) -> None:
    forged = copy.deepcopy(signed)
    forged["credentialSubject"]["achievement"]["finalGrade"] = "A+"
    result = _judged(forged, rdf).result(SIGNATURE)
    assert (result.outcome, "'finalGrade'" in result.sentence) == (Outcome.NOT_DETERMINABLE, True)
