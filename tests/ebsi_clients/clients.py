"""EBSI's own clients, unmodified, in a process of their own that is asked over pipes."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devnet.toolchain import ROOT, binary

_PROGRAM = Path(__file__).with_name("clients.mjs")


class ClientRefused(Exception):
    """One of EBSI's clients threw an error: `name` is its class, the message its own."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class EbsiClients:
    """The clients as a program uses them; issuers, schemas and accreditations they keep for five minutes."""

    def __init__(self, process: "subprocess.Popen[str]", options: Mapping[str, Any]) -> None:
        self._process = process
        self.options = dict(options)

    def resolve(self, did: str, *, registry: str, **options: Any) -> dict[str, Any]:
        """The resolution result of EBSI's two resolvers for `did`."""
        return dict(self._ask("resolve", did=did, registry=registry, options=options))

    def name_key(self, jwk: Mapping[str, str]) -> str:
        """The did:key of a public key."""
        return str(self._ask("nameKey", jwk=dict(jwk)))

    def verify_credential(self, jwt: str, **options: Any) -> dict[str, Any]:
        """The credential in `jwt`; ClientRefused if it does not hold."""
        return dict(self._ask("verifyCredential", jwt=jwt, options=self.options | options))

    def create_credential(self, payload: Mapping[str, Any], issuer: Mapping[str, Any], **options: Any) -> str:
        """The JWT of a credential that EBSI's client checked and signed."""
        given = {"payload": dict(payload), "issuer": dict(issuer)}
        return str(self._ask("createCredential", **given, options=self.options | options))

    def verify_presentation(self, jwt: str, audience: str, **options: Any) -> dict[str, Any]:
        """The presentation in `jwt`; ClientRefused if it does not hold."""
        return dict(
            self._ask("verifyPresentation", jwt=jwt, audience=audience, options=self.options | options)
        )

    def create_presentation(
        self, payload: Mapping[str, Any], holder: Mapping[str, Any], audience: str, **options: Any
    ) -> str:
        """The JWT of a presentation that EBSI's client checked and signed at `nbf`."""
        given = {
            "payload": dict(payload),
            "holder": dict(holder),
            "audience": audience,
            "now": options["nbf"],
        }
        return str(self._ask("createPresentation", **given, options=self.options | options))

    def verify_jwt(self, jwt: str, jwk: Mapping[str, str], *, algorithm: str = "ES256") -> dict[str, Any]:
        """Header and claims of `jwt`, whose signature jose verified; their dates are not looked at."""
        return dict(self._ask("verifyJwt", jwt=jwt, jwk=dict(jwk), algorithm=algorithm))

    def _ask(self, deed: str, **given: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": deed} | given) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the clients ended with {self._process.wait()}"
        answer = json.loads(line)
        if "refused" in answer:
            raise ClientRefused(answer["refused"]["name"], answer["refused"]["message"])
        return answer.get("told")


def options_for(url: str) -> dict[str, Any]:
    """What points EBSI's clients at the node at `url`, and is all that they are told of it."""
    host = url.partition("://")[2]
    return {
        "ebsiAuthority": host,
        "trustedHostnames": [host.partition(":")[0]],
        "ebsiEnvConfig": {
            "didRegistry": f"{url}/did-registry/v5/identifiers",
            "trustedIssuersRegistry": f"{url}/trusted-issuers-registry/v5/issuers",
            "trustedPoliciesRegistry": f"{url}/trusted-policies-registry/v3/users",
        },
    }


@contextmanager
def ebsi_clients(options: Mapping[str, Any], **environment: str) -> Iterator[EbsiClients]:
    """The clients, started; `environment` is added to theirs, which has no proxy but what is given here."""
    without = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = subprocess.Popen(
        [str(binary("node")), str(_PROGRAM)],
        cwd=ROOT,
        env=without | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield EbsiClients(process, options)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
