"""What keeps the checks on accreditation, anchor and timeline from passing, in words of the catalogues."""

from collections.abc import Mapping
from typing import Final

from node.web.pages import marked

_MEMBERS: Final[Mapping[str, str]] = {
    "not_for_member": marked(
        "It was sealed for an institution that did not accredit whoever sealed it, as far as it says."
    ),
    "unnamed_member": marked(
        "It does not name the institution that it was sealed for in a way that is certain."
    ),
}
"""Of seals made on behalf of a member."""

ACCREDITATION: Final[Mapping[str, str]] = {
    **_MEMBERS,
    "no_framework": marked("Issuers of this kind are accredited by nobody on this ledger."),
    "no_root_taos": marked("This node's operator has not said which root of accreditations is accepted."),
    "not_accredited": marked("The issuer has no accreditation."),
    "not_recorded": marked("Nothing was recorded of an accreditation in the chain by then."),
    "accreditation_revoked": marked("An accreditation in the chain had been revoked by then."),
    "chain_broken": marked("The chain of accreditations does not lead to a root."),
    "root_not_accepted": marked("The chain of accreditations ends at a root that this node does not accept."),
    "no_credential": marked("An accreditation in the chain is recorded without its credential."),
    "malformed_accreditation": marked(
        "The credential of an accreditation cannot be read, or does not say for what."
    ),
    "outdated": marked("The credential of an accreditation is older than its last change on the ledger."),
    "predated": marked(
        "The credential of an accreditation claims to be newer than its record on the ledger."
    ),
    "other_accreditor": marked("The credential of an accreditation is by somebody else than its accreditor."),
    "accreditor_key": marked("An accreditation was signed by a key that was not in force."),
    "accreditor_signature": marked("The signature of an accreditation does not fit."),
    "other_subject": marked("The credential of an accreditation is about somebody else."),
    "other_attribute": marked("The credential of an accreditation is for another place in the register."),
    "other_parent": marked("The credential of an accreditation names another accreditation above it."),
    "other_type": marked("The credential of an accreditation is of another kind than recorded."),
    "root_with_parent": marked("The credential of a root names an accreditation above it."),
    "broader_than_parent": marked("An accreditation in the chain goes beyond the one above it."),
    "accreditation_expired": marked("An accreditation in the chain had expired."),
    "accreditation_not_yet_valid": marked("An accreditation in the chain was not in force yet."),
    "not_covered": marked("The issuer is accredited, and not for credentials of this kind."),
    "may_not_accredit": marked("It accredits somebody, and its issuer may not accredit."),
    "foreign_terms_of_use": marked("It names an accreditation of somebody else as its issuer's."),
    "malformed_terms_of_use": marked("It does not say which accreditation it was issued under."),
}

ANCHOR: Final[Mapping[str, str]] = {
    **_MEMBERS,
    "not_anchored": marked("Its issuer anchors what it issues, and has not anchored this."),
    "no_batches": marked("Its issuer has anchored nothing so far."),
    "past_without_anchor": marked(
        "It was not anchored by the time asked for, so nobody can say what it was then."
    ),
    "malformed_batches": marked(
        "A batch of its issuer is not in order, so that nothing can be proved of it."
    ),
    "nothing_followed": marked("This node has followed nothing of the ledger yet."),
    "foreign_issuer": marked("Issuers of this kind anchor nothing on this ledger."),
}

TIMELINE: Final[Mapping[str, str]] = {
    "issued_after_anchor": marked("It claims to have been issued after it was anchored."),
    "not_issued_yet": marked("It claims to be issued later than the time asked for."),
    "key_not_in_force": marked("The key that signed it was not in force when it was anchored."),
    "not_accredited_then": marked("The issuer was not accredited when it was anchored."),
    "retroactive": marked("Key or accreditation were later ended as of a time before it was anchored."),
}
