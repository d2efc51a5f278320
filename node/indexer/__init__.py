"""Following the ledger: what a new block means, and writing it down."""
