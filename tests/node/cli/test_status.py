"""`ankyra status` as it is typed, against a real node and a real ledger."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from credentials.status_list_credential import read_status_list
from node.cli.context import present
from node.client.issuing import credential_members, sign_credential
from node.client.status_list_record import load_record, save_record
from node.client.status_lists import allot
from tests.node.cli.conftest import Type
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket


def own(play: Play, name: str = "KTU") -> tuple[str, str]:
    return "--profile", str(play.folder / name)


def issued(play: Play, file: Path, *lists: str) -> Path:
    """A credential with a place in each of these lists."""
    issuer = play.issuers["KTU"]
    members = credential_members(
        identifier=b"\7" * 16,
        types=("MicroCredential",),
        issuer=issuer.did,
        subject={"id": "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"},
        schema="https://registry.ankyra.invalid/trusted-schemas-registry/v3/schemas/z",
        now=play.now,
        expires=None,
    )
    members["credentialStatus"] = [entry for name in lists for entry in allot(issuer, name, 1)]
    file.write_text(sign_credential(members, signer=issuer.signer()))
    return file


def test_a_credential_is_revoked_and_another_suspended_and_reinstated(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    made = type_in("status", "create", "revoked-26", *own(living), "--json")
    assert made.code == 0, made.err
    said = json.loads(made.out)
    assert (said["name"], said["givenOut"], said["unpublished"], said["pending"]) == (
        "revoked-26",
        0,
        0,
        False,
    )
    plain = type_in("status", "create", "suspended-26", "--for", "suspension", *own(living))
    assert plain.code == 0, plain.err
    assert "131072 places free" in plain.out
    assert plain.err.splitlines()[-1] == "The node gives it to everybody."
    assert type_in("status", "create", "revoked-26", *own(living)).code == 1

    file = issued(living, tmp_path / "1.jwt", "revoked-26", "suspended-26")
    waiting = type_in("status", "suspend", file, *own(living), "--json")
    assert waiting.code == 0, waiting.err
    assert json.loads(waiting.out)["published"] is False
    assert json.loads(waiting.out)["lists"][0]["unpublished"] == 1
    early = type_in("status", "publish", *own(living))
    assert (early.code, early.out.splitlines()[0]) == (0, "0 lists published, 2 not due.")
    now = type_in("status", "publish", "suspended-26", "--now", *own(living), "--json")
    assert [one["changed"] for one in json.loads(now.out)["lists"]] == [True]
    url = said["url"].removeprefix("https://registry.ankyra.invalid").replace("revoked-26", "suspended-26")
    assert read_status_list(living.node.request("GET", url).content).status_list.bits.count() == 1

    back = type_in("status", "reinstate", file, "--now", *own(living))
    assert back.code == 0, back.err
    assert "1 status reinstated; verifiers see it from now on." in back.out
    assert read_status_list(living.node.request("GET", url).content).status_list.bits.count() == 0

    gone = type_in("status", "revoke", file, *own(living))
    record = load_record(living.folder / "KTU", "revoked-26")
    due = record.next_publication(present())
    assert due is not None
    assert gone.code == 0
    assert gone.out.startswith(
        f"1 status revoked; verifiers see it once the list is published, next at {due:%Y-%m-%d %H:%M} UTC; "
        "at once: `ankyra status publish revoked-26 --now`."
    )
    index = next(place for place in range(len(record.bits)) if record.bits.get(place))
    for act in ("reinstate", "suspend"):
        refused = type_in("status", act, "--list", "revoked-26", "--index", index, *own(living))
        assert refused.code == 1
        assert refused.err.startswith("ankyra: the list revoked-26 is for revocation")

    shown = type_in("status", "show", *own(living))
    assert shown.code == 0
    lines = [line.rstrip() for line in shown.out.splitlines()]
    assert [line.split()[0] for line in lines[1:] if line[0] != " "] == ["revoked-26", "suspended-26"]
    assert max(map(len, lines)) <= 80
    assert "1 of 131072 given out, 1 set, 1 unpublished" in lines[2]
    assert f"next publication {due:%Y-%m-%d %H:%M} UTC" in lines[3]
    listed = json.loads(type_in("status", "show", "revoked-26", *own(living), "--json").out)["lists"]
    assert [(one["set"], one["givenOut"], one["unpublished"]) for one in listed] == [(1, 1, 1)]


def test_what_cannot_be_done_is_one_line_with_a_code(play: Play, type_in: Type, tmp_path: Path) -> None:
    file = tmp_path / "x.jwt"
    file.write_text("no credential")
    for code, arguments in (
        (2, ("revoke",)),
        (2, ("revoke", file, "--index", 1)),
        (2, ("revoke", "--index", 1)),
        (2, ("revoke", "--list", "none")),
        (2, ("revoke", "--list", "none", "--index", 1)),
        (2, ("revoke", tmp_path / "absent.jwt")),
        (1, ("revoke", file)),
        (2, ("publish", "none")),
        (2, ("show", "none")),
        (2, ("create", "Nö")),
        (2, ("create", "x", "--for", "fun")),
        (2, ("create", "x", "--length", 8)),
        (2, ("create", "x", "--every", 0)),
    ):
        typed = type_in("status", *arguments, *own(play))
        assert (typed.code, "Traceback" in typed.err) == (code, False), (arguments, typed.err)
        assert typed.err.startswith("ankyra: ")
    for act in ("show", "publish"):
        nobody = type_in("status", act, "--profile", tmp_path)
        assert (nobody.code, "no profile in" in nobody.err) == (2, True)
    assert type_in("status", "revoke", file, "--profile", tmp_path / "nobody").code == 2


def test_a_profile_without_lists_has_nothing_to_publish(play: Play, type_in: Type) -> None:
    play.join("Listless")
    typed = type_in("status", "publish", *own(play, "Listless"))
    assert (typed.code, typed.out.strip().splitlines()[0]) == (0, "0 lists published, 0 not due.")
    assert "ankyra status create" in type_in("status", "show", *own(play, "Listless")).out


def test_a_node_that_is_away_is_told_and_what_was_changed_stays(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    assert type_in("status", "create", "away", *own(living)).code == 0
    file = issued(living, tmp_path / "2.jwt", "away")
    away = type_in("status", "revoke", file, "--now", "--node", "http://127.0.0.1:9", *own(living))
    assert away.code == 4
    assert "1 status revoked here, and not published yet" in away.err
    listed = json.loads(type_in("status", "show", "away", *own(living), "--json").out)["lists"][0]
    assert (listed["set"], listed["unpublished"]) == (1, 1)
    later = type_in("status", "publish", "away", "--now", *own(living), "--json")
    assert json.loads(later.out)["lists"][0]["unpublished"] == 0


def test_what_was_so_already_is_not_counted_and_the_revoked_stay_revoked(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    for arguments in (("revokes",), ("suspends", "--for", "suspension")):
        assert type_in("status", "create", *arguments, *own(living)).code == 0
    file = issued(living, tmp_path / "3.jwt", "revokes", "suspends")
    idle = type_in("status", "reinstate", file, "--now", *own(living))
    assert (idle.code, idle.out.splitlines()[0]) == (0, "0 statuses changed: 1 was not suspended.")

    assert type_in("status", "suspend", file, *own(living)).code == 0
    once = type_in("status", "revoke", file, file, *own(living))
    assert (once.code, once.out.startswith("1 status revoked; verifiers see it once")) == (0, True)
    again = type_in("status", "revoke", file, *own(living))
    assert (again.code, again.out.startswith("0 statuses changed: 1 was revoked already; ")) == (0, True)
    other = issued(living, tmp_path / "4.jwt", "revokes")
    both = type_in("status", "revoke", file, other, "--now", *own(living))
    said = "1 status revoked, 1 was revoked already; verifiers see it from now on."
    assert (both.code, both.out.splitlines()[0]) == (0, said)
    told = json.loads(type_in("status", "revoke", file, "--now", *own(living), "--json").out)
    assert (told["revoked"], len(told["unchanged"]), told["published"]) == ([], 1, False)

    refused = type_in("status", "reinstate", file, *own(living))
    assert refused.code == 1
    assert "revoked in the list revokes, which is for ever: issue a new one" in refused.err
    assert load_record(living.folder / "KTU", "suspends").bits.count() == 1


def test_a_publication_that_was_cut_off_is_shown_as_pending_and_due(
    living: Play, type_in: Type, tmp_path: Path
) -> None:
    assert type_in("status", "create", "cut", *own(living)).code == 0
    file = issued(living, tmp_path / "5.jwt", "cut")
    folder = living.folder / "KTU"
    before = load_record(folder, "cut")
    save_record(folder, replace(before, pending=before.published))
    assert "next publication now (pending" in type_in("status", "show", "cut", *own(living)).out
    (shown,) = json.loads(type_in("status", "show", "cut", *own(living), "--json").out)["lists"]
    assert (shown["pending"], shown["nextPublication"]) == (True, None)
    due = type_in("status", "revoke", file, *own(living)).out
    assert "once the list is published, which is due now: `ankyra status publish`." in due
