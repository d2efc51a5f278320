"""Issuers' pages show what `/v1/issuers` and `/v1/history` have, page by page, and names as mere text."""

from collections.abc import Iterator

import pytest

from did.methods.ebsi import new_did
from tests.credentials.ledger import Actor
from tests.node.web.alliance import HOSTILE, Pages, alliance, pages

pytestmark = pytest.mark.enable_socket
OTHER_DID = new_did(bytes(16))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with pages(alliance(), tmp_path_factory.mktemp("issuers")) as made:
        yield made


def test_the_list_has_every_issuer_of_the_api_once(served: Pages) -> None:
    expected = [item["did"] for item in served.api("/v1/issuers", limit="1000")["items"]]
    page, found = served.seen("/registry/issuers"), list[str]()
    sheets = [page]
    while (address := page.related("next")) is not None:
        page = served.seen(address)
        sheets.append(page)
    for sheet in sheets:
        found += [one.rpartition("/")[2] for one in sheet.heads_of("Issuers from")]
    assert found == expected
    assert len(sheets) == 2
    back = sheets[-1].related("prev")
    assert back is not None
    assert served.seen(back).heads_of("Issuers from") == sheets[0].heads_of("Issuers from")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("kaunas", ["Kaunas University of Technology"]),
        ("KAUN tech", ["Kaunas University of Technology"]),
        ("siaur", ["Šiaurės ministerija"]),
        ("universita", ["Università di Trento"]),
        ("university trento", []),
        ("söhne", [HOSTILE]),
        ("nobody", []),
        ("%", []),
    ],
)
def test_issuers_are_found_by_words_of_their_names(served: Pages, text: str, names: list[str]) -> None:
    page = served.seen("/registry/issuers", name=text)
    assert [row[0].strip().partition("did:")[0].strip() for row in page.rows[1:]] == names


def test_a_hostile_name_is_text_and_nothing_else(served: Pages) -> None:
    did = served.made.hostile.did
    for path in (
        "/registry/issuers",
        f"/registry/issuers/{did}",
        "/registry/accreditations",
        "/registry/search?q=alert",
        "/registry/search?q=%3Cscript%3E",
        f"/registry/history?issuer={did}",
    ):
        answer = served.answer(path, follow_redirects=True)
        assert answer.status_code == 200
        assert "<script" not in answer.text
    assert HOSTILE in served.seen(f"/registry/issuers/{did}").text


def test_the_page_has_the_numbers_of_the_api(served: Pages) -> None:
    for actor in (served.made.kaunas, served.made.trento, served.made.north):
        found = served.api(f"/v1/issuers/{actor.did}")
        page = served.seen(f"/registry/issuers/{actor.did}")
        facts = page.facts()
        assert facts["Batches anchored"] == str(found["anchors"]["count"])
        assert facts["Credentials anchored"] == str(found["anchors"]["digests"])
        batches = served.everything(issuer=actor.did, kind="anchor.batch")
        assert found["anchors"]["count"] == len(batches)
        assert found["anchors"]["digests"] == sum(item["fields"]["size"] for item in batches)
        times = [item["time"] for item in batches]
        assert found["anchors"]["first"] == (times[0] if times else None)
        assert found["anchors"]["last"] == (times[-1] if times else None)
        assert f"{found['name']} is accredited: an unbroken path leads up to the Root TAO" in page.text
        assert [link["did"] for link in found["accreditation"]["links"]] == [
            one.rpartition("/")[2] for one in page.heads_of("Now:")
        ]


def indexes(addresses: list[str]) -> list[int]:
    return [int(one.rpartition("/")[2]) for one in addresses]


