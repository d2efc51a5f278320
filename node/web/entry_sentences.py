"""What an entry changed, as one sentence in the language of the page (`anchoring.sentences` is English)."""

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from anchoring.entry import MAX_TIME, Entry
from node.web.languages import Language
from node.web.pages import marked
from node.web.written import cut, filters

_REVOKED: Final = 4
_LONGEST_TEXT: Final = 200

SENTENCES: Final[Mapping[str, str]] = {
    "did.inserted": marked("%(did)s was registered with the key %(vMethodId)s."),
    "did.base.updated": marked("The base document of %(did)s was changed."),
    "did.controller.added": marked("%(controller)s became a controller of %(did)s."),
    "did.controller.revoked": marked("%(controller)s is no longer a controller of %(did)s."),
    "did.method.added": marked("%(did)s added the key %(vMethodId)s."),
    "did.method.expired": marked("The key %(vMethodId)s of %(did)s is to expire at %(notAfter)s."),
    "did.method.revoked": marked("The key %(vMethodId)s of %(did)s was revoked as of %(notAfter)s."),
    "did.method.rolled": marked(
        "%(did)s replaced the key %(oldVMethodId)s by %(vMethodId)s, "
        "valid from %(notBefore)s until %(notAfter)s."
    ),
    "did.relationship.added": marked(
        "%(did)s uses the key %(vMethodId)s for %(name)s, from %(notBefore)s until %(notAfter)s."
    ),
    "issuer.began": marked("%(did)s has a new registration %(id)s."),
    "issuer.attribute.data": marked(
        "%(did)s accepted the accreditation %(attributeId)s with a credential of its own."
    ),
    "issuer.proxy.added": marked("The proxy %(proxyId)s of %(did)s was added."),
    "issuer.proxy.updated": marked("The proxy %(proxyId)s of %(did)s was changed."),
    "issuer.proxy.removed": marked("The proxy %(proxyId)s of %(did)s was removed."),
    "schema.inserted": marked("The schema %(schemaId)s was registered (revision %(schemaRevisionId)s)."),
    "schema.updated": marked("The schema %(schemaId)s was revised (revision %(schemaRevisionId)s)."),
    "schema.metadata.updated": marked(
        "The schema %(schemaId)s was described anew (revision %(schemaRevisionId)s)."
    ),
    "policy.inserted": marked("The policy %(policyName)s was created."),
    "policy.updated": marked("The policy %(policyName)s was described anew."),
    "policy.activated": marked("The policy %(policyName)s was activated."),
    "policy.deactivated": marked("The policy %(policyName)s was deactivated."),
    "policy.granted": marked("The account %(user)s was granted %(attributes)s."),
    "policy.withdrawn": marked("The account %(user)s lost %(attributes)s."),
    "anchor.batch": marked("%(did)s anchored a batch of %(size)s digests with the root %(root)s."),
    "status.published": marked("%(did)s published the %(purpose)s list %(url)s."),
    "timestamp.hashes": marked("The hash %(hashValue)s was timestamped."),
    "timestamp.algorithm.inserted": marked(
        "The hash algorithm %(hashAlgorithmId)s (%(ianaName)s) was registered."
    ),
    "timestamp.algorithm.updated": marked(
        "The hash algorithm %(hashAlgorithmId)s (%(ianaName)s) was changed."
    ),
    "timestamp.record.versioned": marked("Version %(versionId)s of the record %(recordId)s was recorded."),
    "timestamp.record.appended": marked("Version %(versionId)s of the record %(recordId)s was continued."),
    "timestamp.record.detached": marked("Version %(versionId)s of the record %(recordId)s lost a hash."),
    "timestamp.record.info": marked("Version %(versionId)s of the record %(recordId)s was described anew."),
    "timestamp.record.owner.added": marked("The record %(recordId)s has a new owner."),
    "timestamp.record.owner.revoked": marked("The record %(recordId)s lost an owner."),
    "log.mark": marked("The log was marked, so that this time can be proved."),
    "log.closed": marked("The log was closed in favour of %(successor)s."),
}
"""By kind; those of which there are several are below."""
ACCREDITED: Final[Mapping[int, str]] = {
    1: marked("%(did)s was accredited as Root TAO (accreditation %(attributeId)s)."),
    2: marked("%(did)s was accredited as TAO by %(taoDid)s (accreditation %(attributeId)s)."),
    3: marked("%(did)s was accredited as Trusted Issuer by %(taoDid)s (accreditation %(attributeId)s)."),
    _REVOKED: marked("The accreditation %(attributeId)s of %(did)s was revoked."),
}
"""`issuer.attribute.metadata`, by the type given."""
WITHOUT_ROLE: Final = marked(
    "%(did)s was given the accreditation %(attributeId)s without a role by %(taoDid)s."
)
OPENED: Final = marked("The log %(log)s was opened on chain %(chainId)s.")
CONTINUED: Final = marked(
    "The log %(log)s was opened on chain %(chainId)s, continuing %(predecessorOrigin)s."
)
NO_TIME: Final = marked("no set time")
_TIMES = frozenset({"notBefore", "notAfter"})
_ACCOUNTS = frozenset({"user", "log", "successor"})


def told(entry: Entry, language: Language) -> Markup:
    """Return what the entry changed; long names keep their middles for everything but the eye.

    Raises:
        MalformedPayload: the payload is not the canonical encoding of its kind's fields.
    """
    fields = entry.fields
    values = {name: _written(name, value, language) for name, value in fields.items()}
    return Markup(language.text(_sentence(entry.kind, fields))) % values  # noqa: S704 - a catalogue's text


def _sentence(kind: str, fields: Mapping[str, Any]) -> str:
    if kind == "issuer.attribute.metadata":
        return ACCREDITED.get(fields["issuerType"], WITHOUT_ROLE)
    if kind == "log.opened":
        return CONTINUED if fields["predecessorOrigin"] else OPENED
    return SENTENCES[kind]


def _written(name: str, value: object, language: Language) -> str | Markup:
    if isinstance(value, bytes):
        return cut(f"0x{value.hex()}" if name in _ACCOUNTS else value.hex())
    if isinstance(value, int):
        if name in _TIMES:
            kept = 0 < value <= MAX_TIME
            shown = filters(language)["when"](value) if kept else Markup.escape(language.text(NO_TIME))
            return Markup(shown)  # noqa: S704 - escaped above
        return str(value)
    if isinstance(value, tuple | list):
        return ", ".join(_text(str(one)) for one in value) or "-"
    text = _text(str(value))
    return cut(text) if text.startswith("did:") else text


def _text(text: str) -> str:
    """A text without control characters and cut to a line: its author is not to be trusted."""
    short = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in short)
