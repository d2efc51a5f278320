"""What a check found, in general words that stand in the catalogues: a verdict's own sentences are English.

Each outcome of each check has a name for people, and each reason of `docs/verdict.md` a sentence.
"""

from collections.abc import Mapping
from typing import Final

from credentials.verdict import Outcome
from node.web.pages import marked
from node.web.reasons_accreditation import ACCREDITATION, ANCHOR, TIMELINE
from node.web.reasons_holder import HOLDER
from node.web.reasons_status import STATUS

Reasons = Mapping[str, str]

CHECKS: Final[Reasons] = {
    "format": marked("The document can be read"),
    "issuer": marked("The issuer is known"),
    "signature": marked("The issuer signed it, and nothing was changed since"),
    "validity": marked("It has begun and has not expired"),
    "schema": marked("It has the form that its type requires"),
    "accreditation": marked("The issuer is accredited for it"),
    "status": marked("It was not revoked or suspended"),
    "anchor": marked("Its issuer recorded it on the ledger"),
    "timeline": marked("Its dates agree with the record"),
    "profile": marked("It says what a European micro-credential says"),
    "holder": marked("Whoever shows it is its holder"),
}
"""Each check, as what is the case where it passes."""

OUTCOMES: Final[Reasons] = {
    "passed": marked("passed"),
    "failed": marked("failed"),
    "not_determinable": marked("cannot be determined"),
    "not_applicable": marked("does not apply"),
}

PASSED: Final[Reasons] = {
    "format": marked("The document is a credential in a form that is known here."),
    "issuer": marked("The register has a record of the issuer."),
    "signature": marked("The signature is that of a key that was the issuer's own when it was signed."),
    "validity": marked("The time asked for lies within the time for which it was issued."),
    "schema": marked("It conforms to the schemas that it names, as they are registered."),
    "accreditation": marked("An unbroken chain of accreditations leads from the issuer to an accepted root."),
    "status": marked("The list that its issuer published last does not name it as revoked or suspended."),
    "anchor": marked("Its digest lies in a batch that its issuer anchored on the ledger."),
    "timeline": marked(
        "Key and accreditation were in force when it was anchored, and it was not issued later."
    ),
    "profile": marked("All mandatory standard elements of a European micro-credential are there."),
    "holder": marked("It was shown by its holder, for this request."),
}

EVERYWHERE: Final[Reasons] = {
    "unavailable": marked("Something that has to be asked for this does not answer at present."),
    "busy": marked("What judges this is at work for others, or just being started: ask again in a moment."),
    "unseen_batches": marked("An anchor that this node has not seen could make a difference here."),
    "not_read": marked("Not looked at, because the document cannot be read."),
    "out_of_time": marked("Not looked at, because the credentials before it took all the time there is."),
}
"""Reasons that any check may have."""

SEALS: Final[Reasons] = {
    "no_seal_anchors": marked("This node trusts no authority to say whose seals are whose."),
    "unknown_authority": marked("This node does not trust the authority that issued the seal's certificate."),
    "certificate_expired": marked(
        "The seal's certificate has ended, and nothing shows that the seal is older."
    ),
    "organisation_unstated": marked(
        "The credential does not say that its issuer is who holds the certificate."
    ),
    "other_organisation": marked("The certificate belongs to another organisation than the issuer named."),
    "certificate_not_yet_valid": marked("The seal's certificate begins later."),
    "sealed_out_of_time": marked("It was sealed when the seal's certificate was not in force."),
    "certificate_purpose": marked("The seal's certificate is not for sealing documents of organisations."),
    "path_refused": marked("No sound path of certificates leads to the authority named."),
}

_KEYS: Final[Reasons] = {
    "signature_mismatch": marked("The signature does not fit: it was changed, or somebody else signed it."),
    "unfit_key": marked("The key named is of another kind than the signature."),
    "issuer_unknown": marked("The register has no record of who signed it."),
    "foreign_key": marked("The key named belongs to somebody else."),
    "no_fragment": marked("The document does not say by which key it was signed."),
    "unknown_key": marked("The register has no such key."),
    "no_longer_valid": marked("The key was no longer in force."),
    "unusable_key": marked("The key in the register cannot be used."),
}
"""Of signatures, the issuer's and the holder's."""

REASONS: Final[Mapping[str, Reasons]] = {
    "format": {
        "malformed": marked("The document is no credential that can be read."),
        "not_judged": marked("The document is of a form that is known here and not judged."),
    },
    "issuer": {
        **SEALS,
        "issuer_unknown": marked("The register has no record of the issuer."),
        "unusable_key": marked("What the register has of the issuer's keys cannot be used."),
    },
    "signature": {
        **_KEYS,
        **SEALS,
        "not_for_assertion": marked("The key is not one by which the issuer may sign credentials."),
        "not_yet_valid": marked("The key was not in force yet."),
    },
    "validity": {
        "not_yet_valid": marked("Its time had not begun at the time asked for."),
        "expired": marked("It had expired at the time asked for."),
    },
    "schema": {
        "no_schema": marked("It names no schema."),
        "schema_violated": marked("It does not conform to the schema that it names."),
        "unsupported_schema_type": marked("It names a schema of a kind that is not judged here."),
        "foreign_schema": marked("It names a schema that is not in this register."),
        "unregistered_schema": marked("The schema that it names was not registered by then."),
        "unusable_schema": marked("The schema that is registered cannot be used."),
        "too_much_work": marked("To compare it with its schema would take too long."),
        "claims_withheld": marked("It may conform with the claims that are withheld."),
    },
    "accreditation": ACCREDITATION,
    "status": STATUS,
    "anchor": ANCHOR,
    "timeline": TIMELINE,
    "profile": {
        "no_micro_credential": marked("It is no micro-credential."),
        "elements_missing": marked(
            "Mandatory standard elements of a micro-credential are missing or unreadable."
        ),
    },
    "holder": {**_KEYS, **HOLDER},
}
"""The sentence of each reason, by check."""

_WITHOUT: Final[Reasons] = {
    "failed": marked("This was not found to be so."),
    "not_determinable": marked("This cannot be determined."),
    "not_applicable": marked("The credential names nothing of this kind."),
}
"""Where there is no reason, or one that is newer than these texts."""


def general_sentence(check: str, outcome: str, reason: str | None) -> str:
    """Return what a check found in words of the catalogues, English.

    Args:
        check: its name.
        outcome: how it ended.
        reason: why; None where there is none.
    """
    if outcome == Outcome.PASSED:
        return PASSED[check]
    if reason is None:
        return _WITHOUT[outcome]
    return REASONS[check].get(reason) or EVERYWHERE.get(reason) or _WITHOUT[outcome]
