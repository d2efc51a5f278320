"""What an issuer keeps beside its keys: DID, key names, node, and the deployment pinned when first seen."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from node.client.atomic import make_private_folder, replace_file
from node.client.errors import (
    DeploymentChanged,
    MalformedProfile,
    ProfileExists,
    ProfileMissing,
    Refused,
    Unusable,
)

VARIABLE = "ANKYRA_PROFILE"
DEFAULT_NAME = "default"
_FILE = "profile.json"
_MAX_SIZE = 256 * 1024  # bytes
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One ledger and its contracts: what a signature is for."""

    name: str
    chain_id: int
    registry_log: str
    contracts: Mapping[str, str]

    def address(self, contract: str) -> str:
        """The 0x address of a contract.

        Raises:
            Refused: the deployment has none of that name.
        """
        if contract == "RegistryLog":
            return self.registry_log
        try:
            return self.contracts[contract]
        except KeyError:
            raise Refused(f"the node's deployment has no {contract}") from None


@dataclass(frozen=True, slots=True)
class Profile:
    """One issuer at one node. Keys are named by RFC 7638 thumbprint, which is also their vMethodId.

    `next_*_key` names a key that was made for a rotation and is not yet known to be on the ledger.
    """

    did: str
    node: str
    ledger_key: str
    credential_key: str
    next_ledger_key: str | None = None
    next_credential_key: str | None = None
    retired_keys: tuple[str, ...] = ()
    deployment: Deployment | None = None

    @property
    def credential_key_url(self) -> str:
        """The DID URL of the key that signs credentials."""
        return f"{self.did}#{self.credential_key}"

    def pinned(self, seen: Deployment) -> "Profile":
        """This profile, holding `seen` if it held none.

        Raises:
            DeploymentChanged: it holds another one.
        """
        if self.deployment is None:
            return replace(self, deployment=seen)
        compare_deployments(pinned=self.deployment, seen=seen)
        return self


def compare_deployments(*, pinned: Deployment, seen: Deployment) -> None:
    """Return if both name the same log and contracts; addresses are compared without their capitals.

    Raises:
        DeploymentChanged: the first member that differs.
    """
    pairs: list[tuple[str, object, object]] = [
        ("name", pinned.name, seen.name),
        ("chain id", pinned.chain_id, seen.chain_id),
        ("RegistryLog", pinned.registry_log.lower(), seen.registry_log.lower()),
    ]
    pairs.extend(
        (name, pinned.contracts.get(name, "none").lower(), seen.contracts.get(name, "none").lower())
        for name in sorted({*pinned.contracts, *seen.contracts})
    )
    for member, before, now in pairs:
        if before != now:
            raise DeploymentChanged(member, pinned=before, seen=now)


def profile_folder(named: str | None, environment: Mapping[str, str], *, home: Path) -> Path:
    """Where the profile is: `named`, else `ANKYRA_PROFILE`, else `default`.

    Args:
        named: a path if it holds a slash, else a name under `~/.config/ankyra`.
        environment: `ANKYRA_PROFILE` and `XDG_CONFIG_HOME` are read.
        home: the user's home folder.

    Raises:
        Unusable: a name with other characters than letters, digits, dot, dash and underscore.
    """
    name = named or environment.get(VARIABLE) or DEFAULT_NAME
    if "/" in name:
        return Path(name).expanduser()
    if not _NAME.fullmatch(name):
        raise Unusable(f"`{name}` is no profile name: use letters, digits, dot, dash, underscore, or a path")
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "ankyra" / name


def save_profile(folder: Path, profile: Profile, *, new: bool = False) -> None:
    """`folder` (0700) holds the profile, wholly.

    Raises:
        ProfileExists: `new`, and there is one already.
        OSError: the folder cannot be written.
    """
    make_private_folder(folder)
    path = folder / _FILE
    if new and path.exists():
        raise ProfileExists(folder)
    content = json.dumps(asdict(profile), indent=2, sort_keys=True, default=dict).encode() + b"\n"
    replace_file(path, content, mode=0o600)


def load_profile(folder: Path) -> Profile:
    """The profile kept in `folder`.

    Raises:
        ProfileMissing: there is none.
        MalformedProfile: the file is not what `save_profile` writes.
    """
    path = folder / _FILE
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_SIZE + 1)
    except FileNotFoundError:
        raise ProfileMissing(folder) from None
    if len(content) > _MAX_SIZE:
        raise MalformedProfile(f"{path} is larger than {_MAX_SIZE} bytes")
    try:
        members: dict[str, Any] = json.loads(content)
        pinned = members.pop("deployment", None)
        retired = tuple(members.pop("retired_keys", ()))
        profile = Profile(
            **members,
            retired_keys=retired,
            deployment=None if pinned is None else Deployment(**pinned),
        )
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedProfile(f"{path}: {error}") from None
    names = (profile.did, profile.node, profile.ledger_key, profile.credential_key, *retired)
    if not all(isinstance(name, str) for name in names):
        raise MalformedProfile(f"{path}: a name is not a text")
    return profile
