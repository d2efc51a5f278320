"""didkit at a desk of its own, where tests let it issue and verify: it may crash when a process ends."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from node.foreign.relay import Relay

ROOT = Path(__file__).resolve().parents[3]


class DidkitRefused(Exception):
    """What didkit raised, as text."""


class DidkitDesk:
    """Calls didkit's functions in a child process, one after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.node.foreign.didkit_desk"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )

    def call(self, function: str, *arguments: str) -> str:
        """What `didkit.<function>` returned."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([function, *arguments]) + "\n")
        self._process.stdin.flush()
        told: dict[str, str] = json.loads(self._process.stdout.readline())
        if "raised" in told:
            raise DidkitRefused(told["raised"])
        return told["returned"]

    def issue(self, members: dict[str, Any], jwk: dict[str, str], kid: str, kind: str) -> dict[str, Any]:
        """The credential with an embedded proof by `kid`."""
        options = {"type": kind, "proofPurpose": "assertionMethod", "verificationMethod": kid}
        issued = self.call("issue_credential", json.dumps(members), json.dumps(options), json.dumps(jwk))
        made: dict[str, Any] = json.loads(issued)
        return made

    def accepts(self, document: dict[str, Any] | str, **options: str) -> bool:
        """Whether didkit finds nothing wrong with a JSON-LD credential or a JWT."""
        if isinstance(document, str):
            options["proofFormat"] = "jwt"
        text = document if isinstance(document, str) else json.dumps(document)
        said = json.loads(self.call("verify_credential", text, json.dumps(options)))
        return bool(said["checks"]) and not said["errors"]

    def serve(self, documents: dict[str, str]) -> None:
        """From now on didkit finds these documents of did:web, by host and path, and no others."""
        self.call("serve", json.dumps(documents))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def _answer() -> None:
    import didkit

    folder = tempfile.TemporaryDirectory(prefix="ankyra-desk-")
    relay = Relay(Path(folder.name))
    relay.catch_all_traffic()
    loop = asyncio.new_event_loop()

    async def returned(function: str, arguments: list[str]) -> str:
        if function == "serve":
            relay.served = json.loads(arguments[0])
            return ""
        value = getattr(didkit, function)(*arguments)
        return str(value if isinstance(value, str) else await value)

    for line in sys.stdin:
        function, *arguments = json.loads(line)
        try:
            told = {"returned": loop.run_until_complete(returned(function, arguments))}
        except Exception as error:  # noqa: BLE001 - told to who asked
            told = {"raised": str(error)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    folder.cleanup()
    os._exit(0)


if __name__ == "__main__":
    _answer()
