"""What an issuer, a verifier or an officer runs at home: keys, checks and the way to a node."""
