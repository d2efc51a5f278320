"""A did:ebsi for a legal entity: made at home, registered by its own key (EBSI APIs, did:ebsi v1).

Each step can be cut off and done again: what is on the ledger already is found and left alone, and a
registration that somebody else put in front of ours is never adopted (protocol section 2).
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from did.methods.ebsi import new_did
from node.client.errors import NodeProblem, ProfileExists, Refused, StillWaiting, TransactionFailed
from node.client.issuer import Issuer
from node.client.keys import PrivateKey
from node.client.keystore import Keystore
from node.client.ledger_time import ledger_seconds
from node.client.profile import Deployment, Profile, save_profile
from node.client.transactions import Call
from node.client.writes import METHODS, LedgerWriter, is_there_already

KEY_LIFE = timedelta(days=5 * 365)
"""How long a fresh key may be used if nobody says otherwise."""

MOST_BEHIND = timedelta(days=1)
"""A node that tells of a ledger further behind is not believed: keys would be valid before they were made."""

DEED = "register"
"""What the transactions of a registration are signed for."""

BASE_DOCUMENT = json.dumps(
    {"@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"]},
    separators=(",", ":"),
)
_INSERT = "insertDidDocument"
CREDENTIAL_RELATIONSHIPS = ("authentication", "assertionMethod")


def create_profile(
    folder: Path,
    *,
    node_url: str,
    keystore: Keystore,
    deployment: Deployment | None = None,
    random: Callable[[int], bytes] = os.urandom,
) -> Profile:
    """A new profile with a DID and both keys, all on disk; nothing is sent.

    Args:
        folder: of the profile.
        node_url: address of its node.
        keystore: over the same folder's `keys`.
        deployment: what that node follows; None pins what it names when it is first asked.
        random: the operating system's randomness.

    Raises:
        ProfileExists: the folder holds one.
        OSError: the folder cannot be written.
    """
    if (folder / "profile.json").exists():
        raise ProfileExists(folder)
    ledger_key, credential_key = keystore.create("secp256k1", "P-256")
    profile = Profile(
        did=new_did(random(16)),
        node=node_url,
        ledger_key=ledger_key.kid,
        credential_key=credential_key.kid,
        deployment=deployment,
    )
    save_profile(folder, profile, new=True)
    return profile


def register(issuer: Issuer, *, now: datetime, key_life: timedelta = KEY_LIFE) -> bool:
    """The DID is on the ledger with both keys; True if anything had to be written.

    Args:
        issuer: with a profile that is perhaps half registered.
        now: the keys are valid from then on, or from the ledger's time if its clock is behind.
        key_life: and for so long.

    Raises:
        Refused: the DID is registered without this profile's ledger key: somebody was faster.
        ClientError: the node, the ledger or the keystore refused.
    """
    ledger_key, credential_key = issuer.keystore.open_all(
        (issuer.profile.ledger_key, issuer.profile.credential_key)
    )
    issuer.outbox.begin(DEED)
    writer = issuer.writer()
    document = issuer.node.resolve(issuer.did)
    if document is not None and is_registered(issuer.profile, document):
        return False
    dates = _dates_begun(issuer, ledger_key) or _fresh_dates(issuer, now=now, key_life=key_life)
    if document is None:
        document = _insert(issuer, writer, ledger_key, dates)
    if f"{issuer.did}#{ledger_key.kid}" not in document.get("capabilityInvocation", ()):
        raise Refused(
            f"{issuer.did} is registered without this profile's key: make another profile",
            evidence={"capabilityInvocation": document.get("capabilityInvocation", [])},
        )
    add_credential_key(writer, issuer.did, credential_key, document, dates)
    await_document(issuer, lambda seen: is_registered(issuer.profile, seen))
    return True


def _fresh_dates(issuer: Issuer, *, now: datetime, key_life: timedelta) -> Mapping[str, object]:
    """From now on, by the ledger's clock: by that one the first key has to be valid when it writes again."""
    behind = max(ledger_seconds(issuer.node), int((now - MOST_BEHIND).timestamp()))
    return {
        "notBefore": min(int(now.timestamp()), behind),
        "notAfter": int((now + key_life).timestamp()),
    }


