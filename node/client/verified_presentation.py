"""A presentation's verdict: who shows it is a node's word, the anchors of its credentials are proved here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from anchoring.checkpoint import Checkpoint
from anchoring.digest import secured_digest
from anchoring.errors import AnchoringError
from credentials.errors import CredentialsError, MalformedPresentation, TooManyCredentials
from credentials.expected import Expected
from credentials.presentation import Presentation
from credentials.presentation_reading import read_presentation
from credentials.presentation_verdict import PRESENTATION_SCHEMA
from credentials.securing.reading import MAX_SIZE
from credentials.verdict import HOLDER
from node.client.api import Node
from node.client.documents import Document
from node.client.errors import NoNode, UnexpectedAnswer, Unusable
from node.client.node_verdict import NodeCheck, ask_verdict, read_check, read_verdict
from node.client.verdict import FileVerdict, Outcome
from node.client.verified_credential import proved_verdict, question

_WHOSE_WORD = "who shows it is the word of"


@dataclass(frozen=True, slots=True)
class PresentationFile:
    """What a file with a presentation comes to.

    Attributes:
        path: of the file.
        outcome: the worst of the holder's check and of the credentials; without credentials never `valid`.
        sentence: for people.
        shown: one for each credential, in their order.
        contents: the credentials themselves, likewise.
        told: the node's answer.
        notes: whose word it is.
    """

    path: Path
    outcome: Outcome
    sentence: str
    shown: tuple[FileVerdict, ...] = ()
    contents: tuple[bytes, ...] = ()
    told: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The verdict as `--json` prints it."""
        return {
            "file": str(self.path),
            "outcome": self.outcome,
            "sentence": self.sentence,
            "notes": list(self.notes),
            "credentials": [verdict.to_json() for verdict in self.shown],
            "verdict": None if self.told is None else dict(self.told),
        }


def presentation_in(path: Path) -> tuple[bytes, Presentation | MalformedPresentation] | None:
    """What a file holds, and the presentation in it or why that cannot be read; None if there is none.

    Raises:
        Unusable: it shows more credentials than are judged together.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SIZE + 1)
        found = read_presentation(content)
    except MalformedPresentation as error:
        return content, error
    except TooManyCredentials as error:
        raise Unusable(f"{path.name}: {error}") from None
    except OSError:
        return None  # told by whoever looks for anything else in it
    return None if found is None else (content, found)


def verify_presentation(
    path: Path,
    content: bytes,
    presentation: Presentation | MalformedPresentation,
    *,
    node: Node,
    checkpoint: Checkpoint | None,
    as_of: datetime | None,
    relaxed: Collection[str],
    expected: Expected,
) -> PresentationFile:
    """The node's verdict on the presentation in a file, in which no credential is valid without its anchor.

    Args:
        path: of the file.
        content: of the file, as it was read once.
        presentation: what was read of it.
        node: asked.
        checkpoint: one that the asker trusts.
        as_of: the time asked for; now if None.
        relaxed: names of the checks that shall not decide.
        expected: the nonce and the audience that the asker gave to the holder.

    Raises:
        UnexpectedAnswer: the answer contradicts itself, or a proof in it does not hold.
        ClientError: the node does not answer.
    """
    if isinstance(presentation, MalformedPresentation):
        return PresentationFile(path, "invalid", f"{path.name}: {presentation}")
    asked = question(content.decode(), as_of=as_of, relaxed=relaxed, expected=expected)
    answer = ask_verdict(node, asked)
    if answer.get("schema") != PRESENTATION_SCHEMA:
        raise NoNode(node.url, "/v1/verifications", f"the answer is no {PRESENTATION_SCHEMA}")
    shown: list[FileVerdict] = []
    try:
        holder, listed = read_check(HOLDER, answer["holder"]), answer["credentials"]
        if len(listed) != len(presentation.credentials) or not all(isinstance(one, dict) for one in listed):
            raise ValueError("not one verdict for each credential")  # noqa: TRY301 - as the rest of them
        sentence, state = str(answer["sentence"]), answer.get("asOf")
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedAnswer(f"the verdict of {node.url} cannot be read: {error}") from None
    if holder.required is (HOLDER.name in relaxed):
        raise UnexpectedAnswer(f"{node.url} judged by another policy than the one asked for")
    for credential, members in zip(presentation.credentials, listed, strict=True):
        document = _document(path, credential)
        digest = None if document is None else document.digest
        told = read_verdict(members, digest=digest, as_of=as_of, relaxed=relaxed, url=node.url)
        shown.append(
            FileVerdict(path, told.outcome, told.sentence, told=told)
            if document is None
            else proved_verdict(
                document,
                told,
                state,
                node=node,
                receipt=None,
                checkpoint=checkpoint,
                as_of=as_of,
                notes=(),
            )
        )
    outcome = _worst(holder, shown)
    if outcome != answer.get("outcome"):
        doubted = next((one for one in shown if one.outcome == "indeterminate"), None)
        if doubted is None or outcome != "indeterminate":
            raise UnexpectedAnswer(f"the outcome of {node.url} is not what its own checks come to")
        sentence = doubted.sentence
    return PresentationFile(
        path,
        outcome,
        f"{path.name}: {sentence}",
        tuple(shown),
        presentation.credentials,
        answer,
        (f"{_WHOSE_WORD} {node.url}",),
    )


def _worst(holder: NodeCheck, shown: Collection[FileVerdict]) -> Outcome:
    outcomes = {verdict.outcome for verdict in shown} | {holder.decided}
    if "invalid" in outcomes:
        return "invalid"
    return "valid" if shown and outcomes == {"valid"} else "indeterminate"


def _document(path: Path, content: bytes) -> Document | None:
    try:
        found = secured_digest(content)
    except (AnchoringError, CredentialsError):
        return None
    return Document(path, found.digest, found.form)
