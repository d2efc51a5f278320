"""What a signed file holds beside its signed part: words that no signature and no anchor covers.

One digest stands for all serialisations of a JWS, and for an SD-JWT whatever follows the JWT in front. Anyone
may add that, so no file that has it is called genuine or intact as a whole: unless each disclosure stands
for a digest that the issuer signed, which nobody else can make.
"""

import json
from dataclasses import replace
from typing import Literal

from credentials.errors import MalformedCredential
from credentials.securing.jades_header import seal_header
from credentials.securing.reading import read_secured
from credentials.securing.sd_jwt import SdJwt
from node.client.documents import Document
from node.client.judged_form import content_of
from node.client.verdict import FileVerdict

Beside = Literal["nothing", "evidence", "added", "binding", "words"]
"""`evidence` is `etsiU` alone: what may lawfully be added to a JAdES signature, such as a time stamp;
`added` is the same beside a seal, of which a verdict tells. `binding` is the key binding JWT of
an SD-JWT, which its holder signed: only a whole verdict judges it."""

UNSIGNED = "only the signed part was judged; what stands beside it is signed by nobody here"
_EVIDENCE = frozenset({"etsiU"})


def unsigned_beside(document: Document) -> Beside:
    """What stands after the first `~` of an SD-JWT, or in the unprotected header of a JWS (RFC 7515 7.2).

    Args:
        document: a signed one.

    Raises:
        Unusable: the file cannot be read, or was changed since its digest was computed.
    """
    if document.form == "json-ld":  # its digest is of the whole
        return "nothing"
    text = content_of(document)
    if not text.startswith(b"{"):
        return _behind(text)
    members = json.loads(text)
    part = members["signatures"][0] if "signatures" in members else members
    header = part.get("header")
    if not header:
        return "nothing"
    if not header.keys() <= _EVIDENCE:
        return "words"
    return "evidence" if seal_header(part["protected"]) is None else "added"


def _behind(text: bytes) -> Beside:
    """What stands behind the first `~`, if there is one."""
    if not text.partition(b"~")[2]:
        return "nothing"
    try:
        parts = read_secured(text).parts
    except MalformedCredential:
        return "words"
    return "binding" if isinstance(parts, SdJwt) and parts.key_binding is not None else "nothing"


def within_what_is_signed(verdict: FileVerdict, beside: Beside) -> FileVerdict:
    """The verdict, which is not `valid` where the file holds more than what was judged.

    Evidence on a signature leaves alone what was only said of an anchor: it is no part of the document.
    """
    if beside == "nothing" or (beside in {"added", "binding"} and verdict.told is not None):
        return verdict
    noted = replace(verdict, notes=(*verdict.notes, UNSIGNED))
    if verdict.outcome != "valid" or (beside in {"evidence", "added"} and verdict.told is None):
        return noted
    sentence = f"{verdict.path.name}: {UNSIGNED}"
    return replace(noted, outcome="indeterminate", sentence=sentence)
