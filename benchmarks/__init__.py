"""Side by side with a peer or a limit in one run: `make bench`, or `python -m benchmarks NAME…`."""
