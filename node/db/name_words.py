"""Words by which an organisation's name is found, the same on every node and in every Python.

Letters and digits of Unicode 3.2 alone count: what was assigned then never changes. Case and accents do not.
"""

import unicodedata

from credentials.errors import CredentialsError
from credentials.securing.jose import parse_compact
from did.errors import DidError, InvalidJson
from did.json_text import parse_object

MAX_NAME = 200
"""Characters of a name that is shown; a longer one is none."""
MOST_WORDS = 16
"""Words of one name that are kept."""
LONGEST_WORD = 64
"""Bytes of UTF-8 of one word that are kept."""
_MAX_BODY = 65_536
_FIXED = unicodedata.ucd_3_2_0
"""The Unicode database that RFC 3454 is made with, which every Python brings along unchanged."""
_WORD = "LN"  # letters and numbers, by the first letter of their category


def name_words(text: str) -> list[bytes]:
    """Return the words of a text as they are compared: folded, each once, in their order."""
    folded = _FIXED.normalize("NFKD", text[:MAX_NAME]).casefold()
    kept = [" " if not _counts(one) else one for one in folded if not _FIXED.combining(one)]
    words = dict.fromkeys(word.encode()[:LONGEST_WORD] for word in "".join(kept).split())
    return list(words)[:MOST_WORDS]


def stated_name(claims: object) -> str | None:
    """Return the name of the organisation that an accreditation's claims state; None if they state none."""
    credential = claims.get("vc") if isinstance(claims, dict) else None
    subject = credential.get("credentialSubject") if isinstance(credential, dict) else None
    name = subject.get("name") if isinstance(subject, dict) else None
    return name if isinstance(name, str) and 0 < len(name) <= MAX_NAME and name.isprintable() else None


def words_of_credential(body: bytes) -> list[bytes]:
    """Return the words of the name that a recorded accreditation states, whoever signed it."""
    try:
        claims = parse_object(parse_compact(body.decode("ascii")).payload, max_bytes=_MAX_BODY)
    except (CredentialsError, DidError, InvalidJson, UnicodeDecodeError):
        return []
    name = stated_name(claims)
    return [] if name is None else name_words(name)


def _counts(character: str) -> bool:
    return _FIXED.category(character)[0] in _WORD
