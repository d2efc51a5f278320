"""What was handed in, judged: pictures are read first, then each document goes the way of the API."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from credentials.errors import Unavailable
from credentials.portfolio import Portfolio, portfolio_of
from credentials.presentation import MOST_CREDENTIALS
from credentials.presentation_verdict import PresentationVerdict, judged_credential
from credentials.verdict import VerdictOutcome
from node.api.errors import Busy
from node.api.judged import judged
from node.api.limits import VERIFICATION, owe_for, spend_further
from node.api.problems import told_of
from node.api.verification_request import Asked
from node.api.verifications import verdict_form
from node.client.node_verdict import is_busy
from node.foreign.qr_client import UnreadablePicture
from node.services.node import Node
from node.services.verification import Verified, VerifiedPresentation
from node.services.view import AsOf
from node.web.pages import marked
from node.web.verify_codes import credential_or_digest, digest_in, is_digest
from node.web.verify_form import Form, FormRefused, Handed
from node.web.verify_shown import ShownCheck, ShownVerdict, raw_text, shown, shown_check

PATIENCE: Final = 10.0
"""Seconds after which no further picture of a form is begun, and then no further document."""
_PAUSES: Final = (0.5, 1.0, 1.5)
"""Seconds between two looks at whether what judges a credential has come up."""
MOST_CARRIED: Final = 524_288
"""Characters that the form which asks again carries."""


class PictureUnread(Busy):
    """A picture could not be read now; the text says why."""

    def __init__(self, sentence: str) -> None:
        Exception.__init__(self, sentence)


@dataclass(frozen=True, slots=True)
class ShownPresentation:
    """A presentation: who shows what."""

    name: str
    verdict: PresentationVerdict
    holder: ShownCheck


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one document came to.

    Attributes:
        credentials: one, or those that a presentation shows.
        presentation: None if it is a credential.
        as_of: what the node had followed.
        told: as the API tells it.
    """

    credentials: tuple[ShownVerdict, ...]
    presentation: ShownPresentation | None
    as_of: AsOf
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """What all documents of a form came to.

    Attributes:
        judgements: in their order.
        unjudged: names of those that there was no time for.
        carried: their texts, for the form that asks again; none if one is no text, or they are too long.
    """

    judgements: tuple[Judgement, ...]
    unjudged: tuple[str, ...]
    carried: tuple[str, ...]

    @property
    def credentials(self) -> tuple[ShownVerdict, ...]:
        """All of them side by side."""
        return tuple(one for judgement in self.judgements for one in judgement.credentials)

    @property
    def presentations(self) -> tuple[ShownPresentation, ...]:
        """Those among the documents."""
        return tuple(one.presentation for one in self.judgements if one.presentation is not None)

    @property
    def alone(self) -> ShownVerdict | None:
        """The verdict, if one credential was handed in and nothing else."""
        if len(self.judgements) != 1 or self.presentations or self.unjudged:
            return None
        return self.credentials[0]

    @property
    def outcome(self) -> VerdictOutcome:
        """The worst of all; where there is no credential, or one was not judged, never `valid`."""
        own = [one.verdict.outcome for one in self.presentations]
        found = {one.verdict.outcome for one in self.credentials} | set(own)
        if "invalid" in found:
            return "invalid"
        whole = self.credentials and not self.unjudged
        return "valid" if whole and found == {"valid"} else "indeterminate"

    @property
    def past(self) -> bool:
        """Whether the time asked for lies before the asking."""
        of_shown = any(one.verdict.past for one in self.presentations)
        return of_shown or any(one.verdict.past for one in self.credentials)

    @property
    def as_of(self) -> AsOf:
        """What the node had followed when it judged the first."""
        return self.judgements[0].as_of

    @property
    def portfolio(self) -> Portfolio:
        """What the credentials come to together."""
        return portfolio_of(judged_credential(one.verdict, name=one.name) for one in self.credentials)


async def without_pictures(request: Request, node: Node, form: Form) -> tuple[Handed, ...] | str:
    """Return the documents, those in pictures read; a digest in hexadecimal if that was handed in.

    Raises:
        FormRefused: a picture shows no code, or one that holds neither, or a digest beside other documents.
        PictureUnread: it could not be read in time.
        TooManyRequests: the client may not spend what the pictures cost.
    """
    pictures = sum(one.is_picture for one in form.handed)
    spend_further(request, VERIFICATION * (len(form.handed) - 1 + pictures))
    until = time.monotonic() + PATIENCE
    documents: list[Handed] = []
    for one in form.handed:
        if one.is_picture and time.monotonic() > until:
            raise PictureUnread(node.qr_codes.work.out_of_time)
        found = await _code_in(request, one, node) if one.is_picture else _digest_pasted(one)
        if found is None:
            documents.append(one)
        elif not is_digest(found):
            documents.append(Handed(one.name, found.encode()))
        elif len(form.handed) == 1:
            return found
        else:
            raise FormRefused(marked("The address of an anchor has to be handed in by itself."))
    return tuple(documents)


