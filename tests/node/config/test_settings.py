import os
import re
from pathlib import Path

import pytest

from node.config import OTHER_VARIABLES, Settings, load_deployment, load_settings
from node.errors import ConfigurationError

OPERATING = Path(__file__).parents[3] / "docs" / "operating.md"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith("ANKYRA_"):
            monkeypatch.delenv(name)


def test_every_setting_is_documented_with_its_variable_default_and_description() -> None:
    rows = dict[str, list[str]]()
    page = OPERATING.read_text(encoding="utf-8")
    for line in page.partition("\n## Settings\n")[2].partition("\n## ")[0].splitlines():
        if re.match(r"\| `[a-z_]+` \|", line):
            name, *rest = (cell.strip() for cell in line.strip("|").split("|"))
            rows[name.strip("`")] = rest
    assert list(rows) == list(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        variable, default, description = rows[name]
        assert variable == f"`ANKYRA_{name.upper()}`"
        value = ",".join(field.default) if isinstance(field.default, tuple) else str(field.default)
        assert default == (f"`{value}`" if value else "")
        assert description == field.description


def test_the_environment_wins_over_the_file_which_wins_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().port == 8080
    Path("node.toml").write_text('port = 8081\nhost = "127.0.0.2"\npeers = ["http://a:1/", "http://b:2"]\n')
    assert load_settings().port == 8081
    monkeypatch.setenv("ANKYRA_PORT", "8082")
    settings = load_settings()
    assert (settings.port, settings.host) == (8082, "127.0.0.2")
    assert settings.peers == ("http://a:1", "http://b:2")
    assert load_settings(port=8083).port == 8083
    other = tmp_path / "other.toml"
    other.write_text("finality_depth = 7\n")
    monkeypatch.setenv("ANKYRA_CONFIG", str(other))
    settings = load_settings()
    assert (settings.finality_depth, settings.host) == (7, "127.0.0.1")


def test_lists_are_separated_by_commas_and_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANKYRA_LEDGER_URLS", "http://one:1, https://two/rpc")
    monkeypatch.setenv("ANKYRA_PORT", "")
    settings = load_settings()
    assert settings.ledger_urls == ("http://one:1", "https://two/rpc")
    assert settings.port == 8080


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("ANKYRA_PORT", "eighty", "integer"),
        ("ANKYRA_PORT", "70000", "65535"),
        ("ANKYRA_LEDGER_URLS", "ftp://one", "ftp://one"),
        ("ANKYRA_LEDGER_URLS", ",", "at least one"),
        ("ANKYRA_PEERS", "http://user:secret@one", "not an http"),
        ("ANKYRA_PEERS", "http://one?x=1", "not an http"),
        ("ANKYRA_ORIGINS", "https://one/path", "not an origin"),
        ("ANKYRA_ROOT_TAOS", "did:key:zabc", "did:key:zabc"),
        ("ANKYRA_POLL_INTERVAL", "0", "0.02"),
        ("ANKYRA_FINALITY_DEPTH", "65", "64"),
        ("ANKYRA_CONFIG", "nowhere.toml", "nowhere.toml"),
        ("ANKYRA_FOO", "1", "no setting"),
        ("ANKYRA_PEER", "", "no setting"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    line = str(caught.value)
    assert variable in line
    assert says in line
    assert "\n" not in line


@pytest.mark.parametrize("content", ["port = ", "prot = 5\n", "port = 'x'\n", b"\xff\xfe"], ids=repr)
def test_a_wrong_file_is_one_line(content: str | bytes) -> None:
    Path("node.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["port = ", "prot = 5\n", "port = 'x'\n"])
def test_a_wrong_file_is_named_as_ankyra_config_names_it(
    monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    Path("other.toml").write_text(content)
    monkeypatch.setenv("ANKYRA_CONFIG", "other.toml")
    with pytest.raises(ConfigurationError, match=r"other\.toml") as caught:
        load_settings()
    assert "node.toml" not in str(caught.value)


def test_variables_of_client_devnet_and_tests_are_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("node.toml").write_text("port = 8081\n")
    for name in OTHER_VARIABLES:
        monkeypatch.setenv(name, "node.toml")
    assert load_settings().port == 8081


def test_the_database_is_a_file_in_the_data_folder_unless_named(tmp_path: Path) -> None:
    assert load_settings(data_dir=tmp_path).database == f"sqlite:///{tmp_path / 'node.sqlite3'}"
    assert load_settings(database_url="sqlite:///other").database == "sqlite:///other"


SOUND = (
    '{"name":"n","chainId":31337,"registryLog":"0x' + "ab" * 20 + '","firstBlock":1,"contracts":{'
    + ",".join(
        f'"{name}":"0x{"cd" * 20}"'
        for name in (
            "TrustedPoliciesRegistry",
            "DidRegistry",
            "TrustedIssuersRegistry",
            "TrustedSchemasRegistry",
            "AnchorRegistry",
        )
    )
    + "}}"
)  # fmt: skip


def test_a_deployment_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(SOUND)
    deployment = load_deployment(path)
    assert (deployment.name, deployment.chain_id, deployment.first_block) == ("n", 31337, 1)
    assert deployment.address("DidRegistry") == "0x" + "cd" * 20
    assert deployment.address("RegistryLog") == "0x" + "ab" * 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 70_000,
        "[" * 60_000,
        SOUND.replace("31337", "true"),
        SOUND.replace("31337", "-1"),
        SOUND.replace('"n"', "5"),
        SOUND.replace("abab", "abzz"),
        SOUND.replace('"DidRegistry"', '"DidRegistri"'),
        SOUND.replace(":1,", ":1.5,"),
    ],
    ids=[
        "empty",
        "a list",
        "too large",
        "too deep",
        "a bool for a chain id",
        "a negative chain id",
        "a number for a name",
        "no hexadecimal address",
        "a contract missing",
        "half a block",
    ],
)
def test_a_wrong_deployment_file_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_deployment(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_absent_deployment_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load_deployment(tmp_path / "deployment.json")
