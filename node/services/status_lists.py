"""Status lists handed in by their issuers: verified, kept by their digest, ready to be published.

What the ledger will say of a list is held against what the list says, before anybody signs a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from credentials.registry_urls import RegistryUrls
from credentials.status_list_credential import SignedList
from node.db.payloads import keep_payload
from node.db.proxies import find_proxy
from node.db.published_lists import published_in
from node.db.session import writing
from node.db.status_uploads import (
    StatusUpload,
    count_unpublished,
    find_upload,
    keep_upload,
    publication_kept,
)
from node.failpoints import reach
from node.services.errors import RpcRefused
from node.services.list_errors import ListMisplaced, ListRefused, ProxyNotFound, TooManyUnpublished
from node.services.list_verification import verified_list
from node.services.node import Node
from node.services.registry_calls import STATUS_LISTS, read_call
from node.services.registry_rpc import SEND, serve_call
from node.services.transaction_states import shown_state
from node.services.view import AsOf, View, viewing

MAX_UNPUBLISHED = 16
"""Lists of one DID that may wait for their publication at a time."""
MEDIA_TYPE = "application/vc+jwt"
_WHITE_SPACE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list that is kept, where it stands, and the state of the ledger that says so.

    Attributes:
        upload: what its publication has to say.
        state: accepted, submitted (a transaction that publishes it is kept), anchored, final, failed or
            expired.
        as_of: the state that this was read from.
    """

    upload: StatusUpload
    state: str
    as_of: AsOf


def keep_list(node: Node, document: bytes) -> KeptList:
    """Keep the list credential and return what its publication has to say; the same again changes nothing.

    Args:
        node: whose record decides, as of the last followed block.
        document: a compact JWT; white space around it is dropped.

    Raises:
        ListRefused: it is no status list, or not signed by a key of its issuer that is in force.
        ListMisplaced: its id is no URL at which this registry hosts lists of its issuer.
        ProxyNotFound: the issuer has no proxy of that id.
        TooManyUnpublished: too many of the issuer's lists wait already.
        NodeBehind: nothing has been followed yet.
    """
    text = document.strip(_WHITE_SPACE)
    with viewing(node) as view:
        read = verified_list(view, text)
        _check_place(view, read)
        upload = _upload(read, text)
        block = published_in(view.connection, did=upload.did, url=upload.url, digest=upload.hash)
        state, as_of = _state(view, upload, block), view.as_of
    reach("list-checked")
    expires_at = int(node.clock().timestamp()) + node.settings.batch_expiry
    with writing(node.engine) as connection:
        # Counted where it is written: two lists handed in at once would both see a free place.
        known = block is not None or find_upload(connection, upload.hash) is not None
        if not known and count_unpublished(connection, upload.did) >= MAX_UNPUBLISHED:
            raise TooManyUnpublished(MAX_UNPUBLISHED)
        keep_payload(connection, text, media_type=MEDIA_TYPE)
        keep_upload(connection, upload, expires_at=expires_at)
    reach("list-kept")
    return KeptList(upload, state, as_of)


def serve_publication(node: Node, method: str, params: list[Any]) -> Any:
    """Return the unsigned transaction that publishes a kept list, or the hash of the one that was sent.

    Raises:
        RpcRefused: the list was not handed in here, says something else, or the contract would refuse it.
        TransactionRefused: the signed transaction is not the unsigned one, or not for this registry.
        LedgerUnavailable: the ledger does not answer.
    """
    if method != SEND and len(params) == 1 and isinstance(params[0], Mapping):
        _check_publication(node, method, params[0])
    return serve_call(node, STATUS_LISTS, method, params)


def _check_publication(node: Node, method: str, params: Mapping[str, Any]) -> None:
    did, _, url, purpose, bits, digest, valid_from, valid_until = read_call(
        STATUS_LISTS, method, params
    ).arguments
    with viewing(node) as view:
        kept = find_upload(view.connection, digest)
    if kept is None:
        raise RpcRefused(f"The list {digest.hex()} was not handed in here: PUT it to /v1/status-lists first")
    said = StatusUpload(digest, did, url, purpose, bits, valid_from, valid_until)
    for name in ("did", "url", "purpose", "bits", "valid_from", "valid_until"):
        if getattr(said, name) != getattr(kept, name):
            raise RpcRefused(f"The list {digest.hex()} itself says another {name}")


def _state(view: View, upload: StatusUpload, block: int | None) -> str:
    if block is not None:
        return "final" if view.is_final(block) else "anchored"
    kept = publication_kept(view.connection, upload)
    return "accepted" if kept is None else shown_state(kept)


def _check_place(view: View, read: SignedList) -> None:
    named = RegistryUrls(view.node.settings.origins).status_list(read.url)
    if named is None or named[0] != read.issuer or not read.url.endswith(_hosted_path(*named)):
        raise ListMisplaced(read.url)
    if find_proxy(view.connection, read.issuer, named[1]) is None:
        raise ProxyNotFound("0x" + named[1].hex())
    if len(read.status_list.purposes) != 1:
        raise ListRefused("other_purpose", "A list that is published has exactly one purpose.")
    if read.valid_from is None or read.valid_until is None or read.valid_until <= read.valid_from:
        raise ListRefused("malformed_list", "A list that is published says from when until when it holds.")
    assert view.cursor is not None
    if read.valid_until <= view.cursor.block_time:
        raise ListRefused("stale", "The list held until a time that is past.")


def _hosted_path(did: str, proxy_id: bytes, rest: str) -> str:
    """The one version of the path under which lists are given; others of EBSI's name the same list."""
    return f"/trusted-issuers-registry/v5/issuers/{did}/proxies/0x{proxy_id.hex()}/{rest}"


def _upload(read: SignedList, text: bytes) -> StatusUpload:
    assert read.valid_from is not None
    assert read.valid_until is not None
    return StatusUpload(
        hash=sha256(text).digest(),
        did=read.issuer,
        url=read.url,
        purpose=read.status_list.purposes[0],
        bits=read.status_list.size_in_bits,
        valid_from=read.valid_from,
        valid_until=read.valid_until,
    )
