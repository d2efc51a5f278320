"""From what somebody wants to say to a whole credential: VCDM 1.1 by EBSI's rules, or VCDM 2.0."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from credentials.accreditation_credential import ISSUANCE_CERTIFICATE
from credentials.errors import MalformedCredential
from credentials.model import CONTEXT_1_1, CONTEXT_2_0, Version
from credentials.moments import parse_moment
from credentials.registry_urls import RegistryUrls
from did.errors import DidError
from did.syntax import parse_did
from node.client.errors import Refused
from node.client.issuing import SCHEMA_TYPES, rfc3339

FIRST_TYPES = ("VerifiableCredential", "VerifiableAttestation")
"""What every credential of EBSI's is, in the order in which EBSI's client wants it."""

_MODELS: dict[str, Version] = {CONTEXT_1_1: "1.1", CONTEXT_2_0: "2.0"}
_SHORT = frozenset({"id", "schema", "subject", "type", "types", "validFrom", "validUntil"})
_STARTS = ("validFrom", "issuanceDate")
_ENDS = ("validUntil", "expirationDate")
_ONLY_1_1 = ("expirationDate", "issuanceDate", "issued")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_SKEW = timedelta(seconds=60)
_UUID_4, _UUID_SIZE = 4, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all credentials of one run have in common.

    Attributes:
        issuer: a did:ebsi.
        origin: of the registry's URLs inside.
        attribute_id: 32 bytes, the accreditation under which they are issued.
        now: the time of issue.
        model: of payloads that name none; None: 1.1 for those, and theirs for the others.
        types: of payloads that name none.
        schema: id (`z…` or `0x…`) or URL, for payloads that name none.
        valid_until: the end of validity of payloads that name none, or None.
    """

    issuer: str
    origin: str
    attribute_id: bytes
    now: datetime
    model: Version | None = None
    types: tuple[str, ...] = ()
    schema: str | None = None
    valid_until: datetime | None = None

    @property
    def terms_of_use(self) -> dict[str, str]:
        """The accreditation under which they are issued, as `termsOfUse` names it."""
        issuers = f"{self.origin}/trusted-issuers-registry/v5/issuers"
        return {
            "id": f"{issuers}/{self.issuer}/attributes/{self.attribute_id.hex()}",
            "type": ISSUANCE_CERTIFICATE,
        }


def complete(payload: Mapping[str, Any], *, terms: Terms, identifier: bytes) -> dict[str, Any]:
    """The whole credential, but for its status: the members given, and those that every credential has.

    Args:
        payload: a credential without proof, or the short form `{subject, type, schema, validUntil, …}`.
        terms: what the payload leaves out.
        identifier: 16 random bytes for the `id`, so that a digest cannot be guessed.

    Raises:
        Refused: it contradicts the terms, its model, or itself; one sentence says how.
    """
    members = dict(payload) if _is_full(payload) else _expanded(payload)
    model = _model(members, terms)
    start = _dates(members, model, terms)
    context = members.pop("@context", None) or [CONTEXT_1_1 if model == "1.1" else CONTEXT_2_0]
    whole = {
        "@context": [context] if isinstance(context, str) else context,
        "id": _identifier(members.pop("id", None), identifier),
        "type": _types(members.pop("type", None), terms),
        "issuer": _issuer(members.pop("issuer", None), terms),
        **start,
        "credentialSubject": _subject(members.pop("credentialSubject", None), model),
        "credentialSchema": _schemas(members.pop("credentialSchema", None), model, terms),
        "termsOfUse": _terms_of_use(members.pop("termsOfUse", None), terms),
    }
    return whole | members


def model_of(credential: Mapping[str, Any]) -> Version:
    """The data model of a completed credential."""
    return _MODELS[credential["@context"][0]]


def with_status(credential: Mapping[str, Any], entry: Mapping[str, object]) -> dict[str, Any]:
    """The credential with one more status entry: one stands alone, several in a list."""
    known = credential.get("credentialStatus")
    if known is None:
        return {**credential, "credentialStatus": entry}
    return {**credential, "credentialStatus": [*(known if isinstance(known, list) else [known]), entry]}


def _is_full(payload: Mapping[str, Any]) -> bool:
    if "proof" in payload:
        raise Refused("it has a proof: what is signed already is not issued again")
    full = "credentialSubject" in payload or "@context" in payload
    if full and "subject" in payload:
        raise Refused("`subject` belongs to the short form, which has no @context and no credentialSubject")
    return full


