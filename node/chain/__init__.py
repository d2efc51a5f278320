"""The ledger over JSON-RPC: calls, logs, unsigned and signed transactions."""
