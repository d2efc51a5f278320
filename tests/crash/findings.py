"""After a run: what was asked for is on the ledger once, the node says so, and its folder is in order."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from anchoring.entry import Entry
from anchoring.errors import AnchoringError
from anchoring.receipt import parse_receipt
from devnet.errors import LedgerRefused
from node.chain.client import LedgerClient
from node.chain.logs import LoggedEntry, fetch_entries
from node.client.api import Node
from node.client.documents import receipt_path
from node.client.errors import ClientError
from node.client.status_list_record import load_record
from node.reverts import decode_revert
from tests.crash.cast import Member
from tests.crash.jobs import LIST, Deeds
from tests.crash.stage import FINALITY_DEPTH, Stage

_OF_THE_NODE = {"node.sqlite3", "node.sqlite3-wal", "node.sqlite3-shm", "keys.passphrase"}
_STUMBLES = ("stumbled", "Traceback")


@dataclass(slots=True)
class Findings:
    """Sentences on what is wrong, and figures of what was there."""

    sentences: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


def look(world: Stage, deeds: Deeds) -> Findings:
    """What is wrong on the ledger, at the node and in the profiles, once everybody has come to rest."""
    found = Findings()
    await_final(world)
    world.stopping.set()  # the ledger stands still while it is looked at
    with LedgerClient([world.ledger.url]) as ledger:
        logged = fetch_entries(ledger, world.deployment.registry_log, first=0, last=world.ledger.height())
    with Node(world.url) as node:
        found.sentences += _batches(node, deeds, logged)
        found.sentences += _lists(node, world, deeds, logged)
        found.sentences += _newcomers(deeds, logged)
        found.sentences += doubled(logged)
    found.sentences += refused_transactions(world, found.figures, deeds.newcomers)
    found.sentences += commands(world)
    found.sentences += stumbled(world)
    if (code := world.stop_node()) != 0:
        found.sentences.append(f"the node ends with {code} when asked to")
    found.sentences += _left_over(world)
    kinds = Counter(one.entry.kind for one in logged)
    found.figures |= {
        "entries": len(logged),
        "batches": kinds["anchor.batch"],
        "lists published": kinds["status.published"],
        "newcomers": len(deeds.newcomers),
        "unfinished files in profiles": sum(1 for _ in world.folder.rglob("*.tmp")),
    }
    return found


def await_final(world: Stage) -> None:
    """Return when what was sent last is final and the node has seen it, or after a while."""
    size = -1
    with Node(world.url) as node:
        for _ in range(200):
            ready = node.readiness()
            pending = int(world.ledger.rpc.request("txpool_status")["pending"], 16)
            if ready["ready"] and not pending and ready.get("size") == size:
                break
            size = ready.get("size", -1)
            time.sleep(0.25 * (FINALITY_DEPTH + 3))


def _batches(node: Node, deeds: Deeds, logged: list[LoggedEntry]) -> Iterator[str]:
    anchored = Counter(
        (str(fields["did"]), bytes(fields["root"]).hex(), int(fields["size"]))
        for fields in _fields(logged, "anchor.batch")
    )
    for did, folders in deeds.folders.items():
        mine = {identity for identity in anchored if identity[0] == did}
        if len(mine) != len(folders):
            yield f"{did} handed in {len(folders)} folders, and the ledger has {len(mine)} batches of it"
        for folder in folders:
            yield from _folder(node, did, folder, anchored)


def _folder(node: Node, did: str, folder: Path, anchored: Counter[tuple[str, str, int]]) -> Iterator[str]:
    batches = set()
    for path in sorted(folder.iterdir()):
        if path.name.endswith(".receipt.json") or path.name.startswith("."):
            continue
        try:
            batch = parse_receipt(receipt_path(path).read_bytes()).batch
        except (OSError, AnchoringError) as error:
            yield f"{path}: no receipt ({error})"
            continue
        batches.add((did, batch.root.hex(), batch.size))
    if len(batches) != 1:
        yield f"{folder}: its files are in {len(batches)} batches"
    for identity in batches:
        if anchored[identity] != 1:
            yield f"{folder}: its batch is on the ledger {anchored[identity]} times"
        try:
            state = node.get("/v1/batches/{}/{}/{}".format(*identity))
        except ClientError as error:
            yield f"{folder}: {error}"
            continue
        if state["state"] != "final" or state.get("leaves") != "held":
            told = ", ".join(str(state.get(name)) for name in ("state", "reason", "leaves"))
            yield f"{folder}: its batch is {told}"


def _lists(node: Node, world: Stage, deeds: Deeds, logged: list[LoggedEntry]) -> Iterator[str]:
    published: dict[str, list[bytes]] = {}
    for fields in _fields(logged, "status.published"):
        published.setdefault(str(fields["url"]), []).append(bytes(fields["credentialDigest"]))
    for member in world.members:
        if member.name not in deeds.revoked:
            continue
        record = load_record(member.folder, LIST)
        digests = published.get(record.url, [])
        for digest, times in Counter(digests).items():
            if times != 1:
                yield f"an edition of {record.url} is on the ledger {times} times ({digest.hex()})"
        if record.published is None or record.pending is not None or record.unpublished:
            yield f"the list of {member.name} is not published to its end"
            continue
        last = sha256(record.published.credential.encode()).digest()
        if digests[-1:] != [last]:
            yield f"the last edition of {record.url} is not the last on the ledger"
        shown = node.request("GET", record.url.partition(".invalid")[2], limit=1 << 22).content
        if shown != record.published.credential.encode():
            yield f"the node shows another edition of {record.url}"
        clear = [index for index in deeds.revoked[member.name] if not record.published.bits.get(index)]
        if clear:
            yield f"{member.name}: places {clear} were revoked and are not in the list"


def _newcomers(deeds: Deeds, logged: list[LoggedEntry]) -> Iterator[str]:
    granted: dict[str, set[bytes]] = {}
    for fields in _fields(logged, "issuer.attribute.metadata"):
        granted.setdefault(str(fields["did"]), set()).add(bytes(fields["attributeId"]))
    accepted = Counter(str(fields["did"]) for fields in _fields(logged, "issuer.attribute.data"))
    for newcomer in deeds.newcomers:
        if (count := len(granted.get(newcomer.did, ()))) != 1:
            yield f"{newcomer.name} was accredited once, and the ledger has {count} accreditations of it"
        if accepted[newcomer.did] != 1:
            yield f"{newcomer.name} accepted once, and the ledger has {accepted[newcomer.did]} acceptances"


def doubled(logged: list[LoggedEntry]) -> Iterator[str]:
    """The same change of the same subject twice: somebody's transaction was made a second time."""
    changes = Counter((one.entry.kind, one.entry.subject, one.entry.payload) for one in logged)
    for (kind, _, payload), times in changes.items():
        if times > 1 and not kind.startswith("log."):
            yield f"{kind} is on the ledger {times} times, payload {sha256(payload).hexdigest()[:16]}"


