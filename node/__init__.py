"""The node, alone with I/O: `app | cli → api → services | indexer → db | chain | client → config`."""
