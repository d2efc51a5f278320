"""One box finds whatever somebody has in hand, and leads to its page if it is the only one."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from anchoring.entry import did_subject
from did.methods.ebsi import new_did
from tests.node.web.alliance import Pages, alliance, pages

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with pages(alliance(colleges=3, batches=2), tmp_path_factory.mktemp("search")) as made:
        yield made


def led(served: Pages, text: str) -> str:
    """Where the search leads."""
    answer = served.answer("/registry/search", params={"q": text})
    assert answer.status_code == 303, answer.text
    followed = served.answer(str(answer.url.join(answer.headers["location"])))
    assert followed.status_code == 200
    return followed.url.path


def found(served: Pages, text: str) -> list[tuple[str, str]]:
    """What the page lists: what it is, and in which entry."""
    page = served.seen("/registry/search", q=text)
    return [(row[0].strip().partition("State of")[0].strip(), row[2].strip()) for row in page.rows[1:]]


def test_a_did_leads_to_its_page(served: Pages) -> None:
    did = served.made.trento.did
    for text in (did, f"  {did} ", f"{did}#key-1", served.made.stranger.did):
        assert led(served, text) == f"/registry/issuers/{text.strip().partition('#')[0]}"


def test_an_index_leads_to_its_entry(served: Pages) -> None:
    assert led(served, "17") == "/registry/entries/17"


def test_the_hash_of_an_entry_leads_to_it(served: Pages) -> None:
    item = served.everything(kind="did.inserted")[1]  # in this world its transaction has the same hash
    assert ("Entry of the log", str(item["index"])) in found(served, item["hash"])
    assert ("Entry of this transaction", str(item["index"])) in found(served, "0x" + item["hash"].upper())


def test_a_digest_leads_to_the_batch_in_which_it_is_anchored(served: Pages) -> None:
    root, leaves = next(iter(served.made.world.leaves.items()))
    for text in (root.hex(), leaves[0].hex()):
        rows = served.answer("/registry/search", params={"q": text}, follow_redirects=True)
        assert rows.status_code == 200
        assert root.hex()[:12] in rows.text
    anchored = [one for one in served.made.world.leaves.values() if len(one) == 2]
    assert led(served, anchored[0][1].hex()).startswith(f"/registry/batches/{served.made.trento.did}/")


def test_subjects_accreditations_lists_and_payloads_are_found(served: Pages) -> None:
    made = served.made
    first = served.everything(issuer=made.kaunas.did, kind="did.inserted")[0]
    assert led(served, did_subject(made.kaunas.did).hex()) == f"/registry/entries/{first['index']}"
    given = served.everything(issuer=made.kaunas.did, kind="issuer.attribute.metadata")[0]
    assert led(served, made.kaunas.attribute_id.hex()) == f"/registry/entries/{given['index']}"
    list_entry = served.everything(kind="status.published")[0]
    assert led(served, list_entry["fields"]["credentialDigest"]) == f"/registry/entries/{list_entry['index']}"
    payload = sha256(bytes.fromhex(given["payload"])).hexdigest()
    assert led(served, payload) == f"/registry/entries/{given['index']}"


def test_names_are_found_by_how_their_words_begin(served: Pages) -> None:
    assert led(served, "kaunas") == f"/registry/issuers/{served.made.kaunas.did}"
    assert led(served, "coll 2") == f"/registry/issuers/{served.made.colleges[2].did}"
    page = served.seen("/registry/search", q="colle")
    assert len(page.rows) == 1 + 3


@pytest.mark.parametrize(
    "text", ["nobody", "99999999", "did:ebsi:x", new_did(bytes(16)), "ab" * 32, "%", "'"]
)
def test_what_is_not_here_is_said(served: Pages, text: str) -> None:
    assert "Nothing at this node goes by" in served.seen("/registry/search", q=text).text


def test_an_empty_box_finds_nothing_and_says_nothing(served: Pages) -> None:
    assert "Nothing" not in served.seen("/registry/search").text
    assert "Nothing" not in served.seen("/registry/search", q="  ").text


def test_too_long_a_text_is_refused(served: Pages) -> None:
    answer = served.answer("/registry/search", params={"q": "a" * 401})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")


def test_the_way_goes_on_in_the_language(served: Pages) -> None:
    answer = served.answer("/registry/search", params={"q": "17", "lang": "lt"})
    assert answer.headers["location"] == "../registry/entries/17?lang=lt"
