"""DIDs and proofs of others: documents that web hosts serve, embedded proofs judged in a process apart."""
