"""Seals at a node: whose they are by its database and its operator, in whatever form they are handed in."""

import json
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from credentials.verdict import ISSUER, SIGNATURE, Outcome
from node.app import application
from node.services.verification import verify_credential
from tests.credentials.sealing import ORGANISATION, seal_key, sealed_credential
from tests.credentials.securing.certificates import sealer
from tests.credentials.securing.sealed import sealed
from tests.credentials.world import country
from tests.node.api.world import served
from tests.node.projected import node_of

PATH = "/v1/verifications"


def test_a_seal_is_its_dids_by_the_database_and_its_authoritys_by_the_setting(tmp_path: Path) -> None:
    home = country()
    seal_key(home.world, home.university)
    bound, unbound = sealed_credential(home.world, ORGANISATION), sealed(of=sealer(number=8))
    home.world.anchor(home.university, [bound])
    trusted = tmp_path / "authorities.pem"
    trusted.write_bytes(sealer().root.certificate.public_bytes(Encoding.PEM))
    with node_of(home.world, tmp_path / "node", seal_anchors=str(trusted)) as node:
        verdict = verify_credential(node, bound, at=None).verdict
        assert (verdict.outcome, verdict.issuer, verdict.findings) == ("valid", home.university.did, ())
        verdict = verify_credential(node, unbound, at=None).verdict
        assert verdict.result(ISSUER).outcome is Outcome.PASSED
    with node_of(home.world, tmp_path / "another") as node:
        verdict = verify_credential(node, unbound, at=None).verdict
        assert verdict.result(ISSUER).reason == "no_seal_anchors"
        assert verdict.result(SIGNATURE).outcome is Outcome.PASSED


@pytest.mark.enable_socket
def test_a_seal_as_json_is_a_document_under_any_media_type_and_in_an_envelope(tmp_path: Path) -> None:
    document = sealed(form="general", encoded=False)
    with (
        node_of(country().world, tmp_path) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        answers = [
            http.post(PATH, content=document, headers={"content-type": media_type})
            for media_type in ("application/json", "application/jose+json", "text/plain")
        ]
        answers += [
            http.post(PATH, json={"credential": given}) for given in (document.decode(), json.loads(document))
        ]
    digests = set()
    for answer in answers:
        assert answer.status_code == 200, answer.text
        verdict = answer.json()
        assert verdict["checks"][2]["outcome"] == "passed"
        digests.add(verdict["credential"]["digest"])
    assert len(digests) == 1
