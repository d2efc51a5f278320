import pytest

from did.document import (
    DID_CONTEXT,
    GOVERNED,
    JSON,
    JSON_LD,
    DidDocument,
    VerificationMethod,
    document_of_one_key,
)
from did.errors import RepresentationNotSupported
from did.syntax import Did

from .sample_keys import JWKS

DID = Did("did:example:1")


def test_only_the_json_ld_form_has_a_context() -> None:
    document = DidDocument(DID, (), {})
    assert document.represent(JSON_LD) == {"@context": DID_CONTEXT, "id": DID}
    assert document.represent(JSON) == {"id": DID}


def test_every_member_stands_where_did_core_puts_it() -> None:
    method = VerificationMethod(f"{DID}#k", DID, JWKS["P-256"])
    document = DidDocument(
        id=DID,
        verification_method=(method,),
        relationships={"assertionMethod": (method.id,)},
        controller=(DID,),
        properties={"service": [{"id": "#s"}]},
    )
    assert document.to_json() == {
        "id": DID,
        "controller": [DID],
        "verificationMethod": [
            {"id": f"{DID}#k", "type": "JsonWebKey2020", "controller": DID, "publicKeyJwk": JWKS["P-256"]}
        ],
        "assertionMethod": [f"{DID}#k"],
        "service": [{"id": "#s"}],
    }


@pytest.mark.parametrize("name", sorted(GOVERNED))
def test_a_property_never_displaces_what_the_method_governs(name: str) -> None:
    document = DidDocument(DID, (), {}, properties={name: "did:example:2"})
    assert document.to_json() == {"id": DID}


@pytest.mark.parametrize("media_type", ["", "application/json", "application/did+cbor", "text/html"])
def test_another_representation_is_refused(media_type: str) -> None:
    with pytest.raises(RepresentationNotSupported):
        DidDocument(DID, (), {}).represent(media_type)


def test_methods_are_found_by_relationship() -> None:
    document = document_of_one_key(DID, fragment="0", jwk=JWKS["P-256"], relationships=["authentication"])
    assert document.verification_methods("authentication") == document.verification_method
    assert document.verification_methods("assertionMethod") == ()
