"""Signed credentials to anchor."""

import os
from datetime import datetime

from node.client.issuing import Signer, credential_members, sign_credential


def signed_credential(signer: Signer, *, now: datetime) -> str:
    credential = credential_members(
        identifier=os.urandom(16),
        types=("MicroCredential",),
        issuer=signer.did,
        subject={"id": "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo", "title": "Algebra"},
        schema="https://registry.ankyra.invalid/trusted-schemas-registry/v3/schemas/zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD",
        now=now,
        expires=None,
    )
    return sign_credential(credential, signer=signer)
