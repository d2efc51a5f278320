"""One module per DID method: did:ebsi, did:key, did:jwk."""