@pytest.mark.parametrize(
    ("who", "kind", "caption", "of"),
    [
        ("kaunas", "anchor.batch", "Batches that it anchored", "anchors-"),
        ("trento", "status.published", "Status lists that it published", "lists-"),
    ],
)
def test_each_list_is_leafed_through_once(served: Pages, who: str, kind: str, caption: str, of: str) -> None:
    actor: Actor = getattr(served.made, who)
    expected = [item["index"] for item in served.everything(issuer=actor.did, kind=kind)][::-1]
    page = served.seen(f"/registry/issuers/{actor.did}")
    found = indexes(page.heads_of(caption))
    while (address := page.related("next", holding=f"{of}before")) is not None:
        page = served.seen(address)
        found += indexes(page.heads_of(caption))
    assert found == expected
    back = page.related("prev", holding=f"{of}after")
    if back is not None:
        assert (
            indexes(served.seen(back).heads_of(caption))
            == expected[: len(expected) - len(expected) % 25][-25:]
        )


def test_whom_it_accredited_is_listed_newest_first(served: Pages) -> None:
    made = served.made
    page = served.seen(f"/registry/issuers/{made.north.did}")
    found = page.heads_of("Whom it accredited")
    older = page.related("next", holding="given-before")
    assert older is not None
    found += served.seen(older).heads_of("Whom it accredited")
    expected = [made.kaunas, made.former, *made.colleges]
    assert [one.rpartition("/")[2] for one in found] == [one.did for one in expected[::-1]]
    (former,) = [row for row in served.seen(older).rows if "Former School" in row[0]]
    assert "not in force" in former[4]


def test_the_path_is_shown_as_it_stood(served: Pages) -> None:
    former = served.made.former
    path = f"/registry/issuers/{former.did}"
    accepted = served.everything(issuer=former.did, kind="issuer.attribute.data")[0]["time"]
    revoked = served.everything(issuer=former.did, kind="issuer.attribute.metadata")[-1]["time"]
    now = served.seen(path)
    assert "The path does not hold" in now.text
    assert "Then:" not in now.text
    then = served.seen(path, **{"as-of": accepted})
    assert "Former School is accredited: an unbroken path leads up to the Root TAO" in then.text
    assert len(then.heads_of("Then:")) == 3
    before = served.seen(path, **{"as-of": "2020-01-01"})
    assert before.heads_of("Then:") == [now.url]
    day = served.seen(path, **{"as-of": revoked[:10]})
    assert "23:59:59 UTC" in day.text
    assert day.text.count("The path does not hold") == 2
    assert now.text.count("Trusted Issuer, revoked") >= 2
    assert "Accreditation revoked" in now.text  # as the role of the revision that revoked it


def test_keys_have_their_times_and_the_entries_that_set_them(served: Pages) -> None:
    did = served.made.kaunas.did
    page = served.seen(f"/registry/issuers/{did}")
    for key in served.api(f"/v1/issuers/{did}")["keys"]:
        name = key["id"].partition("#")[2]
        assert f"#{name}" in page.text or ("code", {"title": name}) in page.tags
        assert f"#{name[:10]}" in page.text
        for interval in key["relationships"]:
            assert ("time", {"datetime": interval["notBefore"]}) in page.tags
            assert ("time", {"datetime": interval["notAfter"]}) in page.tags
            assert page.linked(f"/registry/entries/{interval['setBy']['notAfter']}")


def test_a_did_that_was_never_accredited_has_its_keys(served: Pages) -> None:
    page = served.seen(f"/registry/issuers/{served.made.stranger.did}")
    assert "was never accredited" in page.text
    assert "authentication" in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/registry/issuers/did:ebsi:x", 400),
        (f"/registry/issuers/{OTHER_DID}", 404),
        (f"/registry/issuers/{OTHER_DID}?as-of=soon", 400),
        (f"/registry/issuers/{OTHER_DID}?anchors-before=1&anchors-after=2", 400),
        (f"/registry/issuers/{OTHER_DID}?lists-before=x", 400),
        ("/registry/issuers?skip=-1", 400),
        ("/registry/issuers?name=a&name=b", 400),
    ],
)
def test_what_cannot_be_meant_is_told_as_a_page(served: Pages, path: str, status: int) -> None:
    answer = served.answer(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "Traceback" not in answer.text


def test_behind_the_last_issuer_there_is_a_way_back(served: Pages) -> None:
    page = served.seen("/registry/issuers", skip="5000")
    assert page.heads_of("Issuers from") == []
    assert page.related("prev") is not None
