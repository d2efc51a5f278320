"""JSON-RPC's spellings of numbers and bytes, read strictly."""

import re
from typing import Any

from node.errors import MalformedLedgerAnswer

HASH = 32
ADDRESS = 20
LARGEST = 2**63 - 1
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")


def number(value: Any) -> int:
    """The whole number that a QUANTITY spells.

    Raises:
        MalformedLedgerAnswer: it spells none.
    """
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise MalformedLedgerAnswer(f"{value!r:.80} is not a quantity")


def place(value: Any) -> int:
    """The number of a block, or its time, that a QUANTITY spells: no further than databases count.

    Raises:
        MalformedLedgerAnswer: it spells none.
    """
    return countable(number(value))


def countable(found: int) -> int:
    """The number itself, if a database can count to it.

    Raises:
        MalformedLedgerAnswer: it cannot.
    """
    if found > LARGEST:
        raise MalformedLedgerAnswer(f"{found} is further than any log, chain or clock goes")
    return found


def octets(value: Any, length: int | None = None) -> bytes:
    """The bytes that a DATA spells, `length` of them where given.

    Raises:
        MalformedLedgerAnswer: it spells none, or another number of them.
    """
    if isinstance(value, str) and value.startswith("0x") and (value[2:].isalnum() or value == "0x"):
        try:
            found = bytes.fromhex(value[2:])  # which alone would let blanks pass
        except ValueError:
            pass
        else:
            if length is None or len(found) == length:
                return found
    raise MalformedLedgerAnswer(f"{value!r:.80} is not {length or 'any number of'} bytes")
