"""Entries told in plain sentences, for people who audit (protocol section 1)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from .entry import MAX_TIME, Entry, issuer_of

_ISSUER_TYPES: Final = {1: "Root TAO", 2: "TAO", 3: "Trusted Issuer"}
_REVOKED: Final = 4
_LONGEST_TEXT: Final = 200
_AUTHORITIES: Final = {1: ", by its controller", 2: ", by an operator's policy"}

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline.

    Attributes:
        time: of the block, aware, UTC.
        index: place in the log.
        kind: name of the kind.
        sentence: what happened, for people.
    """

    time: datetime
    index: int
    kind: str
    sentence: str


def sentence(entry: Entry) -> str:
    """Return what an entry changed, as one plain sentence.

    Raises:
        MalformedPayload: the payload is not the canonical encoding of its kind's fields.
    """
    fields = {name: _printable(value) for name, value in entry.fields.items()}
    authority = _AUTHORITIES.get(fields.get("authority", 0), "")  # type: ignore[call-overload]  # a decoded uint8
    return f"{_SENTENCES[entry.kind](fields)}{authority}."


def timeline(entries: Iterable[Entry]) -> dict[str | None, list[Line]]:
    """Return the lines of a history by the DID they are about; None gathers what is about no issuer.

    Raises:
        MalformedPayload: a payload is not the canonical encoding of its kind's fields.
    """
    lines: dict[str | None, list[Line]] = {}
    for entry in entries:
        line = Line(entry.recorded_at, entry.index, entry.kind, sentence(entry))
        lines.setdefault(issuer_of(entry), []).append(line)
    return lines


def _printable(value: object) -> object:
    """Return texts without control characters and cut to a line: their authors are not to be trusted."""
    if isinstance(value, tuple):
        return tuple(map(_printable, value))
    if not isinstance(value, str):
        return value
    cut = value if len(value) <= _LONGEST_TEXT else f"{value[:_LONGEST_TEXT]}…"
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in cut)


def _date(value: object) -> str:
    """Return a ledger time for people; zero and times beyond all calendars mean that there is no limit."""
    if not isinstance(value, int) or not 0 < value <= MAX_TIME:
        return "no set time"
    return f"{datetime.fromtimestamp(value, tz=UTC):%Y-%m-%d %H:%M:%S} UTC"


def _hex(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _short(value: object) -> str:
    return f"{_hex(value)[:16]}…"


def _period(fields: Fields) -> str:
    return f"from {_date(fields['notBefore'])} until {_date(fields['notAfter'])}"


def _names(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) and value else "nothing"


def _accreditation(f: Fields) -> str:
    if f["issuerType"] == _REVOKED:
        return f"The accreditation {_short(f['attributeId'])} of {f['did']} was revoked"
    role = _ISSUER_TYPES.get(f["issuerType"], "undefined role")  # type: ignore[call-overload]  # a decoded uint8
    by = "" if f["taoDid"] == f["did"] else f" by {f['taoDid']}"
    return f"{f['did']} was accredited as {role}{by} (accreditation {_short(f['attributeId'])})"


def _opened(f: Fields) -> str:
    before = f", continuing {f['predecessorOrigin']}" if f["predecessorOrigin"] else ""
    return f"The log 0x{_hex(f['log'])} was opened on chain {f['chainId']}{before}"


def _algorithm(verb: str) -> Callable[[Fields], str]:
    return lambda f: f"The hash algorithm {f['hashAlgorithmId']} ({f['ianaName']}) was {verb}"


def _record(verb: str) -> Callable[[Fields], str]:
    return lambda f: f"The record {_short(f['recordId'])} {verb}"


def _record_version(verb: str) -> Callable[[Fields], str]:
    return lambda f: f"Version {f['versionId']} of the record {_short(f['recordId'])} {verb}"


def _policy(verb: str) -> Callable[[Fields], str]:
    return lambda f: f"The policy {f['policyName']} was {verb}"


def _proxy(verb: str) -> Callable[[Fields], str]:
    return lambda f: f"The proxy {_short(f['proxyId'])} of {f['did']} was {verb}"


def _schema(verb: str) -> Callable[[Fields], str]:
    return lambda f: (
        f"The schema {_short(f['schemaId'])} was {verb} (revision {_short(f['schemaRevisionId'])})"
    )


_SENTENCES: Final[Mapping[str, Callable[[Fields], str]]] = {
    "did.inserted": lambda f: f"{f['did']} was registered with the key {f['vMethodId']}",
    "did.base.updated": lambda f: f"The base document of {f['did']} was changed",
    "did.controller.added": lambda f: f"{f['controller']} became a controller of {f['did']}",
    "did.controller.revoked": lambda f: f"{f['controller']} is no longer a controller of {f['did']}",
    "did.method.added": lambda f: f"{f['did']} added the key {f['vMethodId']}",
    "did.method.expired": lambda f: (
        f"The key {f['vMethodId']} of {f['did']} is to expire at {_date(f['notAfter'])}"
    ),
    "did.method.revoked": lambda f: (
        f"The key {f['vMethodId']} of {f['did']} was revoked as of {_date(f['notAfter'])}"
    ),
    "did.method.rolled": lambda f: (
        f"{f['did']} replaced the key {f['oldVMethodId']} by {f['vMethodId']}, valid {_period(f)}"
    ),
    "did.relationship.added": lambda f: (
        f"{f['did']} uses the key {f['vMethodId']} for {f['name']}, {_period(f)}"
    ),
    "issuer.began": lambda f: f"{f['did']} has a new registration {_short(f['id'])}",
    "issuer.attribute.metadata": _accreditation,
    "issuer.attribute.data": lambda f: (
        f"{f['did']} accepted the accreditation {_short(f['attributeId'])} with a credential of its own"
    ),
    "issuer.proxy.added": _proxy("added"),
    "issuer.proxy.updated": _proxy("changed"),
    "issuer.proxy.removed": _proxy("removed"),
    "schema.inserted": _schema("registered"),
    "schema.updated": _schema("revised"),
    "schema.metadata.updated": _schema("described anew"),
    "policy.inserted": _policy("created"),
    "policy.updated": _policy("described anew"),
    "policy.activated": _policy("activated"),
    "policy.deactivated": _policy("deactivated"),
    "policy.granted": lambda f: f"The account 0x{_hex(f['user'])} was granted {_names(f['attributes'])}",
    "policy.withdrawn": lambda f: f"The account 0x{_hex(f['user'])} lost {_names(f['attributes'])}",
    "anchor.batch": lambda f: (
        f"{f['did']} anchored a batch of {f['size']} digests with the root {_hex(f['root'])}"
    ),
    "status.published": lambda f: f"{f['did']} published the {f['purpose']} list {f['url']}",
    "timestamp.hashes": lambda f: f"The hash {_short(f['hashValue'])} was timestamped",
    "timestamp.algorithm.inserted": _algorithm("registered"),
    "timestamp.algorithm.updated": _algorithm("changed"),
    "timestamp.record.versioned": _record_version("was recorded"),
    "timestamp.record.appended": _record_version("was continued"),
    "timestamp.record.detached": _record_version("lost a hash"),
    "timestamp.record.info": _record_version("was described anew"),
    "timestamp.record.owner.added": _record("has a new owner"),
    "timestamp.record.owner.revoked": _record("lost an owner"),
    "log.opened": _opened,
    "log.mark": lambda _: "The log was marked, so that this time can be proved",
    "log.closed": lambda f: f"The log was closed in favour of 0x{_hex(f['successor'])}",
}
