"""Where a verdict turns: the anchor's own second, somebody else's receipt, missing batches, a minute."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from anchoring.batch import Batch
from anchoring.digest import secured_digest
from anchoring.receipt import BatchProof, Receipt
from credentials.moments import ledger_moment
from credentials.verdict import ANCHOR, Outcome
from tests.anchoring.world import RECEIPT

from .accredited_country import judge, organisations
from .cases import decided, verdict_on
from .ledger import DAY
from .world import ROOT_TAO, TAO, TI, country


def _receipt(did: str, document: bytes) -> Receipt:
    """A receipt of the batch that holds this document alone."""
    digest = secured_digest(document).digest
    batch = Batch.from_digests([digest])
    proof = BatchProof(did, bytes(32), batch.root, 1, 0, batch.tree.inclusion_path(0))
    return replace(RECEIPT, digest=digest, batch=proof)


def test_an_anchor_counts_from_its_own_second() -> None:
    home = country()
    assert decided(verdict_on(home.world, home.credential, at=ledger_moment(home.anchor.time)))[0] == "valid"
    before = verdict_on(home.world, home.credential, at=ledger_moment(home.anchor.time - 1))
    assert before.result(ANCHOR).reason == "past_without_anchor"


def test_a_receipt_of_somebody_elses_batch_shows_nothing() -> None:
    """Play the attack: a batch of the TAO is on the ledger and holds it; its issuer never anchored it."""
    home = country()
    document = home.world.issue(home.university)
    home.world.anchor(home.tao, [document])
    verdict = verdict_on(home.world, document, receipt=_receipt(home.tao.did, document))
    assert decided(verdict) == ("invalid", ANCHOR, "not_anchored")
    home.world.anchor(home.university, [document], held=False)
    verdict = verdict_on(home.world, document, receipt=_receipt(home.university.did, document))
    assert verdict.outcome == "valid"


@pytest.mark.parametrize(("seconds", "outcome"), [(60, Outcome.PASSED), (61, Outcome.FAILED)])
def test_an_accreditation_ends_a_minute_after_its_end(seconds: int, outcome: Outcome) -> None:
    home = organisations()
    world = home.world
    world.accredit(home.root, home.root, ROOT_TAO)
    world.accredit(home.tao, home.root, TAO, expires=world.moment + timedelta(days=1))
    end = world.now - 120 + DAY
    world.accredit(home.university, home.tao, TI)
    document = world.issue(home.university)
    world.wait(end + seconds - 60 - world.now)
    assert world.anchor(home.university, [document]).time == end + seconds
    assert judge(world, document).outcome is outcome


@pytest.mark.parametrize(("seconds", "outcome"), [(60, Outcome.PASSED), (61, Outcome.FAILED)])
def test_an_accreditation_begins_a_minute_before_its_beginning(seconds: int, outcome: Outcome) -> None:
    home = organisations()
    world = home.world
    world.accredit(home.root, home.root, ROOT_TAO)
    world.accredit(home.tao, home.root, TAO)
    begin = world.now + DAY

    def begin_later(members: dict[str, Any]) -> None:
        moment = ledger_moment(begin).isoformat()
        members["issuanceDate"] = members["validFrom"] = members["issued"] = moment

    world.accredit(home.university, home.tao, TI, edit=begin_later, claims={"iat": world.now + 60})
    document = world.issue(home.university)
    world.wait(begin - seconds - 60 - world.now)
    assert world.anchor(home.university, [document]).time == begin - seconds
    assert judge(world, document).outcome is outcome
