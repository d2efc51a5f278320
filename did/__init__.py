"""Decentralized identifiers: syntax, documents as of a time, resolution (DID Core, DID Resolution)."""
