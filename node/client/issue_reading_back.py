"""Whether what was secured can be read: what no verifier could read is never handed out.

Credentials are read alike that share all that decides how they are read, and in which lists and objects of
the rest lie in one another alike. Of those one is read back wholly, as a verifier would; of each other one it
is seen that it is such a one, and that what is its own are identifiers.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from credentials.errors import CredentialsError
from credentials.securing.reading import MAX_SIZE, read_secured
from credentials.securing.secured import SecuredCredential
from node.client.errors import Refused
from node.client.issue_printing import Shape

_ITS_OWN: Final = frozenset({"id", "credentialSubject", "credentialStatus"})
_IDENTIFIER: Final = re.compile(r"(?:urn:uuid:|did:[a-z0-9]+:)[A-Za-z0-9._:%-]{1,2000}", re.ASCII)
_MOST_SHAPES: Final = 4096


def read_back(text: bytes, draft: Mapping[str, Any]) -> SecuredCredential:
    """The credential's text as a verifier would read it, which says what the draft says.

    Raises:
        Refused: it is read as something else, or not at all.
    """
    try:
        secured = read_secured(text)
    except CredentialsError as error:
        raise Refused(str(error)) from None
    if json.dumps(secured.credential.members, sort_keys=True) != json.dumps(draft, sort_keys=True):
        raise Refused("it would be read as something else")
    return secured


class ReadingBack:
    """Reads back the credentials of one process."""

    def __init__(self) -> None:
        """No shape is known yet."""
        self._known: dict[object, Mapping[str, Any]] = {}

    def check(self, text: bytes, draft: Mapping[str, Any], *, shape: Shape) -> None:
        """Return if the credential's text can be read and says what the draft says.

        Args:
            text: of the credential.
            draft: what it is to say.
            shape: of its JSON; None if it is to be read wholly.

        Raises:
            Refused: it cannot.
        """
        if shape is not None and len(text) <= MAX_SIZE and self._is_known(draft, shape):
            return
        read_back(text, draft)
        if len(self._known) >= _MOST_SHAPES:
            self._known.clear()
        self._known[shape] = draft

    def _is_known(self, draft: Mapping[str, Any], shape: Shape) -> bool:
        like = self._known.get(shape)
        if like is None or draft.keys() != like.keys():
            return False
        if any(
            draft[name] is not like[name] and draft[name] != like[name] for name in draft.keys() - _ITS_OWN
        ):
            return False
        subject, other = draft["credentialSubject"], like["credentialSubject"]
        named = [draft["id"], *([subject["id"]] if "id" in subject else [])]
        return subject.keys() == other.keys() and all(map(_IDENTIFIER.fullmatch, named))
