"""Settings from `ANKYRA_*` variables and `node.toml` (a variable wins), and the deployment they name."""

import ipaddress
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from node.errors import ConfigurationError

Listed = Annotated[tuple[str, ...], NoDecode]
Consensus = Literal["ethereum", "qbft", "ibft2"]
MAX_DEPLOYMENT_BYTES = 65_536
PREFIX = "ANKYRA_"
OTHER_VARIABLES = frozenset(
    {
        "ANKYRA_CONFIG",
        "ANKYRA_DEVNET_DIR",
        "ANKYRA_FAILPOINT",
        "ANKYRA_PASSPHRASE",
        "ANKYRA_PASSPHRASE_FILE",
        "ANKYRA_PROFILE",
        "ANKYRA_VECTORS",
    }
)
"""Variables that are no settings of a node: its file, and what client, devnet and tests read."""
_DEFAULT_FILE = "node.toml"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_HTTP = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_ORIGIN = re.compile(r"https?://[^\s/?#@]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?")
CONTRACTS = (
    "TrustedPoliciesRegistry",
    "DidRegistry",
    "TrustedIssuersRegistry",
    "TrustedSchemasRegistry",
    "AnchorRegistry",
)


class Settings(BaseSettings):
    """What an operator may choose. Lists are separated by commas in variables, TOML arrays in `node.toml`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, validate_default=True
    )

    ledger_urls: Listed = Field(
        default=("http://127.0.0.1:8545",),
        description="JSON-RPC endpoints of the ledger, tried in this order and compared with one another.",
    )
    ledger_quorum: int = Field(
        default=1,
        ge=1,
        description="Endpoints of `ledger_urls` that must answer alike before a block is followed.",
    )
    consensus: Consensus = Field(
        default="ethereum",
        description="How the ledger hashes its headers: `qbft` or `ibft2` for Besu's, else `ethereum`.",
    )
    deployment: Path = Field(
        default=Path(".ankyra/devnet/deployment.json"),
        description="File that names the ledger and its contracts; the devnet writes it.",
    )
    data_dir: Path = Field(default=Path(".ankyra/node"), description="Folder of everything the node keeps.")
    database_url: str = Field(
        default="",
        description="URL: `postgresql://…`, or of a SQLite file; empty: `node.sqlite3` in `data_dir`.",
    )
    keys_passphrase_file: str = Field(
        default="",
        description="File whose first line seals the node's signing keys; empty: one is made in `data_dir`.",
    )
    peers: Listed = Field(
        default=(), description="Base URLs of the nodes from which missing leaves and lists are copied."
    )
    finality_depth: int = Field(
        default=2,
        ge=0,
        le=64,
        description="Blocks that must follow a block before what it holds is called final.",
    )
    origins: Listed = Field(
        default=("https://registry.ankyra.invalid",),
        description="Origins that stand for this registry in credentials' URLs; the first in new ones.",
    )
    root_taos: Listed = Field(
        default=(),
        description="DIDs of the Root TAOs that verdicts accept; with none, no accreditation is determined.",
    )
    did_web_hosts: Listed = Field(
        default=(),
        description="Hosts whose did:web documents are fetched to verify: `uni.example`, with its port.",
    )
    seal_anchors: str = Field(
        default="",
        description="PEM file or folder: authorities believed on whose seal is whose; empty: none.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65_535, description="Port to listen on; 0: any free one.")
    workers: int = Field(
        default=1, ge=1, le=64, description="Processes that serve the API; one of them follows the ledger."
    )
    poll_interval: float = Field(
        default=0.5, ge=0.02, le=60, description="Seconds between two looks at the ledger."
    )
    batch_expiry: int = Field(
        default=604_800,
        ge=60,
        description="Seconds after which a batch never anchored, or a list never published, is dropped.",
    )
    max_body: int = Field(
        default=50_331_648,
        ge=1_048_576,
        description="Bytes of the largest request body; a full batch of 1,048,576 digests needs 43 MiB.",
    )
    max_waiting: int = Field(
        default=4_294_967_296,
        ge=33_554_432,
        description="Bytes of digests kept for batches that are not anchored yet, of all issuers together.",
    )
    rate_limit: int = Field(
        default=60_000,
        ge=0,
        description="Units that one client may spend in a minute (docs/api.md, limits); 0: no limit.",
    )
    trusted_proxies: Listed = Field(
        default=(),
        description="Addresses or networks of reverse proxies, believed on who asks and for which host.",
    )

    @field_validator(
        "ledger_urls", "peers", "origins", "root_taos", "did_web_hosts", "trusted_proxies", mode="before"
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("ledger_urls", "peers")
    @classmethod
    def _are_urls(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            if not _HTTP.fullmatch(url):
                raise ValueError(f"{url!r} is not an http or https URL")
        return tuple(url.rstrip("/") for url in value)

    @field_validator("ledger_quorum")
    @classmethod
    def _can_be_had(cls, value: int, info: ValidationInfo) -> int:
        endpoints = len(set(info.data.get("ledger_urls", ())))
        if endpoints and value > endpoints:
            raise ValueError(f"there are {endpoints} endpoints in ledger_urls, not {value}")
        return value

    @field_validator("ledger_urls", "origins")
    @classmethod
    def _is_not_empty(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("at least one is needed")
        return value

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is not an origin (scheme and host, no path)")
        return value

    @field_validator("did_web_hosts")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            if not _HOST.fullmatch(host):
                raise ValueError(f"{host!r} is not a host name in small letters, with or without a port")
        return value

    @field_validator("root_taos")
    @classmethod
    def _are_dids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for did in value:
            if not re.fullmatch(r"did:ebsi:z[1-9A-HJ-NP-Za-km-z]{21,24}", did):
                raise ValueError(f"{did!r} is not a did:ebsi of a legal entity")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(f"{network!r} is not an address or a network such as 10.0.0.0/8") from None
        return value

    @property
    def database(self) -> str:
        """The database's URL, whether set or derived from `data_dir`."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'node.sqlite3'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then `ANKYRA_CONFIG` or `node.toml`."""
        file = TomlConfigSettingsSource(settings_cls, _settings_file())
        return (init_settings, env_settings, file)


