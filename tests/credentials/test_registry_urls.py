import pytest

from credentials.registry_urls import MAX_URL_LENGTH, RegistryUrls
from did.multibase import encode_base58btc

ORIGIN = "https://registry.ankyra.invalid"
OTHER = "http://127.0.0.1:8545"
DID = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
ID = bytes(range(200, 232))
URLS = RegistryUrls((OTHER, ORIGIN))
ATTRIBUTE = f"{ORIGIN}/trusted-issuers-registry/v5/issuers/{DID}/attributes/{ID.hex()}"
SCHEMA = f"{ORIGIN}/trusted-schemas-registry/v3/schemas/{encode_base58btc(ID)}"
LIST = f"{ORIGIN}/trusted-issuers-registry/v5/issuers/{DID}/proxies/0x{ID.hex()}/lists/1"


def test_an_attribute_is_named_with_or_without_0x_under_any_origin() -> None:
    assert URLS.attribute(ATTRIBUTE) == (DID, ID)
    assert URLS.attribute(ATTRIBUTE.replace(ID.hex(), f"0x{ID.hex()}")) == (DID, ID)
    assert URLS.attribute(ATTRIBUTE.replace(ORIGIN, OTHER).replace("/v5/", "/v4/")) == (DID, ID)


def test_a_schema_is_named_in_multibase_or_hex() -> None:
    assert URLS.schema(SCHEMA) == ID
    assert URLS.schema(f"{ORIGIN}/trusted-schemas-registry/v2/schemas/0x{ID.hex()}") == ID


def test_a_status_list_is_named_with_the_rest_of_its_path() -> None:
    assert URLS.status_list(LIST) == (DID, ID, "lists/1")
    assert URLS.status_list(f"{LIST}.2/...") == (DID, ID, "lists/1.2/...")


@pytest.mark.parametrize(
    "url",
    [
        "",
        ORIGIN,
        ATTRIBUTE.replace(ORIGIN, "https://registry.ankyra.example"),
        ATTRIBUTE.replace(ORIGIN, f"{ORIGIN}.evil.example"),
        ATTRIBUTE.replace(ORIGIN, f"{ORIGIN}:444"),
        ATTRIBUTE.replace(ORIGIN, f"{ORIGIN}@evil.example"),
        ATTRIBUTE.replace(ORIGIN, f"{ORIGIN}/"),
        ATTRIBUTE.replace(ORIGIN, ORIGIN.upper()),
        ATTRIBUTE.replace("/v5/", "/v6/"),
        ATTRIBUTE.replace(DID, "did:key:z6Mk"),
        ATTRIBUTE.replace(DID, f"{DID}z"),
        ATTRIBUTE.replace("/attributes/", "/../attributes/"),
        f"{ATTRIBUTE}/",
        f"{ATTRIBUTE}?x=1",
        f"{ATTRIBUTE}#x",
        f"{ATTRIBUTE}\n",
        ATTRIBUTE[:-2],
        f" {ATTRIBUTE}",
    ],
)
def test_no_other_url_names_an_attribute(url: str) -> None:
    assert URLS.attribute(url) is None


@pytest.mark.parametrize(
    "url",
    [
        ATTRIBUTE,
        f"{SCHEMA}?valid-at=2026",
        f"{SCHEMA}#",
        f"{SCHEMA}0",  # no letter of base58
        f"{SCHEMA}1",
        SCHEMA.replace(encode_base58btc(ID), "0x010110"),
        SCHEMA.replace(encode_base58btc(ID), "z1"),
        f"{ORIGIN}/{'x' * MAX_URL_LENGTH}",
        "urn:uuid:0",
    ],
)
def test_no_other_url_names_a_schema(url: str) -> None:
    assert URLS.schema(url) is None


@pytest.mark.parametrize(
    "url",
    [
        ATTRIBUTE,
        LIST.replace("/lists/1", ""),
        LIST.replace("/lists/1", "/"),
        LIST.replace("/lists/1", "/lists//1"),
        LIST.replace("/lists/1", "/lists/../1"),
        LIST.replace("/lists/1", "/."),
        LIST.replace("/lists/1", "/%zz"),
        f"{LIST}?index=1",
        LIST.replace("0x", ""),
        LIST.replace(DID, "did:ebsi:z11"),
        LIST.replace(ORIGIN, "https://elsewhere.example"),
    ],
)
def test_no_other_url_names_a_status_list(url: str) -> None:
    assert URLS.status_list(url) is None


def test_without_origins_nothing_is_named() -> None:
    assert RegistryUrls(()).attribute(ATTRIBUTE) is None
