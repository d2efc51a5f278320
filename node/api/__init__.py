"""The node's public APIs over HTTP: one module per API; each negotiates, looks up and renders."""
