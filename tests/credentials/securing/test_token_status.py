"""The claim `status` of a JWT, handed on as status entries."""

import pytest

from credentials.errors import MalformedCredential
from credentials.securing.token_status import TOKEN_STATUS_LIST_ENTRY, status_entries

URI = "https://example.com/statuslists/1"


def test_a_jwt_without_status_has_no_entry() -> None:
    assert status_entries({"iss": "did:web:a"}) == ()


def test_an_entry_of_a_token_status_list_is_handed_on_as_it_stands() -> None:
    (entry,) = status_entries({"status": {"status_list": {"idx": 412, "uri": URI}}})
    assert entry == {"type": TOKEN_STATUS_LIST_ENTRY, "idx": 412, "uri": URI}


def test_the_type_of_an_entry_is_not_for_its_author_to_choose() -> None:
    (entry,) = status_entries({"status": {"status_list": {"idx": 1, "uri": URI, "type": "Harmless"}}})
    assert entry["type"] == TOKEN_STATUS_LIST_ENTRY


def test_each_mechanism_is_an_entry_so_that_an_unknown_one_is_not_overlooked() -> None:
    entries = status_entries({"status": {"status_list": {}, "identifier_list": {"id": "a"}}})
    assert [entry["type"] for entry in entries] == [TOKEN_STATUS_LIST_ENTRY, "identifier_list"]


@pytest.mark.parametrize(
    "status", [None, [], "revoked", {}, {"status_list": 7}, {f"m{number}": {} for number in range(17)}]
)
def test_a_status_that_says_nothing_is_refused(status: object) -> None:
    with pytest.raises(MalformedCredential, match="status"):
        status_entries({"status": status})
