"""The node, the only package with I/O: `app | cli → api → services | indexer → db | chain | client → config`."""