def load_settings(**given: Any) -> Settings:
    """The settings in force; `given` wins over the environment, which wins over the file.

    Raises:
        ConfigurationError: a file cannot be read or a value is wrong; one line names it.
    """
    file = _settings_file()
    if os.environ.get("ANKYRA_CONFIG") and not file.is_file():
        raise ConfigurationError(f"ANKYRA_CONFIG names {file}, which is not a file")
    _refuse_unknown_variables()
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigurationError(f"{file}: there is no setting {name!r}") from None
        reason = first["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"setting {name} ({PREFIX}{name.upper()} or {file}): {reason}") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from None


def _settings_file() -> Path:
    return Path(os.environ.get("ANKYRA_CONFIG") or _DEFAULT_FILE)


def _refuse_unknown_variables() -> None:
    """A misspelt variable would leave its setting at the default, and nobody would notice."""
    known = OTHER_VARIABLES | {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise ConfigurationError(f"there is no setting {name} (environment)")


@dataclass(frozen=True, slots=True)
class Deployment:
    """Which ledger and which contracts: what the deployment file says."""

    name: str
    chain_id: int
    registry_log: str
    contracts: dict[str, str]
    first_block: int

    def address(self, contract: str) -> str:
        """The 0x-address of one of `CONTRACTS` or of `RegistryLog`."""
        return self.registry_log if contract == "RegistryLog" else self.contracts[contract]


def load_deployment(path: Path) -> Deployment:
    """What the file says, every member checked; members not named here are let be.

    Raises:
        ConfigurationError: the file is absent, too large, not JSON, or names no such deployment.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_DEPLOYMENT_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"deployment file {path}: {error.strerror}") from None
    try:
        if len(text) > MAX_DEPLOYMENT_BYTES:
            raise ConfigurationError(f"deployment file {path}: larger than {MAX_DEPLOYMENT_BYTES} bytes")
        found = json.loads(text)
        contracts = {name: _address(found["contracts"][name]) for name in CONTRACTS}
        return Deployment(
            name=_text(found["name"]),
            chain_id=_whole(found["chainId"]),
            registry_log=_address(found["registryLog"]),
            contracts=contracts,
            first_block=_whole(found["firstBlock"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigurationError(f"deployment file {path}: {type(error).__name__} {error}") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is not a name")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError(f"{value!r} is not a whole number")
    return value


def _address(value: object) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise ValueError(f"{value!r} is not an address")
    return value
