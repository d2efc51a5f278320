"""[issued] A thousand micro-credentials of both data models, each with a place in its kind of status list."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from anchoring.batch import Batch
from credentials.model import Version
from credentials.securing.reading import read_secured
from devnet.content import learners, subjects
from devnet.copied_leaves import await_leaves
from devnet.members import ANCHORING
from devnet.schemas import SCHEMA_NAME, TYPES
from devnet.step import Facts, Step
from devnet.world import World, items
from node.client.batches import anchor_files
from node.client.credential_drafts import Terms
from node.client.credential_issuing import accreditation_to_issue, issue_credentials
from node.client.credential_payloads import Payload
from node.client.status_lists import create

LISTS: Mapping[Version, tuple[str, ...]] = {"1.1": ("revoked-2021",), "2.0": ("revoked", "suspended")}
"""By the data model, the lists in which each of its credentials has a place."""
MODELS = tuple(LISTS)

_DAY = 11.0
_EVERY = timedelta(days=30)
_KINDS: Mapping[Version, str] = {"1.1": "StatusList2021", "2.0": "BitstringStatusList"}


def issued(world: World, model: str) -> list[Path]:
    """Return the credentials of a data model, in their order."""
    return sorted(_folder(world, model).glob("*.jwt"))


def first_credential(world: World, model: str) -> Path:
    """Return the first credential of a data model."""
    return issued(world, model)[0]


def _folder(world: World, model: str) -> Path:
    return world.cast[ANCHORING].issued / f"2026-winter-{model}"


def _act(world: World) -> None:
    """Make the lists, issue half of the credentials in each data model, and anchor all in one batch."""
    now = world.walk(_DAY)
    university = world.cast[ANCHORING]
    issuer, each = university.issuer, world.plan.micro_credentials // len(MODELS)
    world.follow()
    create(issuer, "revoked-2021", purpose="revocation", kind="StatusList2021", every=_EVERY)
    create(issuer, "revoked", purpose="revocation", kind="BitstringStatusList", every=_EVERY)
    create(issuer, "suspended", purpose="suspension", kind="BitstringStatusList", every=_EVERY)
    origin, attribute_id = issuer.registry_origin(), accreditation_to_issue(issuer)
    holders = learners(min(each, 100), random=os.urandom)
    for model, lists in LISTS.items():
        terms = Terms(
            issuer=issuer.did,
            origin=origin,
            attribute_id=attribute_id,
            now=now,
            model=model,
            types=TYPES,
            schema=SCHEMA_NAME,
        )
        said = subjects(each, did=issuer.did, awarding_body=university.name, holders=holders, now=now)
        payloads = [
            Payload(f"micro-credential-{number:05}", f"payload {number}", {"subject": subject})
            for number, subject in enumerate(said, start=1)
        ]
        issue_credentials(issuer, payloads, out=_folder(world, model), terms=terms, lists=lists)
    anchor_files(issuer, [_folder(world, model) for model in MODELS], until="anchored")
    world.follow()
    await_leaves(world)


def _expected(world: World) -> Facts:
    """So many of each model, each with its own places in the right lists, all in one batch of the issuer."""
    each = world.plan.micro_credentials // len(MODELS)
    return {
        "models": dict.fromkeys(MODELS, each),
        "places": {name: each for names in LISTS.values() for name in names},
        "entries": {kind + "Entry": each * len(LISTS[model]) for model, kind in _KINDS.items()},
        "batch": {"size": each * len(MODELS), "root_of_documents": "on the ledger"},
    }


def _observe(world: World) -> Facts:
    """What a reader finds in the files, and what the second node shows of the batch."""
    read = [read_secured(path.read_bytes()) for model in MODELS for path in issued(world, model)]
    places: dict[str, set[Any]] = {}
    for secured in read:
        for status in secured.credential.statuses:
            name = str(status["statusListCredential"]).rpartition("/")[2]
            places.setdefault(name, set()).add(status["statusListIndex"])
    entries = Counter(str(status["type"]) for secured in read for status in secured.credential.statuses)
    fields = items(world.abroad.api, "/v1/history", issuer=world.cast[ANCHORING].did, kind="anchor.batch")[
        -1
    ]["fields"]
    root = Batch.from_digests({secured.digest for secured in read}).root.hex()
    return {
        "models": dict(Counter(secured.credential.version for secured in read)),
        "places": {name: len(indexes) for name, indexes in places.items()},
        "entries": dict(entries),
        "batch": {
            "size": fields["size"],
            "root_of_documents": "on the ledger" if root == fields["root"] else root,
        },
    }


STEP = Step(
    id="issued",
    title="Micro-credentials issued, each with its status entry",
    act=_act,
    expected=_expected,
    observe=_observe,
)
