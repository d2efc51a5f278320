"""[issued] A thousand micro-credentials of both data models, each with a place in its kind of status list.

They are made as a registrar makes them: a course template and a table of learners for each data model.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from anchoring.batch import Batch
from credentials.model import Version
from credentials.securing.reading import read_secured
from devnet.content import COURSES, Course, learners
from devnet.copied_leaves import await_leaves
from devnet.courses import course_template, learners_table
from devnet.members import ANCHORING
from devnet.step import Facts, Step
from devnet.world import World, items
from node.client.batches import anchor_files
from node.client.course_template import read_template
from node.client.credential_drafts import Terms
from node.client.credential_issuing import accreditation_to_issue
from node.client.issue_forms import Form, Securing
from node.client.issue_plan import Plan
from node.client.issue_run import issue_rows
from node.client.issue_seals import profile_key
from node.client.learner_rows import read_rows
from node.client.status_lists import create

LISTS: Mapping[Version, tuple[str, ...]] = {"1.1": ("revoked-2021",), "2.0": ("revoked", "suspended")}
"""By the data model, the lists in which each of its credentials has a place."""
MODELS = tuple(LISTS)

_DAY = 11.0
_EVERY = timedelta(days=30)
_COURSES: Mapping[Version, Course] = {"1.1": COURSES[1], "2.0": COURSES[0]}
_FORMS: Mapping[Version, Form] = {"1.1": "vc-jwt", "2.0": "vc-jose"}
_KINDS: Mapping[Version, str] = {"1.1": "StatusList2021", "2.0": "BitstringStatusList"}


def issued(world: World, model: str) -> list[Path]:
    """Return the credentials of a data model, in the order of their learners."""
    return sorted(_folder(world, model).rglob("*.jwt"))


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
        folder = _folder(world, model)
        rows, course, rejects = (
            folder.with_name(folder.name + end) for end in (".csv", ".json", ".rejects.csv")
        )
        rows.write_text(learners_table(each, holders=holders), encoding="utf-8")
        course.write_text(
            course_template(_COURSES[model], did=issuer.did, awarding_body=university.name), encoding="utf-8"
        )
        terms = Terms(issuer=issuer.did, origin=origin, attribute_id=attribute_id, now=now, model=model)
        signed_by = issuer.signer()
        plan = Plan(
            out=folder,
            rejects=rejects,
            template=read_template(course),
            securing=Securing(
                form=_FORMS[model], did=issuer.did, kid=signed_by.kid, key=profile_key(issuer), at=now
            ),
            lists=lists,
            stem="micro-credential",
        )
        issue_rows(issuer, read_rows(rows, standard_input=io.BytesIO()), terms=terms, plan=plan)
    anchor_files(issuer, [path for model in MODELS for path in issued(world, model)], until="anchored")
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
