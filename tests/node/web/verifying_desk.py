"""A node whose verifying page is asked, and documents of each kind that people hand in there."""

import copy
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from node.app import application
from node.services.node import Node
from tests.credentials.credential_makers import status_entry
from tests.credentials.ledger import DAY
from tests.credentials.micro_credentials import ELM
from tests.credentials.world import Country, country
from tests.node.api.world import served
from tests.node.projected import node_of

SCRIPT = "<script>alert('title')</script><img src=x onerror=alert(1)> & 100%"
"""A title that is markup, if it is not taken for text."""
Field = tuple[str, tuple[str | None, bytes]]


@dataclass
class Documents:
    """One document of each kind, by what its verdict is."""

    home: Country
    good_at: datetime
    of: dict[str, bytes]


def documents() -> Documents:
    """A country in which each kind of document was issued, and some revoked since."""
    home = country()
    world, university = home.world, home.university
    stranger = world.actor("Stranger")
    revocations, suspensions = world.list_url(university, "1"), world.list_url(university, "2")

    def subject(**claim: Any) -> dict[str, Any]:
        members: dict[str, Any] = copy.deepcopy(ELM["credentialSubject"])
        members["hasClaim"] |= claim
        return members

    of = {
        "valid": world.issue(university, subject=subject()),
        "of another": world.issue(university, subject=subject() | {"id": "did:key:z2"}),
        "scripted": world.issue(university, subject=subject(title={"en": SCRIPT})),
        "revoked": world.issue(university, subject=subject(), status=[status_entry(revocations, 7)]),
        "suspended": world.issue(
            university, subject=subject(), status=[status_entry(suspensions, 9, purpose="suspension")]
        ),
        "no micro-credential": home.credential,
        "not anchored": world.issue(university, subject=subject(title={"en": "Never anchored"})),
    }
    world.anchor(
        university, [of[name] for name in ("valid", "of another", "scripted", "revoked", "suspended")]
    )
    of["unaccredited"] = world.issue(stranger, subject=subject())
    header, payload, signature = of["valid"].split(b".")
    other = (b"B" if signature[:1] == b"A" else b"A") + signature[1:]
    of["altered"] = b".".join((header, payload, other))
    of["a binary"] = b"%PDF-1.7\n" + bytes(range(256)) * 16
    world.publish_list(university, revocations)
    world.publish_list(university, suspensions, purpose="suspension")
    good_at = world.wait(DAY)
    world.publish_list(university, revocations, set_bits=[7])
    world.publish_list(university, suspensions, purpose="suspension", set_bits=[9])
    world.wait(DAY)
    return Documents(home, good_at, of)


@dataclass
class Desk:
    """A node that holds the country, and a client of its pages."""

    made: Documents
    node: Node
    http: httpx.Client

    def hand_in(self, *fields: Field, lang: str | None = None, **asked: str) -> httpx.Response:
        """The answer to a form, as a browser without scripts sends it: empty fields and all."""
        files: list[Field] = [*fields]
        files += [(name.replace("_", "-"), (None, value.encode())) for name, value in asked.items()]
        query = {} if lang is None else {"lang": lang}
        return self.http.post("/", files=files, params=query)

    def judged(self, *names: str, lang: str | None = None, **asked: str) -> str:
        """The page on documents of these kinds, handed in as files."""
        files = [("document", (f"{name}.jwt", self.made.of[name])) for name in names]
        answer = self.hand_in(*files, lang=lang, **asked)
        assert answer.status_code == 200, answer.text
        return answer.text

    def verdict(self, document: bytes, **query: str) -> dict[str, Any]:
        """What the API says of it."""
        answer = self.http.post("/v1/verifications", content=document, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def text_of(page: str) -> str:
    """What a page shows, without its markup, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def checks_on(page: str) -> Sequence[tuple[str, str]]:
    """The checks of the one verdict on a page, by name and reason, in their order."""
    return re.findall(r"Check:\s*<code>(\w+)</code>(?:[^<]*<code>(\w+)</code>)?", page)


@contextmanager
def desk_over(made: Documents, folder: Path) -> Iterator[Desk]:
    """Serve a node that holds the documents' country."""
    with (
        node_of(made.home.world, folder) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60, follow_redirects=False) as http,
    ):
        yield Desk(made, node, http)
