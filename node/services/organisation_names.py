"""Names of organisations: as their accreditor stated them, in a credential that it verifiably signed.

An issuer records its accreditation itself, so the recorded bytes alone prove nothing: anybody could
record a credential of its own making with another's name in it.
"""

import json
from collections.abc import Mapping
from typing import Any

from credentials.errors import CredentialsError
from credentials.securing.jose import ParsedJws, parse_compact, verify_parsed
from did.errors import DidError
from did.methods.ebsi import document_from_changes
from did.syntax import Did, parse_did_url
from node.db import issuers as db
from node.db.issuers import Revision
from node.services.did_documents import changes_of
from node.services.view import View

MAX_NAME = 200


def name_of(view: View, did: str, *, before_index: int | None = None) -> str | None:
    """Return the name in the latest accreditation recorded for `did` before an entry; None if there is none.

    It counts only if the recorded accreditor signed it with a key then under `assertionMethod`.
    """
    latest = db.latest_credential(view.connection, did, before=before_index)
    if latest is None:
        return None
    key = view.root_at(latest.entry_index + 1)
    return view.node.memory.names.get(key, lambda: _stated_name(view, latest))


def _stated_name(view: View, revision: Revision) -> str | None:
    try:
        jws = parse_compact((revision.body or b"").decode("ascii"))
        claims = _claims(jws)
        if claims.get("iss") != revision.tao or claims.get("sub") != revision.did:
            return None
        _verify(view, revision, jws)
    except (CredentialsError, DidError, UnicodeDecodeError):
        return None
    credential = claims.get("vc")
    subject = credential.get("credentialSubject") if isinstance(credential, Mapping) else None
    name = subject.get("name") if isinstance(subject, Mapping) else None
    return name if isinstance(name, str) and 0 < len(name) <= MAX_NAME and name.isprintable() else None


def _claims(jws: ParsedJws) -> Mapping[str, Any]:
    try:
        claims = json.loads(jws.payload)
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, Mapping) else {}


def _verify(view: View, revision: Revision, jws: ParsedJws) -> None:
    """Return if the accreditor's key of that time signed.

    Raises:
        DidError: the key named is none of the accreditor's then.
        CredentialsError: the signature does not verify.
    """
    url = parse_did_url(str(jws.header.get("kid", "")))
    accreditor = Did(revision.tao)
    document = document_from_changes(
        accreditor,
        changes_of(view.connection, accreditor),
        at=revision.time,
        index_before=revision.entry_index,
    )
    for method in document.verification_methods("assertionMethod"):
        if method.id == str(url):
            verify_parsed(jws, jwk=method.public_key_jwk)
            return
    raise CredentialsError(f"{url} is no key under assertionMethod of {accreditor}")
