"""Statuses changed by commands: of credentials' files, or of places by their index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from credentials.errors import CredentialsError
from credentials.securing.reading import MAX_SIZE
from node.cli.context import present
from node.cli.output import counted, print_json, say
from node.cli.status_output import list_members, list_table, short_time
from node.cli.status_publishing import publish_records, without_keys
from node.client.errors import Refused, Unusable
from node.client.issuer import Issuer
from node.client.status_list_record import Purpose, StatusListRecord
from node.client.status_lists import Changed, Place, change, check_not_revoked, places_of
from node.client.status_publication import Published

_UNSEEN = "and not published yet: verifiers see it after `ankyra status publish --now`."


@dataclass(frozen=True, slots=True)
class Given:
    """What the three commands take that change statuses."""

    files: list[Path] | None
    list_name: str | None
    indexes: list[int] | None
    now: bool
    node: str | None
    profile: str | None
    passphrase_file: Path | None
    as_json: bool


def change_statuses(what: str, purpose: Purpose, given: Given) -> None:
    """Do and tell it: `revoked`, `suspended` or `reinstated`.

    Raises:
        ClientError: no status was changed, or the change is not published, which is said before.
    """
    with without_keys(given.profile) as issuer:
        places = _places(issuer, given, purpose, reinstated=what == "reinstated")
        done = change(issuer, places, purpose=purpose, status=0 if what == "reinstated" else 1)
    published: list[Published] = []
    wanted = [one for one in done.records if one.unpublished or one.pending or not one.published]
    if given.now and wanted:
        try:
            published = publish_records(
                wanted, given.profile, given.passphrase_file, given.node, as_json=given.as_json
            )
        except Exception:
            say(f"{_outcome(what, done, where=' here')}, {_UNSEEN}", stderr=True)
            raise
    shown = {one.record.name: one.record for one in published}
    records, now = [shown.get(one.name, one) for one in done.records], present()
    if given.as_json:
        lists = [list_members(one, one.next_publication(now)) for one in records]
        told = {what: _named(done.changed), "unchanged": _named(done.unchanged)}
        print_json({**told, "published": bool(published), "lists": lists})
        return
    seen = "verifiers see it from now on" if published else _awaited(records, now)
    nothing = not done.changed and not any(record.unpublished for record in records)
    say(
        f"{_outcome(what, done)}{'' if nothing else f'; {seen}'}.", style="bold green" if done.changed else ""
    )
    list_table(records, now)


def _outcome(what: str, done: Changed, *, where: str = "") -> str:
    """How many statuses changed, and how many were so already."""
    already = "not suspended" if what == "reinstated" else f"{what} already"
    number = len(done.unchanged)
    were = f"{number} {'was' if number == 1 else 'were'} {already}"
    if not done.changed:
        return f"0 statuses changed: {were}"
    return f"{counted(len(done.changed), 'status', 'statuses')} {what}{where}{f', {were}' if number else ''}"


def _awaited(records: Sequence[StatusListRecord], now: datetime) -> str:
    """When verifiers see what has changed: nothing is published by the change itself."""
    unseen = [record for record in records if record.unpublished]
    names = " ".join(record.name for record in unseen)
    times = [time for record in unseen if (time := record.next_publication(now)) is not None]
    lists = "the list is" if len(unseen) == 1 else "the lists are"
    if len(times) < len(unseen):
        return f"verifiers see it once {lists} published, which is due now: `ankyra status publish`"
    if not times:
        return "verifiers see no change"
    which = "next" if len(unseen) == 1 else "the last"
    return (
        f"verifiers see it once {lists} published, {which} at {short_time(max(times))}; "
        f"at once: `ankyra status publish {names} --now`"
    )


def _named(places: Sequence[Place]) -> list[dict[str, object]]:
    return [{"list": place.list_name, "index": place.index} for place in places]


def _places(issuer: Issuer, given: Given, purpose: Purpose, *, reinstated: bool) -> list[Place]:
    by_index = bool(given.indexes)
    if bool(given.files) == by_index or by_index != bool(given.list_name):
        raise Unusable("give credentials' files, or --list with --index")
    if given.list_name:
        return [Place(given.list_name, index) for index in given.indexes or ()]
    files = given.files or ()
    return [place for file in files for place in _places_in(issuer, file, purpose, reinstated=reinstated)]


def _places_in(issuer: Issuer, file: Path, purpose: Purpose, *, reinstated: bool) -> list[Place]:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_SIZE + 1)
        if reinstated:
            check_not_revoked(issuer, content)
        return places_of(issuer, content, purpose=purpose)
    except OSError as error:
        raise Unusable(f"cannot read {file}: {error.strerror}") from None
    except (Refused, CredentialsError) as error:
        raise Refused(f"{file}: {error}") from None
