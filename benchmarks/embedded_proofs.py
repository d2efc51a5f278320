"""Embedded proofs verified: those over JSON by the second, those over RDF beside didkit, in one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.figures import Figure, best_of, quickest
from credentials.errors import Unavailable
from credentials.securing.data_integrity import verify_proof
from credentials.securing.data_integrity_proof import read_proof
from credentials.securing.data_integrity_signing import sign_data_integrity
from did.jwk import Jwk
from node.foreign.rdf_client import RdfProcess
from tests.credentials.securing.data_integrity_cases import Signer, document, signed_by
from tests.credentials.securing.data_integrity_cases import signer as signer_for
from tests.node.foreign.badges import badge
from tests.node.foreign.didkit_desk import DidkitDesk
from tests.node.foreign.signers import signer

COUNT = 300
ROUNDS = 5
IN_A_GO = 4
GOES = 40
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"


def run() -> list[Figure]:
    return [*_over_json(), *_over_rdf()]


def _over_json() -> list[Figure]:
    """Proofs read and verified over documents that have been parsed, per second of one core."""
    eddsa, p256, p384 = (
        COUNT / least
        for least in best_of(
            ROUNDS,
            _verified("eddsa-jcs-2022", signer_for("EdDSA")),
            _verified("ecdsa-jcs-2019", signer_for("ES256")),
            _verified("ecdsa-jcs-2019", signer_for("ES384")),
        )
    )
    return [
        Figure("eddsa-jcs-2022, verified per second of one core", eddsa, "/s", limit=5_000, floor=True),
        Figure("ecdsa-jcs-2019 with P-256, likewise", p256, "/s", limit=5_000, floor=True),
        Figure("ecdsa-jcs-2019 with P-384, likewise", p384, "/s"),
    ]


def _verified(suite: str, by: Signer) -> Callable[[], None]:
    made = [signed_by(by, suite, document(by, name=f"credential {number}")) for number in range(COUNT)]

    def verify() -> None:
        for one in made:
            verify_proof(read_proof(one["proof"]), document=one, jwk=by.jwk, canonical=None)

    return verify


def _over_rdf() -> list[Figure]:
    """A badge of 55 statements, each in another process than the one that asks, by the wall."""
    by, rdf = signer(), RdfProcess(seconds=60, starting_seconds=60)
    public = {name: value for name, value in by.jwk.items() if name != "d"}
    twins = [badge(by.did, model="1.1", name=f"badge {number}") for number in range(IN_A_GO)]
    badges = [badge(by.did, name=f"badge {number}") for number in range(IN_A_GO)]
    for one in twins:
        one["@context"].append(ED25519_2020)
    try:
        with DidkitDesk() as desk:
            issued = [desk.issue(one, by.jwk, by.kid, "Ed25519Signature2020") for one in twins]
            signed = [_signed(one, rdf, key=by.private, kid=by.kid) for one in badges]
            texts = [json.dumps(one) for one in issued]

            def theirs() -> None:
                for text in texts:
                    assert '"errors":[]' in desk.call("verify_credential", text, "{}")

            twin, ours, newer = (
                seconds / IN_A_GO
                for seconds in quickest(
                    GOES, theirs, _asked(issued, rdf, public), _asked(signed, rdf, public)
                )
            )
    finally:
        rdf.close()
    return [
        Figure("didkit: Ed25519Signature2020 on a VC 1.1 badge of 55 quads", 1 / twin, "/s"),
        Figure("ours on the same, worker included", 1 / ours, "/s"),
        Figure("eddsa-rdfc-2022 on its VC 2.0 twin, worker included", 1 / newer, "/s"),
        Figure("ours beside didkit's on the same", twin / ours, "x", limit=0.8, floor=True),
        Figure("eddsa-rdfc-2022 beside didkit's on the twin", twin / newer, "x", limit=0.8, floor=True),
    ]


def _signed(one: dict[str, Any], rdf: RdfProcess, *, key: Any, kid: str) -> dict[str, Any]:
    while True:
        try:
            return sign_data_integrity(
                one, key=key, verification_method=kid, cryptosuite="eddsa-rdfc-2022", canonical=rdf
            )
        except Unavailable as error:
            if "being started" not in error.sentence:
                raise


def _asked(documents: Sequence[dict[str, Any]], rdf: RdfProcess, jwk: Jwk) -> Callable[[], None]:
    def verify() -> None:
        for one in documents:
            verify_proof(read_proof(one["proof"]), document=one, jwk=jwk, canonical=rdf)

    return verify
