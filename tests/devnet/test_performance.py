"""How much is played."""

import pytest

from devnet.demo import _options
from devnet.node_process import free_ports
from devnet.performance import _prepared
from devnet.steps.issued import MODELS

pytestmark = pytest.mark.enable_socket


def test_a_thousand_micro_credentials_are_issued_and_never_more_than_are_anchored() -> None:
    ports = ("--ports", *map(str, free_ports(2)))
    assert _prepared(_options(list(ports))).micro_credentials == 1_000
    assert 1_000 % len(MODELS) == 0
    assert _prepared(_options([*ports, "--credentials", "16"])).micro_credentials == 16
