"""Ledger accounts, with the interpreter's recursion limit put back.

`eth_account` brings in a pairing library that raises the limit to 100,000. With it a few hundred kilobytes of
nested JSON overflow the C stack and end the process, where Python would have raised `RecursionError`.
"""

import sys

from eth_account import Account

RECURSION_LIMIT = 3_000

sys.setrecursionlimit(min(sys.getrecursionlimit(), RECURSION_LIMIT))

__all__ = ["RECURSION_LIMIT", "Account"]
