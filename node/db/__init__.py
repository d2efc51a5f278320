"""The database: *projection* tables, rebuilt from the ledger, and *blobs*, rebuilt from peers by hash."""
