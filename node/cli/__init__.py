"""The `ankyra` command: what an issuer, a verifier, an officer and an operator type."""
