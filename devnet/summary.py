"""How a play is told to people: a line for each step, then what happened and where to look next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from devnet.commands import program
from devnet.content import VECTORS_VARIABLE
from devnet.members import ANCHORING, LEAVING, ROOT_TAO, TAO
from devnet.report import Report, differences
from devnet.step import Outcome, Step
from devnet.steps.anchored import batch_folder, credentials_in
from devnet.steps.audited import CHECKPOINT
from devnet.steps.every_format import AUDIENCE, form_path, nonce
from devnet.steps.issued import first_credential
from devnet.steps.status_changed import DAY_BEFORE, revoked_credentials
from devnet.told_forms import told_forms
from devnet.world import World
from node.client.documents import Document, read_document
from node.client.issuing import rfc3339

_INDENT = (0, 0, 0, 2)
_MOST_DIFFERENCES = 12
_REFUSED = {
    "altered": "one letter changed",
    "unaccredited": "an issuer that nobody accredited",
    "key_revoked_before_anchor": "a key revoked before the anchor",
    "backdated": "an old date under a retired key",
}
"""Steps whose credential is refused, and what was wrong with it."""


class Teller:
    """Tells a play on one console."""

    def __init__(self, console: Console) -> None:
        """Take the console; nothing is printed yet."""
        self._console = console

    def opening(self, report: Report, *, samples: int) -> None:
        """Say what is about to be played, and what is left out."""
        self._console.print(
            Text("Ankyra: a ledger, two nodes, and an alliance of universities", style="bold")
        )
        self._quietly(
            f"{report.steps_planned} steps. The universities are real, all that they do here is invented."
        )
        if not samples:
            self._quietly(f"{VECTORS_VARIABLE} is unset: the European Commission's samples are left out.")
        self._console.print()

    @contextmanager
    def playing(self) -> Iterator[Callable[[Step], None]]:
        """Show what goes on; the function given is told of each step that begins."""
        with self._console.status("the ledger starts") as status:
            yield lambda step: status.update(step.title)

    def step(self, outcome: Outcome) -> None:
        """Print a step's line, and what differed if it did not hold."""
        sign, style = ("✔", "bold green") if outcome.ok else ("✘", "bold red")
        line = Text.assemble(
            (f"{sign} ", style),
            (f"{outcome.step.id:<25}", "bold"),
            (f"{outcome.seconds:>6.1f} s  ", "dim"),
            outcome.step.title,
        )
        self._console.print(line, soft_wrap=True)
        if not outcome.ok:
            self._console.print(Padding(_difference(outcome), _INDENT))
            end = f"The step [{outcome.step.id}] does not hold; later ones build on it and are not played."
            self._console.print(Text(end, style="bold red"), soft_wrap=True)

    def closing(self, report: Report, world: World, *, serving: bool) -> None:
        """Print what happened, and where to look next."""
        seen = {outcome.step.id: outcome.observed for outcome in report.outcomes}
        told = Table.grid(padding=(0, 1))
        for sentence in _story(seen, world):
            told.add_row("•", Text(sentence))
        self._console.print()
        self._console.print(Panel(told, title="What happened", title_align="left", border_style="cyan"))
        self._console.print(f"One credential of each format, judged by the node of {world.abroad.name}:")
        for told_form in told_forms(seen["every_format"]):
            self._console.print(told_form, soft_wrap=True)
        self._console.print("Three lines to keep until the next audit:")
        for line in (world.audit_folder / CHECKPOINT).read_text(encoding="ascii").splitlines():
            self._to_copy(line)
        self._quietly(
            f"Set-up {report.setup_seconds:.0f} s, scenario {report.scenario_seconds:.1f} s. "
            f"Each node stored in {report.database}."
        )
        if serving:
            self._where_next(world)
        else:
            self._quietly("Without ONCE=1 the nodes stay, to look around.")

    def _where_next(self, world: World) -> None:
        self._pages(world)
        credential = credentials_in(batch_folder(world))[0]
        document = read_document(credential)
        assert isinstance(document, Document), "what the university signs has a digest of its own"
        home, abroad = world.nodes
        self._console.print(Text("\nWhere to look next", style="bold"))
        self._console.print("Who anchored this credential, when, and who accredited them:")
        self._to_copy(f"curl -s {home.url}/v1/anchors/{document.digest.hex()}")
        self._console.print("The same, asked abroad, with the proofs checked on this side:")
        self._to_copy(f"{program()} verify {credential} --node {abroad.url}")
        self._where_to_judge(world)
        self._console.print("All batches that anybody anchored:")
        self._to_copy(f"curl -s '{home.url}/v1/history?kind=anchor.batch'")
        self._console.print("The ledger's own JSON-RPC, and an officer's replay compared with it:")
        self._to_copy(world.ledger.url)
        self._to_copy(f"{program()} audit --node {abroad.url} --rpc {world.ledger.url}")
        self._console.print("Everything that can be asked:")
        self._to_copy(f"{home.url}/docs")
        end = f"\n{home.name} serves on {home.url}, {abroad.name} on {abroad.url}. Ctrl-C ends all."
        self._console.print(Text(end, style="bold"), soft_wrap=True)

    def _pages(self, world: World) -> None:
        """Print the addresses of the pages, and what to drop there."""
        home, abroad = world.nodes
        self._console.print("In a browser: drop a credential in force, or a revoked one, on the page abroad:")
        self._to_copy(f"{abroad.url}/")
        self._to_copy(f"{first_credential(world, '2.0')}")
        self._to_copy(f"{revoked_credentials(world)[-1]}")
        self._console.print("What the registry holds, who accredited whom, all that happened, and adoption:")
        for path in ("registry", "registry/accreditations", "registry/history", "statistics"):
            self._to_copy(f"{home.url}/{path}")

    def _where_to_judge(self, world: World) -> None:
        """Print four questions: one credential in force, one revoked, that one as of before, one by HTTP."""
        valid, revoked = first_credential(world, "2.0"), revoked_credentials(world)[-1]
        command, node = f"{program()} verify", f"--node {world.abroad.url}"
        self._console.print("The whole verdict abroad, on a micro-credential in force and on a revoked one:")
        self._to_copy(f"{command} {valid} {node}")
        self._to_copy(f"{command} {revoked} {node}")
        self._console.print("The revoked one as of the day before, when it was valid:")
        self._to_copy(f"{command} {revoked} {node} --as-of {rfc3339(world.plan.day(DAY_BEFORE))}")
        self._console.print(
            "The ten forms are beside each other; what the learner showed holds for ten minutes:"
        )
        self._to_copy(f"{command} {form_path(world, 'jades')} {node}")
        self._to_copy(
            f"{command} {form_path(world, 'vp_jwt')} {node} --nonce {nonce(world)} --audience {AUDIENCE}"
        )
        self._console.print("The same verdict for machines:")
        self._to_copy(
            "curl -s -H 'Content-Type: application/vc+jwt' "
            f"--data-binary @{valid} {world.abroad.url}/v1/verifications"
        )

    def _to_copy(self, line: str) -> None:
        self._console.print(Text(f"  {line}", style="cyan"), soft_wrap=True)

    def _quietly(self, sentence: str) -> None:
        self._console.print(Text(sentence, style="dim"), soft_wrap=True)


