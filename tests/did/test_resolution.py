import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.document import DID_CONTEXT, JSON, JSON_LD
from did.errors import DidError, NotFound
from did.methods.ebsi import Change
from did.methods.jwk import did_jwk_from_jwk
from did.methods.key import did_key_from_jwk
from did.multibase import encode_base58btc
from did.resolution import ResolutionResult, resolve

from .methods.ebsi.changes import DID, OTHER, Registry, registered
from .sample_keys import JWKS


def _resolve(did: str, changes: Sequence[Change] = (), **options: object) -> ResolutionResult:
    options.setdefault("now", 200)
    return resolve(did, changes_of=lambda asked: changes if asked == DID else (), **options)  # type: ignore[arg-type]


def test_a_registered_did_resolves_with_its_metadata() -> None:
    result = _resolve(DID, registered().changes)
    assert result.error is None
    assert result.did_document is not None
    assert result.did_document_metadata == {
        "created": "1970-01-01T00:01:40Z",
        "updated": "1970-01-01T00:01:50Z",
        "versionId": "14",
    }
    printed = result.to_json()
    assert printed["didDocument"]["@context"] == [DID_CONTEXT]
    assert printed["didResolutionMetadata"] == {"contentType": JSON_LD}
    json.dumps(printed)


def test_a_did_never_updated_has_no_updated() -> None:
    registry = Registry()
    registry.insert()
    assert _resolve(DID, registry.changes).did_document_metadata == {
        "created": "1970-01-01T00:01:40Z",
        "versionId": "5",
    }


def test_the_plain_json_form_has_no_context() -> None:
    printed = _resolve(DID, registered().changes, accept=JSON).to_json()
    assert "@context" not in printed["didDocument"]
    assert printed["didResolutionMetadata"]["contentType"] == JSON


def test_a_version_time_sees_only_what_was_recorded_then() -> None:
    registry = registered()
    registry.time = 300
    registry.revoke("sign", 150)
    result = _resolve(DID, registry.changes, version_time=datetime(1970, 1, 1, 0, 4, tzinfo=UTC), now=400)
    assert result.did_document is not None
    assert "assertionMethod" in result.did_document.relationships
    assert result.did_document_metadata == {
        "created": "1970-01-01T00:01:40Z",
        "updated": "1970-01-01T00:01:50Z",
        "versionId": "14",
        "nextUpdate": "1970-01-01T00:05:00Z",
        "nextVersionId": "17",
    }


def test_a_version_time_may_be_the_present_itself() -> None:
    found, now = _resolve(DID, registered().changes, version_time=200), _resolve(DID, registered().changes)
    assert found.did_document is not None
    assert found.to_json() == now.to_json()


def test_a_version_id_is_the_log_index_of_an_entry() -> None:
    result = _resolve(DID, registered().changes, version_id="11")
    assert result.did_document is not None
    assert "authentication" in result.did_document.relationships
    assert "assertionMethod" not in result.did_document.relationships
    assert result.did_document_metadata["versionId"] == "11"
    assert result.did_document_metadata["nextVersionId"] == "14"


@pytest.mark.parametrize("version_id", ["", "6", "05", "-5", "\u0665", "5 ", "x"])
def test_an_unknown_version_is_not_found(version_id: str) -> None:
    assert isinstance(_resolve(DID, registered().changes, version_id=version_id).error, NotFound)


def test_a_did_is_deactivated_when_nobody_can_ever_give_it_a_key_again() -> None:
    registry = registered()
    assert "deactivated" not in _resolve(DID, registry.changes, now=999).did_document_metadata
    assert _resolve(DID, registry.changes, now=1000).did_document_metadata["deactivated"] is True
    registry.add("did.controller.added", controller=OTHER)
    assert "deactivated" not in _resolve(DID, registry.changes, now=1000).did_document_metadata


def test_what_was_left_out_is_noted() -> None:
    registry = Registry()
    registry.insert(base="{")
    notes = _resolve(DID, registry.changes).did_resolution_metadata["notes"]
    assert len(notes) == 1
    assert "base document" in notes[0]


@pytest.mark.parametrize("did", [did_key_from_jwk(JWKS["P-256"]), did_jwk_from_jwk(JWKS["Ed25519"])])
def test_a_did_that_is_its_key_needs_no_registry(did: str) -> None:
    result = _resolve(did)
    assert result.did_document is not None
    assert result.did_document.id == did
    assert result.did_document_metadata == {}
    assert isinstance(_resolve(did, version_id="1").error, NotFound)


@pytest.mark.parametrize(
    ("did", "options", "code"),
    [
        ("nonsense", {}, "invalidDid"),
        ("did:ebsi:zabc", {}, "invalidDid"),
        ("did:ebsi:" + encode_base58btc(b"\x02" + bytes(32)), {}, "invalidDid"),
        ("did:key:zABO0", {}, "invalidDid"),
        ("did:key:" + encode_base58btc(b"\xec\x01" + bytes(32)), {}, "unsupportedPublicKeyType"),
        ("did:key:" + encode_base58btc(b"\xed\x01" + bytes(31)), {}, "invalidPublicKey"),
        ("did:web:example.org", {"version_id": "1"}, "methodNotSupported"),
        (OTHER, {}, "notFound"),
        (DID, {"version_time": 99}, "notFound"),
        (DID, {"accept": "text/html"}, "representationNotSupported"),
        (DID, {"version_time": 100, "version_id": "5"}, "invalidOptions"),
        (DID, {"now": datetime(2026, 1, 1)}, "invalidOptions"),  # noqa: DTZ001  naive on purpose
        (DID, {"version_time": 201}, "invalidOptions"),
        (DID, {"version_time": 5000}, "invalidOptions"),
    ],
    ids=range(14),
)
def test_each_failure_has_the_code_of_did_resolution(did: str, options: dict[str, object], code: str) -> None:
    result = _resolve(did, registered().changes, **options)
    assert result.did_document is None
    assert result.error is not None
    assert result.to_json() == {
        "didDocument": None,
        "didDocumentMetadata": {},
        "didResolutionMetadata": {"error": code, "errorMessage": str(result.error)},
    }


def test_a_history_that_cannot_be_is_an_internal_error() -> None:
    result = _resolve(DID, registered().changes[1:])
    assert result.did_resolution_metadata["error"] == "internalError"


@given(st.text(max_size=60) | st.from_regex(r"did:(ebsi|key|jwk):z?[1-9A-Za-z]{0,60}", fullmatch=True))
def test_no_text_makes_resolution_raise(did: str) -> None:
    result = _resolve(did)
    assert (result.did_document is None) is isinstance(result.error, DidError)
