"""Statuses changed by commands: of credentials' files, or of places by their index."""

from dataclasses import dataclass
from pathlib import Path

from credentials.errors import CredentialsError
from credentials.securing.reading import MAX_SIZE
from node.cli.context import present
from node.cli.output import counted, print_json, say
from node.cli.status_output import list_members, list_table
from node.cli.status_publishing import publish_records, without_keys
from node.client.errors import Refused, Unusable
from node.client.issuer import Issuer
from node.client.status_list_record import Purpose
from node.client.status_lists import Place, places_of, reinstate, set_status
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
        places = _places(issuer, given, purpose)
        if what == "reinstated":
            changed = reinstate(issuer, places)
        else:
            changed = set_status(issuer, places, purpose=purpose)
    done: list[Published] = []
    if given.now:
        try:
            done = publish_records(
                changed, given.profile, given.passphrase_file, given.node, as_json=given.as_json
            )
        except Exception:
            say(f"{counted(len(places), 'status', 'statuses')} {what} here, {_UNSEEN}", stderr=True)
            raise
    records, now = [one.record for one in done] or changed, present()
    if given.as_json:
        named = [{"list": place.list_name, "index": place.index} for place in places]
        lists = [list_members(one, one.next_publication(now)) for one in records]
        print_json({what: named, "published": bool(done), "lists": lists})
        return
    seen = "from now on" if done else "after `ankyra status publish`"
    say(f"{counted(len(places), 'status', 'statuses')} {what}; verifiers see it {seen}.", style="bold green")
    list_table(records, now)


def _places(issuer: Issuer, given: Given, purpose: Purpose) -> list[Place]:
    by_index = bool(given.indexes)
    if bool(given.files) == by_index or by_index != bool(given.list_name):
        raise Unusable("give credentials' files, or --list with --index")
    if given.list_name:
        return [Place(given.list_name, index) for index in given.indexes or ()]
    return [place for file in given.files or () for place in _places_in(issuer, file, purpose)]


def _places_in(issuer: Issuer, file: Path, purpose: Purpose) -> list[Place]:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_SIZE + 1)
        return places_of(issuer, content, purpose=purpose)
    except OSError as error:
        raise Unusable(f"cannot read {file}: {error.strerror}") from None
    except (Refused, CredentialsError) as error:
        raise Refused(f"{file}: {error}") from None
