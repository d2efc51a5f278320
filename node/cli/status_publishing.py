"""Lists published by commands: one that fails keeps no other back."""

from collections.abc import Iterable
from pathlib import Path

from node.cli.context import folder_of, open_issuer, present
from node.cli.output import say
from node.client.api import Node
from node.client.errors import ClientError
from node.client.issuer import Issuer
from node.client.keystore import Keystore
from node.client.status_list_record import StatusListRecord
from node.client.status_publication import Progress, Published, is_due, publish

_STAGES = {
    "signed": "The list is signed.",
    "kept": "The node holds it.",
    "sent": "The ledger names it.",
    "shown": "The node gives it to everybody.",
}


def without_keys(profile: str | None, node: str | None = None) -> Issuer:
    """The issuer for what no key is needed for: nobody is asked for a passphrase."""
    folder = folder_of(profile)
    keystore = Keystore(folder / "keys", passphrase="")
    return Issuer(folder, keystore=keystore, node=Node(node) if node else None)


def publish_records(
    records: Iterable[StatusListRecord],
    profile: str | None,
    passphrase_file: Path | None,
    node: str | None,
    *,
    at_once: bool = True,
    as_json: bool,
) -> list[Published]:
    """What became of each list; nobody is asked for a passphrase if nothing is due."""
    now, records = present(), list(records)
    with without_keys(profile, node) as issuer:
        wanted = [one for one in records if at_once or is_due(issuer, one, now=now)]
    waiting = [one for one in records if one not in wanted]
    done = [Published(one, changed=False, next_due=one.schedule.next_after(now)) for one in waiting]
    failures: list[ClientError] = []
    if wanted:
        with open_issuer(profile, passphrase_file, node) as issuer:
            issuer.open_keys()
            progress = progress_of(as_json=as_json)
            for one in wanted:
                try:
                    done.append(publish(issuer, one.name, now=now, at_once=at_once, progress=progress))
                except ClientError as error:  # one list must not keep the others back
                    failures.append(error)
                    if len(wanted) > 1:
                        say(f"{one.name}: {error}", style="red", stderr=True)
            if failures:
                raise failures[0]  # while the issuer is open: what was sent for it is to be found again
    return sorted(done, key=lambda one: one.record.name)


def progress_of(*, as_json: bool) -> Progress:
    """Tells people of each stage; programs hear the result alone."""

    def tell(stage: str) -> None:
        if not as_json:
            say(_STAGES[stage], style="dim", stderr=True)

    return tell
