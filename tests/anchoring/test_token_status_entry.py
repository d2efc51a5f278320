"""The claim `status` of a token: where in which list its status stands."""

from typing import Any

import pytest

from anchoring.bitstring import BitString
from anchoring.errors import IndexOutOfRange, MalformedStatusEntry, StatusMismatch
from anchoring.status_list import BITSTRING_STATUS_LIST, StatusList
from anchoring.token_status_entry import TokenStatusEntry, parse_token_status_entry
from anchoring.token_status_list import TokenStatusList

URI = "https://example.com/statuslists/1"


def test_an_entry_is_printed_as_it_is_read() -> None:
    entry = parse_token_status_entry({"idx": 412, "uri": URI, "more": 1})
    assert entry == TokenStatusEntry(412, URI)
    assert entry.to_json() == {"status_list": {"idx": 412, "uri": URI}}


@pytest.mark.parametrize("idx", [None, "412", 4.0, True, -1, 10**19], ids=repr)
def test_an_index_is_a_whole_number(idx: Any) -> None:
    with pytest.raises(MalformedStatusEntry, match="idx"):
        parse_token_status_entry({"idx": idx, "uri": URI})


@pytest.mark.parametrize(
    "uri", [None, 7, "", "lists/1", "https://a b", "https://é.example", URI + "/" * 2048]
)
def test_a_uri_is_an_absolute_url(uri: Any) -> None:
    with pytest.raises(MalformedStatusEntry, match=r"uri|URL"):
        parse_token_status_entry({"idx": 0, "uri": uri})


def test_a_status_is_looked_up_in_a_list_of_tokens_alone() -> None:
    bits = BitString.empty(65_536, size=2).with_set([3], status=2)
    assert TokenStatusEntry(3, URI).status_in(TokenStatusList(bits)) == 2
    assert TokenStatusEntry(2, URI).status_in(TokenStatusList(bits)) == 0
    with pytest.raises(IndexOutOfRange):
        TokenStatusEntry(65_536, URI).status_in(TokenStatusList(bits))
    other = StatusList(BITSTRING_STATUS_LIST, ("status_list",), BitString.empty(131_072))
    with pytest.raises(StatusMismatch, match=BITSTRING_STATUS_LIST):
        TokenStatusEntry(3, URI).status_in(other)
