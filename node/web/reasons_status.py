"""What keeps the check on status from passing, in words of the catalogues."""

from collections.abc import Mapping
from typing import Final

from node.web.pages import marked

STATUS: Final[Mapping[str, str]] = {
    "revoked": marked("Its issuer revoked it."),
    "suspended": marked("Its issuer suspended it."),
    "unknown_status": marked("It has a status whose meaning is not known here."),
    "unpublished": marked("The list that tells its status was not published by then."),
    "withheld": marked("The list that tells its status is not at hand."),
    "stale": marked("The list that tells its status does not cover the time asked for."),
    "not_yet_valid": marked("The list that tells its status covers a later time."),
    "malformed_entry": marked("It does not say where its status can be looked up."),
    "unknown_type": marked("It names a status of a kind that is not judged here."),
    "unknown_purpose": marked("It names a status for a purpose that is not judged here."),
    "foreign_url": marked("Its status stands in another register."),
    "unrecorded": marked("Nothing is recorded of the accreditation that is its status."),
    "undefined_attribute": marked("The accreditation that is its status is of no kind yet."),
    "malformed_list": marked("What was published as the list of its status is none."),
    "list_too_short": marked("The list that tells its status is shorter than lists may be."),
    "index_out_of_range": marked("The list that tells its status has no such place."),
    "foreign_list": marked("The list that it names is another issuer's."),
    "other_list": marked("What was published is another list than the one that it names."),
    "list_mismatch": marked("The list is not of the purpose or the length that was published."),
    "list_key_refused": marked("The key that signed the list was not in force when the list was published."),
    "list_signature_mismatch": marked("The signature of the list does not fit."),
    "other_purpose": marked("The list is for another purpose than the credential says."),
    "other_list_type": marked("The list is of another kind than the credential says."),
    "other_subject": marked("Its status is that of an accreditation of somebody else."),
    "other_attribute": marked("Its status is that of another accreditation than its own."),
}
