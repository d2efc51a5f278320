"""[every_format] One micro-credential in each form that somebody may bring; the node abroad judges them all.

The forms of the university are anchored together. A learner shows some of them, with a key of its own and
for this one request; a school that no ledger knows has made the last.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devnet.copied_leaves import await_leaves
from devnet.forms import FORMS, WITHHELD, Award, issued_forms, older_credential
from devnet.members import ANCHORING
from devnet.side_keys import add_ed25519_key
from devnet.step import Facts, Step
from devnet.verdicts import VALID, decided, decided_against
from devnet.wallet import Asked, Wallet
from devnet.world import World
from node.client.batches import anchor_files
from node.client.node_verdict import ask_verdict
from node.clock import wall_clock

AUDIENCE = "https://verifier.example"
"""The name by which the learner is asked."""

_DAY = 13.6
_OF_ISSUER, _SHOWN, _OLDER = (0, 1, 2, 3, 4, 5, 7, 8), 10, (0, 1, 2, 3, 8)
"""Numbers of the checks that pass: of all that is anchored, of what is shown besides, of the last."""
_PRESENTED = frozenset({"sd_jwt_vc", "vp_jwt", "vp_json_ld"})
_NONCE = "nonce"


def form_path(world: World, form: str) -> Path:
    """Return the file that a form is handed in by."""
    return world.folder / "forms" / form


def nonce(world: World) -> str:
    """Return what the learner was given, and answers in all that it shows."""
    return form_path(world, _NONCE).read_text(encoding="ascii")


def _act(world: World) -> None:
    """Let the university issue and anchor its forms, the school issue the last, and the learner show some."""
    now = world.walk(_DAY)
    university, wallet = world.cast[ANCHORING], Wallet()
    world.follow()
    award = Award(
        awarding_body=university.name,
        es256=university.issuer.signer(),
        ed25519=add_ed25519_key(university, now=now),
        wallet=wallet,
        now=world.now(),
    )
    made = issued_forms(award)
    issued = university.issued / "every-form"
    issued.mkdir()
    for form, text in made.items():
        (issued / form).write_text(text, encoding="utf-8")
    anchor_files(university.issuer, [issued], until="anchored")
    world.follow()
    await_leaves(world)
    asked = Asked(os.urandom(16).hex(), AUDIENCE, max(world.now(), wall_clock()))
    shown = made | {
        "sd_jwt_vc": wallet.shown(made["sd_jwt_vc"], asked, withheld=WITHHELD),
        "vp_jwt": wallet.presentation([made["vc_jwt"]], asked),
        "vp_json_ld": wallet.json_ld_presentation([json.loads(made["open_badge"])], asked),
        "older_proof": older_credential(wallet, now=now),
    }
    form_path(world, _NONCE).parent.mkdir()
    form_path(world, _NONCE).write_text(asked.nonce, encoding="ascii")
    for form in FORMS:
        form_path(world, form).write_text(shown[form], encoding="utf-8")


def _expected(_world: World) -> Facts:
    """All valid by every check but that of a status, which none has; nobody accredited the unknown school."""
    valid = {form: {**VALID, "passed": [*_OF_ISSUER]} for form in FORMS}
    for form in _PRESENTED:
        valid[form]["passed"] = [*_OF_ISSUER, _SHOWN]
    unknown = decided_against("accreditation", "no_framework", outcome="indeterminate")
    return {**valid, "older_proof": {**unknown, "passed": [*_OLDER]}, "valid_though_altered": []}


def _observe(world: World) -> Facts:
    """What the node abroad says of each form, and which of them it takes for valid once it is altered."""
    texts = {form: form_path(world, form).read_text(encoding="utf-8") for form in FORMS}
    return {
        **{form: _told(_verdict(world, form, text)) for form, text in texts.items()},
        "valid_though_altered": [
            form
            for form, text in texts.items()
            if _verdict(world, form, _altered(text))["outcome"] == "valid"
        ],
    }


def _told(told: Mapping[str, Any]) -> dict[str, Any]:
    """What decided, and the numbers of required checks that passed; of a presentation, of what it shows."""
    shown = told["credentials"][0] if "credentials" in told else told
    passed = [one["number"] for one in shown["checks"] if one["required"] and one["outcome"] == "passed"]
    return {**decided(shown), "outcome": told["outcome"], "passed": passed}


def _verdict(world: World, form: str, text: str) -> Mapping[str, Any]:
    """The verdict of the node abroad, asked again while it starts what judges proofs over graphs.

    Raises:
        ClientError: the node refuses or does not answer.
    """
    question = {"credential": text}
    if form in _PRESENTED:
        question["expectedNonce"] = nonce(world)
        question["expectedAudience"] = AUDIENCE
    return ask_verdict(world.abroad.api, question)


def _altered(text: str) -> str:
    """The credential made out to somebody else; of a JWT, one letter in its middle changed."""
    if text.startswith("{"):
        members = json.loads(text)
        credential = members["verifiableCredential"][0] if "verifiableCredential" in members else members
        credential["credentialSubject"]["id"] = Wallet().did
        return json.dumps(members)
    middle = text.index(".") + len(text) // 3
    return text[:middle] + ("B" if text[middle] == "A" else "A") + text[middle + 1 :]


STEP = Step(
    id="every_format",
    title="One credential of each format, judged abroad",
    act=_act,
    expected=_expected,
    observe=_observe,
)