def _expanded(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The short form with the members' own names."""
    for name in sorted(payload.keys() - _SHORT):
        raise Refused(f"the short form has no member `{name[:40]}`: write a whole credential")
    if "type" in payload and "types" in payload:
        raise Refused("either `type` or `types`")
    members = {name: payload[name] for name in ("id", "validFrom", "validUntil") if name in payload}
    members["credentialSubject"] = payload.get("subject")
    if "type" in payload or "types" in payload:
        members["type"] = payload.get("type", payload.get("types"))
    if "schema" in payload:
        members["credentialSchema"] = payload["schema"]
    return members


def _model(members: Mapping[str, Any], terms: Terms) -> Version:
    context = members.get("@context")
    if context is None:
        return terms.model or "1.1"
    first = context[0] if isinstance(context, list) and context else context
    model = _MODELS.get(first) if isinstance(first, str) else None
    if model is None:
        raise Refused(
            f"an unknown data model: its @context begins neither with {CONTEXT_1_1} nor {CONTEXT_2_0}"
        )
    if terms.model is not None and terms.model != model:
        raise Refused(f"its @context is of the data model {model}, and {terms.model} was asked for")
    return model


def _dates(members: dict[str, Any], model: Version, terms: Terms) -> dict[str, str]:
    """The dates as the model names them, in UTC and whole seconds, taken out of the members."""
    if model == "2.0":
        for name in members.keys() & _ONLY_1_1:
            raise Refused(f"{name} is no member of the data model 2.0")
    begins = _one_date(members, _STARTS) or terms.now
    members |= {name: _midnight(members[name]) for name in _ENDS if name in members}
    ends = _one_date(members, _ENDS) or terms.valid_until
    issued = _one_date(members, ("issued",)) or terms.now
    if max(begins, issued) > terms.now + _SKEW:
        raise Refused("it begins, or claims to be issued, in the future: issue it then, and not before")
    if ends is not None and ends <= max(begins, terms.now):
        raise Refused(f"it ends on {rfc3339(ends)}, before it begins or before now")
    end = {} if ends is None else {_ENDS[model == "1.1"]: rfc3339(ends)}
    if model == "2.0":
        return {"validFrom": rfc3339(begins), **end}
    start = rfc3339(begins)
    return {"issuanceDate": start, "issued": rfc3339(issued), "validFrom": start, **end}


def _one_date(members: dict[str, Any], names: tuple[str, ...]) -> datetime | None:
    try:
        dates = {parse_moment(members.pop(name), name=name) for name in names if name in members}
    except MalformedCredential as error:
        raise Refused(error.reason) from None
    if len(dates) > 1:
        raise Refused(f"{' and '.join(names)} are two names of one date, and differ")
    return dates.pop() if dates else None


def _midnight(given: object) -> object:
    """An end that is a plain date as the moment at which it begins in UTC, as `--valid-until` reads it."""
    return f"{given}T00:00:00Z" if isinstance(given, str) and _DATE.fullmatch(given) else given


def new_identifier(random: bytes) -> str:
    """The `id` of a credential that has none: `urn:uuid:` of version 4 (RFC 9562), of 16 random bytes."""
    assert len(random) == _UUID_SIZE
    octets = bytearray(random)
    octets[6] = octets[6] & 0x0F | 0x40
    octets[8] = octets[8] & 0x3F | 0x80
    text = octets.hex()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _identifier(given: object, random: bytes) -> str:
    if given is None:
        return new_identifier(random)
    try:
        uuid = UUID(str(given).removeprefix("urn:uuid:"))
    except ValueError:
        uuid = None
    if uuid is None or given != f"urn:uuid:{uuid}" or uuid.version != _UUID_4:
        raise Refused("its id is no urn:uuid of version 4: what can be guessed is not anchored; leave it out")
    return given


def _types(given: object, terms: Terms) -> list[str]:
    named = given if isinstance(given, list) else [given] if given is not None else list(terms.types)
    if not all(isinstance(name, str) and name for name in named):
        raise Refused("`type` is a text or a list of texts")
    if not set(named) - set(FIRST_TYPES):
        raise Refused("it has no type of its own: name one in it, or with --type")
    return list(dict.fromkeys([*FIRST_TYPES, *named]))


def _issuer(given: object, terms: Terms) -> object:
    if given is None:
        return terms.issuer
    named = given.get("id") if isinstance(given, dict) else given
    if named != terms.issuer:
        raise Refused(f"its issuer is {str(named)[:200]}, not {terms.issuer}")
    return given


def _subject(given: object, model: Version) -> dict[str, Any]:
    if not isinstance(given, dict) or not given:
        raise Refused("it is about nobody: the subject is one object, with members")
    named = given.get("id")
    if named is None and model == "2.0":
        return given
    try:
        parse_did(named if isinstance(named, str) else "")
    except DidError:
        raise Refused("its subject has no DID as its id") from None
    return given


def _schemas(given: object, model: Version, terms: Terms) -> object:
    """`credentialSchema` as given, or of the schema that a text names."""
    named = terms.schema if given is None else given
    if named is None:
        raise Refused("it names no schema: name one in it, or with --schema")
    if isinstance(named, str):
        return {"id": _schema_url(named, terms.origin), "type": SCHEMA_TYPES[model]}
    for schema in named if isinstance(named, list) else [named]:
        identifier = schema.get("id") if isinstance(schema, dict) else None
        if not isinstance(identifier, str):
            raise Refused("credentialSchema is an object, or a list of objects, each with an id")
        _schema_url(identifier, terms.origin)
    return named


def _schema_url(named: str, origin: str) -> str:
    url = named if "/" in named else f"{origin}/trusted-schemas-registry/v3/schemas/{named}"
    if RegistryUrls((origin,)).schema(url) is None:
        raise Refused(f"{named[:200]} is no schema of the registry at {origin}: give its id (z… or 0x…)")
    return url


def _terms_of_use(given: object, terms: Terms) -> object:
    if given is None:
        return terms.terms_of_use
    for term in given if isinstance(given, list) else [given]:
        named = term.get("id") if isinstance(term, dict) else None
        attribute = RegistryUrls((terms.origin,)).attribute(named) if isinstance(named, str) else None
        if attribute is None or attribute[0] != terms.issuer:
            raise Refused("its termsOfUse name no accreditation of the issuer; leave them out")
    return given
