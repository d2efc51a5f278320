"""A portfolio of what several files hold, each with its own verdict."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from credentials.errors import CredentialsError
from credentials.portfolio import Judged, Portfolio, portfolio_of
from credentials.securing.reading import MAX_SIZE, read_secured
from credentials.verdict import ACCREDITATION, Outcome
from node.client.verdict import FileVerdict
from node.client.verified_presentation import PresentationFile

_UNASKED = "No node was asked whether its issuer is accredited."


def portfolio_of_files(verdicts: Iterable[FileVerdict | PresentationFile]) -> Portfolio:
    """The credentials in these files side by side, those of a presentation one by one."""
    return portfolio_of(judged for verdict in verdicts for judged in _judged(verdict))


def _judged(verdict: FileVerdict | PresentationFile) -> Iterator[Judged]:
    if isinstance(verdict, PresentationFile):
        for number, (content, one) in enumerate(zip(verdict.contents, verdict.shown, strict=True), start=1):
            yield _of(one, content, name=f"{verdict.path.name}, number {number}")
        return
    content = b""
    with suppress(OSError), verdict.path.open("rb") as file:
        content = file.read(MAX_SIZE + 1)
    yield _of(verdict, content, name=verdict.path.name)


def _of(verdict: FileVerdict, content: bytes, *, name: str) -> Judged:
    told = None if verdict.told is None else verdict.told.check(ACCREDITATION)
    secured = None
    with suppress(CredentialsError):
        secured = read_secured(content)
    return Judged(
        name=name,
        outcome=verdict.outcome,
        sentence=verdict.sentence,
        accredited=Outcome.NOT_DETERMINABLE if told is None else told.outcome,
        accreditation=_UNASKED if told is None else told.sentence,
        digest=None if secured is None else secured.digest,
        credential=None if secured is None else secured.credential,
    )
