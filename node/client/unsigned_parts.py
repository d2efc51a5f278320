"""What a signed file holds beside its signed part: words that no signature and no anchor covers.

One digest stands for all serialisations of a JWS, and for an SD-JWT whatever disclosures follow it. Anybody
may add those, so no file that has them is called genuine or intact as a whole.
"""

import json
from dataclasses import replace
from typing import Literal

from node.client.documents import Document
from node.client.judged_form import content_of
from node.client.verdict import FileVerdict

Beside = Literal["nothing", "evidence", "words"]
"""`evidence` is `etsiU` alone: what may lawfully be added to a JAdES signature, such as a time stamp."""

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
        return "words" if text.partition(b"~")[2] else "nothing"
    members = json.loads(text)
    part = members["signatures"][0] if "signatures" in members else members
    header = part.get("header")
    if not header:
        return "nothing"
    return "evidence" if header.keys() <= _EVIDENCE else "words"


def within_what_is_signed(verdict: FileVerdict, beside: Beside) -> FileVerdict:
    """The verdict, which is not `valid` where the file holds more than what was judged.

    Evidence on a signature leaves alone what was only said of an anchor: it is no part of the document.
    """
    if beside == "nothing":
        return verdict
    noted = replace(verdict, notes=(*verdict.notes, UNSIGNED))
    if verdict.outcome != "valid" or (beside == "evidence" and verdict.told is None):
        return noted
    sentence = f"{verdict.path.name}: {UNSIGNED}"
    return replace(noted, outcome="indeterminate", sentence=sentence)
