"""Names of organisations: as their accreditor stated them, in a credential that it verifiably signed.

An issuer records its accreditation itself, so the recorded bytes alone prove nothing: anybody could
record a credential of its own making with another's name in it.
"""

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from credentials.errors import CredentialsError
from credentials.securing.jose import ParsedJws, parse_compact, verify_parsed
from did.errors import DidError
from did.methods.ebsi import Change, document_from_changes
from did.syntax import Did, parse_did_url
from node.db import issuers as db
from node.db.issuers import Revision
from node.db.name_words import stated_name
from node.services.did_documents import changes_of
from node.services.view import View


def name_of(view: View, did: str, *, before_index: int | None = None) -> str | None:
    """Return the name in the latest accreditation recorded for `did` before an entry; None if there is none.

    It counts only if the recorded accreditor signed it with a key then under `assertionMethod`.
    """
    latest = db.latest_credential(view.connection, did, before=before_index)
    if latest is None:
        return None
    key = view.root_at(latest.entry_index + 1)
    return view.node.memory.names.get(key, lambda: _stated_name(view, latest))


def names_of(view: View, dids: Iterable[str], *, before_index: int | None = None) -> dict[str, str | None]:
    """Return the name of each of these DIDs, as `name_of` gives it, by few questions to the database."""
    wanted = sorted(set(dids))
    names: dict[str, str | None] = dict.fromkeys(wanted)
    latest = db.latest_credentials(view.connection, wanted, before=before_index)
    keys = {index: view.root_at(index + 1) for index in latest.values()}
    missing = [index for index, key in keys.items() if view.node.memory.names.peek(key) is None]
    revisions = db.revisions_at(view.connection, missing)
    changes: dict[str, list[Change]] = {}
    for did, index in latest.items():
        revision = revisions.get(index)
        if revision is None:
            names[did] = view.node.memory.names.peek(keys[index])
        else:
            names[did] = view.node.memory.names.get(
                keys[index], partial(_stated_name, view, revision, changes)
            )
    return names


def _stated_name(
    view: View, revision: Revision, changes: dict[str, list[Change]] | None = None
) -> str | None:
    try:
        jws = parse_compact((revision.body or b"").decode("ascii"))
        claims = _claims(jws)
        if claims.get("iss") != revision.tao or claims.get("sub") != revision.did:
            return None
        _verify(view, revision, jws, {} if changes is None else changes)
    except (CredentialsError, DidError, UnicodeDecodeError):
        return None
    return stated_name(claims)


def _claims(jws: ParsedJws) -> Mapping[str, Any]:
    try:
        claims = json.loads(jws.payload)
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, Mapping) else {}


def _verify(view: View, revision: Revision, jws: ParsedJws, changes: dict[str, list[Change]]) -> None:
    """Return if the accreditor's key of that time signed; `changes` is what was read of accreditors before.

    Raises:
        DidError: the key named is none of the accreditor's then.
        CredentialsError: the signature does not verify.
    """
    url = parse_did_url(str(jws.header.get("kid", "")))
    accreditor = Did(revision.tao)
    if accreditor not in changes:
        changes[accreditor] = changes_of(view.connection, accreditor)
    document = document_from_changes(
        accreditor,
        changes[accreditor],
        at=revision.time,
        index_before=revision.entry_index,
    )
    for method in document.verification_methods("assertionMethod"):
        if method.id == str(url):
            verify_parsed(jws, jwk=method.public_key_jwk)
            return
    raise CredentialsError(f"{url} is no key under assertionMethod of {accreditor}")
