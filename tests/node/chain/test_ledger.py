"""The ledger room against a real ledger."""

import pytest
from eth_account import Account

from node.chain.client import LedgerClient
from node.chain.headers import head, headers, log_state
from node.chain.logs import fetch_entries
from node.chain.registries import Registries
from node.config import Deployment
from node.errors import AnotherLedger, LedgerRefused, LedgerUnavailable, TransactionReverted
from tests.ledger import DeployedLedger

pytestmark = pytest.mark.enable_socket


def test_the_log_is_read_entry_by_entry_up_to_the_ledgers_root(deployed: DeployedLedger) -> None:
    with LedgerClient([deployed.ledger.url]) as ledger:
        newest = head(ledger)
        log = deployed.deployment.registry_log
        found = fetch_entries(ledger, log, first=0, last=newest.number)
        state = log_state(ledger, log, block_hash=newest.hash)
        assert [logged.entry.index for logged in found] == list(range(state.size))
        assert found[0].entry.kind == "log.opened"
        assert found[0].entry.fields["chainId"] == deployed.deployment.chain_id
        by_number = headers(ledger, [logged.block_number for logged in found])
        for logged, header in zip(found, by_number, strict=True):
            assert header is not None
            assert logged.block_hash == header.hash
            assert logged.entry.parent == header.parent_hash
            assert logged.entry.time == header.time


def test_a_transaction_is_built_as_ebsi_spells_it(deployed: DeployedLedger) -> None:
    with LedgerClient([deployed.ledger.url]) as ledger:
        registries = Registries(ledger, deployed.deployment)
        registries.check_ledger()
        operator = deployed.operator.address
        built = registries.build_transaction(
            "TrustedPoliciesRegistry", "insertPolicy", ("TNT:authoriseDid", "May authorise"), operator
        )
        assert built["from"] == operator
        assert built["to"] == deployed.deployment.contracts["TrustedPoliciesRegistry"]
        assert (built["value"], built["gasPrice"]) == ("0x0", "0x0")
        assert int(built["chainId"], 16) == deployed.deployment.chain_id
        assert int(built["nonce"], 16) == deployed.operator.nonce()
        assert 100_000 < int(built["gasLimit"], 16) < 1_000_000
        assert registries.call("TrustedPoliciesRegistry", "hasAttribute", operator, "TPR:operator") is True


def test_a_refusal_is_an_error_in_words_and_never_a_default_gas_limit(deployed: DeployedLedger) -> None:
    with LedgerClient([deployed.ledger.url]) as ledger:
        registries = Registries(ledger, deployed.deployment)
        stranger = Account.create().address
        with pytest.raises(TransactionReverted) as caught:
            registries.build_transaction("TrustedPoliciesRegistry", "insertPolicy", ("X:y", "Z"), stranger)
        assert caught.value.name
        assert stranger in str(caught.value)
        assert str(caught.value).endswith(".")


def test_a_deployment_of_another_chain_or_address_is_told(deployed: DeployedLedger) -> None:
    with LedgerClient([deployed.ledger.url]) as ledger:
        known = deployed.deployment
        moved = {**known.contracts, "DidRegistry": "0x" + "11" * 20}
        for wrong in (
            Deployment(known.name, 1, known.registry_log, known.contracts, 0),
            Deployment(known.name, known.chain_id, known.registry_log, moved, 0),
        ):
            with pytest.raises(AnotherLedger):
                Registries(ledger, wrong).check_ledger()


def test_the_next_endpoint_is_asked_when_one_is_silent(deployed: DeployedLedger) -> None:
    with LedgerClient(["http://127.0.0.1:9", deployed.ledger.url]) as ledger:
        assert head(ledger).number > 0
    with LedgerClient(["http://127.0.0.1:9"]) as ledger, pytest.raises(LedgerUnavailable):
        head(ledger)


def test_an_error_of_the_ledger_is_never_a_value(deployed: DeployedLedger) -> None:
    with LedgerClient([deployed.ledger.url]) as ledger:
        with pytest.raises(LedgerRefused):
            ledger.request("eth_noSuchMethod")
        with pytest.raises(LedgerRefused):
            ledger.batch([("eth_chainId", ()), ("eth_noSuchMethod", ())])
        assert headers(ledger, [10_000_000]) == [None]
        with pytest.raises(LedgerRefused):
            log_state(ledger, deployed.deployment.registry_log, block_hash=bytes(32))
