import stat
from dataclasses import replace
from pathlib import Path

import pytest

from node.client.errors import (
    DeploymentChanged,
    MalformedProfile,
    ProfileExists,
    ProfileMissing,
    Unusable,
)
from node.client.profile import Deployment, Profile, load_profile, profile_folder, save_profile

DEPLOYMENT = Deployment("devnet", 31337, "0x" + "aB" * 20, {"DidRegistry": "0x" + "01" * 20})
PROFILE = Profile(
    did="did:ebsi:zZeKyEJfUTGwajhNyNX928z",
    node="http://127.0.0.1:8080",
    ledger_key="L" * 43,
    credential_key="C" * 43,
    retired_keys=("R" * 43,),
    deployment=DEPLOYMENT,
)


def test_a_profile_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "ktu"
    for profile in (PROFILE, replace(PROFILE, deployment=None, next_ledger_key="N" * 43)):
        save_profile(folder, profile)
        assert load_profile(folder) == profile
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "profile.json").stat().st_mode) == 0o600


def test_a_new_profile_never_replaces_one(tmp_path: Path) -> None:
    save_profile(tmp_path, PROFILE, new=True)
    with pytest.raises(ProfileExists):
        save_profile(tmp_path, PROFILE, new=True)


def test_a_missing_profile_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ProfileMissing, match="ankyra did create"):
        load_profile(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"did": 1}', b'{"surprise": 1}', b"\xff", b" " * 300_000]
)
def test_a_broken_profile_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "profile.json").write_bytes(content)
    with pytest.raises(MalformedProfile, match=r"profile\.json"):
        load_profile(tmp_path)


def test_the_first_deployment_seen_is_pinned_and_later_ones_compared() -> None:
    pinned = replace(PROFILE, deployment=None).pinned(DEPLOYMENT)
    assert pinned.deployment == DEPLOYMENT
    assert pinned.pinned(replace(DEPLOYMENT, registry_log="0x" + "Ab" * 20)) is pinned


@pytest.mark.parametrize(
    ("member", "seen"),
    [
        ("chain id", replace(DEPLOYMENT, chain_id=1)),
        ("name", replace(DEPLOYMENT, name="other")),
        ("RegistryLog", replace(DEPLOYMENT, registry_log="0x" + "00" * 20)),
        ("DidRegistry", replace(DEPLOYMENT, contracts={"DidRegistry": "0x" + "02" * 20})),
        ("DidRegistry", replace(DEPLOYMENT, contracts={})),
        ("Surplus", replace(DEPLOYMENT, contracts={**DEPLOYMENT.contracts, "Surplus": "0x"})),
    ],
)
def test_another_deployment_is_refused(member: str, seen: Deployment) -> None:
    with pytest.raises(DeploymentChanged) as refusal:
        PROFILE.pinned(seen)
    assert refusal.value.member == member


def test_a_profile_is_found_by_argument_then_environment_then_default() -> None:
    home = Path("/home/k")
    environment = {"ANKYRA_PROFILE": "ktu"}
    assert profile_folder(None, environment, home=home) == Path("/home/k/.config/ankyra/ktu")
    assert profile_folder("tao", environment, home=home) == Path("/home/k/.config/ankyra/tao")
    assert profile_folder(None, {}, home=home) == Path("/home/k/.config/ankyra/default")
    assert profile_folder("/srv/p", {}, home=home) == Path("/srv/p")


@pytest.mark.parametrize("name", ["..", ".", "a b", "ä", "x" * 65])
def test_a_strange_profile_name_is_refused(name: str) -> None:
    with pytest.raises(Unusable):
        profile_folder(name, {}, home=Path("/home/k"))
