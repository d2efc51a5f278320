"""What `ankyra issuer onboard` tells the one who waits is what the other one has to type."""

from pathlib import Path

import pytest

from node.cli.failures import WAITING
from tests.node.cli.conftest import Type
from tests.node.cli.test_cut_off import profile
from tests.node.cli.test_onboard import prepared
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket


def test_who_is_to_accredit_a_tao_is_told_to_say_so(living: Play, type_in: Type, tmp_path: Path) -> None:
    """Without the role they would accredit an issuer, which the one who waits for it then refuses."""
    did = prepared(living, "Bureau")
    invitation = tmp_path / "invitation.jwt"
    invited = type_in("issuer", "invite", did, "--out", invitation, *profile(living, "Council"))
    assert invited.code == 0, invited.err
    onboard = ("issuer", "onboard", "--as", "tao", *profile(living, "Bureau"))
    typed = type_in(*onboard, "--invitation", invitation)
    assert (typed.code, f"ankyra issuer accredit {did} --as TAO`" in typed.out) == (WAITING, True)
