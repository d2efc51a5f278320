"""What a credential says on which no verdict can be given, such as one whose issuer is a web address."""

from collections.abc import Mapping
from typing import Any

from credentials.errors import AlgorithmRefused, MalformedJws
from credentials.securing.jose import parse_compact
from credentials.securing.reading import MAX_SIZE
from did.errors import InvalidJson
from did.json_text import parse_object


def members_unjudged(content: bytes) -> Mapping[str, Any] | None:
    """The members of a document with a proof, or of what a JWT holds; None where no credential is found.

    Args:
        content: of a form that is known and not judged.
    """
    text = content.strip()
    try:
        payload = text if text.startswith(b"{") else parse_compact(text.decode("ascii")).payload
        members = parse_object(payload, max_bytes=MAX_SIZE)
    except (UnicodeDecodeError, MalformedJws, AlgorithmRefused, InvalidJson):
        return None
    inner = members.get("vc")
    found = inner if isinstance(inner, dict) else members
    return found if "credentialSubject" in found else None
