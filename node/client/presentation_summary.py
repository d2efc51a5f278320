"""What a presentation shows, credential by credential, as a person reads it; nothing is verified here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from credentials.errors import CredentialsError, PresentationNotJudged
from credentials.presentation import Presentation, credentials_of, version_of
from credentials.presentation_reading import read_presentation
from credentials.securing.reading import MAX_SIZE
from did.json_text import parse_object
from node.client.credential_summary import Summary, summary_in
from node.client.errors import Refused, Unusable

UNSIGNED_PRESENTATION = "Nobody signed this presentation: anybody could have put it together."


@dataclass(frozen=True, slots=True)
class PresentationSummary:
    """A presentation, read and not verified.

    Attributes:
        read: as it says that it is; None of one in a form that nothing here judges.
        remark: why nothing judges it; empty of all others.
        shown: of each credential what it says, or why that cannot be read.
    """

    read: Presentation | None
    remark: str
    shown: tuple[Summary | str, ...]

    @property
    def signed(self) -> bool:
        """Whether anybody signed it, whoever that is."""
        return self.read is None or self.read.form != "unsigned"

    def to_json(self) -> dict[str, Any]:
        """The members as `--json` prints them."""
        read = self.read
        return {
            "verified": False,
            "signed": self.signed,
            "presentation": {
                "id": read and read.id,
                "holder": read and read.holder,
                "form": read and read.form,
                "dataModel": read and read.version,
                "nonce": read and read.nonce,
                "audience": list(read.audiences) if read else [],
                "remark": self.remark or None,
            },
            "credentials": [_shown_json(one) for one in self.shown],
        }


def summaries_of(path: Path, *, language: str = "en") -> Summary | PresentationSummary:
    """What the credential in a file says, or each that a presentation in it shows.

    Args:
        path: of the file.
        language: of texts that stand in several; else English is taken, else the first.

    Raises:
        Unusable: the file cannot be read.
        Refused: it holds nothing of a form that is known.
    """
    content = _content(path)
    try:
        try:
            read = read_presentation(content)
        except PresentationNotJudged as error:
            return PresentationSummary(None, error.reason, _shown(_within(content), language))
        if read is None:
            return summary_in(content, language=language)
    except CredentialsError as error:
        raise Refused(f"{path.name}: {error}") from None
    return PresentationSummary(read, "", _shown(read.credentials, language))


def _content(path: Path) -> bytes:
    """The bytes of a file, as far as one too many for a credential.

    Raises:
        Unusable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_SIZE + 1)
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None


def _within(content: bytes) -> tuple[bytes, ...]:
    """The credentials of a JSON document that is a presentation in a form that nothing here judges."""
    members: Mapping[str, Any] = parse_object(content.strip(), max_bytes=MAX_SIZE)
    return credentials_of(members, version=version_of(members))


def _shown(credentials: tuple[bytes, ...], language: str) -> tuple[Summary | str, ...]:
    return tuple(_summary(one, language) for one in credentials)


def _summary(content: bytes, language: str) -> Summary | str:
    try:
        return summary_in(content, language=language)
    except CredentialsError as error:
        return str(error)


def _shown_json(one: Summary | str) -> dict[str, Any]:
    return {"verified": False, "problem": one} if isinstance(one, str) else one.to_json()
