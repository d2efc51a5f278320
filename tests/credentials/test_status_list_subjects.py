import pytest

from anchoring.bitstring import BitString
from anchoring.status_list import StatusList
from credentials.errors import StatusListRefused
from credentials.status_list_credential import read_status_list

from .test_status_list_credential import stranger_list


def test_a_credential_of_two_lists_is_none() -> None:
    """Play the attack: one reader finds the list that revokes, another the list that does not."""
    empty = BitString.empty(131_072)
    lists = [
        StatusList("BitstringStatusList", ("revocation",), bits).to_subject()
        for bits in (empty, empty.with_set([7]))
    ]
    for one in lists:
        assert read_status_list(stranger_list(credentialSubject=one)).status_list.purposes == ("revocation",)
    with pytest.raises(StatusListRefused) as refused:
        read_status_list(stranger_list(credentialSubject=lists))
    assert refused.value.reason == "malformed_list"
