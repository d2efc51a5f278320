"""Points of edwards25519 (RFC 8032 section 5.1.3), for the checks that signature libraries leave out."""

from .errors import InvalidPublicKey

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_LENGTH = 32


def check_point(encoded: bytes) -> None:
    """Return if `encoded` is a public key: a canonical point of the curve, not of small order.

    Under a point of small order one signature can be made to fit many messages without a private key.

    Args:
        encoded: 32 bytes, little-endian y with the sign of x in the top bit.

    Raises:
        InvalidPublicKey: another length, not canonical, not on the curve, or of small order.
    """
    if len(encoded) != _LENGTH:
        raise InvalidPublicKey("an Ed25519 key has 32 bytes")
    y = int.from_bytes(encoded, "little") & ~(1 << 255)
    if y >= _P:
        raise InvalidPublicKey("an Ed25519 key that is not in canonical form")
    # -x^2 + y^2 = 1 + d x^2 y^2, so x^2 = (y^2 - 1) / (d y^2 + 1) must be a square.
    y_squared = y * y % _P
    x_squared = (y_squared - 1) * pow(_D * y_squared + 1, -1, _P) % _P
    if pow(x_squared, (_P - 1) // 2, _P) == _P - 1:
        raise InvalidPublicKey("an Ed25519 key that is not on the curve")
    # Orders 1 and 2 have x = 0, order 4 has y = 0, order 8 doubles to y = 0.
    if x_squared == 0 or y == 0 or (_D * y_squared * y_squared + 2 * y_squared - 1) % _P == 0:
        raise InvalidPublicKey("an Ed25519 key of small order")
