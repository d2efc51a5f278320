"""Merkle batches, the one log, and the proofs over them: bytes in, values out, no input or output."""
