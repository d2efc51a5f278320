"""One credential of each form: each is what it says it is, and is told in a line of its own."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.model import CONTEXT_1_1
from credentials.presentation_reading import read_presentation
from credentials.securing.reading import read_secured
from credentials.securing.sd_jwt import SdJwt
from credentials.securing.seal import Seal
from credentials.securing.signing_key import signing_key
from devnet.errors import CommandFailed
from devnet.forms import FORMS, WITHHELD, Award, issued_forms, older_credential
from devnet.older_proof import KIND, issue_with_older_proof
from devnet.schemas import ALL_COVERED, BADGE_TYPE, TYPES, VCT
from devnet.told_forms import told_forms
from devnet.wallet import Asked, Wallet
from did.methods.ebsi import new_did
from node.client.issuing import Signer
from node.client.keys import new_key

NOW = datetime(2026, 11, 14, 10, tzinfo=UTC)
ASKED = Asked("n-0S6_WzA2Mj", "https://verifier.example", NOW)
DID = new_did(os.urandom(16))
SHOWN = {"outcome": "valid", "decided_by": None, "reason": None, "passed": [0, 1, 2]}


@pytest.fixture(scope="module")
def wallet() -> Wallet:
    return Wallet()


@pytest.fixture(scope="module")
def made(wallet: Wallet) -> dict[str, str]:
    award = Award(
        awarding_body="Kaunas University of Technology",
        es256=Signer.of(DID, new_key("P-256", random=os.urandom)),
        ed25519=Signer(DID, f"{DID}#other", signing_key(Ed25519PrivateKey.generate())),
        wallet=wallet,
        now=NOW,
    )
    return issued_forms(award)


@pytest.mark.parametrize(
    ("form", "mechanism", "algorithm"),
    [
        ("vc_jwt", "vc-jwt", "ES256"),
        ("vc_jose", "vc-jose", "ES256"),
        ("eddsa_jcs", "data-integrity", "eddsa-jcs-2022"),
        ("ecdsa_rdfc", "data-integrity", "ecdsa-rdfc-2019"),
        ("open_badge", "data-integrity", "ecdsa-rdfc-2019"),
        ("jades", "jades", "ES256"),
        ("sd_jwt_vc", "sd-jwt-vc", "ES256"),
    ],
)
def test_each_is_of_the_form_that_its_name_says(
    made: dict[str, str], wallet: Wallet, form: str, mechanism: str, algorithm: str
) -> None:
    secured = read_secured(made[form].encode())
    assert (secured.mechanism, secured.algorithm) == (mechanism, algorithm)
    assert [subject.get("id") for subject in secured.credential.subjects] == [wallet.did]


def test_all_that_a_university_issues_is_covered_and_no_two_have_one_digest(made: dict[str, str]) -> None:
    covered = {name for item in ALL_COVERED for name in item.types}
    read = [read_secured(text.encode()) for text in made.values()]
    assert covered == {"VerifiableCredential", "VerifiableAttestation", *TYPES, BADGE_TYPE, VCT}
    assert all(covered.issuperset(secured.credential.types) for secured in read)
    assert len({secured.digest for secured in read}) == len(made)


def test_a_seal_names_the_university_and_the_key_of_its_did(made: dict[str, str]) -> None:
    seal = read_secured(made["jades"].encode()).parts
    assert isinstance(seal, Seal)
    assert (seal.named_issuer, str(seal.kid).partition("#")[0]) == (DID, DID)
    assert seal.chain.seal.organisation == "Kaunas University of Technology"


def test_a_learner_shows_some_claims_by_a_key_of_its_own(made: dict[str, str], wallet: Wallet) -> None:
    parts = read_secured(wallet.shown(made["sd_jwt_vc"], ASKED, withheld=WITHHELD).encode()).parts
    assert isinstance(parts, SdJwt)
    assert parts.key_binding is not None
    assert (parts.key_binding.nonce, parts.key_binding.audiences) == (ASKED.nonce, (ASKED.audience,))
    assert "ects" in parts.disclosed.members
    assert parts.disclosed.members.keys().isdisjoint(WITHHELD)


def test_a_learner_presents_what_is_about_it(made: dict[str, str], wallet: Wallet) -> None:
    forms = {
        "vp-jwt": wallet.presentation([made["vc_jwt"]], ASKED),
        "embedded-proof": wallet.json_ld_presentation([json.loads(made["open_badge"])], ASKED),
    }
    for form, text in forms.items():
        presentation = read_presentation(text.encode())
        assert presentation is not None
        assert (presentation.form, presentation.holder) == (form, wallet.did)
        assert (presentation.nonce, presentation.audiences) == (ASKED.nonce, (ASKED.audience,))
        assert len(presentation.credentials) == 1


def test_a_school_of_an_older_kind_is_its_key(wallet: Wallet) -> None:
    secured = read_secured(older_credential(wallet, now=NOW).encode())
    assert (secured.mechanism, secured.algorithm) == ("embedded-proof", KIND)
    assert secured.credential.issuer.startswith("did:key:z6Mk")
    assert secured.verification_method.partition("#")[0] == secured.credential.issuer


def test_what_didkit_refuses_is_one_line() -> None:
    with pytest.raises(CommandFailed, match="didkit"):
        issue_with_older_proof({"@context": [CONTEXT_1_1]}, secret=os.urandom(32))


def test_each_form_is_told_in_a_line_of_its_own() -> None:
    unknown = {"outcome": "indeterminate", "decided_by": "accreditation", "reason": "no_framework"}
    seen: dict[str, dict[str, Any]] = dict.fromkeys(FORMS, SHOWN)
    seen["older_proof"] = {**unknown, "passed": [0, 1]}
    lines = [line.plain.strip() for line in told_forms(seen)]
    assert len(lines) == len(FORMS)
    for line, name in zip(lines, FORMS.values(), strict=True):
        assert line.startswith(name)
    assert all("valid" in line and "passed 0 1 2" in line for line in lines[:-1])
    assert "indeterminate" in lines[-1]
    assert "nobody on this ledger accredits its issuer" in lines[-1]
