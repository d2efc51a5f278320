"""A credential as a European Digital Credential (ELM 3), unsigned, as Europass takes it for import."""

import base64
import json
import struct
import zlib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from credentials.model import CONTEXT_1_1
from node.client import course_vocabularies as vocabularies
from node.client.course_credential import ELM_CONTEXT
from node.client.errors import Refused

_SCHEMA: Final = {"id": "http://data.europa.eu/snb/model/ap/edc-generic-full", "type": "ShaclValidator2017"}
_DEFAULT: Final = "en"
_SCHEME_NAME: Final = "Verifiable credential"
_PAGE: Final = (620, 877)
"""Width and height in pixels of the page that is shown: A4 at 75 dots per inch."""


def elm_of(credential: Mapping[str, Any]) -> bytes:
    """What the credential says as a European Digital Credential: `{"credential": …}`, in UTF-8.

    Nothing of it is signed, and neither status, nor schema, nor accreditation of the credential is in it: it
    says what the credential says, and an `identifier` in it names that credential.

    Args:
        credential: in the shape of ELM 3, completed; of either data model.

    Raises:
        Refused: it has not one subject with one claim that names who awarded it.
    """
    subject = credential.get("credentialSubject")
    claim = subject.get("hasClaim") if isinstance(subject, Mapping) else None
    awarded = claim.get("awardedBy") if isinstance(claim, Mapping) else None
    body = awarded.get("awardingBody") if isinstance(awarded, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(claim, Mapping) or "title" not in claim:
        raise Refused(
            "only a credential of one learning achievement with its awarding body becomes an ELM export"
        )
    assert isinstance(subject, Mapping)
    assert isinstance(awarded, Mapping)
    named = _Named()
    body = named.of(body)  # once: it stands at several places, and is one
    awarded = named.of({**awarded, "awardingBody": body})
    claim = {**claim, "awardedBy": awarded}
    if isinstance(
        proven := claim.get("provenBy"), Mapping
    ):  # of an assessment too, ELM wants to know by whom
        claim["provenBy"] = {**proven, "awardedBy": awarded}
    start, issued = credential.get("validFrom"), credential.get("issued", credential.get("validFrom"))
    whole = {
        "@context": [CONTEXT_1_1, ELM_CONTEXT],
        "id": f"urn:credential:{str(credential.get('id', '')).removeprefix('urn:uuid:')}",
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "credentialProfiles": _word(vocabularies.PROFILE, "Generic"),
        "displayParameter": _display(claim, subject),
        "identifier": {"type": "Identifier", "schemeName": _SCHEME_NAME, "notation": credential.get("id")},
        "credentialSchema": dict(_SCHEMA),
        "issuer": body,
        "issuanceDate": start,
        "issued": issued,
        "validFrom": start,
        **_end(credential),
        "credentialSubject": {**subject, "hasClaim": claim},
    }
    return json.dumps({"credential": named.of(whole)}, ensure_ascii=False, separators=(",", ":")).encode()


class _Named:
    """Gives what has a type and no address an address of its own, as ELM wants of everything."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def of(self, value: Any) -> Any:
        """A copy in which each object with a type has an `id`."""
        if type(value) is str:
            return value
        if isinstance(value, list):
            return [self.of(one) for one in value]
        if type(value) is not dict:
            return self.of(dict(value)) if isinstance(value, Mapping) else value
        kind = value.get("type")
        named: dict[str, Any] = {}
        if type(kind) is str and "id" not in value:
            name = kind[:1].lower() + kind[1:]
            self._counts[name] += 1
            named["id"] = f"urn:epass:{name}:{self._counts[name]}"
        for member, held in value.items():
            named[member] = held if type(held) is str else self.of(held)
        return named


def _end(credential: Mapping[str, Any]) -> dict[str, Any]:
    end = credential.get("expirationDate", credential.get("validUntil"))
    return {} if end is None else {"expirationDate": end, "validUntil": end}


def _display(claim: Mapping[str, Any], subject: Mapping[str, Any]) -> dict[str, Any]:
    """How it is to be shown: in which languages, under which title, as which page."""
    title = claim["title"] if isinstance(claim["title"], Mapping) else {_DEFAULT: claim["title"]}
    spoken = [tag for tag in title if tag in vocabularies.LANGUAGE_CODES] or [_DEFAULT]
    names = subject.get("fullName")
    own = [tag for tag in names if tag in spoken] if isinstance(names, Mapping) else []
    primary = (own or [tag for tag in spoken if tag == _DEFAULT] or spoken)[0]
    pages = {"type": "DisplayDetail", "image": _empty_page(), "page": 1}
    shown = {
        "type": "DisplayParameter",
        "title": dict(title),
        "primaryLanguage": _language(primary),
        "language": [_language(tag) for tag in spoken],
        "individualDisplay": {
            "type": "IndividualDisplay",
            "language": _language(primary),
            "displayDetail": pages,
        },
    }
    return shown | ({"description": claim["description"]} if "description" in claim else {})


def _language(tag: str) -> dict[str, Any]:
    return vocabularies.LANGUAGE.concept(vocabularies.LANGUAGE_CODES[tag])


def _word(vocabulary: vocabularies.Vocabulary, word: str) -> dict[str, Any]:
    return vocabulary.concept(vocabulary.words[word], {_DEFAULT: word})


@cache
def _empty_page() -> Mapping[str, Any]:
    """A white page: the model wants a picture, and none is drawn here."""
    width, height = _PAGE
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = (b"\x00" + b"\xff" * ((width + 7) // 8)) * height
    image = b"\x89PNG\r\n\x1a\n"
    for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")):
        image += struct.pack(">I", len(content)) + name + content
        image += struct.pack(">I", zlib.crc32(name + content))
    return {
        "type": "MediaObject",
        "content": base64.b64encode(image).decode(),
        "contentEncoding": _word(vocabularies.ENCODING, "base64"),
        "contentType": _word(vocabularies.FILE_TYPE, "PNG"),
    }
