"""What is so after every fault: all that was handed in is final, once, and nothing else happened."""

from collections import Counter

from node.chain.client import LedgerClient
from node.chain.logs import fetch_entries
from node.client.api import Node
from node.client.errors import ClientError
from tests.crash.findings import await_final, commands, doubled, refused_transactions, stumbled
from tests.faults.crowd import Crowd
from tests.faults.template import World


def found_after(world: World, crowd: Crowd, *, foreseen: tuple[str, ...] = ()) -> list[str]:
    """Sentences on what is wrong, once everybody has come to rest.

    Args:
        world: whose fault is over.
        crowd: whose clients have ended.
        foreseen: parts of log lines that the fault explains.
    """
    stage = world.stage
    await_final(stage)
    with stage.mining, LedgerClient([stage.ledger.url]) as ledger:
        logged = fetch_entries(ledger, stage.deployment.registry_log, first=0, last=stage.ledger.height())
    anchored = Counter(
        (str(one.entry.fields["did"]), one.entry.fields["root"].hex(), one.entry.fields["size"])  # type: ignore[attr-defined]  # 32 bytes
        for one in logged
        if one.entry.kind == "anchor.batch"
    )
    found = list(crowd.failures)
    with Node(stage.url) as node:
        for identity in crowd.handed_in:
            if anchored[identity] != 1:
                found.append(f"batch {identity[1][:16]} is on the ledger {anchored[identity]} times")
            try:
                state = node.get("/v1/batches/{}/{}/{}".format(*identity))
            except ClientError as error:
                found.append(f"batch {identity[1][:16]}: {error}")
                continue
            if (state["state"], state.get("leaves")) != ("final", "held"):
                found.append(f"batch {identity[1][:16]} is {state['state']}, leaves {state.get('leaves')}")
    found += doubled(logged)
    found += refused_transactions(stage, {})
    found += commands(stage)
    found += [line for line in stumbled(stage) if not any(part in line for part in foreseen)]
    return found