def _digest_pasted(one: Handed) -> str | None:
    return None if one.name else digest_in(one.content)


async def _code_in(request: Request, picture: Handed, node: Node) -> str:
    """What the code in a picture holds; who sends what is hard to read owes for it."""
    began = time.monotonic()
    try:
        texts = await run_in_threadpool(node.qr_codes.texts_in, picture.content)
    except UnreadablePicture as error:
        raise FormRefused(str(error)) from error
    except Unavailable as error:
        raise PictureUnread(error.sentence) from error
    finally:
        owe_for(request, time.monotonic() - began)
    return credential_or_digest(texts)


async def judge_all(
    request: Request, node: Node, form: Form, documents: tuple[Handed, ...], *, language: str
) -> Answers:
    """Return the verdicts on documents, for the first of which the request has paid.

    Args:
        request: who asks.
        node: by what it has followed.
        form: what is asked of them.
        documents: at least one.
        language: of texts that a credential has in several.

    Raises:
        FormRefused: all together show more credentials than are judged together.
        TooManyCredentials: a presentation does so by itself.
        TooManyRequests: the client may not spend what a presentation costs.
        TimeNotCome: the time asked for lies in the future.
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    until = time.monotonic() + PATIENCE
    judgements: list[Judgement] = []
    for one in documents:
        if judgements and time.monotonic() > until:
            break
        asked = Asked(one.content, form.at, expected=form.expected)
        tell = partial(_told, one, language)
        judgements.append(await judged(request, node, partial(_same, asked), tell, body=one.content))
        if sum(len(one.credentials) for one in judgements) > MOST_CREDENTIALS:
            raise FormRefused(
                marked("At most %(most)s credentials are shown side by side: hand in fewer."),
                most=MOST_CREDENTIALS,
            )
    texts = [raw_text(one.content) for one in documents]
    carried = tuple(text for text in texts if text is not None)
    whole = len(carried) == len(texts) and sum(map(len, carried)) <= MOST_CARRIED
    return Answers(
        tuple(judgements),
        tuple(one.name for one in documents[len(judgements) :]),
        carried if whole else (),
    )


async def asked_again(
    request: Request,
    node: Node,
    form: Form,
    documents: tuple[Handed, ...],
    answers: Answers,
    *,
    language: str,
) -> Answers:
    """Return the answers on one credential whose judge was busy, asked for a few times more.

    Each time is paid for like the first. What cannot be paid for, or goes wrong in another known way, leaves
    the answers that are there.

    Args:
        request: who asks.
        node: by what it has followed.
        form: what is asked of it.
        documents: what `answers` are on.
        answers: of `judge_all`; those on several documents are what they are.
        language: of texts that a credential has in several.
    """
    for pause in _PAUSES:
        if answers.alone is None or not is_busy(answers.judgements[0].told):
            break
        await asyncio.sleep(pause)
        try:
            spend_further(request, VERIFICATION)
            answers = await judge_all(request, node, form, documents, language=language)
        except Exception as error:
            if told_of(error) is None:
                raise
            break
    return answers


def _same(asked: Asked) -> Asked:
    return asked


def _told(one: Handed, language: str, asked: Asked, verified: Verified | VerifiedPresentation) -> Judgement:
    told = verdict_form(verified)
    if isinstance(verified, Verified):
        found = shown(verified.verdict, asked.document, name=one.name, language=language)
        return Judgement((found,), None, verified.as_of, told)
    verdict = verified.verdict
    required = told["holder"]["required"]
    presented = ShownPresentation(one.name, verdict, shown_check(verdict.result, required=required))
    return Judgement(tuple(_each(one, verdict, language)), presented, verified.as_of, told)


def _each(one: Handed, verdict: PresentationVerdict, language: str) -> Iterator[ShownVerdict]:
    contents = () if verdict.presentation is None else verdict.presentation.credentials
    for found, content in zip(verdict.verdicts, contents, strict=True):
        yield shown(found, content, name=one.name, language=language)
