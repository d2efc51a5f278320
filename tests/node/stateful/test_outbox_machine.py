"""The outbox through histories that nobody wrote: what a node has taken is never lost nor done twice."""

from hypothesis.stateful import (
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from node.db.cursor import read_cursor
from node.db.kept_transactions import (
    ANCHORED,
    FAILED,
    FINAL,
    NONCE_USED,
    STATES,
    SUBMITTED,
    KeptTransaction,
    entries_of,
    find_kept,
)
from node.db.session import reading
from node.db.tables import BATCH
from node.indexer.follower import Step
from node.indexer.outbox_states import waits_for
from node.services.transaction_states import transaction_state
from tests.doubles.simulated_ledger import locate
from tests.node.stateful.clients import FINALITY, Handed
from tests.node.stateful.outbox_moves import HOPELESS, OutboxMoves
from tests.node.stateful.world import briefly

ROUNDS = 6


class OutboxMachine(OutboxMoves):
    """Whatever was moved, each state has its reason, and in the end each transaction comes to rest."""

    @invariant()
    def nothing_is_lost_and_no_state_is_without_its_reason(self) -> None:
        """What a state was concluded from is followed still; it changes only when that is taken back."""
        with reading(self.engine) as connection:
            cursor = read_cursor(connection)
            made = entries_of(connection, list(self.signed))
            found = {name: find_kept(connection, name) for name in self.signed}
        followed = self.followed(cursor.block_hash if cursor else None)
        for name, handed in self.signed.items():
            kept = found[name]
            if kept is None:
                assert name not in self.promised or name in made, name.hex()  # else it was there already
                continue
            assert kept.state in STATES
            if kept.state in {ANCHORED, FINAL, FAILED}:
                assert kept.block is not None
                assert followed.get(kept.block.number) == kept.block.hash, kept
            if kept.state in {ANCHORED, FINAL}:
                assert kept.block in {entry.block for entry in made.get(name, ())}
            if kept.state == FAILED and kept != self.before.get(name):
                self.failed_for_a_reason(kept, handed)
            self.moved_as_allowed(kept, followed)
            self.before[name] = kept

    def followed(self, tip: bytes | None) -> dict[int, bytes]:
        """The chain that ends with the block, by number."""
        chain = {}
        while tip in self.ever:
            block = self.ever[tip]
            chain[block.number] = tip
            tip = block.parent_hash
        return chain

    def failed_for_a_reason(self, kept: KeptTransaction, handed: Handed) -> None:
        assert kept.block is not None
        block = self.ever[kept.block.hash]
        chain = [self.ever[name] for name in self.followed(block.hash).values()]
        found = locate(chain, kept.hash)
        if kept.error == NONCE_USED:
            assert found is None
            assert block.registries.nonces.get(handed.transaction.sender, 0) > kept.nonce
        else:
            assert found is not None
            assert not found.block.outcomes[found.place].succeeded
            assert kept.error

    def moved_as_allowed(self, kept: KeptTransaction, followed: dict[int, bytes]) -> None:
        before = self.before.get(kept.hash)
        if before is None or before.state == kept.state:
            return
        stands = before.block is not None and followed.get(before.block.number) == before.block.hash
        if stands:
            assert (before.state, kept.state) == (ANCHORED, FINAL)

    @invariant()
    def no_batch_is_anchored_twice(self) -> None:
        with reading(self.engine) as connection:
            rows = connection.execute(select(BATCH.c.did, BATCH.c.root, BATCH.c.size)).all()
        assert len(rows) == len(set(rows))

    @rule()
    def settle(self) -> None:
        """In the end each is final, or failed for a reason, or waits for a nonce that is missing indeed."""
        self.world.endpoints[0].mend()
        self.world.clock.walk((self.world.clock.latest - self.world.clock.time).total_seconds() + 61)
        process = self.processes[0]
        for _ in range(ROUNDS):
            process.step()
            self.mine(1)
            self.world.clock.walk(61)
        while process.follower.step() is Step.MOVED:
            pass
        process.sending.step()
        for name in self.promised:
            self.came_to_rest(name)

    def came_to_rest(self, name: bytes) -> None:
        handed, state = self.signed[name], transaction_state(self.processes[0].node, name)
        head = self.ledger.head
        found = self.ledger.locate(name)
        used = head.registries.nonces.get(handed.transaction.sender, 0)
        match state.state:
            case "final":
                assert found is not None
                assert found.block.outcomes[found.place].succeeded
                assert head.number - found.block.number >= FINALITY
                assert state.entries
            case "failed":
                assert used > handed.transaction.nonce
                assert found is None or not found.block.outcomes[found.place].succeeded
                assert state.reason
            case "expired":
                assert found is None
                assert state.reason  # what was missing, or refused, when it was given up
            case _:
                assert (state.state, found) == (SUBMITTED, None)
                assert used <= handed.transaction.nonce
                if handed.transaction.gas == HOPELESS:
                    assert "gas" in (state.reason or "") or (state.reason or "").startswith("it waits")
                else:
                    self.waits_for_a_missing_nonce(handed, used, state.reason or "")

    def waits_for_a_missing_nonce(self, handed: Handed, used: int, reason: str) -> None:
        mine = [h for n, h in self.signed.items() if (k := self.kept(n)) and k.state == SUBMITTED]
        waiting = {h.transaction.nonce for h in mine if h.transaction.sender == handed.transaction.sender}
        hopeless = {h.transaction.nonce for h in mine if h.transaction.gas == HOPELESS}
        missing = next(nonce for nonce in range(used, used + 99) if nonce not in waiting)
        behind_hopeless = any(nonce < handed.transaction.nonce for nonce in hopeless)
        if missing < handed.transaction.nonce:
            assert reason == waits_for(missing), (reason, missing)
        else:
            assert behind_hopeless, (handed, reason)


def test_no_history_makes_the_outbox_lose_or_double() -> None:
    run_state_machine_as_test(OutboxMachine, settings=briefly(share=5, steps=30))
