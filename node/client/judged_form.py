"""The credential in a file, in the one form in which nodes judge it.

A JWS has one digest in all its serialisations, and the same with a `~` behind it: a revoked credential
could be written in a form that nobody judges, and would then be looked at by its anchor alone. So what can be
judged is judged, however it is written down. An SD-JWT whose header says that it is one is judged whole.
"""

import json
from typing import Any

from anchoring.digest import secured_digest
from anchoring.errors import AnchoringError
from anchoring.jws import json_signed_bytes
from anchoring.strict_json import MAX_DOCUMENT_SIZE
from credentials.errors import MalformedCredential, NotJudged
from credentials.securing.jades_header import seal_header
from credentials.securing.reading import read_secured
from credentials.securing.sd_jwt_vc import is_sd_jwt_vc
from node.client.documents import Document
from node.client.enveloped import enveloped_token
from node.client.errors import Unusable

_WHITE_SPACE = b" \t\r\n"


def judged_form(document: Document) -> str:
    """The text of the credential, as `POST /v1/verifications` takes it.

    Args:
        document: a signed one.

    Raises:
        NotJudged: it has a signature of a kind that no verdict is given on; only its anchor can be checked.
        Unusable: the file cannot be read, or was changed since its digest was computed.
    """
    candidate, otherwise = _candidate(content_of(document), document.form)
    try:
        read_secured(candidate)
    except NotJudged:
        raise
    except MalformedCredential:
        if otherwise:  # no credential that was only written down in another way
            raise NotJudged(f"{otherwise} is not judged yet") from None
    return candidate.decode()


def _candidate(text: bytes, form: str) -> tuple[bytes, str]:
    """What could be judged, and in which other form it was written down, if it was.

    Args:
        text: of which a digest was computed: it has the form that it claims, in UTF-8.
        form: as the digest found it.
    """
    if form == "json-ld":
        return text, ""
    if text.startswith(b"{"):
        return _signed_part(json.loads(text)), "a JWS in its JSON serialisation"
    if b"~" not in text or is_sd_jwt_vc(text):
        return text, ""
    return text.partition(b"~")[0], "an SD-JWT"


def _signed_part(document: dict[str, Any]) -> bytes:
    """A JWS without words that nobody signed: compact, or a seal as JSON with the evidence added to it.

    Args:
        document: of which a digest was computed.
    """
    part = document["signatures"][0] if "signatures" in document else document
    if seal_header(part["protected"]) is None:
        return json_signed_bytes(document)
    added = {name: value for name, value in part.get("header", {}).items() if name == "etsiU"}
    signed = {"payload": document["payload"], "protected": part["protected"], "signature": part["signature"]}
    return json.dumps(signed | ({"header": added} if added else {}), ensure_ascii=False).encode()


def content_of(document: Document) -> bytes:
    """The bytes whose digest was computed, without white space around them or the envelope they lie in.

    Args:
        document: a signed one.

    Raises:
        Unusable: the file cannot be read, or was changed since.
    """
    try:
        with document.path.open("rb") as file:
            content = file.read(MAX_DOCUMENT_SIZE + 1)
    except OSError as error:
        raise Unusable(f"cannot read {document.path}: {error.strerror}") from None
    content = enveloped_token(content) or content
    try:
        same = secured_digest(content).digest == document.digest
    except AnchoringError:
        same = False
    if not same:
        raise Unusable(f"{document.path} is being changed")
    return content.strip(_WHITE_SPACE)
