"""The scrypt v3 envelope (Web3 Secret Storage, version 3) around one 32-byte private scalar.

The same envelope serves both curves: PKCS#8 as `cryptography` writes it derives its key with 2,048 rounds
of PBKDF2, which a thief's graphics card walks through. `hashlib.scrypt` lets other threads run meanwhile.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from eth_utils.crypto import keccak

STRONG_N = 262_144
"""scrypt's cost: 256 MiB and about half a second to open one key."""

SCALAR_SIZE = 32
_R, _P = 8, 1
_FORM = (3, "scrypt", "aes-128-ctr", 32)
_IV_SIZE = 16  # bytes, one AES block
_MAX_N = 1 << 20
_BLOCK = 128  # bytes of memory per unit of n and r (RFC 7914 section 2)


class MalformedEnvelope(ValueError):
    """The mapping is not a version 3 envelope with scrypt and AES-128-CTR within bounds."""


class MacMismatch(ValueError):
    """The passphrase is another one, or the envelope was changed."""


def seal(
    scalar: bytes, *, passphrase: str, n: int = STRONG_N, random: Callable[[int], bytes]
) -> dict[str, Any]:
    """The envelope that only `passphrase` opens.

    Args:
        scalar: 32 bytes.
        passphrase: taken as its UTF-8 bytes.
        n: scrypt's cost, a power of two; weaker than `STRONG_N` only for keys that are thrown away.
        random: the operating system's randomness.

    Raises:
        ValueError: the scalar has another length.
    """
    if len(scalar) != SCALAR_SIZE:
        raise ValueError(f"a private scalar has {SCALAR_SIZE} bytes, not {len(scalar)}")
    salt, iv, identifier = random(32), random(16), UUID(bytes=random(16), version=4)
    derived = _derive(passphrase, salt=salt, n=n, r=_R, p=_P)
    ciphertext = _aes_ctr(scalar, key=derived[:16], iv=iv)
    return {
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": {"iv": iv.hex()},
            "ciphertext": ciphertext.hex(),
            "kdf": "scrypt",
            "kdfparams": {"dklen": 32, "n": n, "p": _P, "r": _R, "salt": salt.hex()},
            "mac": keccak(derived[16:32] + ciphertext).hex(),
        },
        "id": str(identifier),
        "version": 3,
    }


def unseal(envelope: Mapping[str, Any], *, passphrase: str) -> bytes:
    """The 32-byte scalar inside.

    Raises:
        MalformedEnvelope: another version, cipher or derivation, or a cost beyond 1 GiB of memory.
        MacMismatch: wrong passphrase.
    """
    try:
        crypto = envelope["crypto"]
        parameters = crypto["kdfparams"]
        form = (envelope["version"], crypto["kdf"], crypto["cipher"], parameters["dklen"])
        n, r, p = parameters["n"], parameters["r"], parameters["p"]
        salt, iv = bytes.fromhex(parameters["salt"]), bytes.fromhex(crypto["cipherparams"]["iv"])
        ciphertext, mac = bytes.fromhex(crypto["ciphertext"]), bytes.fromhex(crypto["mac"])
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedEnvelope(f"a member is missing or of another form: {error}") from None
    if form != _FORM or len(ciphertext) != SCALAR_SIZE or len(iv) != _IV_SIZE:
        raise MalformedEnvelope("not version 3 with scrypt and AES-128-CTR around a 32-byte key")
    if {type(n), type(r), type(p)} != {int} or n & (n - 1) or not 1 < n <= _MAX_N or (r, p) != (_R, _P):
        raise MalformedEnvelope("cost parameters out of bounds")
    derived = _derive(passphrase, salt=salt, n=n, r=r, p=p)
    if not hmac.compare_digest(keccak(derived[16:32] + ciphertext), mac):
        raise MacMismatch("wrong passphrase")
    return _aes_ctr(ciphertext, key=derived[:16], iv=iv)


def _derive(passphrase: str, *, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        passphrase.encode("utf-8", "surrogateescape"),
        salt=salt,
        n=n,
        r=r,
        p=p,
        maxmem=_BLOCK * r * (n + p + 2),
        dklen=32,
    )


def _aes_ctr(data: bytes, *, key: bytes, iv: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor()
    return cipher.update(data) + cipher.finalize()
