"""Credentials of the data model 2.0 as compact JWTs (VC-JOSE-COSE section 3.1)."""

import json
from collections.abc import Mapping
from typing import Any

from credentials.securing.jose import sign_compact
from node.client.issuing import Signer, check_issuer


def sign_vc_jose(credential: Mapping[str, Any], *, signer: Signer) -> str:
    """The credential as the payload of a JWT of type `vc+jwt`.

    Args:
        credential: of the data model 2.0, whole.
        signer: of the DID that is its issuer.

    Raises:
        Refused: the signer is not the issuer.
    """
    check_issuer(credential, signer=signer)
    payload = json.dumps(credential, ensure_ascii=False, separators=(",", ":")).encode()
    return sign_compact(header=vc_jose_header(signer), payload=payload, key=signer.key)


def vc_jose_header(signer: Signer) -> dict[str, str]:
    """The protected header of what `sign_vc_jose` makes, but for `alg`."""
    return {"kid": signer.kid, "typ": "vc+jwt", "cty": "vc"}
