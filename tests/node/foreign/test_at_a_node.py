"""JSON-LD credentials handed to a node over HTTP."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.securing.data_integrity_signing import sign_data_integrity
from node.foreign.proofs import DidkitProofs
from node.foreign.rdf_client import RdfProcess
from tests.credentials.securing.data_integrity_cases import signer as signer_for
from tests.ledger import DeployedState, resume
from tests.node.api.world import World, world
from tests.node.foreign.badges import badge, poisoned
from tests.node.foreign.didkit_desk import DidkitDesk
from tests.node.foreign.signers import members, signer

pytestmark = pytest.mark.enable_socket
RELAX = "accreditation,anchor,timeline,schema"


@pytest.fixture(scope="module")
def desk_node(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("foreign")
    with resume(deployed_state, folder / "ledger.json") as ledger, world(ledger, folder / "node") as made:
        yield made


def _verdict(made: World, document: dict[str, Any]) -> dict[str, Any]:
    answer = made.http.post(
        "/v1/verifications",
        params={"relax": RELAX},
        content=json.dumps(document).encode(),
        headers={"Content-Type": "application/vc+ld+json"},
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    # On a busy machine the process comes up only for the next who asks.
    return _verdict(made, document) if "being started" in answer.text else told


def _outcome(verdict: dict[str, Any], check: str) -> str:
    return str(next(one["outcome"] for one in verdict["checks"] if one["name"] == check))


def test_a_node_judges_embedded_proofs_and_leaves_no_process_behind(
    deployed_state: DeployedState, tmp_path: Path, desk: DidkitDesk
) -> None:
    by = signer()
    document = desk.issue(members(by.did), by.jwk, by.kid, "Ed25519Signature2018")
    with resume(deployed_state, tmp_path / "ledger.json") as ledger, world(ledger, tmp_path / "node") as made:
        assert _verdict(made, document)["outcome"] == "valid"
        document["credentialSubject"]["degree"]["name"] = "Master of Music"
        spoilt = _verdict(made, document)
        assert (spoilt["outcome"], _outcome(spoilt, "signature")) == ("invalid", "failed")
        proofs = made.node.proofs
        assert isinstance(proofs, DidkitProofs)
        running = proofs.pid
        assert running is not None
    with pytest.raises(ProcessLookupError):
        os.kill(running, 0)


def test_a_node_judges_proofs_over_rdf_and_leaves_no_process_behind(
    deployed_state: DeployedState, tmp_path: Path
) -> None:
    by = signer_for("ES256")
    unsecured = badge(by.did)
    with resume(deployed_state, tmp_path / "ledger.json") as ledger, world(ledger, tmp_path / "node") as made:
        rdf = made.node.canonical
        assert rdf is not None
        signing = RdfProcess(seconds=60, starting_seconds=60)
        document = sign_data_integrity(
            unsecured,
            key=by.private,
            verification_method=by.kid,
            cryptosuite="ecdsa-rdfc-2019",
            canonical=signing,
        )
        signing.close()
        assert _verdict(made, document)["outcome"] == "valid"
        unknown = {**document, "@context": [*document["@context"], "https://nobody.example/v1"]}
        told = _verdict(made, unknown)
        assert (told["outcome"], _outcome(told, "signature")) == ("indeterminate", "not_determinable")
        assert "https://nobody.example/v1" in told["sentence"]
        running = rdf.pid
        assert running is not None
    with pytest.raises(ProcessLookupError):
        os.kill(running, 0)


def test_a_poison_graph_ends_in_time_and_the_next_request_is_served(desk_node: World) -> None:
    by = signer_for("ES256")
    rdf = RdfProcess(seconds=60, starting_seconds=60)
    good = sign_data_integrity(
        badge(by.did),
        key=by.private,
        verification_method=by.kid,
        cryptosuite="ecdsa-rdfc-2019",
        canonical=rdf,
    )
    rdf.close()
    told = _verdict(desk_node, json.loads(poisoned()))
    assert (told["outcome"], _outcome(told, "signature")) == ("indeterminate", "not_determinable")
    assert told["sentence"].startswith("The proof could not be judged in the time there is.")
    assert desk_node.node.canonical is not None
    assert desk_node.node.canonical.pid is None
    assert desk_node.http.get("/v1/deployment").status_code == 200
    assert _verdict(desk_node, good)["outcome"] == "valid"


def test_a_did_web_that_the_operator_does_not_list_is_not_determinable(desk_node: World) -> None:
    document = members("did:web:uni.example")
    proof = {
        "type": "Ed25519Signature2018",
        "created": "2024-01-01T00:00:00Z",
        "verificationMethod": "did:web:uni.example#1",
        "proofPurpose": "assertionMethod",
        "jws": "eyJ..A",
    }
    verdict = _verdict(desk_node, {**document, "proof": proof})
    issuer = next(one for one in verdict["checks"] if one["name"] == "issuer")
    assert (verdict["outcome"], issuer["outcome"]) == ("indeterminate", "not_determinable")
    assert "did_web_hosts" in issuer["sentence"]
