"""What the node does, as functions that return values or raise; the API and the command line render them."""
