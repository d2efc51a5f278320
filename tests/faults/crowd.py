"""Clients that hand in small batches, and go on until each is final, whatever befalls node and ledger."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from anchoring.batch import Batch
from node.client.batches import anchor_batch
from node.client.errors import ClientError, NodeProblem, NodeUnreachable, StillWaiting
from node.client.patience import Patience
from tests.crash.cast import Member
from tests.crash.stage import Stage

_OUTAGES = {429, 500, 502, 503, 504}
_PATIENCE = Patience(attempts=4, first=0.2, longest=0.4)
_END_SECONDS = 120.0
Identity = tuple[str, str, int]


@dataclass(slots=True)
class Crowd:
    """What the clients handed in, what they were told meanwhile, and what kept one from its end."""

    stage: Stage
    members: Sequence[Member]
    batches: int
    spread: float
    handed_in: list[Identity] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, member: Member) -> None:
        """Hand in batch after batch."""
        try:
            for _ in range(self.batches):
                time.sleep(random.uniform(0, self.spread))
                batch = Batch.from_digests(os.urandom(32) for _ in range(3))
                with self.lock:
                    self.handed_in.append((member.did, batch.root.hex(), batch.size))
                self._until_final(member, batch)
        except Exception as error:  # noqa: BLE001 - whatever a client meets is a finding of the test
            self._fail(f"{member.name}: {type(error).__name__}: {error}")

    def _until_final(self, member: Member, batch: Batch) -> None:
        deadline = time.monotonic() + _END_SECONDS
        while time.monotonic() < deadline:
            try:
                with member.open(node_url=self.stage.url, patience=_PATIENCE) as issuer:
                    anchor_batch(issuer, batch, attribute_id=member.attribute_id, patience=_PATIENCE)
            except (NodeUnreachable, StillWaiting) as error:
                self._tell(type(error).__name__)
            except NodeProblem as problem:
                self._tell(f"{problem.status} {problem.code.rpartition('/')[2] or problem.title}")
                if problem.status not in _OUTAGES:
                    self._fail(f"{member.name}: {problem}")
                    return
            except ClientError as error:
                self._fail(f"{member.name}: {type(error).__name__}: {error}")
                return
            else:
                return
            time.sleep(0.3)
        self._fail(f"{member.name}: not final within {_END_SECONDS:.0f} s")

    def _tell(self, what: str) -> None:
        with self.lock:
            self.told[what] += 1

    def _fail(self, sentence: str) -> None:
        with self.lock:
            self.failures.append(sentence)


@contextmanager
def submitting(
    stage: Stage, members: Sequence[Member], *, batches: int = 2, spread: float = 2.0
) -> Iterator[Crowd]:
    """Clients at work while the block runs; after it, all of them have come to their end.

    Args:
        stage: with a node.
        members: one client each.
        batches: of each client.
        spread: seconds between two batches of a client, at most.
    """
    crowd = Crowd(stage, members, batches, spread)
    for member in members:
        thread = threading.Thread(target=crowd.work, args=(member,), name=member.name, daemon=True)
        crowd.threads.append(thread)
        thread.start()
    yield crowd
    for thread in crowd.threads:
        thread.join(_END_SECONDS * 2)
