"""The ledger over JSON-RPC: calls, logs, unsigned and signed transactions."""

import node.accounts  # noqa: F401 - puts the recursion limit back before anything from outside is parsed
