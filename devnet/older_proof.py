"""An embedded proof of the kind from before Data Integrity, made by didkit: `Ed25519Signature2018`.

didkit may crash where its process ends, so it works in one of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devnet.commands import environment
from devnet.errors import CommandFailed
from devnet.toolchain import ROOT
from did.base64url import encode_base64url
from did.jwk import jwk_from_public_key
from did.methods.key import did_key_from_jwk

KIND = "Ed25519Signature2018"

_SECONDS = 60.0
_NAME = "didkit"


def issue_with_older_proof(members: Mapping[str, Any], *, secret: bytes) -> str:
    """Return a credential of the data model 1.1 as JSON-LD with its proof, by an issuer that is its key.

    Args:
        members: of the credential, but for its issuer, in terms of contexts that didkit holds.
        secret: 32 bytes, of an Ed25519 key, which goes to the other process by its standard input.

    Raises:
        CommandFailed: didkit refused, or did not end.
    """
    jwk = jwk_from_public_key(Ed25519PrivateKey.from_private_bytes(secret).public_key())
    did = did_key_from_jwk(jwk)
    method = f"{did}#{did.removeprefix('did:key:')}"
    options = {"type": KIND, "proofPurpose": "assertionMethod", "verificationMethod": method}
    key = {**jwk, "d": encode_base64url(secret)}
    asked = json.dumps([json.dumps(part) for part in ({**members, "issuer": did}, options, key)])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "devnet.older_proof"],
            input=asked,
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(_NAME, f"it did not end within {_SECONDS:.0f} s") from error
    if done.returncode:
        raise CommandFailed(_NAME, done.stderr.strip()[-200:] or "it said nothing")
    return done.stdout


def main() -> None:
    """Print the credential that didkit issues by what the standard input says."""
    import didkit

    credential, options, key = json.load(sys.stdin)

    async def issued() -> str:
        return str(await didkit.issue_credential(credential, options, key))

    sys.stdout.write(asyncio.run(issued()))
    sys.stdout.flush()
    os._exit(0)  # what the library does when its process ends is left out


if __name__ == "__main__":
    main()