def _difference(outcome: Outcome) -> Group:
    found = list(differences(outcome.expected, outcome.observed))
    if "error" in outcome.observed:
        return Group(Text(str(outcome.observed["error"]), style="red"))
    table = Table("where", "expected", "observed", box=None, pad_edge=False)
    for place, wanted, seen in found[:_MOST_DIFFERENCES]:
        table.add_row(Text(place), Text(wanted, style="green"), Text(seen, style="red"))
    rest = len(found) - _MOST_DIFFERENCES
    return Group(table, Text(f"and {rest} more" if rest > 0 else "", style="dim"))


def _story(seen: Mapping[str, Mapping[str, Any]], world: World) -> Iterator[str]:
    """What was observed, in sentences; numbers and names come from the observations."""
    home, abroad = world.home.name, world.abroad.name
    members, batch = seen["accredited"][abroad]["accredited"], seen["anchored"]
    samples = len(batch["from_others"])
    others = f", {samples} of them samples of the European Commission" if samples else ""
    checked, audit = seen["checked_abroad"]["intact"], seen["audited"][abroad]
    tables = " and ".join(seen["tampered"]["check"]["named"])
    yield f"{len(members)} universities were accredited by the {TAO}, which the {ROOT_TAO} accredited."
    yield f"{ANCHORING} anchored {batch['digests']:,} documents in one transaction{others}."
    yield (
        f"Its node was stopped; the node of {abroad} told a stranger all the same: intact, anchored on "
        f"{checked['at']} by {checked['anchored_by']}, accredited up to the Root TAO. A changed file and an "
        "inner node of the tree were refused."
    )
    yield "It replaced both its keys: the documents of before and after stand, and it can still write."
    yield (
        f"{LEAVING} lost its accreditation: the contract refuses its next batch, and what it anchored before "
        "is shown as accredited then, not now."
    )
    yield (
        f"An officer replayed {audit['entries']:,} entries and hashed {audit['digests']:,} digests again, at "
        "both nodes, and found what the ledger has."
    )
    yield from _verdicts(seen, world)
    yield (
        f"Two bytes changed in the database of {home} were found (in {tables}) and mended, one from the "
        f"ledger, one from {abroad}."
    )


def _verdicts(seen: Mapping[str, Mapping[str, Any]], world: World) -> Iterator[str]:
    """What became of the credentials with a status, in the order of the steps."""
    models, places = seen["issued"]["models"], seen["issued"]["places"]
    yield (
        f"{ANCHORING} issued {sum(models.values()):,} micro-credentials with places in {len(places)} status "
        f"lists; the node of {world.abroad.name} passed every check on one of each data model while the "
        "university's own was down."
    )
    refused = {name: seen[name]["decided_by"] for name in _REFUSED}
    yield "Refused: " + ", ".join(f"{_REFUSED[name]} (by {check})" for name, check in refused.items()) + "."
    told = {name: seen[name] for name in ("revoked", "revoked_day_before", "reinstated", "retroactive")}
    yield (
        f"A credential revoked is {told['revoked']['2.0']['outcome']} now and "
        f"{told['revoked_day_before']['2.0']['outcome']} as of the day before; one suspended and "
        f"reinstated is {told['reinstated']['now']['outcome']} again."
    )
    yield (
        "A key replaced after the anchor leaves a credential "
        f"{seen['key_rotated_after_anchor']['outcome']}; one lost before it makes it "
        f"{told['retroactive']['now']['outcome']}, but as of before that was known it stays "
        f"{told['retroactive']['before_the_entry']['outcome']}."
    )
    yield (
        "The TAO lost its own accreditation: what was anchored before stays "
        f"{seen['tao_revoked']['outcome']}, and the verdict says so. A status list kept back leaves the "
        f"verdict {seen['withheld_list']['now']['outcome']}: nobody falls back on the list before. "
        "Handed in since, it counts."
    )
