"""What keeps the check on the holder from passing, in words of the catalogues; of its key: `reasons.py`."""

from collections.abc import Mapping
from typing import Final

from node.web.pages import marked

HOLDER: Final[Mapping[str, str]] = {
    "no_presentation": marked("The credential was handed in by itself, not shown by its holder."),
    "malformed": marked("The presentation breaks a rule, so nobody can say who shows it."),
    "unsigned_presentation": marked("Nobody signed the presentation."),
    "not_judged": marked("The presentation is of a form that is not judged here."),
    "not_for_authentication": marked("The key is not one by which the holder proves who they are."),
    "expired": marked("The presentation had expired."),
    "not_yet_valid": marked("The presentation was not valid yet."),
    "other_nonce": marked("It was shown for another request."),
    "no_nonce": marked("It does not say for which request it was shown."),
    "other_audience": marked("It was shown to somebody else."),
    "no_audience": marked("It does not say to whom it was shown."),
    "no_expected_nonce": marked("You did not say which number (nonce) you gave to the holder."),
    "no_expected_audience": marked("You did not say by which name (audience) you asked the holder."),
    "other_subject": marked("The credential is about somebody else than whoever shows it."),
    "subject_not_named": marked("The credential does not say whom it is about."),
    "no_key_binding": marked(
        "The credential is bound to its holder's key, and was handed in without proof of it."
    ),
    "no_confirmation": marked("Its issuer bound the credential to nobody's key."),
    "presented_long_ago": marked("It was shown more than ten minutes before the time asked for."),
    "other_key": marked("The credential is bound to another key than the one that shows it."),
    "unknown_confirmation": marked("The credential is bound to its holder in a way that is not known here."),
}