def refused_transactions(
    world: Stage, figures: dict[str, int], newcomers: Sequence[Member] = ()
) -> Iterator[str]:
    """Transactions that a contract refused, and that no later one made good.

    Who sends what was done already is refused for ever. Who came before what it builds upon, because a
    reorganisation took that back, sends the same call again with success.
    """
    numbers = range(world.ledger.height() + 1)
    blocks = world.ledger.rpc.batch(("eth_getBlockReceipts", (hex(number),)) for number in numbers)
    receipts = [receipt for block in blocks for receipt in block or ()]
    refused = [receipt for receipt in receipts if receipt["status"] != "0x1"]
    figures["transactions"] = len(receipts)
    figures["transactions refused by a contract"] = len(refused)
    if not refused:
        return
    asked = (("eth_getTransactionByHash", (receipt["transactionHash"],)) for receipt in receipts)
    sent = {one["hash"]: one for one in world.ledger.rpc.batch(asked)}
    last_success = {
        _call(sent[receipt["transactionHash"]]): int(receipt["blockNumber"], 16)
        for receipt in receipts
        if receipt["status"] == "0x1"
    }
    names = {member.address.lower(): member.name for member in (*world.members, *newcomers)}
    for receipt in refused:
        call, block = _call(sent[receipt["transactionHash"]]), int(receipt["blockNumber"], 16)
        if last_success.get(call, -1) > block:
            continue
        done = "after it was done, " if call in last_success else ""
        who = names.get(call[0].lower(), call[0])
        why = _refusal(world, call, block - 1)
        yield f"{call[2][:10]} of {who} was refused {done}in block {block}: {why}"


def _call(transaction: dict[str, Any]) -> tuple[str, str, str]:
    return str(transaction["from"]), str(transaction["to"]), str(transaction["input"])


def _refusal(world: Stage, call: tuple[str, str, str], block: int) -> str:
    asked = dict(zip(("from", "to", "input"), call, strict=True))
    try:
        world.ledger.rpc.request("eth_call", asked, hex(block))
    except LedgerRefused as error:
        given = error.data.removeprefix("0x") if isinstance(error.data, str) else ""
        revert = decode_revert(bytes.fromhex(given))
        return revert.sentence if revert else error.message
    return "not when asked again"


def commands(world: Stage) -> Iterator[str]:
    """What `ankyra audit` and `ankyra node check` find."""
    asked: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("audit", ("audit", "--node", world.url, "--rpc", world.ledger.url, "--json")),
        ("node check", ("node", "check", "--json")),
    )
    for name, argv in asked:
        log = world.folder / f"{name.replace(' ', '-')}.log"
        done = world.program.run(argv, cwd=world.folder, log=log, settings=world.settings)
        if done.code != 0:
            yield f"ankyra {name} ends with {done.code}: {_short(done.output)}"


def _short(output: str) -> str:
    """What it printed, without the lists of what is in order."""
    try:
        printed = json.loads(output)
    except ValueError:
        return output[-2000:]
    short = {name: value for name, value in printed.items() if name not in {"timeline", "batches"}}
    return json.dumps(short)[:2000]


def stumbled(world: Stage) -> Iterator[str]:
    """What nobody foresaw is in the node's log."""
    told: Counter[str] = Counter()
    if world.node is None:
        return  # it runs in the test's own process
    with (world.folder / "node.log").open(errors="replace") as log:
        for line in log:
            if any(word in line for word in _STUMBLES):
                told[_gist(line)] += 1
    for line, times in told.items():
        yield f"the node logged {times} times: {line}"


def _gist(line: str) -> str:
    try:
        members = json.loads(line)
    except ValueError:
        return line.strip()[-300:]
    trace = str(members.get("exception") or members.get("traceback") or "").strip().splitlines()
    return f"{members.get('message') or members.get('event')}: {' … '.join(trace[-4:])[-500:]}"


def _left_over(world: Stage) -> Iterator[str]:
    """Files that are not the node's own, or are not whole."""
    names = {path.name for path in world.node_folder.iterdir()}
    if surplus := names - _OF_THE_NODE:
        yield f"the node's folder holds {sorted(surplus)}"
    for path in (world.folder / "profiles").rglob("*.json"):
        try:
            json.loads(path.read_bytes())
        except ValueError:
            yield f"{path} is half-written"


def _fields(logged: list[LoggedEntry], kind: str) -> Iterator[dict[str, Any]]:
    for one in logged:
        entry: Entry = one.entry
        if entry.kind == kind:
            yield dict(entry.fields)
