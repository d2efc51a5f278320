"""A credential in an envelope (VC Data Model 2.0 section 4.12.1), of which only the token is judged."""

from pathlib import Path

from anchoring.digest import secured_digest
from anchoring.errors import AnchoringError
from credentials.securing.envelope import ENVELOPED_CREDENTIAL, is_of_type, token_in
from credentials.securing.reading import MAX_SIZE
from did.errors import InvalidJson
from did.json_text import parse_object
from node.client.documents import Document


def enveloped_token(content: bytes) -> bytes | None:
    """The token in the envelope that a file is; None of any other file."""
    if ENVELOPED_CREDENTIAL.encode() not in content:
        return None
    try:
        members = parse_object(content.strip(), max_bytes=MAX_SIZE)
    except InvalidJson:
        return None
    return token_in(members) if is_of_type(members, ENVELOPED_CREDENTIAL) else None


def enveloped_document(path: Path) -> Document | None:
    """The file under the digest of the token that lies in it; None if it is no envelope of a signed one."""
    try:
        with path.open("rb") as file:
            token = enveloped_token(file.read(MAX_SIZE + 1))
        found = None if token is None else secured_digest(token)
    except (OSError, AnchoringError):
        return None
    return None if found is None else Document(path, found.digest, found.form)