def _dates_begun(issuer: Issuer, key: PrivateKey) -> Mapping[str, object] | None:
    """The dates of a registration that was cut off: with others its call would be a second one.

    Both would be on their way where a reorganisation takes the first back, and the contract refuses one.
    """
    parameters = METHODS[_INSERT].parameters
    for entry in reversed(issuer.outbox.entries(key.address)):
        if entry.function == _INSERT and (entry.is_open or entry.has_succeeded):
            arguments = Call.of_data(entry.contract, entry.function, entry.data).arguments
            values = dict(zip(parameters, arguments, strict=True))
            if values["did"] == issuer.did:
                return {name: values[name] for name in ("notBefore", "notAfter")}
    return None


def _insert(
    issuer: Issuer, writer: LedgerWriter, key: PrivateKey, dates: Mapping[str, object]
) -> Mapping[str, Any]:
    """The node's document of the DID, which is on the ledger: by whom, the document tells.

    A node lags behind its ledger: it may know no document of a DID that a run before registered, and until
    it does it gives no access token for what comes next.
    """
    try:
        writer.write(
            _INSERT,
            did=issuer.did,
            baseDocument=BASE_DOCUMENT,
            vMethodId=key.kid,
            publicKey=key.point,
            isSecp256k1=True,
            **dates,
        )
    except (NodeProblem, TransactionFailed) as refusal:
        if not is_there_already(refusal):
            raise
    for _ in issuer.patience.tries():
        document = issuer.node.resolve(issuer.did)
        if document is not None:
            return document
    raise StillWaiting(f"{issuer.did} is on the ledger, and {issuer.node.url} does not show it yet")


def is_registered(profile: Profile, document: Mapping[str, Any]) -> bool:
    """Whether the document shows both keys of the profile under all that they are for."""
    wanted = [("capabilityInvocation", profile.ledger_key)]
    wanted += [(name, profile.credential_key) for name in CREDENTIAL_RELATIONSHIPS]
    return all(f"{profile.did}#{kid}" in document.get(name, ()) for name, kid in wanted)


def add_credential_key(
    writer: LedgerWriter,
    did: str,
    key: PrivateKey,
    document: Mapping[str, Any],
    dates: Mapping[str, object],
) -> None:
    """The ES256 key stands under `authentication` and `assertionMethod`; steps already done are passed over.

    Raises:
        ClientError: the node or the ledger refused.
    """
    writer.write_once(
        "addVerificationMethod",
        did=did,
        vMethodId=key.kid,
        isSecp256k1=False,
        publicKey=public_key_bytes(key),
    )
    for name in CREDENTIAL_RELATIONSHIPS:
        if f"{did}#{key.kid}" not in document.get(name, ()):
            writer.write_once("addVerificationRelationship", did=did, name=name, vMethodId=key.kid, **dates)


def public_key_bytes(key: PrivateKey) -> bytes:
    """A key as the DID registry stores it: secp256k1 as a point, others as the text of their JWK."""
    if key.crv == "secp256k1":
        return key.point
    return jwk_bytes(key.public_jwk)


def jwk_bytes(jwk: Mapping[str, str]) -> bytes:
    """A public JWK as the DID registry stores it."""
    return json.dumps(dict(jwk), sort_keys=True, separators=(",", ":")).encode()


def await_document(issuer: Issuer, shows: Callable[[Mapping[str, Any]], bool]) -> bool:
    """Whether the node's document came to show it while patience lasted; the ledger has it in any case."""
    for _ in issuer.patience.tries():
        document = issuer.node.resolve(issuer.did)
        if document is not None and shows(document):
            return True
    return False
